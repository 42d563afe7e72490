"""What a candidate must be better than, at the very edge, with records that say too little, and what to do then."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Settings
from lens_checks.bounds import Blocking, unmet
from lens_checks.check import Outcome
from tests.lens_checks.small import Given, policy_of
from tests.lens_checks.test_bounds import COMPARISON, POLICY, SOUND, SUBJECT, but, interval, read
from tests.lens_checks.test_rivals import CHARTER, FIRST, LET_GO, NO_CHAMPION, evaluated, told

SOLE = read(Charter, **vars(CHARTER) | {"owners": read(Charter, approver="Mo", model="mo")})


def found(settings: Settings, gate: str, *records: object, subject: Any = SUBJECT, **policy: object) -> list[Blocking]:
    changed = policy_of(settings, **POLICY | policy)
    return list(unmet(gate, Given(*SOUND, *records), changed, subject))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"uplift": interval(0.05)}, None, id="just the least over the rule"),
        pytest.param({"uplift_over_dummy": interval(0.001)}, None, id="anything over the dummy"),
        pytest.param({"uplift": replace(interval(0.2), value=float("nan"))}, "no uplift", id="an interval of nothing"),
        pytest.param({"rule": {"roc_auc": interval(None)}}, "is not there", id="a rule without a figure"),
    ],
)
def test_a_first_champion_at_the_edge(example: Settings, changed: dict[str, Any], words: str | None) -> None:
    reasons = found(example, "champion", NO_CHAMPION, evaluated(**changed), subject=FIRST)
    assert [(reason.verdict, (words or "") in reason.because) for reason in reasons] == (
        [(Outcome.NOT_MET, True)] if words else []
    )


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        pytest.param({"roc_auc": interval(0.9)}, "brier was not measured", id="a guarded metric that is not there"),
        pytest.param({"brier": interval(0.1)}, "roc_auc was not measured", id="the primary one"),
        pytest.param(
            {"roc_auc": interval(0.9), "brier": interval(None)}, "brier was not measured", id="one without a reason"
        ),
    ],
)
def test_a_metric_that_decides_is_measured(example: Settings, metrics: dict[str, Any], words: str) -> None:
    bound = {"metric": next(name for name, metric in metrics.items() if metric.value), "floor": 0.01}
    reasons = found(example, "development", evaluated(metrics=metrics), thresholds=[bound])
    assert [(reason.bound, reason.verdict, reason.because) for reason in reasons] == [
        ("no dummy", Outcome.NOT_MET, words)
    ]


def test_a_champion_that_can_answer_is_not_let_go(example: Settings) -> None:
    worse = but(LET_GO, verdict="worse", unseen_rows=500)
    assert [reason.bound for reason in found(example, "champion", worse, told(), CHARTER)] == ["comparison"]


def test_a_champion_that_is_nobody_is_not_let_go(example: Settings) -> None:
    reasons = found(example, "champion", but(LET_GO, champion=None), told(), CHARTER, subject=FIRST)
    assert reasons and {reason.verdict for reason in reasons} == {Outcome.NOT_MET}


@pytest.mark.parametrize("may", [True, False])
def test_an_author_lets_a_champion_go_where_the_policy_says_so(example: Settings, may: bool) -> None:
    given = but(LET_GO, replacement=replace(LET_GO.replacement, approver="Mo"))
    reasons = found(example, "champion", given, told(approver="Mo"), SOLE, approver_may_be_author=may)
    assert (reasons == []) is may


@pytest.mark.parametrize("step", ["", "`lifecycle approve`"])
@pytest.mark.parametrize(
    ("record", "otherwise"),
    [
        pytest.param(but(COMPARISON, looks=21), "Land newer rows", id="the promotion set is used up"),
        pytest.param(but(COMPARISON, verdict="worse"), "Run `lifecycle run`", id="worse"),
        pytest.param(LET_GO, "Run `lifecycle run`", id="not let go"),
    ],
)
def test_the_comparison_says_what_to_do(example: Settings, record: Any, otherwise: str, step: str) -> None:
    (reason,) = found(example, "champion", but(record, next_step=step), told(number=8), CHARTER)
    assert reason.fix == step if step else reason.fix.startswith(otherwise)
