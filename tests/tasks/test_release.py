"""A promotion consumes one decision that still holds; everything else is refused and recorded."""

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError, Superseded
from tasks import canary, files, packaging, release
from tasks.approvals import AwaitsApproval
from tasks.ledger import Blocking
from tasks.release import promote
from tasks.settlement import promotion_lock
from tests.tasks.release_world import BY_POLICY, World, package_folder

ROOT = Path(__file__).parents[2]


def kinds(world: World) -> list[str]:
    return [entry.kind for entry in world.stores.ledger.entries()]


def test_the_ladder_is_climbed_step_by_step(world: World) -> None:
    version = world.champion(1.0)
    assert [world.alias(a) for a in ("staging", "champion", "previous")] == [1, 1, None]
    second = world.champion(0.5)
    assert [world.alias(a) for a in ("staging", "champion", "previous")] == [2, 2, 1]
    head = world.stores.ledger.head()
    assert head is not None
    assert world.stores.registry.remembered_head() == head.head
    assert version.run_id != second.run_id
    assert kinds(world) == ["decision", "intent", "done"] * 4


def test_registering_the_same_package_twice_gives_one_version(world: World) -> None:
    version = world.register(1.0)
    again = world.stores.registry.register(
        run_id=version.run_id, source=version.source, model_id=None, tags=version.tags
    )
    assert again.number == version.number == 1


def test_a_promotion_done_twice_moves_once(world: World) -> None:
    version = world.register(1.0)
    entry = world.decide("staging", version)
    assert world.promote("staging", entry.number).changed
    assert not world.promote("staging", entry.number).changed
    assert kinds(world) == ["decision", "intent", "done"]


def test_what_was_promoted_before_is_answered_with_its_last_move(world: World) -> None:
    for strength in (1.0, 0.5):
        version = world.register(strength)
        entry = world.decide("staging", version)
        moved = world.promote("staging", entry.number)
    assert (moved.version, moved.before, moved.changed) == (2, 1, True)
    assert world.promote("staging", entry.number) == replace(moved, changed=False)
    anew = world.decide("staging", version)
    assert world.promote("staging", anew.number) == replace(moved, changed=False)
    assert kinds(world) == ["decision", "intent", "done"] * 2 + ["decision"]


def test_what_was_promoted_before_is_refused_where_the_alias_was_taken_away_since(world: World) -> None:
    entry = world.decide("staging", world.register(1.0))
    world.promote("staging", entry.number)
    world.stores.registry.point("staging", None)
    with pytest.raises(GateRefused, match="used before"):
        world.promote("staging", entry.number)
    assert world.alias("staging") is None


def test_what_was_promoted_before_the_last_is_refused_though_somebody_put_it_back(world: World) -> None:
    decided = []
    for strength in (1.0, 0.5):
        decided.append(world.decide("staging", world.register(strength)).number)
        world.promote("staging", decided[-1])
    world.stores.registry.point("staging", 1)
    with pytest.raises(GateRefused, match="used before"):
        world.promote("staging", decided[0])


def test_what_was_rolled_back_to_is_not_promoted_by_the_decision_that_let_it_in(world: World) -> None:
    world.champion(1.0)
    decided = world.stores.ledger.entries()[-3]
    assert (decided.kind, decided.body["gate"]) == ("decision", "champion")
    world.champion(0.5)
    assert world.roll_back().version == 1
    with pytest.raises(Superseded, match="judged against champion None, and champion is now 1"):
        world.promote("champion", decided.number)


def test_what_is_intended_is_recorded_before_the_alias_moves(world: World) -> None:
    world.champion(1.0)
    version = world.register(0.5)
    world.promote("staging", world.decide("staging", version).number)
    decided = world.decide("champion", version)
    world.promote("champion", decided.number)
    intent = world.stores.ledger.entries()[-2]
    assert intent.kind == "intent" and intent.body == {
        "action": "promotion", "alias": "champion", "version": 2, "from": 1, "decision": decided.number,
        "digest": version.digest, "actor": "test", "cause": "hand", "pid": os.getpid(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        pytest.param("promote.intent", None, id="before it moved"),
        pytest.param("promote.moved", 2, id="after it had"),
    ],
)
def test_an_alias_that_somebody_moves_meanwhile_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, point: str, expected: int | None
) -> None:
    first, second = world.register(1.0), world.register(0.5)
    entry = world.decide("staging", second)

    def move_by_hand(here: str) -> None:
        if here == point:
            world.stores.registry.point("staging", first.number)

    monkeypatch.setattr(release, "failpoint", move_by_hand)
    with pytest.raises(IntegrityAlarm, match="'staging' names version 1, which no promotion of ours did"):
        world.promote("staging", entry.number)
    intent, alarm = world.stores.trusted()[-2:]
    assert (world.alias("staging"), intent.kind, alarm.kind) == (1, "intent", "alarm")
    assert alarm.body == {"alias": "staging", "seen": 1, "expected": expected, "intent": intent.number}


def edit_json(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def edit_report(world: World) -> None:
    """A refusal, edited to a pass where people look."""
    blocking = (Blocking(bound="brier", verdict="not_met", because="too high"),)
    world.decide("champion", world.stores.registry.version(1), outcome="refused", blocking=blocking)
    path = world.root / "reports/decisions/champion.json"
    edit_json(path, lambda v: v["decision"].update(outcome="passed", blocking=[]))


def edit_artifact(world: World) -> None:
    path = next((world.root / "mlartifacts").rglob("champion-*.json"))
    edit_json(path, lambda v: v["decision"].update(cause="other"))


def swap_model(world: World) -> None:
    other = package_folder(world.root / "other", strength=0.01, keys_folder=world.keys)
    shutil.copy(other / packaging.MODEL, world.path_of(1) / packaging.MODEL)


def swap_whole_package(world: World) -> None:
    """Another model of ours, properly signed, in place of the one decided on."""
    other = package_folder(world.root / "other", strength=0.01, keys_folder=world.keys)
    shutil.copytree(other, world.path_of(1), dirs_exist_ok=True)


def resign_other_golden(world: World) -> None:
    folder = world.path_of(1)
    edit_json(folder / packaging.GOLDEN, lambda v: v.update(expected=[]))
    packaging.sign(folder, keys_folder=world.keys)


def pickle_beside(world: World) -> None:
    (world.path_of(1) / "model.pkl").write_bytes(b"cos\nsystem\n")


def other_data(world: World) -> None:
    (world.root / "data/landed.dvc").write_text("outs:\n- md5: other.dir\n  path: landed\n")


def other_policy(world: World) -> None:
    world.policy = world.policy.model_copy(update={"waiver_days": 30})


def other_lock(world: World) -> None:
    (world.root / "requirements.lock").write_text("mlflow==0\n")


def other_promotion_set(world: World) -> None:
    (world.root / "data/prepared/promotion.parquet").write_text("other rows")


def lose_promotion_set(world: World) -> None:
    (world.root / "data/prepared/promotion.parquet").unlink()


def reorder(path: Path) -> None:
    path.write_text(json.dumps(dict(reversed(json.loads(path.read_text()).items())), indent=2) + "\n")


def reorder_report(world: World) -> None:
    reorder(world.root / "reports/decisions/champion.json")


def reorder_artifact(world: World) -> None:
    reorder(next((world.root / "mlartifacts").rglob("champion-*.json")))


def add_to_report(world: World) -> None:
    edit_json(world.root / "reports/decisions/champion.json", lambda v: v.update(approved=True))


def other_gate(world: World) -> None:
    path = world.root / "reports/decisions"
    shutil.copy(path / "staging.json", path / "champion.json")


def foreign_report(world: World) -> None:
    """The passed decision of another version under this gate's name: consumed as what it is, it cannot climb."""
    other = world.register(0.3)
    world.decide("champion", other)


AFTER_THE_DECISION = [
    pytest.param(edit_report, IntegrityAlarm, "edited", id="the report is edited"),
    pytest.param(edit_artifact, IntegrityAlarm, "edited", id="the copy in MLflow is edited"),
    pytest.param(lambda w: (w.root / "reports/decisions/champion.json").unlink(), GateRefused, "no stored decision",
                 id="the decision is missing"),
    pytest.param(lambda w: shutil.rmtree(next((w.root / "mlartifacts").rglob("decisions"))), GateRefused,
                 "not among the artefacts", id="the copy in MLflow is missing"),
    pytest.param(swap_model, IntegrityAlarm, "changed", id="the model's bytes are others"),
    pytest.param(swap_whole_package, IntegrityAlarm, "changed", id="another signed package lies in its place"),
    pytest.param(resign_other_golden, IntegrityAlarm, "not the one that was decided on", id="other golden rows"),
    pytest.param(pickle_beside, IntegrityAlarm, "run code", id="a pickle lies beside the model"),
    pytest.param(other_data, GateRefused, "data_version was", id="other data"),
    pytest.param(other_policy, GateRefused, "policy_sha256 was", id="another policy"),
    pytest.param(other_lock, GateRefused, "lock_sha256 was", id="another environment"),
    pytest.param(lambda w: w.evidence("second"), GateRefused, "report_sha256 was", id="other evidence"),
    pytest.param(other_promotion_set, GateRefused, "promotion_sha256 was", id="other promotion rows"),
    pytest.param(lose_promotion_set, GateRefused, "promotion_sha256 was", id="no promotion rows"),
    pytest.param(reorder_report, IntegrityAlarm, "edited", id="the report's keys in another order"),
    pytest.param(add_to_report, IntegrityAlarm, "edited", id="a key added to the report"),
    pytest.param(reorder_artifact, IntegrityAlarm, "edited", id="the copy in MLflow in another order"),
    pytest.param(other_gate, GateRefused, "speaks of gate", id="the decision of another gate"),
    pytest.param(foreign_report, GateRefused, "not staging", id="the decision of another model"),
    pytest.param(lambda w: w.decide("champion", w.stores.registry.version(1), outcome="refused"), GateRefused,
                 "refused version 1", id="decided anew, and refused"),
]  # fmt: skip


@pytest.mark.parametrize(("tamper", "error", "words"), AFTER_THE_DECISION)
def test_a_decision_that_no_longer_holds_moves_nothing(
    world: World, tamper: Callable[[World], None], error: type[LifecycleError], words: str
) -> None:
    version = world.register(1.0)
    world.decide("staging", version)
    world.promote("staging")
    world.decide("champion", version)
    tamper(world)
    with pytest.raises(error, match=words):
        world.promote("champion")
    assert world.alias() is None
    last = world.stores.ledger.head()
    assert last is not None and (last.kind, last.body["outcome"]) == ("decision", "refused")
    assert words.split("|")[0] in last.body["blocking"][-1]["because"]
    assert world.stores.ledger.verify(world.stores.registry.remembered_head()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"outcome": "refused"}, "refused version", id="refused"),
        pytest.param({"promotable": False}, "--explore", id="made with --explore"),
        pytest.param({"blocking": (Blocking(bound="b", verdict="unknown", because="nothing seen"),)}, "nothing seen",
                     id="passed, but something blocks"),
        pytest.param({"model_digest": "0" * 64}, "model digest", id="of other bytes"),
        pytest.param({"model_digest": None}, "model digest", id="of no bytes"),
        pytest.param({"model": "another"}, "model", id="of another model"),
        pytest.param({"data_version": "other"}, "data version", id="of other data"),
        pytest.param({"data_version": None}, "data version", id="of no data"),
        pytest.param({"commit": "0" * 40}, "commit was", id="of another commit"),
        pytest.param({"version": None}, "no version", id="of no version"),
        pytest.param({"promotion_sha256": None}, "names no promotion_sha256", id="of no promotion rows"),
        pytest.param({"promotion_sha256": "0" * 64}, "promotion_sha256 was", id="of other promotion rows"),
        pytest.param({"dirty": False}, "dirty was False", id="of a clean tree that is none now"),
        pytest.param({"lock_sha256": None}, "lock_sha256 was", id="of no environment"),
        pytest.param({"policy_sha256": ""}, "policy_sha256 was", id="of no policy"),
        pytest.param({"report_sha256": "x"}, "report_sha256 was", id="of another report"),
        pytest.param({"figures": {}}, "package digest", id="of no package"),
        pytest.param({"outcome": "Passed"}, "refused version", id="passed, spelt otherwise"),
        pytest.param({"promotable": 1}, "refused version|--explore", id="promotable, but not true"),
    ],
)  # fmt: skip
def test_a_decision_that_does_not_let_through_moves_nothing(world: World, change: dict[str, Any], words: str) -> None:
    version = world.register(1.0)
    entry = world.decide("staging", version, **change)
    with pytest.raises(LifecycleError, match=words):
        world.promote("staging", entry.number)
    assert world.alias("staging") is None
    assert kinds(world)[-1] == "decision"


def test_what_is_no_decision_opens_no_gate_and_that_is_recorded(world: World) -> None:
    version = world.register(1.0)
    whole = world.decide("staging", version).body
    bare = world.stores.ledger.append("alarm", {"version": version.number}).number
    odd = world.stores.ledger.append("decision", whole | {"blocking": [{"why": "bad"}]}).number
    for number, words in ((bare, "is no decision"), (odd, "is not complete: .*'why'")):
        with pytest.raises(LifecycleError, match=words):
            world.promote("staging", number)
        last = world.stores.trusted()[-1]
        assert (last.kind, last.body["outcome"], last.body["version"]) == ("decision", "refused", None)
    assert world.alias("staging") is None


def test_what_waits_for_a_person_moves_nothing_and_refuses_nothing(world: World) -> None:
    version = world.register(1.0)
    world.promote("staging", world.decide("staging", version).number)
    entry = world.decide("champion", version)
    with pytest.raises(AwaitsApproval, match="waits for approver"):
        world.promote("champion", entry.number, replace(BY_POLICY, required=True))
    assert (world.alias(), kinds(world)[-1], world.stores.trusted()[-1].number) == (None, "decision", entry.number)


def test_a_version_whose_canary_was_ended_does_not_become_champion(world: World) -> None:
    version = world.register(1.0)
    world.promote("staging", world.decide("staging", version).number)
    world.decide("champion", version)
    place = canary.place(world.root / ".lifecycle" / "serving", version.number, version.tags["package"])
    place.mkdir(parents=True)
    (place / "1.json").write_text("{")
    with pytest.raises(GateRefused, match="the canary of version 1 was ended"):
        world.promote("champion")


def test_a_decision_opens_a_gate_once(world: World) -> None:
    version = world.register(1.0)
    first = world.decide("staging", version)
    world.promote("staging")
    other = world.register(0.5)
    world.decide("staging", other)
    world.promote("staging")
    with pytest.raises(GateRefused, match="used before"):
        world.promote("staging", first.number)
    assert world.alias("staging") == other.number


def test_champion_is_reached_by_way_of_staging_alone(world: World) -> None:
    version = world.register(1.0)
    world.decide("champion", version)
    with pytest.raises(GateRefused, match="not staging"):
        world.promote("champion")


def test_the_champion_is_not_compared_with_itself(world: World) -> None:
    version = world.champion(1.0)
    world.decide("champion", version)
    with pytest.raises(GateRefused, match="nothing to compare"):
        world.promote("champion")


def test_of_two_candidates_judged_against_one_base_one_wins(world: World) -> None:
    world.champion(1.0)
    second, third = world.register(0.5), world.register(0.2)
    for version in (second, third):
        staging = world.decide("staging", version)
        world.promote("staging", staging.number)
    lost = world.decide("champion", second)
    won = world.decide("champion", third)
    world.promote("champion", won.number)
    with pytest.raises(Superseded, match="champion is now 3"):
        world.promote("champion", lost.number)
    last = world.stores.trusted()[-1]
    assert (world.alias(), last.kind) == (3, "superseded")
    assert last.body == {
        "gate": "champion", "decision": lost.number, "version": 2, "base_champion": 1, "champion": 3,
        "because": "version 2 was judged against champion 1, and champion is now 3",
    }  # fmt: skip


def test_two_processes_promote_at_once_and_one_wins(world: World) -> None:
    world.champion(1.0)
    entries = []
    for strength in (0.5, 0.2):
        version = world.register(strength)
        staging = world.decide("staging", version)
        entries.append((staging.number, world.decide("champion", version).number))
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()

    def run(numbers: tuple[int, int]) -> None:
        try:
            for gate, number in zip(("staging", "champion"), numbers, strict=True):
                world.promote(gate, number)
            answers.put("won")
        except LifecycleError as error:
            answers.put(type(error).__name__)

    runners = [context.Process(target=run, args=(numbers,)) for numbers in entries]
    for runner in runners:
        runner.start()
    outcomes = sorted(answers.get(timeout=60) for _ in runners)
    for runner in runners:
        runner.join(30)
    assert outcomes == ["Superseded", "won"]
    assert world.stores.ledger.verify(world.stores.registry.remembered_head()) == []


def test_a_champion_moved_by_hand_freezes_promotions(world: World) -> None:
    world.champion(1.0)
    second = world.register(0.5)
    world.decide("staging", second)
    world.stores.registry.point("champion", second.number)
    for _ in range(2):
        with pytest.raises(IntegrityAlarm, match="frozen"):
            world.promote("staging")
    assert kinds(world).count("alarm") == 1
    assert world.roll_back().version == 1
    assert world.alias() == 1
    assert world.promote("staging").changed


def test_an_alias_set_where_nothing_was_promoted_is_taken_away(world: World) -> None:
    version = world.register(1.0)
    world.stores.registry.point("champion", version.number)
    world.decide("staging", version)
    with pytest.raises(IntegrityAlarm, match="frozen"):
        world.promote("staging")
    assert world.roll_back().version is None
    assert world.alias() is None


def test_a_cut_tail_freezes_promotions(world: World) -> None:
    version = world.champion(1.0)
    (world.root / "ledger/000006.json").unlink()
    world.stores.ledger.append("alarm", {"a": "new entry with the same number"})
    with pytest.raises(IntegrityAlarm, match="rewritten"):
        world.promote("staging", 1)
    assert version.number == 1


def test_a_lost_head_in_the_registry_is_an_alarm(world: World) -> None:
    world.champion(1.0)
    world.stores.registry.client.delete_registered_model_tag("small-model", "ledger_head")
    with pytest.raises(IntegrityAlarm, match="lost its tag"):
        world.promote("staging", 1)


def test_a_clock_set_back_is_an_alarm(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = world.register(1.0)
    world.decide("staging", version)
    early = files.now().replace(year=2020)
    monkeypatch.setattr(files, "now", lambda: early)
    with pytest.raises(IntegrityAlarm, match="clock"):
        world.promote("staging")


def test_one_promotion_at_a_time(world: World) -> None:
    with (
        promotion_lock(world.root / ".lifecycle", patience_seconds=1),
        pytest.raises(LifecycleError, match="under way"),
        promotion_lock(world.root / ".lifecycle", patience_seconds=0.1),
    ):
        pass


def test_who_waits_in_vain_for_the_lock_was_overtaken_and_it_is_recorded(world: World) -> None:
    entry = world.decide("staging", world.register(1.0))
    with (
        promotion_lock(world.root / ".lifecycle", patience_seconds=1),
        pytest.raises(Superseded, match="under way"),
    ):
        promote(
            "staging", decision=entry.number, stores=world.stores, current=world.facts(), approvals=BY_POLICY,
            actor="test", cause="hand", patience_seconds=0.1,
        )  # fmt: skip
    last = world.stores.trusted()[-1]
    assert last.kind == "superseded" and "under way" in last.body.pop("because")
    assert last.body == {"gate": "staging", "decision": entry.number, "champion": None}
    assert world.promote("staging", entry.number).changed


def test_a_staging_that_another_took_is_superseded(world: World) -> None:
    first, second = world.register(1.0), world.register(0.5)
    decided = [world.decide(gate, first).number for gate in ("staging", "champion")]
    world.promote("staging", decided[0])
    world.promote("staging", world.decide("staging", second).number)
    with pytest.raises(Superseded, match="version 2 took the place of version 1"):
        world.promote("champion", decided[1])
    assert "took the place" in world.stores.trusted()[-1].body["because"]


def test_one_that_was_overtaken_on_staging_may_come_back_by_a_new_decision(world: World) -> None:
    first, second = world.register(1.0), world.register(0.5)
    decided = []
    for version in (first, second, first):
        decided.append(world.decide("staging", version).number)
        assert world.promote("staging", decided[-1]).changed
    with pytest.raises(GateRefused, match=f"entry {decided[2]} decided anew"):
        world.promote("staging", decided[0])
    assert world.promote("champion", world.decide("champion", first).number).version == first.number


def test_it_is_the_last_on_staging_that_may_go_on(world: World) -> None:
    decided = {}
    for strength in (1.0, 0.5, 0.2):
        version = world.register(strength)
        decided[version.number] = world.decide("champion", version).number
        world.promote("staging", world.decide("staging", version).number)
    for number in (1, 2):
        with pytest.raises(Superseded, match=f"version 3 took the place of version {number}"):
            world.promote("champion", decided[number])
    assert world.promote("champion", decided[3]).changed
