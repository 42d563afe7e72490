"""Whatever a check does, the answer is a verdict, and only a clean met counts as met."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from config.settings import Charter
from lens_checks import runner
from lens_checks.check import Checkpoint, Missing, Outcome, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.evidence.records import Clock, Leakage
from lens_checks.steps import Cut


class Given:
    """Hand-made records in the place of collected ones."""

    def __init__(self, *records: object) -> None:
        self.records = {type(record): record for record in records}

    def get(self, kind: type) -> Any:
        if kind not in self.records:
            raise NoEvidence(f"no {kind.__name__} here: run it")
        return self.records[kind]


LEAKAGE = Leakage(data_sha256="a", checks=("duplicates",), findings=(), passed=True)


def declared(function: Callable[..., Any]) -> Any:
    return check(
        "MLSEC-06", phase=Phase.DATA_PROCESSING, judged_at=Checkpoint.DATA, fix="Mend it."
    )(function)  # fmt: skip


def answering(answer: object) -> Any:
    def judge(leakage: Leakage) -> Verdict:
        """The world is as it should be."""
        return answer  # type: ignore[return-value]

    return declared(judge)


def raising(error: BaseException) -> Any:
    def judge(leakage: Leakage) -> Verdict:
        """The world is as it should be."""
        raise error

    return declared(judge)


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        pytest.param(met("seen"), Outcome.MET, id="met"),
        pytest.param(not_met("seen"), Outcome.NOT_MET, id="not met"),
        pytest.param(not_applicable("one node"), Outcome.NOT_APPLICABLE, id="not applicable"),
    ],
)
def test_a_verdict_of_a_check_counts(verdict: Verdict, outcome: Outcome) -> None:
    assert runner.ask(answering(verdict), Given(LEAKAGE)).outcome is outcome


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(True, id="True"),
        pytest.param(1, id="one"),
        pytest.param(None, id="nothing"),
        pytest.param("yes", id="a word"),
        pytest.param("met", id="the word met"),
        pytest.param(Outcome.MET, id="a bare outcome"),
        pytest.param(np.bool_(True), id="a numpy boolean"),
        pytest.param(math.nan, id="NaN"),
        pytest.param({"passed": True}, id="a truthy dict"),
        pytest.param((Outcome.MET, "because"), id="a pair"),
        pytest.param(Verdict(Outcome.MET, ""), id="met without a reason"),
        pytest.param(Verdict("met", "as text"), id="met as text"),  # type: ignore[arg-type]
        pytest.param(Verdict(Outcome.UNKNOWN, "I do not know"), id="unknown, which only the runner may say"),
        pytest.param(Verdict(Outcome.BROKEN, "I am"), id="broken, which only the runner may say"),
    ],
)
def test_any_other_answer_is_broken(answer: object) -> None:
    assert runner.ask(answering(answer), Given(LEAKAGE)).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        pytest.param(Missing("training.cpu_seconds"), Outcome.UNKNOWN, "lacks training.cpu_seconds", id="Missing"),
        pytest.param(NoEvidence("run it"), Outcome.UNKNOWN, "run it", id="no evidence"),
        pytest.param(Malformed("reports/x.json is malformed"), Outcome.BROKEN, "malformed", id="malformed"),
        pytest.param(ZeroDivisionError("by zero"), Outcome.BROKEN, "ZeroDivisionError: by zero", id="an error"),
        pytest.param(SystemExit(0), Outcome.BROKEN, "SystemExit", id="an exit that says all is well"),
        pytest.param(AssertionError(), Outcome.BROKEN, "AssertionError", id="an assertion"),
    ],
)
def test_what_a_check_raises_is_never_met(error: BaseException, outcome: Outcome, words: str) -> None:
    verdict = runner.ask(raising(error), Given(LEAKAGE))
    assert verdict.outcome is outcome
    assert words in verdict.because


@pytest.mark.parametrize("error", [Malformed("reports/x.json is malformed"), Cut("it took longer than 9 s")])
def test_what_explains_itself_is_quoted_alone(error: Exception) -> None:
    assert runner.ask(raising(error), Given(LEAKAGE)) == Verdict(Outcome.BROKEN, str(error))


def test_an_interruption_ends_the_run_without_an_answer() -> None:
    with pytest.raises(KeyboardInterrupt):
        runner.ask(raising(KeyboardInterrupt()), Given(LEAKAGE))


def test_a_missing_record_is_unknown_and_says_how_to_get_it() -> None:
    assert runner.ask(answering(met("seen")), Given()) == Verdict(Outcome.UNKNOWN, "no Leakage here: run it")


def test_a_check_that_declares_no_type_is_broken() -> None:
    def judge(leakage) -> Verdict:  # type: ignore[no-untyped-def]
        """The world is as it should be."""
        return met("seen")

    assert runner.ask(declared(judge), Given(LEAKAGE)).outcome is Outcome.BROKEN


def test_a_check_gets_the_records_that_its_parameters_name() -> None:
    def judge(clock: Clock, charter: Charter) -> Verdict:
        """The world is as it should be."""
        return met("seen")

    assert declared(judge).evidence == {"clock": Clock, "charter": Charter}


def test_a_verdict_is_no_boolean() -> None:
    with pytest.raises(TypeError, match="not a boolean"):
        assert not_met("seen")


def test_need_gives_the_value_or_says_what_is_missing() -> None:
    assert need(0, "zero") == 0
    with pytest.raises(Missing, match=r"study\.trials"):
        need(None, "study.trials")
