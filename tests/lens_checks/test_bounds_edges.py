"""Every gate keeps its bounds, each holds at its very edge, and none is kept by a record that says nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Settings, Threshold
from lens_checks.bounds import Bound, figures, keeps, unmet
from lens_checks.check import Outcome
from lens_checks.evidence.place import Malformed
from lens_checks.evidence.records import ChampionComparison, Evaluation
from lens_checks.steps import Cut
from tests.lens_checks.small import Given, policy_of
from tests.lens_checks.test_bounds import (
    COMPARISON,
    EVALUATION,
    LEAK,
    LEAKAGE,
    POLICY,
    RELEASE,
    SERVER,
    SOUND,
    SUBJECT,
    VALIDATION,
    but,
    held,
    interval,
    read,
)

FIRST = replace(SUBJECT, champion=None)
DATA = {"contract", "leakage", "data difference", "parts apart"}
DEVELOPMENT = DATA | {"own parts", "preprocessing", "thresholds", "no dummy"}
LADDER = DEVELOPMENT | {"same candidate", "trial", "whole lineage"}


def server(**changed: Any) -> Any:
    """Give the release with another server report."""
    whole = SERVER | {"malformed": read(Evaluation, sent=9, refused=9)} | changed
    return but(RELEASE, server=read(Evaluation, **whole))


@pytest.mark.parametrize(
    ("gate", "bounds"),
    [
        ("framing", set()),
        ("data", DATA),
        ("development", DEVELOPMENT),
        ("staging", LADDER),
        ("champion", LADDER | {"comparison"}),
    ],
)
def test_a_gate_asks_its_bounds(example: Settings, gate: str, bounds: set[str]) -> None:
    asked = {found.bound for found in unmet(gate, Given(), policy_of(example, **POLICY), SUBJECT)}
    assert bounds <= asked
    assert bool(asked) == bool(bounds)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(replace(VALIDATION, rows=100), id="just enough rows"),
        pytest.param(replace(VALIDATION, evaluated=1, expected=1), id="one rule"),
        pytest.param(replace(VALIDATION, quarantine_share=0.01), id="just as much quarantine as is allowed"),
        pytest.param(replace(LEAKAGE, findings=(replace(LEAK, allowed="known at departure"),)), id="an allowed leak"),
        pytest.param(server(requests=1), id="one request"),
        pytest.param(server(malformed=read(Evaluation, sent=1, refused=1)), id="one malformed request"),
        pytest.param(
            but(RELEASE, golden=read(Evaluation, rows=1, matched=True, max_difference=0.0)), id="one golden row"
        ),
        pytest.param(but(COMPARISON, unseen_rows=200), id="just enough unseen rows"),
        pytest.param(but(COMPARISON, looks=20), id="the last look"),
        pytest.param(but(COMPARISON, verdict="not-worse"), id="not worse, where that is asked"),
        pytest.param(
            but(EVALUATION, metrics={"roc_auc": interval(0.8), "brier": interval(0.2)}), id="on floor and ceiling"
        ),
    ],
)
def test_the_edge_of_a_bound_is_kept(example: Settings, record: object) -> None:
    assert held(example, "champion", record) == []


@pytest.mark.parametrize(
    ("record", "words"),
    [
        pytest.param(server(requests=0), "0 of 0 requests", id="no request"),
        pytest.param(server(errors=1), "1 of 100 requests failed", id="one request failed"),
        pytest.param(replace(VALIDATION, evaluated=13), "13 of 12 rules", id="more rules than there are"),
        pytest.param(server(malformed=read(Evaluation, sent=9, refused=10)), "10 of 9", id="more refused than sent"),
    ],
)
def test_figures_that_cannot_be_hold_the_gate(example: Settings, record: object, words: str) -> None:
    (found,) = held(example, "staging", record)
    assert found.startswith("not_met: ") and words in found.replace("0 of 0 requests failed", "0 of 0 requests")


def test_what_has_no_digest_is_no_candidate(example: Settings) -> None:
    """Records that name no bytes agree with a subject that has none, and that is no agreement."""
    blank = (but(EVALUATION, model_digest=None), but(RELEASE, digest=None))
    compared = but(COMPARISON, candidate=read(Evaluation, digest=None))
    found = held(example, "champion", *blank, compared, subject=replace(SUBJECT, digest=None))
    assert {reason.split(":")[0] for reason in found} == {"not_met"}
    assert all(any(words in reason for reason in found) for words in ("other bytes", "it speaks of nothing"))


@pytest.mark.parametrize("verdict", ["unknown", "worse"])
def test_a_first_champion_is_one_only_if_the_comparison_says_so(example: Settings, verdict: str) -> None:
    seen = but(COMPARISON, champion=None, verdict=verdict)
    assert held(example, "champion", seen, subject=FIRST)


@pytest.mark.parametrize(("verdict", "kept"), [("better", True), ("not-worse", False)])
def test_superiority_is_asked_where_the_policy_says_so(example: Settings, verdict: str, kept: bool) -> None:
    policy = policy_of(example, **POLICY | {"comparison": {"test": "superiority", "minimum_rows": 200}})
    found = list(unmet("champion", Given(*SOUND, but(COMPARISON, verdict=verdict)), policy, SUBJECT))
    assert (found == []) is kept


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param([], "no findings", id="an empty list"),
        pytest.param(None, "no findings", id="nothing"),
        pytest.param(True, "no findings", id="a yes"),
        pytest.param(SystemExit(0), "SystemExit", id="an exit that says all is well"),
        pytest.param(ValueError("no such column"), "ValueError: no such column", id="an error"),
        pytest.param(Cut("it took longer than 9 s"), "it took longer than 9 s", id="it was cut"),
        pytest.param(Malformed("x.json is malformed"), "x.json is malformed", id="a malformed record"),
    ],
)
def test_a_bound_that_does_not_answer_holds_the_gate(
    example: Settings, monkeypatch: pytest.MonkeyPatch, answer: object, words: str
) -> None:
    def odd_one(*_: object) -> Iterator[Any]:
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]

    bounds: dict[str, tuple[Bound, ...]] = {"data": (odd_one,)}
    monkeypatch.setattr("lens_checks.bounds.BOUNDS", bounds)
    (found,) = unmet("data", Given(), example.policy, SUBJECT)
    assert (found.bound, found.verdict) == ("odd one", Outcome.BROKEN)
    assert words in found.because
    assert isinstance(answer, Cut | Malformed) is (found.because == words), "only what explains itself is quoted alone"


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), None])
@pytest.mark.parametrize("bound", [{"floor": 0.5}, {"ceiling": 0.5}])
def test_what_is_not_finite_keeps_no_bound(bound: dict[str, float], value: float | None) -> None:
    assert not keeps(Threshold(metric="roc_auc", **bound), value)


@pytest.mark.parametrize(
    ("gate", "names"),
    [
        ("framing", set()),
        ("data", set()),
        ("development", {"thresholds", "metrics"}),
        ("staging", {"thresholds", "metrics"}),
        ("champion", {"thresholds", "metrics", "comparison"}),
    ],
)
def test_figures_are_those_that_the_gate_asks_for(example: Settings, gate: str, names: set[str]) -> None:
    policy = policy_of(example, **POLICY)
    given = figures(gate, Given(*SOUND), policy)
    assert set(given) & {"thresholds", "metrics", "comparison"} == names
    looked_at = {"promotion_sha256": EVALUATION.promotion_sha256, "digest": EVALUATION.model_digest}
    assert given.get("looked_at") == (looked_at if names else None)
    assert given.get("thresholds", ("roc_auc >= 0.8", "brier <= 0.2")) == ("roc_auc >= 0.8", "brier <= 0.2")
    spoilt = {kind: Malformed("-") for kind in (Evaluation, ChampionComparison)}
    assert set(figures(gate, Given(trouble=spoilt), policy)) == names & {"thresholds"}
    assert set(figures(gate, Given(), policy)) == names & {"thresholds"}
