"""A lens file is read strictly, each defect named by its JSON path, and what AWS's own files do is tolerated."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lens_checks.interchange import strict_json
from lens_checks.interchange.finding import LensError, Severity, errors
from lens_checks.interchange.reading import accept, examine
from tests.lens_checks.interchange.made_lens import LENSES, choice, data, lens, question, sample

PLAN = {"displayText": "Do it."}


def changed(**more: Any) -> dict[str, Any]:
    """A lens whose only question is changed."""
    return lens(question(**more))


def _first(more: dict[str, Any]) -> dict[str, Any]:
    made = question()
    made["choices"][0] |= more
    return lens(made)


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: below for name, below in value.items() if name != key}


def rules(*pairs: tuple[Any, Any]) -> dict[str, Any]:
    return lens(question(rules=pairs))


Q, C = "$.pillars[0].questions[0]", "$.pillars[0].questions[0].choices[0]"
NO, HIGH = ("aaa", "NO_RISK"), ("default", "HIGH_RISK")


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        pytest.param(lens(schemaVersion="2022-11-01"), "$.schemaVersion", "'2022-11-01'", id="another version"),
        pytest.param(without(lens(), "schemaVersion"), "$.schemaVersion", "is missing", id="no version"),
        pytest.param(lens(name=5), "$.name", "a number (5) where text", id="a number for text"),
        pytest.param(lens(name=None), "$.name", "null where text", id="null for text"),
        pytest.param(lens(name=" "), "$.name", "is empty", id="empty text"),
        pytest.param(lens(name="x" * 129), "$.name", "at most 128", id="text too long"),
        pytest.param(lens(pillars={}), "$.pillars", "an object where a list", id="an object for a list"),
        pytest.param(lens(pillars=[]), "$.pillars", "1 to 10 are allowed", id="no pillar"),
        pytest.param(lens(pillars=[7]), "$.pillars[0]", "a number (7) where an object", id="a number for a pillar"),
        pytest.param(lens(*[question(f"Q{n:02}") for n in range(21)]), "$.pillars[0].questions", "1 to 20",
                     id="too many questions"),
        pytest.param(changed(choices=" ".join(f"a{n:02}" for n in range(16)), rules=[HIGH]), f"{Q}.choices", "1 to 15",
                     id="too many choices"),
        pytest.param(changed(id="Q-1"), f"{Q}.id", "'Q-1' is no id", id="a hyphen in an id"),
        pytest.param(changed(id="Q1"), f"{Q}.id", "3 to 128", id="an id too short"),
        pytest.param(lens(question(), question()), "$.pillars[0].questions[1].id", f"stands at {Q}", id="two alike"),
        pytest.param(changed(choices="aaa bbb aaa"), f"{Q}.choices[2].id", f"stands at {C}", id="a choice twice"),
        pytest.param(changed(title=["x"]), f"{Q}.title", "a list where text", id="a list for text"),
        pytest.param(_first({"improvementPlan": {}}), f"{C}.improvementPlan.displayText", "is missing", id="no plan"),
        pytest.param(_first({"improvementPlan": "x"}), f"{C}.improvementPlan", "text where", id="text for a plan"),
        pytest.param(_first({"helpfulResource": {"url": "https://a.b"}}), f"{C}.helpfulResource.displayText",
                     "is missing", id="a link without text"),
        pytest.param(_first({"helpfulResource": PLAN | {"url": "javascript:alert(1)"}}), f"{C}.helpfulResource.url",
                     "neither http:// nor https://", id="a link that runs"),
        pytest.param(_first({"helpfulResource": PLAN | {"url": 5}}), f"{C}.helpfulResource.url", "a number (5)",
                     id="a number for a link"),
        pytest.param(_first({"additionalResources": [{"type": "OTHER", "content": []}]}),
                     f"{C}.additionalResources[0].type", "none of HELPFUL_RESOURCE", id="a type nobody knows"),
        pytest.param(_first({"additionalResources": [{"type": "IMPROVEMENT_PLAN", "content": [PLAN] * 6}]}),
                     f"{C}.additionalResources[0].content", "0 to 5", id="too many contents"),
        pytest.param(rules(NO), f"{Q}.riskRules", "no rule of Q01 is the default", id="no default"),
        pytest.param(rules(), f"{Q}.riskRules", "1 to 3", id="no rule"),
        pytest.param(rules(HIGH, ("default", "NO_RISK")), f"{Q}.riskRules", "2 rules of Q01 are the default",
                     id="two defaults"),
        pytest.param(rules(NO, ("bbb", "NO_RISK"), HIGH), f"{Q}.riskRules", "2 rules of Q01 give NO_RISK",
                     id="two rules of one level"),
        pytest.param(rules(("aaa", "LOW_RISK"), HIGH), f"{Q}.riskRules[0].risk", "none of HIGH", id="another risk"),
        pytest.param(rules(("aaa && ccc", "NO_RISK"), HIGH), f"{Q}.riskRules[0].condition", "speaks of ccc",
                     id="an unknown choice"),
        pytest.param(rules(("aaa &&", "NO_RISK"), HIGH), f"{Q}.riskRules[0].condition", "it ends in column 7",
                     id="half a condition"),
        pytest.param(rules((True, "NO_RISK"), HIGH), f"{Q}.riskRules[0].condition", "true or false where text",
                     id="a truth for a condition"),
    ],
)  # fmt: skip
def test_a_defect_is_named_by_its_path(value: Any, path: str, words: str) -> None:
    found = errors(examine(data(value)).findings)
    assert [(finding.path, words in finding.words) for finding in found] == [(path, True)]
    with pytest.raises(LensError) as refused:
        accept(data(value))
    assert path in refused.value.seen and refused.value.exit_code == 2


def test_a_choice_without_a_plan_is_refused_unless_it_is_none_of_these() -> None:
    made = question()
    del made["choices"][0]["improvementPlan"]
    assert [f.path for f in errors(examine(data(lens(made))).findings)] == [f"{C}.improvementPlan"]


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        pytest.param(_first({"helpfulResource": PLAN | {"url": ""}}), f"{C}.helpfulResource.url", "empty-url",
                     id="an empty link"),
        pytest.param(_first({"helpfulResource": PLAN | {"Url": "https://a.b"}}), f"{C}.helpfulResource.Url", "key-case",
                     id="Url with a capital"),
        pytest.param(_first({"helpfulResource": PLAN | {"url": "https://a.b c"}}), f"{C}.helpfulResource.url", "url",
                     id="a link with a blank"),
        pytest.param(lens(_version="1.0"), "$._version", "unknown-key", id="a key that nobody knows"),
        pytest.param(lens(question("Q01"), question("Q02")), "$.pillars[0].questions[1].choices[0].id", "shared-choice",
                     id="a choice id in two questions"),
        pytest.param(lens(without(question(), "description")), f"{Q}.description", "missing", id="no description"),
        pytest.param(lens(description="x" * 1025), "$.description", "api-limit", id="longer than the API says"),
    ],
)  # fmt: skip
def test_what_awss_own_files_do_is_told_and_tolerated(value: Any, path: str, code: str) -> None:
    found = accept(data(value)).findings
    assert {finding.severity for finding in found} == {Severity.WARNING}
    assert (path, code) in [(finding.path, finding.code) for finding in found]


def test_a_capital_url_is_read_as_the_url() -> None:
    made = _first({"helpfulResource": PLAN | {"Url": "https://a.b"}})
    assert accept(data(made)).lens.questions[0].choices[0].help.url == "https://a.b"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(b"", "line 1, column 1: not JSON", id="nothing"),
        pytest.param(b"[]", "$: a list where an object should stand", id="a list"),
        pytest.param(b"NaN", "the bare word NaN is not JSON", id="NaN alone"),
        pytest.param(b'{"a": 1,}', "line 1, column", id="a comma too many"),
        pytest.param(b'{"name": Infinity}', "$.name: the bare word Infinity", id="infinity"),
        pytest.param(b'{"name": 1, "name": 2}', "the key 'name' stands more than once", id="a key twice"),
        pytest.param(b'{"name": "\\ud800"}', "$.name: half of a surrogate pair", id="half a character"),
        pytest.param(b'{"name": "\xff"}', "byte 10 is not UTF-8", id="no UTF-8"),
        pytest.param('{"name": 1}'.encode("utf-16"), "it looks like UTF-16", id="UTF-16"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="nested without end"),
        pytest.param(b'{"a":' * 60 + b"1" + b"}" * 60, "more than 50 levels", id="nested deeply"),
        pytest.param(b'{"name": ' + b"9" * 10_000 + b"}", "$.name: a number where text", id="a number without end"),
        pytest.param(b'"' + b"x" * 600_000 + b'"', "600,002 characters", id="longer than AWS takes"),
    ],
)
def test_what_is_no_lens_ends_in_words(text: bytes, words: str) -> None:
    with pytest.raises(LensError) as refused:
        accept(text)
    assert words in refused.value.seen


def test_a_byte_order_mark_is_no_matter() -> None:
    assert accept(b"\xef\xbb\xbf" + data(lens())).lens.name == "House rules"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: None, "No such file", id="missing"),
        pytest.param(lambda path: path.mkdir(), "Is a directory", id="a folder"),
        pytest.param(lambda path: path.open("wb").truncate(100_000_000), "larger than 2,000,000 bytes", id="100 MB"),
    ],
)
def test_a_file_that_cannot_be_read_ends_in_words(tmp_path: Path, make: Any, words: str) -> None:
    make(tmp_path / "lens.json")
    with pytest.raises(LensError, match=words):
        strict_json.read(tmp_path / "lens.json")


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        pytest.param("aws-machine-learning-lens", "", id="machine learning"),
        pytest.param("aws-generative-ai-lens", "", id="generative AI"),
        pytest.param("sagemaker-autogluon-lens", "", id="AutoGluon"),
        pytest.param("saas-business-lens", "", id="SaaS: empty links are tolerated"),
        pytest.param("amazon-ecs-lens", "no rule of NET3 is the default", id="ECS: a question without default"),
        pytest.param("emr-spark-lens", "title: the bare word NaN is not JSON", id="EMR: a bare NaN"),
    ],
)
def test_the_public_files_are_taken_in_or_their_defect_is_named(name: str, defect: str) -> None:
    found = errors(examine(sample(name)).findings)
    assert bool(found) == bool(defect)
    assert any(defect in str(finding) for finding in found) or not defect


@pytest.mark.parametrize("path", sorted(LENSES.glob("*.json")), ids=lambda path: path.stem)
def test_a_lens_keeps_the_text_of_its_file(path: Path) -> None:
    assert examine(path.read_bytes()).lens.text.encode() == path.read_bytes()


def test_unknown_keys_stay_where_they_stood() -> None:
    made = lens(question(_note="x"), _version="1.0", ready=True) | {"zzz": [1.0, 1e5], "aaa": None}
    text = json.dumps(made, indent=3)
    assert examine(text.encode()).lens.text == text


WHOLE = json.loads(json.dumps(lens(question(choices="aaa bbb q_no"), question("Q02", "aaa ccc"))))
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.sampled_from(["aaa && bbb", "default", "NO_RISK", "aaa", "https://a.b", {"url": ""}, [[]], choice("aaa"), PLAN]),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in below for place in places(inner, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A lens in which a few places hold something else, are gone, or stand twice."""
    value = json.loads(json.dumps(WHOLE))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(value)[1:]))
        owner = value
        for key in path[:-1]:
            owner = owner[key]
        match draw(st.sampled_from(("other", "gone", "twice"))):
            case "other":
                owner[path[-1]] = draw(JUNK)
            case "gone":
                del owner[path[-1]]
            case "twice" if isinstance(owner, list):
                owner.append(owner[path[-1]])
        if not isinstance(value, dict) or len(places(value)) < 2:
            break
    return json.dumps(value).encode()


@given(mutated())
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_a_mutated_lens_is_read_or_refused_in_words(text: bytes) -> None:
    try:
        taken = accept(text)
    except LensError:
        return
    assert taken.lens.questions


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_any_bytes_are_refused_in_words(text: bytes) -> None:
    with pytest.raises(LensError):
        accept(text)
