"""The bounds that no waiver lifts: each gate recomputes them from the records, whatever the practices say."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from config.settings import Data, Policy, Threshold
from lens_checks.apart import own_parts, parts_apart, preprocessing
from lens_checks.budget import budget
from lens_checks.check import Outcome
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.evidence.records import ChampionComparison, Difference, Evaluation, Leakage, Parts, Release, Validation
from lens_checks.lineage import whole_lineage
from lens_checks.rivals import comparison, no_dummy, short
from lens_checks.runner import Source
from lens_checks.statements import Subject
from lens_checks.steps import Cut, step, warnings_count
from lens_checks.trust import strangeness

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """One reason why a gate is shut: a practice or a bound, its verdict, what was seen, what to do."""

    practice: str | None = None
    bound: str | None = None
    verdict: Outcome
    because: str
    fix: str = ""


Found = Iterator[tuple[str, str, str]]  # name of the bound, what was seen, what to do
Bound = Callable[[Source, Policy, Subject], Found]


def contract(source: Source, policy: Policy, subject: Subject) -> Found:
    """A data audit passes only if something was checked, all of it, on enough rows, and nothing raised."""
    audit = source.get(Validation)
    faults = {
        f"{audit.evaluated} of {audit.expected} rules were evaluated": not 0 < audit.evaluated == audit.expected,
        f"{audit.rows} rows, at least {audit.minimum_rows} are needed": audit.rows < audit.minimum_rows,
        f"rules raised: {'; '.join(audit.exceptions[:5])}": bool(audit.exceptions),
        f"{audit.quarantine_share:.2%} of rows in quarantine, at most {audit.quarantine_limit:.2%} are allowed": not (
            audit.quarantine_share <= audit.quarantine_limit
        ),
        f"failed: {'; '.join(r.sentence or r.rule for r in audit.rules if not r.success)[:500]}": not audit.success,
    }
    fix = "Read reports/data_docs/index.html and the quarantined rows, then mend the source or tasks/contract.py."
    yield from (("data contract", words, fix) for words, fault in faults.items() if fault)


def leakage(source: Source, policy: Policy, subject: Subject) -> Found:
    """No leak passes unless its column is allowed for that search, and something was searched for."""
    search = source.get(Leakage)
    fix = "Drop the column, mark it known_at_prediction: false, or allow it for that search in config/data.yaml."
    if not search.checks:
        yield "leakage", "nothing was searched for", "Run `lifecycle run`."
    for leak in search.findings:
        if not leak.allowed:
            yield "leakage", leak.sentence, fix


def data_difference(source: Source, policy: Policy, subject: Subject) -> Found:
    """Data lies close to the version accepted before it, and few rows hold a value far out."""
    found = strangeness(source.get(Difference), source.get(Parts), source.get(Data), policy.bounds)
    fix = "Find out what changed at the source; what is honest, allow with a reason under `difference_allowances`."
    yield from (("data difference", words, fix) for words in found)


def thresholds(source: Source, policy: Policy, subject: Subject) -> Found:
    """Every absolute bound of the policy, as it stands now, on the candidate's figures."""
    metrics = source.get(Evaluation).metrics
    for threshold in policy.thresholds:
        seen = metrics[threshold.metric].value if threshold.metric in metrics else None
        if not keeps(threshold, seen):
            figure = "is not there" if seen is None else f"is {seen:.4g}"
            fix = "Improve the model or its data; config/policy.yaml holds the bound that the business agreed to."
            yield spelled(threshold), f"{threshold.metric} {figure}, asked for: {spelled(threshold)}", fix


def same_candidate(source: Source, policy: Policy, subject: Subject) -> Found:
    """What was evaluated and released are the bytes at hand, made without --explore."""
    evaluated, released = source.get(Evaluation).model_digest, source.get(Release).digest
    if subject.digest is None or not subject.digest == evaluated == released:
        words = f"at hand {short(subject.digest)}, evaluated {short(evaluated)}, released {short(released)}"
        yield "same candidate", f"the records speak of other bytes: {words}", "Run `lifecycle run`."
    if subject.explored:
        yield "explored", "it was made with --explore, past a refusal", "Run `lifecycle run` without --explore."


def trial(source: Source, policy: Policy, subject: Subject) -> Found:
    """The candidate is signed, and the real server answered on it, like offline, and refused what is malformed."""
    release = source.get(Release)
    sent, refused = release.server.malformed.sent, release.server.malformed.refused
    faults = {
        "its signature was not verified": not release.signature_verified,
        "the scoring server did not start on it": not release.server.started,
        f"{release.server.errors} of {release.server.requests} requests failed": not (
            release.server.requests > 0 and release.server.errors == 0
        ),
        f"served and offline answers differ by {release.golden.max_difference}": not release.golden.matched
        or release.golden.rows < 1,
        f"{refused} of {sent} malformed requests were refused": not 0 < sent == refused,
    }
    yield from (("trial release", words, "Read reports/release.json.") for words, fault in faults.items() if fault)


SOUND_DATA: tuple[Bound, ...] = (contract, leakage, parts_apart, data_difference)
BOUNDS: Mapping[str, tuple[Bound, ...]] = {
    "framing": (),
    "data": SOUND_DATA,
    "development": (*SOUND_DATA, own_parts, preprocessing, thresholds, no_dummy),
    "staging": (
        *SOUND_DATA,
        own_parts,
        preprocessing,
        thresholds,
        no_dummy,
        same_candidate,
        trial,
        budget,
        whole_lineage,
    ),
    "champion": (
        *SOUND_DATA,
        own_parts,
        preprocessing,
        thresholds,
        no_dummy,
        same_candidate,
        trial,
        budget,
        whole_lineage,
        comparison,
    ),
}


def unmet(gate: str, source: Source, policy: Policy, subject: Subject) -> Iterator[Blocking]:
    """Give every bound that holds a gate shut; a bound that cannot be told is not kept."""
    for bound in BOUNDS[gate]:
        name = bound.__name__.replace("_", " ")
        try:
            with step(f"the bound {name}"), warnings_count():
                found = [Blocking(bound=n, verdict=Outcome.NOT_MET, because=b, fix=f) for n, b, f in
                         _only_findings(bound(source, policy, subject))]  # fmt: skip
        except NoEvidence as reason:
            found = [Blocking(bound=name, verdict=Outcome.UNKNOWN, because=str(reason), fix="Run `lifecycle run`.")]
        except (Malformed, Cut) as reason:
            found = [Blocking(bound=name, verdict=Outcome.BROKEN, because=str(reason), fix="Run `lifecycle run`.")]
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the bound is not kept
            because = f"{name} raised {type(error).__name__}: {error}"
            found = [Blocking(bound=name, verdict=Outcome.BROKEN, because=because, fix="Run `lifecycle run`.")]
        yield from found


def _only_findings(found: object) -> Found:
    """Give what a bound found; an empty list, a word or nothing is no search that found nothing."""
    if not isinstance(found, Iterator):
        raise TypeError(f"it gave {found!r} of type {type(found).__name__}, no findings")
    return found


def figures(gate: str, source: Source, policy: Policy) -> dict[str, object]:
    """Give the figures that a decision rests on: bounds, metrics with their intervals, the comparison."""
    given: dict[str, object] = {}
    if thresholds in BOUNDS[gate]:
        given["thresholds"] = tuple(spelled(threshold) for threshold in policy.thresholds)
        if evaluation := peek(source, Evaluation):
            given["metrics"] = evaluation.metrics
            looked = {"promotion_sha256": evaluation.promotion_sha256, "digest": evaluation.model_digest}
            given["looked_at"] = looked  # looks at a promotion set are counted from here
    if comparison in BOUNDS[gate] and (seen := peek(source, ChampionComparison)):
        given["comparison"] = seen
    return given


def peek(source: Source, kind: type[R]) -> R | None:
    """Give a record, or None where it cannot be had."""
    try:
        return source.get(kind)
    except (NoEvidence, Malformed):
        return None


def keeps(threshold: Threshold, value: float | None) -> bool:
    """Tell whether a figure keeps a bound; a missing or non-finite one never does."""
    if value is None or not math.isfinite(value):
        return False
    above = threshold.floor is None or value >= threshold.floor
    return above and (threshold.ceiling is None or value <= threshold.ceiling)


def spelled(threshold: Threshold) -> str:
    """Spell a bound, such as "brier <= 0.12"."""
    sides = ((">=", threshold.floor), ("<=", threshold.ceiling))
    return " and ".join(f"{threshold.metric} {sign} {bound:g}" for sign, bound in sides if bound is not None)
