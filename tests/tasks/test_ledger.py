"""The ledger is append-only, and every change to it shows."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import IntegrityAlarm, LifecycleError
from tasks import files, keys
from tasks.ledger import Blocking, Decision, Ledger

DECISION = Decision(
    gate="champion", outcome="passed", model="m", version=1, model_digest="d", data_version="v", commit="c",
    dirty=False, lock_sha256="l", promotion_sha256="h", policy_sha256="p", report_sha256="r", base_champion=None,
    promotable=True, actor="a", cause="hand", time="2026-01-01T00:00:00+00:00",
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    book = Ledger(tmp_path / "ledger", tmp_path / "keys")
    for number in range(4):
        book.append("decision", {"outcome": "refused", "of": number})
    return book


def rechain(folder: Path, start: int) -> None:
    """Do what a careful forger without the key would: make every hash and every link fit again."""
    paths = sorted(folder.glob("*.json"))[start - 1 :]
    previous = None
    for path in paths:
        entry = json.loads(path.read_bytes())
        entry["previous"] = previous or entry["previous"]
        del entry["hash"]
        entry["hash"] = previous = files.sha256_json(entry)
        path.write_bytes(files.canonical(entry))


def edit(number: int, **change: object) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        path = folder / f"{number:06d}.json"
        path.write_bytes(files.canonical(json.loads(path.read_bytes()) | change))

    return do


def forge(folder: Path) -> None:
    edit(2, body={"outcome": "passed"})(folder)
    rechain(folder, 2)


def swap(folder: Path) -> None:
    (folder / "000002.json").rename(folder / "x")
    (folder / "000003.json").rename(folder / "000002.json")
    (folder / "x").rename(folder / "000003.json")


def reindent(folder: Path) -> None:
    path = folder / "000002.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2))


def twice(folder: Path) -> None:
    path = folder / "000002.json"
    path.write_bytes(path.read_bytes().replace(b'"kind":', b'"kind":"x","kind":', 1))


def test_entries_follow_each_other(ledger: Ledger) -> None:
    entries = ledger.trusted()
    assert [e.number for e in entries] == [1, 2, 3, 4]
    assert [e.previous for e in entries[1:]] == [e.hash for e in entries[:-1]]
    assert ledger.head() == entries[-1]


@pytest.mark.parametrize(
    ("tamper", "number", "words"),
    [
        pytest.param(edit(2, body={"outcome": "passed"}), 2, "edited", id="a refusal edited to passed"),
        pytest.param(forge, 2, "not signed", id="edited, with every hash made to fit"),
        pytest.param(edit(3, time="2020-01-01T00:00:00+00:00"), 3, "edited", id="a time changed"),
        pytest.param(edit(3, extra=1), 3, "cannot be read", id="a field added"),
        pytest.param(reindent, 2, "edited", id="the same content in other bytes"),
        pytest.param(twice, 2, "cannot be read", id="a key given twice"),
        pytest.param(swap, 2, "number 3", id="two entries swapped"),
        pytest.param(lambda f: (f / "000003.json").unlink(), 3, "missing", id="an entry removed"),
        pytest.param(lambda f: (f / "000001.json").unlink(), 1, "missing", id="the first entry removed"),
        pytest.param(lambda f: (f / "000004.json").unlink(), 4, "tail is cut", id="the tail cut"),
        pytest.param(lambda f: (f / "000002.json").write_bytes(b""), 2, "cannot be read", id="an entry emptied"),
    ],
)
def test_verify_names_the_first_broken_link(
    ledger: Ledger, tamper: Callable[[Path], None], number: int, words: str
) -> None:
    head = ledger.head()
    assert head is not None
    tamper(ledger.folder)
    first = ledger.verify(head.head)[0]
    assert first.number == number
    assert words in first.reason
    with pytest.raises(IntegrityAlarm, match=words):
        ledger.trusted(head.head)


def test_a_rewritten_tail_is_not_the_one_remembered(ledger: Ledger) -> None:
    head = ledger.head()
    assert head is not None
    (ledger.folder / "000004.json").unlink()
    ledger.append("decision", {"outcome": "passed", "of": 3})
    assert ["rewritten" in item.reason for item in ledger.verify(head.head)] == [True]


def test_a_broken_head_takes_no_new_entry(ledger: Ledger) -> None:
    edit(4, body={})(ledger.folder)
    with pytest.raises(IntegrityAlarm, match="edited"):
        ledger.append("decision", {})


def test_leftovers_of_a_killed_writer_are_no_entries(ledger: Ledger) -> None:
    (ledger.folder / ".000005.json.1.ab.tmp").write_bytes(b"{")
    assert ledger.verify() == []
    assert ledger.append("done", {}).number == 5


@pytest.mark.parametrize(
    ("fails", "error", "words"),
    [
        pytest.param(OSError(errno.ENOSPC, "no space left"), LifecycleError, "no space left", id="a full disk"),
        pytest.param(FileExistsError(), IntegrityAlarm, "no free number", id="a number that is always taken"),
    ],
)
def test_an_entry_that_cannot_be_written_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fails: OSError, error: type[Exception], words: str
) -> None:
    def link(*_: object) -> None:
        raise fails

    monkeypatch.setattr("os.link", link)
    with pytest.raises(error, match=words):
        ledger.append("done", {})
    assert ledger.numbers() == [1, 2, 3, 4]


def test_writing_leaves_nothing_but_the_entry(ledger: Ledger) -> None:
    ledger.append("done", {})
    assert sorted(path.name for path in ledger.folder.iterdir()) == [f"{number:06d}.json" for number in range(1, 6)]


def test_a_decision_is_read_as_it_was_written() -> None:
    reason = Blocking(practice="MLSEC-01", verdict="not_met", because="no terms", fix="state them")
    decision = Decision(
        **{**vars(DECISION), "outcome": "refused", "blocking": (reason,), "waivers": ({"owner": "Ada"},)}
    )
    assert Decision.read(files.plain(decision)) == decision


def test_two_writers_get_a_number_each(ledger: Ledger) -> None:
    code = "import sys; from pathlib import Path; from tasks.ledger import Ledger\n" \
        "book = Ledger(Path(sys.argv[1]), Path(sys.argv[2]))\n" \
        "for n in range(10): book.append('alarm', {'n': n})"  # fmt: skip
    command = [sys.executable, "-c", code, str(ledger.folder), str(ledger.keys)]
    writers = [subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.getcwd()}) for _ in range(2)]
    assert [w.wait(60) for w in writers] == [0, 0]
    assert len(ledger.trusted()) == 24


def test_an_unknown_kind_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="promotion"):
        ledger.append("promotion", {})


@pytest.mark.parametrize(
    "change", [{"outcome": "refused"}, {"promotable": False}, {"blocking": (Blocking(verdict="x", because="y"),)}],
    ids=["refused", "explored", "something blocks"],
)  # fmt: skip
def test_only_a_whole_pass_lets_through(change: dict[str, object]) -> None:
    body = files.plain(DECISION)
    assert Decision.read(body).lets_through
    assert not Decision.read(files.plain(Decision(**{**vars(DECISION), **change}))).lets_through


MISSING = object()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"extra": 1}, id="a foreign field"),
        pytest.param({"gate": MISSING}, id="a missing field"),
        pytest.param({"figures": MISSING}, id="a missing field that may be empty"),
        pytest.param({"blocking": [{"verdict": "x", "because": "y", "why": "z"}]}, id="a foreign field of a reason"),
        pytest.param({"blocking": [{"verdict": "x"}]}, id="a missing field of a reason"),
        pytest.param({"blocking": ["y"]}, id="a word for a reason"),
        pytest.param({"waivers": 0}, id="no list of waivers"),
    ],
)
def test_an_incomplete_decision_is_an_alarm(change: dict[str, object]) -> None:
    body = files.plain(DECISION) | change
    with pytest.raises(IntegrityAlarm, match="not complete"):
        Decision.read({k: v for k, v in body.items() if v is not MISSING})


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    private = keys.private_key(folder)
    assert [oct(p.stat().st_mode & 0o777) for p in (folder, private)] == ["0o700", "0o600"]
    private.chmod(0o640)
    with pytest.raises(IntegrityAlarm, match="0640"):
        keys.sign(folder, b"x")


def test_a_signature_speaks_of_these_bytes_and_this_key(tmp_path: Path) -> None:
    signature = keys.sign(tmp_path / "a", b"x")
    keys.private_key(tmp_path / "b")
    assert keys.verify(tmp_path / "a", b"x", signature)
    assert not keys.verify(tmp_path / "a", b"y", signature)
    assert not keys.verify(tmp_path / "b", b"x", signature)
    assert not keys.verify(tmp_path / "a", b"x", "not base64")
