"""The mutants of a file: cosmic-ray finds the places and makes the changes, messages and annotations left out."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from parso.tree import NodeOrLeaf

from mutation.operators import Provider
from mutation.plan import Plan

WORDS = ("fstring", "annassign", "tfpdef")  # inside them is wording, or a type
SIGNATURES = ("parameters", "lambdef", "param")  # the star that parts parameters is no product


@dataclass(frozen=True)
class Mutant:
    """One change to a file: where, which, and the whole text with it."""

    function: str
    line: int
    operator: str
    mutation: str
    code: str


def mutants(source: str, plan: Plan) -> Iterator[Mutant]:
    """Make every mutant of a source that compiles and differs from the others."""
    plugins.OPERATOR_PROVIDERS["gates"] = Provider()
    lines, skip, seen = source.splitlines(), re.compile("|".join(plan.skip) or "$^"), {source}
    for name in plugins.operator_names():
        if not any(re.fullmatch(wanted, name) for wanted in plan.operators):
            continue
        operator = plugins.get_operator(name)()
        places = [(node, at) for node in ast_nodes(get_ast(source)) for at, _ in operator.mutation_positions(node)]
        for occurrence, (node, (line, _)) in enumerate(places):
            if _worded(node) or skip.search(lines[line - 1]):
                continue
            code = mutate_code(source, operator, occurrence)
            if code is not None and code not in seen and _compiles(code):
                seen.add(code)
                function = ASTQuery(node).get_definition_name() or ""
                yield Mutant(function, line, name, _difference(source, code), code)


def _worded(node: NodeOrLeaf) -> bool:
    """Whether a node stands in a message, in an annotation, or is a return type."""
    child, parent = node, node.parent
    if node.type == "operator" and parent is not None and parent.type in SIGNATURES:
        return True
    while parent is not None:
        if parent.type in WORDS and not (parent.type == "annassign" and "=" in _before(child)):
            return True
        if parent.type == "funcdef" and _before(child) == "->":
            return True
        child, parent = parent, parent.parent
    return False


def _before(node: NodeOrLeaf) -> str:
    return getattr(node.get_previous_sibling(), "value", "") or ""


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _difference(source: str, code: str) -> str:
    """Say what became of what, without line numbers, so that it holds while other lines move."""
    lines = list(difflib.unified_diff(source.splitlines(), code.splitlines(), lineterm="", n=0))[2:]
    parts = (" ".join(" ".join(line[1:].split()) for line in lines if line[0] == sign) for sign in "-+")
    return " -> ".join(parts)
