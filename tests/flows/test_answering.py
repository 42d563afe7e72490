"""Answers are asked for one by one, written as they are given, and never lost by stopping."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load
from config.settings import Attestations, Settings
from flows.answering import DRAFT, Answered, ask, words
from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from tests.lens_checks.small import result

SENTENCE = "The team agreed on it in its meeting."
STATED = ["a", SENTENCE, "Ann", "Bob", "docs/minutes.md", "90"]
Say = Callable[..., Answered]


def wordless(id: str, measured: Outcome | None = None) -> PracticeResult:
    return result(id, measured=measured, attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN, by=By.ATTESTED)


@pytest.fixture
def say(project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Answer questions from a pipe."""
    (project / "config" / "attestations.yaml").write_text("attestations: []\nnot_applicable: []\n")

    def from_a_pipe(*lines: str, questions: tuple[PracticeResult, ...] = (wordless("MLOE-01"),)) -> Answered:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return ask(questions, settings)

    return from_a_pipe


def written(project: Path) -> Attestations:
    return load(project).attestations


def test_an_answer_becomes_an_attestation(project: Path, say: Say) -> None:
    told = say(*STATED)
    (said,) = written(project).attestations
    assert (said.practice, said.statement, said.owner, said.approver) == ("MLOE-01", SENTENCE, "Ann", "Bob")
    assert (told.answered, told.left, told.stopped) == (("MLOE-01",), (), False)
    assert (said.expires - said.made).days == 90


@pytest.mark.parametrize("reason", ["2", "BUSINESS_PRIORITIES"])
def test_a_claim_names_one_of_the_five_reasons(project: Path, say: Say, reason: str) -> None:
    say("n", reason, SENTENCE, "Ann", "30")
    (said,) = written(project).not_applicable
    assert (said.practice, said.reason, said.note, said.owner) == ("MLOE-01", "BUSINESS_PRIORITIES", SENTENCE, "Ann")


def test_who_said_the_last_answer_is_offered_for_the_next(project: Path, say: Say) -> None:
    say(*STATED, "a", SENTENCE, "", "", "docs/other.md", "", questions=(wordless("MLOE-01"), wordless("MLPER-02")))
    assert [(a.practice, a.owner, a.approver) for a in written(project).attestations] == [
        ("MLOE-01", "Ann", "Bob"),
        ("MLPER-02", "Ann", "Bob"),
    ]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        pytest.param(["a", SENTENCE, "Ann", "ann"], "must be two", id="the owner approves"),
        pytest.param(["a", "Yes."], "at least 20 characters", id="a statement that says nothing"),
        pytest.param(["a", SENTENCE, ""], "who states it", id="nobody states it"),
        pytest.param([*STATED[:-1], "9999"], "from 1 to 365", id="for ever"),
        pytest.param(["x"], "expected one of a, n, s, q", id="no answer at all"),
        pytest.param(["n", "6"], "OUT_OF_SCOPE", id="a reason that there is not"),
    ],
)
def test_what_would_not_count_is_refused_at_once_and_nothing_of_it_is_written(
    project: Path, say: Say, lines: list[str], complaint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        say(*lines)
    assert complaint in refused.value.seen
    assert written(project) == Attestations()


@pytest.mark.parametrize("ending", [["q"], []], ids=["q", "the end of the input"])
def test_what_was_answered_before_stopping_is_written_and_the_rest_is_kept(
    project: Path, say: Say, ending: list[str]
) -> None:
    both = (wordless("MLOE-01"), wordless("MLPER-02"))
    told = say(*STATED, "a", "The second sentence is long enough.", *ending, questions=both)
    assert (told.answered, told.left, told.stopped) == (("MLOE-01",), ("MLPER-02",), True)
    assert json.loads(DRAFT.read_text())["drafts"]["MLPER-02"]["statement"] == "The second sentence is long enough."
    say("a", "", "Ann", "Bob", "docs/minutes.md", "", questions=both[1:])
    assert [a.statement for a in written(project).attestations][1:] == ["The second sentence is long enough."]
    assert not DRAFT.exists()


def test_a_key_that_interrupts_loses_nothing(say: Say, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
            if line := super().readline(size or -1):
                return line
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted(f"a\n{SENTENCE}\n"))
    assert ask((wordless("MLOE-01"),), settings).stopped
    assert SENTENCE in DRAFT.read_text()


def test_what_is_put_off_is_left_for_the_next_time(say: Say) -> None:
    told = say("s")
    assert (told.skipped, told.left, told.stopped) == (("MLOE-01",), ("MLOE-01",), False)
    shown = "\n".join(map(str, words(told)))
    assert "0 answered; 1 left: MLOE-01" in shown and "next: lifecycle answer" in shown


def test_a_claim_is_offered_only_where_no_evidence_speaks(say: Say) -> None:
    with pytest.raises(ConfigError, match="MLOE-02"):
        say("n", questions=(wordless("MLOE-02", Outcome.MET),))


def test_the_questions_go_where_they_cannot_spoil_the_answer(say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    say("s")
    told = capsys.readouterr()
    assert told.out == ""
    assert all(word in told.err for word in ("1 of 1", "MLOPS01-BP01", "what counts", "seen for MLOE-01"))
