"""The review as one HTML page that needs nothing but itself: on a phone, on paper, in the dark, without colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from config.settings import Policy, Threshold
from lens_checks.bounds import keeps, spelled
from lens_checks.catalogue import EDITION
from lens_checks.check import Outcome, Phase, Pillar
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.evidence.records import (
    ChampionComparison,
    Evaluation,
    Interval,
    LedgerEntry,
    Lineage,
    MonitoringWindow,
    SliceComparison,
)
from lens_checks.gates import GateName
from lens_checks.render import GLYPHS
from lens_checks.review import Review

if TYPE_CHECKING:
    from jinja2 import Template

BOUNDS = frozenset({"floor", "ceiling", "margin"})
STATES = (*Outcome, By.WAIVED)
SIDE, WIDTH = 4.0, 400.0
NEAR, EDGE = 70.0, 45.0  # closer marks, or marks nearer to an end, have their names put aside


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the page shows beside the practices; None and empty where there is no such evidence."""

    champion: int | None
    decisions: tuple[LedgerEntry, ...]  # of gates, oldest first
    evaluation: Evaluation | None
    comparison: ChampionComparison | None
    windows: tuple[MonitoringWindow, ...]
    lineage: Lineage | None = None


@dataclass(frozen=True)
class Decided:
    """The newest decision of a gate."""

    gate: str
    passed: bool
    version: int | None
    time: str
    entry: int
    blocking: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Mark:
    """A place on a scale."""

    name: str
    value: float
    at: float
    bound: bool
    anchor: str


@dataclass(frozen=True)
class Figure:
    """A figure with its interval and the marks to read it against, laid out on a scale of WIDTH."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    kept: bool | None
    bound: str
    band: tuple[float, float] | None
    at: float | None
    marks: tuple[Mark, ...]


def html(review: Review, findings: Findings, policy: Policy) -> str:
    """Write the page."""
    decided = newest(findings.decisions)
    return _template().render(
        review=review,
        findings=findings,
        decided=decided,
        refused=sorted((d for d in decided if not d.passed), key=lambda d: d.entry),
        grid={pillar: {phase: _cell(review.practices, pillar, phase) for phase in Phase} for pillar in Pillar},
        phases={phase: [r for r in review.practices if r.phase is phase] for phase in Phase},
        states={s.value: sum(r.state == s.value for r in review.practices) for s in STATES},
        figures=tuple(figures(findings.evaluation, policy)) if findings.evaluation else (),
        difference=_difference(findings.comparison) if findings.comparison else None,
        slices=tuple(_slices(findings.comparison)) if findings.comparison else (),
        waived=[r for r in review.practices if r.by is By.WAIVED],
        glyphs={key.value if isinstance(key, Outcome | By) else key: glyph for key, glyph in GLYPHS.items()},
        edition=EDITION,
        width=WIDTH,
    )


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["code"] = code
    environment.filters["words"] = lambda name: name.replace("_", " ")
    environment.filters["figure"] = lambda value: "–" if value is None else f"{value:.4g}"
    return environment.from_string((Path(__file__).parent / "report.html.j2").read_text(encoding="utf-8"))


def newest(decisions: Iterable[LedgerEntry]) -> tuple[Decided, ...]:
    """Give the newest decision of each gate, in the order of the gates."""
    last = {str(entry.body.get("gate")): entry for entry in decisions}
    return tuple(_decided(gate.value, last[gate.value]) for gate in GateName if gate.value in last)


def _decided(gate: str, entry: LedgerEntry) -> Decided:
    version, blocking = entry.body.get("version"), entry.body.get("blocking")
    return Decided(
        gate=gate,
        passed=entry.body.get("outcome") == "passed",
        version=version if isinstance(version, int) else None,
        time=f"{entry.time:%Y-%m-%d %H:%M} UTC",
        entry=entry.number,
        blocking=tuple(blocking) if isinstance(blocking, list) else (),
    )


def _cell(practices: Iterable[PracticeResult], pillar: Pillar, phase: Phase) -> list[PracticeResult]:
    return [result for result in practices if result.pillar is pillar and result.phase is phase]


def figures(evaluation: Evaluation, policy: Policy) -> Iterable[Figure]:
    """Lay out every metric: its interval, its bounds, the dummy and the rule to compare with."""
    bounds = {threshold.metric: threshold for threshold in policy.thresholds}
    missing = {name: Interval(value=None) for name in bounds if name not in evaluation.metrics}
    for name, interval in (evaluation.metrics | missing).items():
        marks = {
            "floor": bounds[name].floor if name in bounds else None,
            "ceiling": bounds[name].ceiling if name in bounds else None,
            "rule": evaluation.rule[name].value if name in evaluation.rule else None,
            "dummy": evaluation.dummy[name].value if name in evaluation.dummy else None,
        }
        yield _figure(name, interval, marks, bounds.get(name))


def _slices(comparison: ChampionComparison) -> Iterable[tuple[str, SliceComparison]]:
    """Give the slices that could be told, the one that fell most first."""
    named = [(f"{c} {v}", one) for c, values in (comparison.slices or {}).items() for v, one in values.items()]
    return sorted(((n, s) for n, s in named if s.value is not None), key=lambda item: item[1].value or 0.0)


def _difference(comparison: ChampionComparison) -> Figure | None:
    if comparison.difference is None:
        return None
    marks = {"no difference": 0.0, "margin": -comparison.margin}
    return _figure("difference", comparison.difference, marks, None)


def _figure(name: str, interval: Interval, marks: Mapping[str, float | None], bound: Threshold | None) -> Figure:
    shown = [(label, value) for label, value in marks.items() if value is not None]
    values = [v for v in (interval.low, interval.value, interval.high, *(v for _, v in shown)) if v is not None]
    least, span = min(values, default=0.0), max(values, default=1.0) - min(values, default=0.0) or 1.0

    def place(value: float) -> float:
        return round(SIDE + (value - least) / span * (WIDTH - 2 * SIDE), 1)

    band = None
    if interval.low is not None and interval.high is not None:
        band = (place(interval.low), place(interval.high))
    return Figure(
        name=name,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        kept=keeps(bound, interval.value) if bound else None,
        bound=spelled(bound) if bound else "",
        band=band,
        at=None if interval.value is None else place(interval.value),
        marks=tuple(_marks([(label, value, place(value)) for label, value in shown])),
    )


def _marks(placed: list[tuple[str, float, float]]) -> Iterable[Mark]:
    """Give each mark a side for its name, so that names of near marks do not cover each other."""
    for name, value, at in placed:
        rivals = [other for label, _, other in placed if label != name and (label in BOUNDS) == (name in BOUNDS)]
        left = any(at <= other < at + NEAR for other in rivals)
        right = any(at - NEAR < other < at for other in rivals)
        anchor = "start" if at < EDGE or right else "end" if at > WIDTH - EDGE or left else "middle"
        yield Mark(name, value, at, name in BOUNDS, anchor)


def code(text: str) -> Markup:
    """Set what stands in backticks as code, and escape the rest."""
    parts = (f"<code>{escape(p)}</code>" if i % 2 else escape(p) for i, p in enumerate(text.split("`")))
    return Markup("").join(Markup(part) for part in parts)
