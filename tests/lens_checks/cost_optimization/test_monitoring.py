"""Cost by activity, worth against cost, and an endpoint that fits."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Charter, Policy
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import monitoring as checks
from lens_checks.evidence import records as r
from tests.lens_checks.living import last, sides
from tests.lens_checks.made import NOW, entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

COSTS, USAGE = GOOD.get(r.CostReport), GOOD.get(r.Utilisation)
WON = GOOD.get(r.MonitoringHistory).last.sides.returns  # type: ignore[union-attr]
HOUR = r.CostLine(cpu_seconds=3600.0, cost=0.05)


def costs(**change: Any) -> Changes:
    return {r.CostReport: change}


def activities(**change: r.CostLine) -> Changes:
    return costs(activities={**COSTS.activities, **change})


def all_but(name: str) -> dict[str, r.CostLine]:
    return {other: line for other, line in COSTS.activities.items() if other != name}


def returns(**change: Any) -> Changes:
    return last(sides=sides(returns=replace(WON, **change)))  # type: ignore[type-var]


def usage(**change: Any) -> Changes:
    return {r.Utilisation: change}


def busy(share: float) -> Changes:
    return usage(series=(*USAGE.series, replace(USAGE.series[0], busy=share)))


NOTHING = {"by_model": 0.0, "answering": 0.0, "making": 0.0, "net": 0.0}
LOSS = {"by_model": 500.0, "net": -102.0}
EARLY = entry(4, "retraining", NOW - timedelta(days=1), outcome="started", cause="drift", because="drifted")


def lossy() -> r.WindowSides:
    return sides(returns=replace(WON, **LOSS))  # type: ignore[type-var]


VERDICTS = {
    checks.cost_is_told_by_activity: {
        "four activities, nothing untagged, no growth": (MET, {}),
        "no report": (UNKNOWN, {r.CostReport: None}),
        **{f"nobody reckons {name}": (UNKNOWN, costs(activities=all_but(name))) for name in COSTS.activities},
        "a report as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an older one is refused": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=45, seconds=1)}}),
        "one of tomorrow is refused": (NOT_MET, costs(made=NOW + timedelta(days=1))),
        "another price than agreed is refused": (NOT_MET, {Charter: {"budget": {"cpu_hour_price": 0.06}}}),
        "another bound on growth is refused": (NOT_MET, {Policy: {"upkeep": {"cost_growth": 3.0}}}),
        "a cost that does not follow from its time is refused": (
            NOT_MET,
            activities(train=r.CostLine(cpu_seconds=3600.0, cost=0.04)),
        ),
        "a cost that follows up to rounding": (MET, activities(train=r.CostLine(cpu_seconds=0.0, cost=1e-6))),
        "a cost that is no number is refused": (NOT_MET, activities(train=replace(HOUR, cost=math.nan))),
        "what has no tag has to follow from its time too": (
            NOT_MET,
            costs(untagged=r.CostLine(cpu_seconds=0.0, cost=0.01)),
        ),
        "time below nothing is refused": (NOT_MET, activities(train=r.CostLine(cpu_seconds=-36.0, cost=-0.0005))),
        "a moment below nothing is refused": (NOT_MET, activities(train=r.CostLine(cpu_seconds=-0.01, cost=0.0))),
        "time that is no number is refused": (NOT_MET, activities(train=replace(HOUR, cpu_seconds=math.nan))),
        "as much without a tag as may be": (MET, costs(untagged=r.CostLine(cpu_seconds=720.0, cost=0.01))),
        "more without a tag is refused": (NOT_MET, costs(untagged=r.CostLine(cpu_seconds=936.0, cost=0.013))),
        "twice as much as before": (MET, costs(before=0.1)),
        "more than that without an alarm is refused": (NOT_MET, costs(before=0.09)),
        "more than that with an alarm": (MET, costs(before=0.09, alarms=("cost grew",))),
        "the first period has none before it": (MET, costs(before=None)),
    },
    checks.what_the_model_is_worth_is_held_against_its_cost: {
        "it spares more than it costs": (MET, {}),
        "a window of another version": (UNKNOWN, last(version=7)),
        "a window whose returns nobody reckoned": (UNKNOWN, last(sides=sides(returns=None))),
        "a window without other sides": (UNKNOWN, last(sides=None)),
        "a KPI that nobody measured": (UNKNOWN, last(performance=None)),
        "a window as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an older one is refused": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=46)}}),
        "a sum that is not so is refused": (NOT_MET, returns(net=199.0)),
        "a sum of hundreds that rounding explains": (MET, returns(net=198.0003)),
        "a sum that rounding just explains": (MET, returns(**NOTHING, by_rule=1e-6)),
        "a sum of cents that rounding explains": (MET, returns(**NOTHING | {"net": 0.4999992}, by_rule=0.5)),
        "a sum of cents that rounding does not explain": (
            NOT_MET,
            returns(**NOTHING | {"net": 0.4999985}, by_rule=0.5),
        ),
        "a sum that is no number is refused": (NOT_MET, returns(net=math.nan)),
        "a gain asks for no answer": (MET, {r.Ledger: {"entries": ()}}),
        "neither a gain nor a loss asks for one": (
            MET,
            {**returns(**NOTHING, by_rule=0.0), r.Ledger: {"entries": ()}},
        ),
        "a small loss does": (UNKNOWN, {**returns(by_model=398.5, net=-0.5), r.Ledger: {"entries": ()}}),
        "another currency is refused": (NOT_MET, returns(currency="USD")),
        "a loss that a retraining answered": (MET, returns(**LOSS)),
        "a loss that somebody acted on": (
            MET,
            {**last(sides=lossy(), action={"by": "Ola"}), r.Ledger: {"entries": ()}},
        ),
        "a loss that may be answered yet": (
            UNKNOWN,
            {**returns(**LOSS), r.Ledger: {"entries": ()}, r.Clock: {"now": NOW + timedelta(days=14)}},
        ),
        "a loss that nobody answered in time is refused": (
            NOT_MET,
            {**returns(**LOSS), r.Ledger: {"entries": ()}, r.Clock: {"now": NOW + timedelta(days=15)}},
        ),
        "an answer from before the window is none": (
            UNKNOWN,
            {**returns(**LOSS), r.Ledger: {"entries": (EARLY,)}},
        ),
    },
    checks.the_endpoint_is_watched_and_made_to_fit: {
        "three spans, one size recommended and decided on": (MET, {}),
        "nothing measured": (UNKNOWN, {r.Utilisation: None}),
        "use of another version": (UNKNOWN, usage(version=7)),
        "two spans are too few": (UNKNOWN, usage(series=USAGE.series[1:])),
        "a decision as old as may be": (MET, usage(decided=NOW - timedelta(days=100))),
        "an older decision is refused": (NOT_MET, usage(decided=NOW - timedelta(days=101))),
        "an older measurement is refused": (NOT_MET, usage(made=NOW - timedelta(days=101))),
        "a decision by nobody is refused": (NOT_MET, usage(decided_by=" ")),
        "no recommendation is refused": (NOT_MET, usage(recommended_workers=0, decided_workers=0)),
        "another size than recommended is refused": (NOT_MET, usage(decided_workers=2)),
        "a share of more than all is refused": (NOT_MET, busy(1.1)),
        "a share below nothing is refused": (NOT_MET, busy(-0.1)),
    },
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
