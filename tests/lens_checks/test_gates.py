"""A gate opens only when something was judged and nothing is held against it."""

from typing import Any

import pytest

from config.settings import Risk, Settings
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.gates import GateName, GateOutcome, decide, held_by, policy_of
from lens_checks.statements import Subject
from tests.lens_checks import small
from tests.lens_checks.small import NOW, Given, result, said
from tests.lens_checks.test_bounds import COMPARISON, DIGEST, LEAKAGE, POLICY, SOUND, VALIDATION
from tests.lens_checks.test_statements import waiver

SUBJECT = Subject("flights", version=3, digest=DIGEST, champion=2)
ALL = tuple(result(f"MLSEC-{i:02}", at=at) for i, at in enumerate(Checkpoint, start=1))


def decided(
    settings: Settings, gate: GateName, *results: PracticeResult, records: tuple[object, ...] = SOUND, **given: Any
) -> GateOutcome:
    given = {"subject": SUBJECT, "statements": said()} | given
    policy = small.policy_of(settings, **POLICY)
    return decide(gate, results=results, source=Given(*records), policy=policy, now=NOW, **given)


@pytest.mark.parametrize("gate", GateName)
def test_a_gate_opens_when_all_is_well(example: Settings, gate: GateName) -> None:
    outcome = decided(example, gate, *ALL)
    assert outcome.passed and not outcome.blocking


@pytest.mark.parametrize("gate", GateName)
def test_a_gate_at_which_nothing_was_judged_stays_shut(example: Settings, gate: GateName) -> None:
    outcome = decided(example, gate)
    assert not outcome.passed
    assert [(reason.bound, reason.verdict) for reason in outcome.blocking] == [
        ("something was checked", Outcome.UNKNOWN)
    ]


@pytest.mark.parametrize(
    "only",
    [
        pytest.param(result(measured=Outcome.MET), id="measured and met"),
        pytest.param(result(measured=Outcome.MET, attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN), id="one half"),
        pytest.param(result(measured=None, attested=Outcome.MET, verdict=Outcome.MET, by=By.ATTESTED), id="a word"),
        pytest.param(result(measured=Outcome.NOT_APPLICABLE, by=By.DERIVED), id="does not apply"),
    ],
)
def test_one_answer_is_enough_to_have_checked_something(example: Settings, only: PracticeResult) -> None:
    assert decided(example, GateName.STAGING, only).passed


@pytest.mark.parametrize("gate", GateName)
def test_a_gate_stays_shut_when_nothing_was_found_met(example: Settings, gate: GateName) -> None:
    open_only = [result(r.id, measured=Outcome.UNKNOWN, required=False, at=r.checkpoint) for r in ALL]
    assert not decided(example, gate, *open_only).passed


@pytest.mark.parametrize("outcome", [Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.BROKEN])
@pytest.mark.parametrize(
    ("at", "shut"),
    [
        (Checkpoint.FRAMING, {"framing", "staging", "champion"}),
        (Checkpoint.DATA, {"data", "staging", "champion"}),
        (Checkpoint.DEVELOPMENT, {"development", "staging", "champion"}),
        (Checkpoint.RELEASE, {"staging", "champion"}),
    ],
)
def test_what_is_unmet_holds_its_own_gate_and_those_of_the_ladder(
    example: Settings, at: Checkpoint, shut: set[str], outcome: Outcome
) -> None:
    unmet = result("MLSEC-13", measured=outcome, at=at)
    held = {gate.value for gate in GateName if not decided(example, gate, *ALL, unmet).passed}
    assert held == shut == {gate.value for gate in held_by(unmet, example.policy, champion=True)}


@pytest.mark.parametrize(
    ("finding", "champion", "passed"),
    [
        pytest.param(Outcome.NOT_MET, 2, False, id="a finding on the live model"),
        pytest.param(Outcome.BROKEN, 2, False, id="a broken check on the live model"),
        pytest.param(Outcome.UNKNOWN, 2, True, id="what operation has not seen yet"),
        pytest.param(Outcome.NOT_MET, None, True, id="no live model"),
    ],
)
def test_findings_of_operation_hold_the_next_champion(
    example: Settings, finding: Outcome, champion: int | None, passed: bool
) -> None:
    unmet = result("MLSEC-13", measured=finding, at=Checkpoint.OPERATION)
    subject = Subject("flights", version=3, digest=DIGEST, champion=champion)
    first = () if champion else tuple(r for r in SOUND if r is not COMPARISON)
    records = SOUND if champion else (*first, _first_comparison())
    assert decided(example, GateName.CHAMPION, *ALL, unmet, subject=subject, records=records).passed is passed
    assert decided(example, GateName.STAGING, *ALL, unmet, subject=subject, records=records).passed


def _first_comparison() -> Any:
    from tests.lens_checks.test_bounds import but

    return but(COMPARISON, champion=None, verdict="no-champion")


def test_medium_risk_warns(example: Settings) -> None:
    outcome = decided(example, GateName.CHAMPION, *ALL, result("MLSEC-13", measured=Outcome.NOT_MET, risk=Risk.MEDIUM))
    assert outcome.passed
    assert [warning.practice for warning in outcome.warnings] == ["MLSEC-13"]


def test_what_holds_a_gate_is_not_among_the_warnings(example: Settings) -> None:
    outcome = decided(example, GateName.CHAMPION, *ALL, result("MLSEC-13", measured=Outcome.NOT_MET))
    assert [(reason.practice, reason.verdict) for reason in outcome.blocking] == [("MLSEC-13", Outcome.NOT_MET)]
    assert outcome.warnings == ()


@pytest.mark.parametrize(
    ("seen", "champion", "gates"),
    [
        pytest.param({"measured": Outcome.MET, "at": Checkpoint.DATA}, True, (), id="what is met"),
        pytest.param({"measured": Outcome.NOT_MET}, True, ("champion",), id="a finding on the live model"),
        pytest.param({"measured": Outcome.NOT_MET}, False, (), id="a finding, and no live model"),
        pytest.param({"measured": Outcome.NOT_MET, "risk": Risk.MEDIUM}, True, (), id="a finding of medium risk"),
        pytest.param({"measured": Outcome.UNKNOWN}, True, (), id="what operation has not seen yet"),
    ],
)
def test_a_practice_names_the_gates_that_it_holds(
    example: Settings, seen: dict[str, Any], champion: bool, gates: tuple[str, ...]
) -> None:
    found = result("MLSEC-13", **{"at": Checkpoint.OPERATION} | seen)
    assert held_by(found, small.policy_of(example, **POLICY), champion=champion) == gates


def test_each_gate_has_its_own_rules(example: Settings) -> None:
    high = {"measured": ["high"], "attested": ["high"]}
    rules = {"phase": {"measured": []}, "staging": {"measured": ["high"]}, "champion": high}
    policy = small.policy_of(example, gates=rules)
    assert {gate.value: policy_of(gate, policy) for gate in GateName} == {
        **dict.fromkeys(("framing", "data", "development"), policy.gates.phase),
        "staging": policy.gates.staging,
        "champion": policy.gates.champion,
    }


@pytest.mark.parametrize(("gate", "passed"), [(GateName.STAGING, True), (GateName.CHAMPION, False)])
def test_a_missing_word_holds_the_champion_alone(example: Settings, gate: GateName, passed: bool) -> None:
    unsaid = result("MLSEC-13", attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN, by=By.ATTESTED)
    assert decided(example, gate, *ALL, unsaid).passed is passed


def test_a_waiver_opens_and_is_shown(example: Settings) -> None:
    unmet = result("MLSEC-12", measured=Outcome.NOT_MET, by=By.WAIVED)
    outcome = decided(example, GateName.CHAMPION, *ALL, unmet, statements=said(waived=waiver()))
    assert outcome.passed
    assert [used.practice for used in outcome.waivers] == ["MLSEC-12"]


def test_bounds_hold_a_gate_whatever_the_practices_say(example: Settings) -> None:
    outcome = decided(example, GateName.DATA, *ALL, records=tuple(r for r in SOUND if r is not LEAKAGE))
    assert [(reason.bound, reason.verdict) for reason in outcome.blocking] == [("leakage", Outcome.UNKNOWN)]


def test_a_decision_carries_the_figures_it_rests_on(example: Settings) -> None:
    assert decided(example, GateName.DATA, *ALL, records=(VALIDATION, LEAKAGE)).figures == {}
    told = decided(example, GateName.CHAMPION, *ALL).figures
    assert set(told) == {"thresholds", "metrics", "looked_at", "comparison"}
    assert decided(example, GateName.CHAMPION, *ALL, records=()).figures.keys() == {"thresholds"}
