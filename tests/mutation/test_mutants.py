"""Mutants turn verdicts, conditions and clauses; messages, annotations and signatures are left alone."""

from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code

from mutation.mutants import mutants
from mutation.operators import ALL, Rewrite
from mutation.plan import Plan

PLAN = Plan(
    root=Path(), floor=0.9, files=(), tests={}, survivors=(), skip=("@dataclass", r"\[:\d+\]"),
    operators=("gates/.*", "core/NumberReplacer", "core/ReplaceComparisonOperator_(Lt_LtE|Eq_NotEq)",
               "core/ReplaceBinaryOperator_(Mul_Div|BitOr_BitAnd)", "core/ReplaceTrueWithFalse"),
)  # fmt: skip


@pytest.mark.parametrize("operator", ALL, ids=lambda operator: operator.__name__)
def test_an_operator_does_what_it_shows(operator: type[Rewrite]) -> None:
    for example in operator.examples():
        assert mutate_code(example.pre_mutation_code, operator(), example.occurrence) == example.post_mutation_code


@pytest.mark.parametrize(
    ("source", "made"),
    [
        pytest.param("def f(a: int | None, *, b) -> int | None: pass", [], id="annotations and signatures"),
        pytest.param("x = f'{a[3]} of {b}'", [], id="a message"),
        pytest.param("x = y[:5]", [], id="the first few"),
        pytest.param("@dataclass(frozen=True)\nclass C: pass", [], id="a line to skip"),
        pytest.param("x = (a)", [], id="parentheses are no list"),
        pytest.param("x = {a for a in b}", [], id="nor is a comprehension"),
        pytest.param("x: int = 1", ["x: int = 2", "x: int = 0"], id="a default is mutated, its type is not"),
        pytest.param("x = a < 1", ["x = a <= 1", "x = a < 2", "x = a < 0"], id="a threshold"),
        pytest.param("if a in b: pass", ["if a not in b: pass", "if False: pass", "if True: pass"], id="a branch"),
        pytest.param("x = [a for a in b if a]", ["x = [a for a in b if False]", "x = [a for a in b if True]"],
                     id="a filter"),
        pytest.param("GOOD = frozenset({'better'})", ["GOOD = frozenset({})"], id="a set of words"),
        pytest.param("x = Outcome.BROKEN", ["x = Outcome.MET"], id="a verdict"),
    ],
)  # fmt: skip
def test_mutants_of_a_line(source: str, made: list[str]) -> None:
    assert sorted(m.code.rstrip().replace("  ", " ") for m in mutants(f"{source}\n", PLAN)) == sorted(made)


def test_a_mutant_names_its_function_and_the_change_without_line_numbers() -> None:
    source = "class C:\n    def f(self):\n        verify(self)\n"
    (only,) = mutants(source, PLAN)
    assert (only.function, only.line, only.operator) == ("f", 3, "gates/DropCall")
    assert only.mutation == "verify(self) -> pass"


def test_the_same_code_is_made_once() -> None:
    codes = [mutant.code for mutant in mutants("def f():\n    return a == 1 or a == 1\n", PLAN)]
    assert len(codes) == len(set(codes))
