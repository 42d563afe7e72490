"""The terminal says the same without colour."""

from rich.console import Console, RenderableType

from config.settings import Settings
from lens_checks import render
from lens_checks.catalogue import load
from lens_checks.check import Checkpoint, Outcome
from lens_checks.explain import explain
from lens_checks.gates import GateName, decide
from lens_checks.review import plan
from lens_checks.statements import Subject
from tests.lens_checks.small import NOW, Given, result, said


def printed(what: RenderableType, width: int = 120) -> str:
    console = Console(width=width, no_color=True, force_terminal=False)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def test_a_plan_says_what_to_do(example: Settings) -> None:
    unmet = result("MLSEC-06", measured=Outcome.NOT_MET)
    text = printed(render.plan_table(plan((unmet,), example.policy, champion=False)))
    assert all(words in text for words in ("MLSEC-06", "high", "✗ not met", "staging", "Mend MLSEC-06."))


def test_a_plan_names_what_may_wait(example: Settings) -> None:
    waiting = result("MLSEC-06", measured=Outcome.UNKNOWN, required=False)
    text = printed(render.plan_table(plan((waiting,), example.policy, champion=False)))
    assert "Nothing that is required is open." in text
    assert "1 are not yet required, nothing was seen of them yet: MLSEC-06" in text
    assert "Mend" not in text


def test_a_refusal_shows_every_reason(example: Settings) -> None:
    outcome = decide(
        GateName.DATA, results=(result("MLSEC-06", measured=Outcome.BROKEN, at=Checkpoint.DATA),), source=Given(),
        policy=example.policy, subject=Subject("flights"), statements=said(), now=NOW,
    )  # fmt: skip
    text = printed(render.gate_table(outcome))
    assert all(words in text for words in ("data gate: refused", "! broken", "something was checked", "leakage"))


def test_words_in_brackets_are_no_markup(example: Settings) -> None:
    assert "seen for [red]X[/red]" in printed(render.practices_table("data", [result("[red]X[/red]")]))


def test_a_practice_is_explained() -> None:
    known = load()
    text = printed(render.explanation(explain(known.resolve("MLOPS01-BP01"), known)))
    assert all(words in text for words in ("MLOE-01", "MLOPS01-BP01", "High", "framing", "lifecycle attest", "https"))


def test_every_practice_can_be_explained() -> None:
    known = load()
    for practice in known.practices.values():
        told = explain(practice, known)
        assert told.fix and told.title and told.how_judged and told.question
