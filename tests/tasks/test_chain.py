"""A chain holds only as a whole: each entry by itself, each link, and the head that is remembered elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.errors import IntegrityAlarm
from tasks import chain, files, keys
from tasks.chain import Entry, Kind
from tasks.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    book = Ledger(tmp_path / "ledger", tmp_path / "keys")
    for number in range(4):
        book.append("decision", {"of": number})
    return book


@pytest.fixture
def other(ledger: Ledger, tmp_path: Path) -> Ledger:
    """Another ledger that the same key signs."""
    book = Ledger(tmp_path / "other", ledger.keys)
    for number in range(4):
        book.append("decision", {"of": -number})
    return book


def write(ledger: Ledger, entry: Entry) -> None:
    chain.path_of(ledger.folder, entry.number).write_bytes(files.canonical(entry))


def signed(ledger: Ledger, **changed: Any) -> Entry:
    """Give entry 3 with something changed, signed and hashed by whoever has the key."""
    entry = replace(ledger.entry(3), **changed)
    signature = keys.sign(ledger.keys, files.canonical(entry.without("signature", "hash")))
    entry = replace(entry, signature=signature)
    return replace(entry, hash=files.sha256_json(entry.without("hash")))


def test_the_first_entry_follows_nothing(ledger: Ledger) -> None:
    first = ledger.entry(1)
    assert (first.schema, first.number, first.previous) == (1, 1, "0" * 64)
    assert first.head == f"1:{first.hash}"


def test_an_empty_ledger_holds_unless_something_is_remembered_of_it(tmp_path: Path) -> None:
    empty = Ledger(tmp_path / "ledger", tmp_path / "keys")
    assert empty.verify() == []
    assert empty.head() is None
    assert [(item.number, "tail is cut" in item.reason) for item in empty.verify("1:ab")] == [(1, True)]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_entry_of_another_ledger_of_the_same_key_does_not_fit(ledger: Ledger, other: Ledger, number: int) -> None:
    write(ledger, other.entry(number))
    breaks = [(item.number, item.reason) for item in ledger.verify()]
    loose = [number, number + 1] if number > 1 else [2]
    assert breaks == [(n, f"ledger entry {n} does not follow entry {n - 1}") for n in loose if n <= 4]


def test_a_ledger_begins_at_its_beginning(ledger: Ledger) -> None:
    """A chain whose older part was thrown away does not pass for a whole one."""
    late = chain.make(Kind.DONE, {}, after=replace(ledger.entry(4), number=0), keys_folder=ledger.keys)
    write(ledger, late)
    assert [item.number for item in ledger.verify()] == [1, 2]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"schema": 2}, "schema 2", id="of another schema"),
        pytest.param({"kind": "praise"}, "kind praise", id="of a kind that nobody knows"),
        pytest.param({"number": 7}, "number 7", id="of another number"),
    ],
)
def test_an_entry_that_is_signed_and_strange_is_refused(ledger: Ledger, changed: dict[str, Any], words: str) -> None:
    entry = signed(ledger, **changed)
    chain.path_of(ledger.folder, 3).write_bytes(files.canonical(entry))
    with pytest.raises(IntegrityAlarm, match=words):
        ledger.entry(3)


def test_a_hash_that_is_not_of_the_content_is_refused(ledger: Ledger) -> None:
    write(ledger, replace(ledger.entry(3), hash="0" * 64))
    with pytest.raises(IntegrityAlarm, match="edited"):
        ledger.entry(3)


def test_only_the_broken_entries_are_named_in_their_order(ledger: Ledger) -> None:
    """Of the link to an entry that is gone or edited nothing can be said."""
    chain.path_of(ledger.folder, 3).unlink()
    write(ledger, replace(ledger.entry(1), body={"of": 9}))
    assert [item.number for item in ledger.verify()] == [1, 3]


def test_links_after_a_broken_entry_are_followed_too(ledger: Ledger, other: Ledger) -> None:
    chain.path_of(ledger.folder, 1).write_bytes(b"{}")
    write(ledger, other.entry(4))
    assert [item.number for item in ledger.verify()] == [1, 4]


def test_breaks_of_every_kind_come_in_the_order_of_the_entries(ledger: Ledger, other: Ledger) -> None:
    remembered = ledger.entry(1)
    write(ledger, other.entry(1))
    chain.path_of(ledger.folder, 4).unlink()
    chain.path_of(ledger.folder, 3).write_bytes(b"{}")
    assert [item.number for item in ledger.verify(remembered.head)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("remembered", "number", "words"),
    [
        pytest.param(lambda book: "", None, "", id="nothing is remembered"),
        pytest.param(lambda book: book.entry(4).head, None, "", id="the last one"),
        pytest.param(lambda book: book.entry(2).head, None, "", id="an older one, for a mirror may lag"),
        pytest.param(lambda book: book.entry(1).head, None, "", id="the first one"),
        pytest.param(lambda book: f"5:{book.entry(4).hash}", 5, "tail is cut", id="one that is not there"),
        pytest.param(lambda book: f"3:{book.entry(4).hash}", 3, "rewritten", id="another hash"),
        pytest.param(lambda book: f"4:{book.entry(3).hash}", 4, "rewritten", id="another hash of the last"),
        pytest.param(lambda book: "yes", 5, "tail is cut", id="no number"),
        pytest.param(lambda book: "4", 4, "rewritten", id="no hash"),
    ],
)
def test_the_chain_is_held_against_what_is_remembered(
    ledger: Ledger, remembered: Callable[[Ledger], str], number: int | None, words: str
) -> None:
    breaks = ledger.verify(remembered(ledger))
    assert [item.number for item in breaks] == ([] if number is None else [number])
    assert all(words in item.reason for item in breaks)


def test_a_remembered_entry_that_is_broken_is_named_once(ledger: Ledger) -> None:
    head = ledger.entry(3).head
    write(ledger, replace(ledger.entry(3), body={}))
    assert [(item.number, "edited" in item.reason) for item in ledger.verify(head)] == [(3, True)]


@pytest.mark.parametrize("name", ["000005.json.bak", "5.json", "0000005.json", "x000005.json", "notes.json"])
def test_other_files_are_no_entries(ledger: Ledger, name: str) -> None:
    (ledger.folder / name).write_text("{}")
    assert ledger.numbers() == [1, 2, 3, 4]
    assert ledger.verify() == []


def test_entries_are_listed_by_number_and_read_one_by_one(ledger: Ledger) -> None:
    assert [entry.number for entry in ledger.entries()] == [1, 2, 3, 4]
    with pytest.raises(IntegrityAlarm, match="entry 5 cannot be read"):
        ledger.entry(5)
