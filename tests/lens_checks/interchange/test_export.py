"""Our 105 practices as a lens: within every limit, read back without a finding, and rated by their own risk."""

import json

import pytest

from config.settings import Risk
from lens_checks import catalogue
from lens_checks.catalogue import Catalogue
from lens_checks.interchange import export
from lens_checks.interchange.document import API_TEXT, Lens
from lens_checks.interchange.lint import lint
from lens_checks.interchange.reading import accept
from lens_checks.interchange.risk import QuestionRisk, rate


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return catalogue.shipped()


@pytest.fixture(scope="module")
def ours(known: Catalogue) -> Lens:
    return accept(export.text(known).encode()).lens


def test_what_we_export_is_taken_in_and_linted_without_a_finding(known: Catalogue) -> None:
    text = export.text(known)
    assert lint(accept(text.encode()), {}) == ()
    assert len(text.encode()) <= 500_000


def test_all_practices_are_in_it_each_once(known: Catalogue, ours: Lens) -> None:
    ids = [choice.id for question in ours.questions for choice in question.practices]
    assert sorted(ids) == sorted(id.replace("-", "_") for id, p in known.practices.items() if p.id_2025)
    assert len(ids) == 105


def test_a_question_has_none_of_these_and_fifteen_choices_at_most(ours: Lens) -> None:
    assert len(ours.questions) == 35
    assert all(question.choices[-1].id == f"{question.id}_no" for question in ours.questions)
    assert max(len(question.choices) for question in ours.questions) == 15


def test_every_plan_says_how_to_meet_it_here(ours: Lens) -> None:
    plans = [choice.plan.text for question in ours.questions for choice in question.practices]
    assert all(0 < len(plan) <= API_TEXT for plan in plans)
    assert any("lifecycle" in plan for plan in plans)


def test_no_link_is_empty(known: Catalogue) -> None:
    assert '"url": ""' not in export.text(known)
    assert all(link.startswith("https://") for link in _links(json.loads(export.text(known))))


def _links(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(v) for k, v in value.items() if k == "url"] + [x for v in value.values() for x in _links(v)]
    return [x for v in value for x in _links(v)] if isinstance(value, list) else []


def test_a_missing_must_is_high_and_a_missing_rest_is_medium(known: Catalogue, ours: Lens) -> None:
    by_choice = {export.choice_id(practice): practice for practice in known.practices.values()}
    for question in ours.questions:
        every = {choice.id for choice in question.practices}
        assert rate(question, every) is QuestionRisk.NONE
        for left_out in every:
            chosen = every - {left_out} or {f"{question.id}_no"}
            must = by_choice[left_out].risk is Risk.HIGH
            assert rate(question, chosen) is (QuestionRisk.HIGH if must else QuestionRisk.MEDIUM)


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        pytest.param("one two", 7, "one two", id="just so long"),
        pytest.param("one two three", 9, "one two…", id="cut at a word"),
        pytest.param("onetwothree", 6, "onetw…", id="no word to cut at"),
    ],
)
def test_long_text_is_cut_and_says_so(text: str, most: int, kept: str) -> None:
    assert export.clipped(text, most) == kept
