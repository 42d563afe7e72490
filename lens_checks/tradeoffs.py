"""The sides that candidates are weighed by beside their score: over-fit, speed, size, readability, fairness, price."""

from collections.abc import Iterable, Iterator

from config.settings import Charter, ErrorCosts, Policy, ProblemType
from lens_checks.check import Missing
from lens_checks.evidence.records import (
    Beside,
    Candidate,
    Evaluation,
    Leaderboard,
    at_least,
    at_most,
    better,
    finite,
)

FEWEST = 3
HALF = 0.5  # of a side: a rival that is no worse and takes no more than this of two sides shows what is given away


def weighed(leaderboard: Leaderboard) -> tuple[Candidate, ...]:
    """Give the finished trials; raise Missing where the other sides of one are not known."""
    finished = tuple(c for c in leaderboard.finished if c.trial >= 0)
    bare = [str(c.trial) for c in finished if c.beside is None or not _whole(c.beside)]
    if bare:
        raise Missing(f"over-fit, speed and size of trial {', '.join(bare[:5])}: `lifecycle run --force` measures them")
    return finished


def _whole(beside: Beside) -> bool:
    return finite(beside.gap) and at_least(beside.cpu_ms_per_1k, 0) and at_least(beside.kib, 0)


def sides(chosen: Beside, charter: Charter, policy: Policy) -> Iterator[str]:
    """Give in words each side of the chosen candidate that is past its limit (Missing where fairness is not told)."""
    if not at_most(chosen.gap, policy.bounds.overfit_gap):
        yield f"it scores {chosen.gap} better where it was fitted, {policy.bounds.overfit_gap:g} may be"
    if charter.explanation.level == "intrinsic" and not chosen.readable:
        yield "it does not explain itself, which was agreed"
    if charter.fairness.attributes:
        if not finite(chosen.fairness_gap):
            raise Missing(f"the gap between groups of {', '.join(charter.fairness.attributes)} among the candidates")
        if not at_most(chosen.fairness_gap, charter.fairness.max_gap):
            yield f"its gap between groups is {chosen.fairness_gap:.3g}, {charter.fairness.max_gap:g} is accepted"


def given_away(chosen: Candidate, rivals: Iterable[Candidate], *, upward: bool) -> Candidate | None:
    """Find a candidate that is no worse, and takes half or less of both CPU per answer and room."""
    mine = chosen.beside
    for rival in rivals:
        theirs = rival.beside
        worse = better(chosen.value, rival.value, greater_is_better=upward)
        if mine is None or theirs is None or rival == chosen or worse:
            continue
        if _halved(theirs.cpu_ms_per_1k, mine.cpu_ms_per_1k) and _halved(theirs.kib, mine.kib):
            return rival
    return None


def _halved(theirs: float | None, mine: float | None) -> bool:
    return mine is not None and at_most(theirs, HALF * mine)


def line_drawn(charter: Charter, policy: Policy, evaluation: Evaluation) -> str:
    """Say what is wrong with the threshold of a binary problem: not chosen by cost, or dearer than no model at all."""
    if charter.problem_type is not ProblemType.BINARY:
        return ""
    point = evaluation.decision
    if point is None or not finite(point.threshold) or point.threshold != evaluation.threshold:
        return "no threshold was chosen by what errors cost"
    least = min(point.cost_of_never_acting, point.cost_of_always_acting)
    if not at_most(point.expected_cost, least + policy.comparison.cost_margin * _dearer(charter.error_costs)):
        return f"acting from the threshold on costs {point.expected_cost:.4g} a row, a constant answer {least:.4g}"
    return ""


def _dearer(costs: ErrorCosts) -> float:
    return max(costs.false_positive, costs.false_negative)
