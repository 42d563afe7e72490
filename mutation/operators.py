"""Mutations that a gate must not survive: verdicts turned round, refusals never reached, clauses and calls dropped."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Name

Node = Any  # parso tells its nodes and leaves apart by a field, `type`
Place = tuple[tuple[int, int], tuple[int, int]]
MET = '__import__("lens_checks.check", fromlist=["met"]).met'
NOT_MET = '__import__("lens_checks.check", fromlist=["met"]).not_met'


class Rewrite(Operator):
    """An operator that puts other words in the place of a node."""

    shown: ClassVar[tuple[tuple[str, str, int], ...]] = ()

    @abstractmethod
    def rewrites(self, node: Node) -> Sequence[str]:
        """Give the texts that may stand in the place of a node."""

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        """Give the place of the node, once for each text."""
        for _ in self.rewrites(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """Put one of the texts in the place of the node."""
        return Name(self.rewrites(node)[index], node.start_pos, prefix=node.get_first_leaf().prefix)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Show what becomes of what."""
        return tuple(Example(before, after, occurrence) for before, after, occurrence in cls.shown)


class FlipVerdict(Rewrite):
    """Answer met where the answer is not met, not applicable or unknown, and not met where it is met."""

    calls: ClassVar[dict[str, str]] = {"met": NOT_MET, "not_met": MET, "not_applicable": MET}
    shown = (('return met("x")', f'return {NOT_MET}("x")', 0), ('raise Missing("x")', f'return {MET}("x")', 0))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Turn a call round, and a raised Missing into an answer."""
        if node.type == "raise_stmt" and _code(node).startswith("raise Missing("):
            return (_code(node).replace("raise Missing", f"return {MET}", 1),)
        called = node.type == "name" and _next(node) == "(" and _before(node) not in (".", "def")
        return (self.calls[node.value],) if called and node.value in self.calls else ()


class FlipMember(Rewrite):
    """Name another member of an enumeration that gates decide by."""

    others: ClassVar[dict[tuple[str, str], str]] = {
        **{("Outcome", name): "MET" for name in ("NOT_MET", "NOT_APPLICABLE", "UNKNOWN", "BROKEN")},
        ("Outcome", "MET"): "NOT_MET",
        **{("Checkpoint", name): "OPERATION" for name in ("FRAMING", "DATA", "DEVELOPMENT", "RELEASE")},
        ("Checkpoint", "OPERATION"): "FRAMING",
        **{("By", name): "MEASURED" for name in ("ATTESTED", "DERIVED", "WAIVED")},
        ("By", "MEASURED"): "WAIVED",
        ("GateName", "CHAMPION"): "FRAMING",
        ("GateName", "STAGING"): "FRAMING",
        ("Risk", "HIGH"): "MEDIUM",
        ("Risk", "MEDIUM"): "HIGH",
    }
    shown = (("Outcome.UNKNOWN", "Outcome.MET", 0), ("Checkpoint.RELEASE", "Checkpoint.OPERATION", 0))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Name the other member."""
        if node.type != "name" or _before(node) != ".":
            return ()
        owner = node.get_previous_leaf().get_previous_leaf()
        other = self.others.get((getattr(owner, "value", ""), node.value))
        return (other,) if other else ()


class ForceCondition(Rewrite):
    """Decide a condition beforehand: a branch that is always taken, and one that never is."""

    keywords = frozenset({"if", "elif", "while"})
    shown = (("if a < b: c", "if False: c", 0), ("x = a if b else c", "x = a if True else c", 1))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Decide the condition of a branch, of a conditional expression, of a filter."""
        parent = node.parent
        if parent is None or parent.type not in ("if_stmt", "while_stmt", "test", "ternary", "comp_if"):
            return ()
        before = node.get_previous_sibling()
        if before is None or getattr(before, "value", "") not in self.keywords:
            return ()
        return ("False",) if parent.type == "while_stmt" else ("False", "True")


class DropClause(Rewrite):
    """Leave one clause out of `and` and `or`."""

    shown = (("a or b or c", "b or c", 0), ("a or b or c", "a or c", 1), ("a and b", "a", 1))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Give the clauses without one of them, for each of them."""
        if node.type not in ("or_test", "and_test"):
            return ()
        word, clauses = f" {node.children[1].value} ", [_code(clause) for clause in node.children[::2]]
        return [word.join(clauses[:one] + clauses[one + 1 :]) for one in range(len(clauses))]


class DropEntry(Rewrite):
    """Leave one entry out of a set, a list, a tuple or a mapping that is written out."""

    shown = (("x = {1, 2}", "x = {2}", 0), ("x = {1: 2, **z}", "x = {1 : 2}", 1), ("x = (a, b)", "x = (a,)", 1))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Give the display without one of its entries, for each of them."""
        if node.type != "atom" or node.children[0].value not in ("{", "[", "("):
            return ()
        opened, closed, inner = node.children[0].value, node.children[-1].value, node.children[1:-1]
        entries = _entries(inner[0]) if len(inner) == 1 else None
        if not entries or (opened == "(" and inner[0].type not in _LISTS):
            return ()
        left = [", ".join(entries[:one] + entries[one + 1 :]) for one in range(len(entries))]
        return [f"{opened}{some}{',' if opened == '(' and some else ''}{closed}" for some in left]


class DropCall(Rewrite):
    """Leave out a statement that is there for what it does: a call, a refusal that is raised or yielded."""

    kinds = frozenset({"atom_expr", "yield_expr", "raise_stmt"})
    shown = (("verify(a)\n", "pass\n", 0), ("raise E\n", "pass\n", 0))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Do nothing instead."""
        statement = node.parent is not None and node.parent.type == "simple_stmt"
        return ("pass",) if statement and node.type in self.kinds else ()


class CatchNothing(Rewrite):
    """Let an error through that is caught."""

    shown = (("try: f()\nexcept A: g()", "try: f()\nexcept (): g()", 0),)

    def rewrites(self, node: Node) -> Sequence[str]:
        """Catch no error at all; DropEntry leaves out one of several."""
        caught = node.parent is not None and node.parent.type == "except_clause" and _before(node) == "except"
        return ("()",) if caught else ()


class FlipMembership(Rewrite):
    """Ask whether something is in where it is asked whether it is not, and the other way round."""

    shown = (("a in b", "a not in b", 0), ("a not in b", "a in b", 0))

    def rewrites(self, node: Node) -> Sequence[str]:
        """Turn the question round."""
        if node.parent is None or node.parent.type != "comparison":
            return ()
        return {"in": ("not in",), "not in": ("in",)}.get(" ".join(_code(node).split()), ())


ALL: tuple[type[Rewrite], ...] = (
    CatchNothing, DropCall, DropClause, DropEntry, FlipMember, FlipMembership, FlipVerdict, ForceCondition,
)  # fmt: skip


class Provider:
    """Gives cosmic-ray the operators of this module."""

    def __iter__(self) -> Iterator[str]:
        return iter(operator.__name__ for operator in ALL)

    def __getitem__(self, name: str) -> type[Rewrite]:
        return next(operator for operator in ALL if operator.__name__ == name)


def _code(node: Node) -> str:
    return str(node.get_code(include_prefix=False))


def _next(node: Node) -> str:
    return getattr(node.get_next_leaf(), "value", "")


def _before(node: Node) -> str:
    return getattr(node.get_previous_leaf(), "value", "")


def _entries(inner: Node) -> list[str]:
    """Give the entries of a display, or none for a comprehension."""
    if inner.type in ("operator", "yield_expr") or "comp_for" in "".join(
        c.type for c in getattr(inner, "children", ())
    ):
        return []
    parts, entries = getattr(inner, "children", [inner]) if inner.type in _LISTS else [inner], [""]
    for part in parts:
        if getattr(part, "value", "") == ",":
            entries.append("")
        else:
            entries[-1] += f" {_code(part)}" if entries[-1] else _code(part)
    return [entry for entry in entries if entry]


_LISTS = frozenset({"dictorsetmaker", "testlist_comp", "testlist_star_expr", "exprlist"})
