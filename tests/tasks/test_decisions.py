"""Why a stored decision no longer holds: each thing that it is bound to, one at a time; and what is kept of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, IntegrityAlarm
from tasks import decisions, files
from tasks.ledger import Blocking, Decision, Entry, Kind, Ledger
from tasks.registry import Registry, Version
from tasks.stores import Facts, Stores
from tests.tasks.release_world import World

BOUND: dict[str, Any] = {
    "commit": "c0ffee", "dirty": False, "lock_sha256": "lock", "data_version": "data", "promotion_sha256": "promotion",
    "policy_sha256": "policy", "report_sha256": "report",
}  # fmt: skip
WAIVER = {"practice": "MLSEC-01", "made": "2026-01-01", "expires": "2026-03-01"}
NOW = Facts(**BOUND, waivers=(WAIVER,))
DECISION = Decision(
    gate="champion", outcome="passed", model="small", version=1, model_digest="digest", base_champion=None,
    promotable=True, actor="x", cause="x", time="x", figures={"package_digest": "package"}, **BOUND,
)  # fmt: skip
BLOCKS = Blocking(bound="brier", verdict="not_met", because="0.3", fix="train")
VERSION = Version(1, "run", "source", {"digest": "digest", "data_revision": "data", "package": "package"})


def stores(place: Path) -> Stores:
    return Stores(Registry(None, "small", "nowhere"), Ledger(place / "ledger", place / "keys"))  # type: ignore[arg-type]


def entry(number: int, kind: Kind = Kind.DECISION, time: str = "2026-02-01T00:00:00+00:00", **body: Any) -> Entry:
    return Entry(1, number, kind, "", time, body, "", "")


@pytest.mark.parametrize("number", [99, "1", None, True, 1.0])
def test_a_file_that_names_no_entry_was_edited(tmp_path: Path, number: Any) -> None:
    place = replace(stores(tmp_path), reports=tmp_path)
    place.ledger.append(Kind.ALARM, {})
    files.write_json(tmp_path / "decisions" / "champion.json", {"schema": 1, "entry": number})
    with pytest.raises(IntegrityAlarm, match="names no ledger entry"):
        decisions.stored("champion", place)


def test_a_file_that_is_no_json_was_edited(tmp_path: Path) -> None:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "champion.json").write_text("{")
    with pytest.raises(IntegrityAlarm, match="was edited"):
        decisions.stored("champion", replace(stores(tmp_path), reports=tmp_path))


def test_what_is_stored_is_the_entry_with_the_form_s_number(world: World) -> None:
    made = world.decide("staging", world.register(1.0))
    told = files.read_json(world.root / "reports" / "decisions" / "staging.json")
    assert told == {
        "schema": 1, "made": made.time, "entry": made.number, "hash": made.hash, "decision": made.body
    }  # fmt: skip
    refused = decisions.bare("staging", GateRefused("no"), world.stores, world.facts(), actor="x", cause="x")
    assert (refused.outcome, refused.promotable, refused.lets_through) == ("refused", False, False)


def test_a_version_says_by_which_entries_it_was_decided_on(world: World) -> None:
    version = world.register(1.0)
    made = {gate: world.decide(gate, version).number for gate in ("staging", "champion")}
    tags = world.stores.registry.version(version.number).tags
    assert {gate: tags[f"decision_{gate}"] for gate in made} == {gate: str(number) for gate, number in made.items()}


def test_a_copy_of_what_is_no_decision_was_edited(world: World) -> None:
    world.decide("staging", world.register(1.0))
    moved = world.promote("staging").entry
    assert moved is not None
    copy = decisions._copy(world.stores.ledger.entry(moved))
    files.write_json(world.root / "reports" / "decisions" / "staging.json", copy)
    with pytest.raises(IntegrityAlarm, match=f"not what ledger entry {moved} says"):
        decisions.stored("staging", world.stores)
    with pytest.raises(GateRefused, match=f"ledger entry {moved} is no decision"):
        world.promote("staging", moved)


def test_a_folder_in_place_of_the_copy_is_none(world: World) -> None:
    world.decide("staging", world.register(1.0))
    copy = next((world.root / "mlartifacts").rglob("decisions/staging-*.json"))
    copy.unlink()
    (copy / "inside").mkdir(parents=True)
    with pytest.raises(GateRefused, match="not among the artefacts"):
        world.promote("staging")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"outcome": "refused"}, "refused", id="refused"),
        pytest.param({"promotable": False}, "made with --explore, unpromotable for good; passed", id="explored"),
        pytest.param({"promotable": False, "blocking": (BLOCKS,)}, "brier: 0.3", id="refused and explored"),
        pytest.param({"blocking": (replace(BLOCKS, practice="MLREL-09"),) * 6}, "; ".join(["MLREL-09: 0.3"] * 5),
                     id="by more than five"),
    ],
)  # fmt: skip
def test_why_nothing_is_let_through(change: dict[str, Any], words: str) -> None:
    assert decisions._why(replace(DECISION, **change)) == words


MADE = entry(4, gate="champion", version=1)


def test_one_that_speaks_of_all_this_is_not_foreign(tmp_path: Path) -> None:
    assert decisions._foreign(DECISION, "champion", VERSION, stores(tmp_path)) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"gate": "staging"}, "gate 'staging', here it is 'champion'", id="gate"),
        pytest.param({"model": "another"}, "model 'another'", id="model"),
        pytest.param({"version": 2}, "version 2, here it is 1", id="version"),
        pytest.param({"model_digest": "other"}, "model digest 'other'", id="bytes"),
        pytest.param({"data_version": "other"}, "data version 'other'", id="data"),
        pytest.param({"figures": {"package_digest": "other"}}, "package digest 'other'", id="package"),
        pytest.param({"figures": {}}, "package digest None", id="no package"),
    ],
)
def test_one_that_speaks_of_another_is_foreign(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    (fault,) = decisions._foreign(replace(DECISION, **changed), "champion", VERSION, stores(tmp_path))
    assert words in fault


def test_what_neither_names_is_foreign_too(tmp_path: Path) -> None:
    nameless = replace(VERSION, tags={name: tag for name, tag in VERSION.tags.items() if name != "digest"})
    (fault,) = decisions._foreign(replace(DECISION, model_digest=None), "champion", nameless, stores(tmp_path))
    assert "model digest None" in fault


def test_one_that_was_made_of_what_is_there_now_is_not_outdated() -> None:
    assert decisions._outdated(DECISION, MADE, (MADE,), NOW) == []


@pytest.mark.parametrize("name", BOUND)
def test_one_that_was_made_of_anything_else_is_outdated(name: str) -> None:
    other: dict[str, Any] = {name: "another"}
    changed = replace(NOW, **other)
    assert decisions._outdated(DECISION, MADE, (MADE,), changed) == [f"{name} was {BOUND[name]}, is another"]


@pytest.mark.parametrize("name", ["data_version", "promotion_sha256"])
def test_one_that_names_no_rows_is_outdated_though_there_are_none(name: str) -> None:
    nothing: dict[str, Any] = {name: None}
    faults = decisions._outdated(replace(DECISION, **nothing), MADE, (MADE,), replace(NOW, **nothing))
    assert faults == [f"it names no {name}"]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        pytest.param((entry(5, gate="champion", version=1),), "entry 5 decided anew", id="decided anew"),
        pytest.param((entry(5, Kind.DONE, decision=4),), "it was used before", id="used"),
        pytest.param((entry(5, gate="staging", version=1),), "", id="another gate decided"),
        pytest.param((entry(5, gate="champion", version=2),), "", id="another version was decided on"),
        pytest.param((entry(5, Kind.DONE, decision=3),), "", id="another was used"),
    ],
)
def test_what_came_after_it(others: tuple[Entry, ...], words: str) -> None:
    faults = decisions._outdated(DECISION, MADE, (MADE, *others), NOW)
    assert faults == ([words] if words else [])


def test_one_that_the_ledger_does_not_hold_is_outdated() -> None:
    others = (entry(3, gate="staging", version=1),)
    assert decisions._outdated(DECISION, MADE, others, NOW) == ["the ledger does not hold it"]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param("2026-02-28T23:59:59+00:00", [], id="its last second"),
        pytest.param("2026-03-01T00:00:00+00:00", ["is over, or not begun: 2026-01-01 to 2026-03-01"], id="over"),
    ],
)
def test_a_waiver_ends_though_the_ledger_stands_still(
    monkeypatch: pytest.MonkeyPatch, now: str, words: list[str]
) -> None:
    monkeypatch.setattr(files, "now", lambda: datetime.fromisoformat(now))
    faults = list(decisions._lapsed(replace(DECISION, waivers=(WAIVER,)), (MADE,), NOW))
    assert faults == [f"its waiver of MLSEC-01 {word}" for word in words]


@pytest.mark.parametrize(
    ("held", "latest", "words"),
    [
        pytest.param((WAIVER,), "2026-02-28T23:59:59+00:00", "", id="its last second"),
        pytest.param((WAIVER,), "2026-03-01T00:00:00+00:00", "is over", id="a second later, as the ledger knows"),
        pytest.param((), "2026-02-01T00:00:00+00:00", "was withdrawn", id="withdrawn"),
        pytest.param((WAIVER | {"expires": "2027-01-01"},), "2026-02-01T00:00:00+00:00", "changed", id="made longer"),
    ],
)
def test_a_clock_that_was_set_back_lengthens_no_waiver(
    monkeypatch: pytest.MonkeyPatch, held: tuple[dict[str, Any], ...], latest: str, words: str
) -> None:
    monkeypatch.setattr(files, "now", lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=1))
    waived = replace(DECISION, waivers=(WAIVER,))
    faults = list(decisions._lapsed(waived, (MADE, entry(5, time=latest)), replace(NOW, waivers=held)))
    assert [words in fault for fault in faults] == ([True] if words else [])


@pytest.mark.parametrize(
    ("error", "verdict"), [(GateRefused("no", next_step="x"), "refused"), (IntegrityAlarm("no"), "alarm")]
)
def test_a_refusal_keeps_what_was_decided_and_closes_it_for_good(error: GateRefused, verdict: str) -> None:
    refused = decisions.refusal(replace(DECISION, blocking=(BLOCKS,)), error)
    assert (refused.outcome, refused.promotable, refused.lets_through) == ("refused", False, False)
    assert refused.blocking[0] == BLOCKS
    assert (refused.blocking[1].bound, refused.blocking[1].verdict, refused.blocking[1].because) == (
        "promotion", verdict, "no",
    )  # fmt: skip
    assert datetime.fromisoformat(refused.time).tzinfo is not None
