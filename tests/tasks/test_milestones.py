"""A milestone is kept once, read back whole, and refused when anything about it was changed."""

from pathlib import Path

import pytest

from config.errors import ConfigError, IntegrityAlarm
from config.settings import Settings
from tasks import milestones
from tasks.ledger import Kind
from tasks.milestones import keep, listed, proper, read
from tasks.stores import Stores, open_stores

REVIEW = {"schema": 1, "counts": {"met": 1}, "practices": [{"id": "MLSEC-01", "verdict": "met"}]}


@pytest.fixture
def stores(settings: Settings) -> Stores:
    return open_stores(settings)


def artifact() -> Path:
    (found,) = Path("mlartifacts").rglob(milestones.ARTIFACT)
    return found


def test_what_is_kept_is_read_back_and_stands_in_the_ledger(settings: Settings, stores: Stores) -> None:
    kept = keep(settings, stores, "go-live", REVIEW)
    assert read(settings, stores, "go-live") == (kept, REVIEW)
    assert listed(stores) == (kept,)
    entry = stores.ledger.entry(kept.entry)
    assert (entry.kind, entry.body["sha256"]) == (Kind.MILESTONE, kept.sha256)
    tags = stores.registry.client.get_run(kept.run_id).data.tags
    assert (tags[milestones.TAG], tags["lifecycle.milestone_sha256"]) == ("go-live", kept.sha256)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.write_bytes(path.read_bytes().replace(b"met", b"not")), id="a word was changed"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"\n"), id="a byte was added"),
        pytest.param(lambda path: path.write_bytes(b""), id="it was emptied"),
        pytest.param(lambda path: path.unlink(), id="it was removed"),
    ],
)
def test_a_milestone_that_was_changed_is_an_alarm(settings: Settings, stores: Stores, change: object) -> None:
    keep(settings, stores, "go-live", REVIEW)
    change(artifact())  # type: ignore[operator]
    with pytest.raises(IntegrityAlarm, match="the milestone 'go-live'"):
        read(settings, stores, "go-live")


def test_a_tag_that_was_changed_with_the_bytes_deceives_nobody(settings: Settings, stores: Stores) -> None:
    kept = keep(settings, stores, "go-live", REVIEW)
    artifact().write_bytes(b"{}")
    digest = milestones.files.sha256_bytes(b"{}")
    stores.registry.client.set_tag(kept.run_id, "lifecycle.milestone_sha256", digest)
    with pytest.raises(IntegrityAlarm, match="was altered"):
        read(settings, stores, "go-live")


def test_a_name_is_used_once(settings: Settings, stores: Stores) -> None:
    keep(settings, stores, "go-live", REVIEW)
    for name in ("go-live", "GO-LIVE"):
        with pytest.raises(ConfigError, match="was used for the milestone of"):
            keep(settings, stores, name, REVIEW)
    assert [kept.number for kept in (*listed(stores), keep(settings, stores, "next", REVIEW))] == [1, 2]


def test_of_two_commands_with_one_name_the_first_entry_counts(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(settings, stores, "go-live", REVIEW)
    monkeypatch.setattr(milestones, "_free", lambda name, entries: None)  # the other looked before we wrote
    with pytest.raises(ConfigError, match="was used"):
        keep(settings, stores, "go-live", REVIEW | {"schema": 2})
    assert read(settings, stores, "go-live") == (kept, REVIEW)


def test_a_name_that_nobody_took_is_no_milestone(settings: Settings, stores: Stores) -> None:
    with pytest.raises(ConfigError, match="there is no milestone 'go-live'"):
        read(settings, stores, "go-live")


@pytest.mark.parametrize("name", ["abc", "go-live", "before the audit of 2026", "überprüft", "n" * 100])
def test_a_name_may_be(name: str) -> None:
    assert proper(name) == name


@pytest.mark.parametrize("name", ["", "ab", "n" * 101, " abc", "abc ", "a\nb", "a\x1b[31mb"])
def test_a_name_may_not_be(name: str) -> None:
    with pytest.raises(ConfigError, match="the name of the milestone is"):
        proper(name)
