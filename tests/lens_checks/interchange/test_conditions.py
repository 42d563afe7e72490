"""Conditions are read as C would read them, and refused where they are none."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lens_checks.interchange import conditions
from lens_checks.interchange.conditions import All, Always, Any, Chosen, Malformed, Not, decide, names, parse, written

A, B, C = Chosen("aaa"), Chosen("bbb"), Chosen("ccc")
IDS = ("aaa", "bbb", "ccc", "ddd", "e_1")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("default", Always(), id="the word default"),
        pytest.param("  default ", Always(), id="blanks around it"),
        pytest.param("aaa", A, id="one choice"),
        pytest.param("default_1", Chosen("default_1"), id="an id that begins like default"),
        pytest.param("!aaa&&bbb||ccc", Any((All((Not(A), B)), C)), id="! before && before ||"),
        pytest.param("aaa || bbb && ccc", Any((A, All((B, C)))), id="&& before || on the right too"),
        pytest.param("!(aaa || bbb) && ccc", All((Not(Any((A, B))), C)), id="parentheses"),
        pytest.param("!!aaa", Not(Not(A)), id="twice not"),
        pytest.param("((aaa))\n", A, id="parentheses that say nothing"),
    ],
)
def test_what_is_read(text: str, tree: conditions.Condition) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "ends in column 1", id="nothing"),
        pytest.param("aaa &&", "ends in column 7", id="an end too early"),
        pytest.param("aaa bbb", "'bbb' in column 5", id="no operator"),
        pytest.param("aaa & bbb", "'&' in column 5", id="half an operator"),
        pytest.param("aaa && || bbb", "'||' in column 8", id="two operators"),
        pytest.param("(aaa || bbb", "of column 1 is not closed", id="open parenthesis"),
        pytest.param("aaa)", "')' in column 4", id="stray parenthesis"),
        pytest.param("aaa && default", "'default' in column 8", id="default among others"),
        pytest.param("!default", "'default' in column 2", id="not default"),
        pytest.param("aaa == true", "'=' in column 5", id="a comparison"),
        pytest.param("__import__('os')", "in column 12", id="Python"),
        pytest.param("(" * 5000 + "aaa" + ")" * 5000, "more than 40", id="nested without end"),
        pytest.param("!" * 5000 + "aaa", "more than 40", id="negated without end"),
    ],
)
def test_what_is_no_condition(text: str, words: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse(text)
    assert words in str(refused.value)


def test_blanks_without_end_cost_nothing() -> None:
    assert parse("aaa" + " " * 400_000 + "&& bbb" + " " * 400_000) == All((A, B))


TREES = st.recursive(
    st.sampled_from(IDS),
    lambda inner: st.one_of(
        inner.map(lambda x: f"!{x}" if x in IDS else f"!({x})"),
        inner.map(lambda x: f"({x})"),
        st.lists(inner, min_size=2, max_size=4).map(" && ".join),
        st.lists(inner, min_size=2, max_size=4).map("||".join),
    ),
    max_leaves=12,
)


@given(TREES)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_it_decides_as_python_does(text: str) -> None:
    """The same words with `and`, `or` and `not` have the same precedence in Python, which judges every selection."""
    python = compile(text.replace("&&", " and ").replace("||", " or ").replace("!", " not ").strip(), "-", "eval")
    tree = parse(text)
    tables = {id: sum(1 << n for n in range(32) if n >> place & 1) for place, id in enumerate(IDS)}
    whole = decide(tree, tables, (1 << 32) - 1)
    for number in range(32):
        values = {id: bool(number >> place & 1) for place, id in enumerate(IDS)}
        truth = bool(eval(python, {}, values))  # noqa: S307 - made three lines above
        assert bool(decide(tree, {id: int(value) for id, value in values.items()})) == truth
        assert bool(whole >> number & 1) == truth


@given(TREES)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_what_is_written_is_read_again(text: str) -> None:
    tree = parse(text)
    again = parse(written(tree))
    assert set(names(again)) == set(names(tree))
    for chosen in itertools.product((0, 1), repeat=len(IDS)):
        values = dict(zip(IDS, chosen, strict=True))
        assert decide(again, values) == decide(tree, values)


@given(st.text(alphabet="ab_1!&|() \n=é", max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        tree = parse(text)
    except Malformed:
        return
    assert decide(tree, {}) in (0, 1)
