"""The way to answer is chosen among several by what it costs."""

from dataclasses import replace
from typing import Any

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import deployment as checks
from lens_checks.evidence import records as r
from tests.lens_checks.made import backend
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

NATIVE, ONNX, *_ = GOOD.get(r.Release).backends


def ways(*found: r.Backend) -> dict[type, dict[str, Any]]:
    """Let other ways to answer have been measured."""
    return {r.Release: {"backends": found}}


VERDICTS = {
    checks.the_cheapest_exact_way_to_answer_serves: {
        "the cheapest exact way serves": (MET, {}),
        "twice the cheapest is accepted": (MET, ways(backend("native", 1, 0.0002, chosen=False), ONNX)),
        "a much cheaper way that is inexact does not count": (
            MET, ways(backend("native", 1, 0.0001, chosen=False, apart=0.01), ONNX),
        ),
        "one way is no choice": (NOT_MET, ways(ONNX)),
        "a much cheaper exact way is refused": (NOT_MET, ways(backend("native", 1, 0.0001, chosen=False), ONNX)),
        "a form that was not measured is refused": (NOT_MET, {r.Release: {"parity": {"served": "encoded"}}}),
        "a choice that is not recorded is refused": (NOT_MET, ways(NATIVE, replace(ONNX, chosen=False))),
        "a cost that is no number is refused": (NOT_MET, ways(replace(NATIVE, cost_per_1k=float("nan")), ONNX)),
        "a way that was asked nothing is refused": (NOT_MET, ways(replace(NATIVE, requests=0), ONNX)),
        "a way that serves and is inexact is refused": (NOT_MET, ways(NATIVE, replace(ONNX, largest_difference=1e-5))),
        "without a benchmark nothing is known": (UNKNOWN, {r.Release: {"backends": ()}}),
        "without a proof nothing is known": (UNKNOWN, {r.Release: {"parity": None}}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
