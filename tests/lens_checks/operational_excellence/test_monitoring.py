"""Environments that are the same, and answer alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import monitoring as checks
from tests.lens_checks.living import last, sides
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

STAGES = GOOD.get(r.Pipeline).stages
TRIED = GOOD.get(r.Release).environment


def prepared(**changed: object) -> dict[type, object]:
    """Give a pipeline whose prepare stage differs."""
    return {r.Pipeline: {"stages": STAGES | {"prepare": replace(STAGES["prepare"], **changed)}}}


PROTECTED: Changes = {Charter: {"fairness": {"attributes": ("origin",)}}}


def bias(gap: float | None) -> r.Bias:
    return r.Bias(gap=gap, bound=0.1, attributes=("origin",))


def untagged(name: str) -> Changes:
    """Give a registry whose champion lacks a tag."""
    version = GOOD.get(r.Registry).versions[0]
    return {r.Registry: {"versions": (replace(version, tags={n: t for n, t in version.tags.items() if n != name}),)}}


VERDICTS = {
    checks.every_environment_is_the_same_and_answers_alike: {
        "trained, tried and served on the same": (MET, {}),
        "a model trained with another lock is refused": (NOT_MET, {r.Training: {"lock_sha256": "0" * 64}}),
        "a lock changed since the trial is refused": (NOT_MET, {r.Environment: {"lock_sha256": "0" * 64}}),
        "another interpreter than in the trial is refused": (NOT_MET, {r.Environment: {"python": "3.12.0"}}),
        "another number of processors than in training is refused": (NOT_MET, {r.Training: {"threads": 64}}),
        "another lock in the trial is refused": (
            NOT_MET,
            {r.Release: {"environment": TRIED | {"lock_sha256": "0" * 64}}},
        ),
        "a trial on another platform is refused": (
            NOT_MET,
            {r.Release: {"environment": TRIED | {"platform": "x"}}},
        ),
        "a stage that never ran is refused": (NOT_MET, prepared(recorded=False)),
        "parameters changed since the run are refused": (NOT_MET, prepared(params_current=False)),
        "one golden row": (MET, {r.Release: {"golden": {"rows": 1}}}),
        "golden rows that did not match are refused": (NOT_MET, {r.Release: {"golden": {"matched": False}}}),
        "golden rows answered otherwise are refused": (NOT_MET, {r.Release: {"golden": {"max_difference": 0.1}}}),
        "no golden row shows nothing": (NOT_MET, {r.Release: {"golden": {"rows": 0}}}),
        "a pipeline without stages shows nothing": (NOT_MET, {r.Pipeline: {"stages": {}}}),
        "a model whose lock is not known cannot be told": (UNKNOWN, {r.Training: {"lock_sha256": None}}),
        "a trial that says nothing of its place cannot be told": (UNKNOWN, {r.Release: {"environment": {}}}),
    },
    checks.the_live_model_can_be_looked_into: {
        "four monitors, a log of answers, a lineage": (MET, {}),
        "a window of another version": (UNKNOWN, last(version=7)),
        "a window as old as may be": (MET, {r.Clock: {"now": NOW + timedelta(days=45)}}),
        "an older one is refused": (NOT_MET, {r.Clock: {"now": NOW + timedelta(days=46)}}),
        "a window of other bytes than registered is refused": (NOT_MET, last(digest="0" * 64)),
        "a champion that is not registered is refused": (NOT_MET, {r.Registry: {"versions": ()}}),
        **{
            f"a version that does not name its {name} is refused": (NOT_MET, untagged(name))
            for name in ("commit", "data_revision", "lock_sha256", "flow_run_id")
        },
        "a lineage that leads nowhere is refused": (NOT_MET, {r.Lineage: {"edges": ()}}),
        "a lineage of a later candidate says nothing of it": (MET, {r.Lineage: {"version": 2, "edges": ()}}),
        "drift that nobody measured": (UNKNOWN, last(features={})),
        "drift without a baseline": (UNKNOWN, last(baseline_sha256=None)),
        "quality that nobody measured": (UNKNOWN, last(performance=None)),
        "attributions that nobody measured": (UNKNOWN, last(sides=sides(attribution=None))),
        "attributions that could not be told": (
            UNKNOWN,
            last(sides=sides(attribution=r.Attribution(agreement=None, bound=0.9, rows=9))),
        ),
        "a window without other sides": (UNKNOWN, last(sides=None)),
        "protected groups treated unlike by what serves": (
            NOT_MET,
            {**PROTECTED, **last(sides=sides(bias=bias(0.11)))},
        ),
        "a gap between groups that the charter no longer protects": (MET, last(sides=sides(bias=bias(0.11)))),
        "protected groups in a window without other sides": (UNKNOWN, {**PROTECTED, **last(sides=None)}),
        "protected groups that nobody looked at": (UNKNOWN, {Charter: {"fairness": {"attributes": ("origin",)}}}),
        "protected groups that could not be told": (UNKNOWN, {**PROTECTED, **last(sides=sides(bias=bias(None)))}),
        "protected groups that were": (MET, {**PROTECTED, **last(sides=sides(bias=bias(0.05)))}),
        "no log of answers": (UNKNOWN, last(service=None)),
        "a log without request ids": (UNKNOWN, last(service={"requests": 9, "model_version": "1"})),
        "a log without versions": (UNKNOWN, last(service={"requests": 9, "request_ids": True})),
        "an empty log": (UNKNOWN, last(service={"requests": 0, "model_version": "1", "request_ids": True})),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
