"""The linter finds what a lens says and cannot mean, in small lenses and in AWS's own."""

from collections import Counter

import pytest

from config.settings import Risk
from lens_checks import catalogue
from lens_checks.interchange.finding import Severity
from lens_checks.interchange.lint import lint
from lens_checks.interchange.reading import examine
from tests.lens_checks.interchange.made_lens import ALL_OR_HIGH, data, lens, question, sample

RATED = {p.choice: p.risk for p in catalogue.load().practices.values() if p.choice}
DEFAULT = ("default", "HIGH_RISK")


def codes(name: str) -> Counter[str]:
    return Counter(finding.code for finding in lint(examine(sample(name)), RATED))


@pytest.mark.parametrize(
    ("choices", "rules", "code", "words"),
    [
        pytest.param("aaa bbb q_no", [("aaa", "NO_RISK"), ("!aaa", "HIGH_RISK"), ("default", "MEDIUM_RISK")],
                     "unreachable-rule", "comes to this MEDIUM_RISK rule", id="a rule that is never reached"),
        pytest.param("aaa bbb q_no", [("default", "HIGH_RISK"), ("aaa && bbb", "NO_RISK")],
                     "default-not-last", "the default of Q01 comes before", id="a default before others"),
        pytest.param("aaa bbb", [("aaa || bbb", "NO_RISK"), DEFAULT],
                     "unanswered-rule", "only choosing nothing", id="a rule for no answer"),
        pytest.param("aaa bbb q_no", [("aaa", "NO_RISK"), DEFAULT],
                     "no-rule", "bbb stands in no rule", id="a practice in no rule"),
        pytest.param("aaa bbb q_no", [("aaa || aaa && bbb", "NO_RISK"), DEFAULT],
                     "no-effect", "bbb stands in a rule", id="a practice that changes nothing"),
        pytest.param("aaa", [("default", "NO_RISK")], "no-risk", "can raise a risk", id="a mere checklist"),
        pytest.param("aaa", [DEFAULT], "always-high", "every answer", id="a question that nobody can pass"),
    ],
)  # fmt: skip
def test_what_is_found(choices: str, rules: list[tuple[str, str]], code: str, words: str) -> None:
    read = examine(data(lens(question(choices=choices, rules=rules))))
    assert [words in f.words for f in lint(read, {}) if f.code == code] == [True]


def test_a_sound_question_has_no_finding() -> None:
    assert lint(examine(data(lens(question(rules=ALL_OR_HIGH)))), {}) == ()


@pytest.mark.parametrize(
    ("risk", "choice", "words"),
    [
        pytest.param(Risk.HIGH, "bbb", "of high risk in the text, of none in the rules", id="high in the text alone"),
        pytest.param(Risk.MEDIUM, "aaa", "of medium risk in the text, of high in the rules", id="in the rules alone"),
    ],
)  # fmt: skip
def test_text_and_rule_in_conflict(risk: Risk, choice: str, words: str) -> None:
    read = examine(data(lens(question(rules=[("aaa", "NO_RISK"), DEFAULT]))))
    assert [words in f.words for f in lint(read, {choice: risk}) if f.code == "text-against-rule"] == [True]


def test_awss_machine_learning_lens() -> None:
    """No default is ever reached, 38 practices stand in no rule, and of 23 text and rule say different things."""
    assert codes("aws-machine-learning-lens") == {"unreachable-rule": 35, "no-rule": 38, "text-against-rule": 23}


def test_the_practices_that_are_high_in_the_text_and_in_no_rule() -> None:
    found = lint(examine(sample("aws-machine-learning-lens")), RATED)
    assert {f.words.split()[0] for f in found if f.code == "text-against-rule" and "of none" in f.words} == {
        "MLOPS02_BP05", "MLOPS02_BP06", "MLPERF04_BP05", "MLPERF04_BP06", "MLPERF06_BP02", "MLPERF06_BP03",
        "MLPERF06_BP06", "MLREL03_BP04", "MLSEC03_BP04", "MLSEC03_BP05", "MLSEC04_BP03",
    }  # fmt: skip


def test_the_saas_lens_can_raise_no_risk() -> None:
    assert codes("saas-business-lens") == {"no-risk": 29, "empty-url": 21, "unknown-key": 2}


def test_what_is_wrong_in_one_question_hides_nothing_in_the_others() -> None:
    found = lint(examine(data(lens(question(title=5), question("Q02", rules=[("aaa", "NO_RISK"), DEFAULT])))), {})
    assert [(f.severity, f.code) for f in found if "shared" not in f.code] == [
        (Severity.ERROR, "type"),
        (Severity.WARNING, "no-rule"),
    ]
