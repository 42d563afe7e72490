"""Champion against challenger: both answer the same promotion rows now, rows that either has seen left out."""

import getpass
import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.errors import LifecycleError
from config.settings import ProblemType, Settings
from tasks import looks, paired, replacements
from tasks.approvals import Approvals, process
from tasks.contenders import Candidate, Champion, Unscorable, answering, fetch_champion, read_seen
from tasks.features import feature_frame, target_values
from tasks.files import now, write_json
from tasks.intervals import stratified, units
from tasks.ledger import Entry
from tasks.metrics import metric
from tasks.paired import Acting, Sides
from tasks.registry import Registry, Version
from tasks.slices import segments
from tasks.statistics import Prediction
from tasks.tracking import STATE
from tasks.verdicts import NEW_SET, Compared, judge

REPORT = Path("reports/comparison.json")
ABOUT_CHAMPION = ("champion", "champion_digest", "looks")
ABOUT = frozenset({"champion", "champion_digest"})  # of a comparison: what the record tells in another place


def compare(
    candidate: Candidate, rows: pd.DataFrame, sha256: str, *, book: Registry, entries: Sequence[Entry],
    settings: Settings,
) -> Compared:  # fmt: skip
    """Compare with the model that the alias champion names now; what cannot be told leaves it unknown.

    Changed files of the champion are an IntegrityAlarm: there is then something worse than an open comparison.
    """
    number = book.alias("champion")
    version = None if number is None else book.version(number)
    about = Compared("unknown", "", champion=number, champion_digest=None if version is None else version.digest)
    if version is not None and version.digest == candidate.digest:
        words = f"version {number} is the candidate itself: there is no comparison"
        return replace(about, verdict="same-version", sentence=words, next_step="lifecycle status")
    seen_by = looks.count_look(book, entries, promotion_sha256=sha256, digest=candidate.digest)
    about = replace(about, looks=seen_by)
    if seen_by > settings.policy.comparison.looks:
        words = f"{seen_by} candidates have looked at these promotion rows, at most {settings.policy.comparison.looks}"
        return replace(about, sentence=f"{words} may: what passes now may do so by luck", next_step=NEW_SET)
    STATE.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=STATE, prefix=".compare-") as folder:
        return _compare(candidate, version, rows, sha256, about, book, entries, settings, Path(folder))


def _compare(
    candidate: Candidate, version: Version | None, rows: pd.DataFrame, sha256: str, about: Compared, book: Registry,
    entries: Sequence[Entry], settings: Settings, folder: Path,
) -> Compared:  # fmt: skip
    try:
        seen = read_seen(candidate.run_id, book, workplace=folder).marks(rows)
    except LifecycleError as error:
        if error.exit_code != LifecycleError.exit_code:
            raise
        words = f"which rows the candidate has seen is not known: {error.seen}"
        return replace(about, sentence=words, next_step="lifecycle run --force")
    about = replace(about, left_out={"candidate": int(seen.sum())}, unseen_rows=int((~seen).sum()))
    if version is None:
        return _alone(about, rows, settings)
    try:
        champion = fetch_champion(version, book, workplace=folder)
        sides, left_out = face(candidate, champion, rows, seen, settings)
    except Unscorable as error:
        return _replaced(error, _alone(about, rows, settings), candidate, sha256, entries, settings)
    judged = _judged(sides, _acting(candidate, champion, settings), settings)
    kept = {name: getattr(about, name) for name in ABOUT_CHAMPION}
    return replace(judged, **kept, left_out=left_out, resampled_by=sides.units.name)


def _alone(about: Compared, rows: pd.DataFrame, settings: Settings) -> Compared:
    """Without a champion floors and rule decide, on rows that must be new to the candidate but for a few twins."""
    seen, most = about.left_out["candidate"], settings.policy.bounds.duplicate_share
    if seen > most * len(rows):
        words = f"the candidate was trained or tuned on {seen} of {len(rows)} promotion rows: they prove nothing"
        return replace(about, sentence=words, next_step="Mend `split` in config/params.yaml, then `lifecycle run`.")
    words = "no champion served when this was compared: floors and rule decide"
    return replace(about, verdict="no-champion", sentence=words)


def _replaced(
    error: Unscorable, alone: Compared, candidate: Candidate, sha256: str, entries: Sequence[Entry], settings: Settings
) -> Compared:
    """Say that the champion cannot be compared with, and whose word lets it go, if there is one."""
    if alone.verdict != "no-champion" or alone.champion is None:
        return alone
    rules = Approvals.of(settings)
    entry, why = replacements.find(
        entries, champion=alone.champion, champion_digest=alone.champion_digest, candidate_digest=candidate.digest,
        promotion_sha256=sha256, rules=rules,
    )  # fmt: skip
    if entry is None:
        words = f"{error.seen}; no approval lets the candidate replace it{f' ({why})' if why else ''}"
        step = f"{rules.approver} runs `{replacements.COMMAND}`; then `lifecycle run`: floors and rule decide"
        return replace(alone, verdict="unscorable", sentence=words, next_step=step)
    given = {"entry": entry.number} | {name: entry.body[name] for name in ("approver", "because")}
    words = f"{error.seen}; {given['approver']} lets the candidate replace it (ledger entry {entry.number})"
    return replace(alone, verdict="unscorable", sentence=words, replacement=given)


def face(
    candidate: Candidate, champion: Champion, rows: pd.DataFrame, seen: NDArray[np.bool_], settings: Settings
) -> tuple[Sides, dict[str, int]]:
    """Let both answer the rows that neither has seen, over the classes that either knows or that there are."""
    problem = settings.charter.problem_type
    with answering(champion.version):
        theirs = champion.seen.marks(rows)
    fresh = rows[~(seen | theirs)]
    of, left_out = units(fresh, settings.data), {"candidate": int(seen.sum()), "champion": int(theirs.sum())}
    if len(fresh) < settings.policy.comparison.minimum_rows:
        nothing = Prediction(np.zeros(len(fresh)))
        return Sides(nothing.labels, nothing, nothing, of, {}), left_out
    with answering(champion.version):
        old = champion.answer(fresh, problem)
    y = target_values(fresh, settings.data, problem)
    new = Prediction.of(candidate.pipeline, feature_frame(fresh, settings.data), problem)
    if problem is not ProblemType.REGRESSION:
        classes = np.unique(np.concatenate([np.asarray(part) for part in (new.classes, old.classes, np.unique(y))]))
        new, old, of = new.among(classes), old.among(classes), stratified(of, y)
    return Sides(y, new, old, of, segments(fresh, settings.params.slices)), left_out


def _judged(sides: Sides, acting: Acting | None, settings: Settings) -> Compared:
    params, rules, charter = settings.params.metrics, settings.policy.comparison, settings.charter
    told = None
    if len(sides.y) >= rules.minimum_rows:
        if not sides.candidate.finite:
            words = "not every answer of the candidate is a number"
            return Compared("unknown", words, len(sides.y), next_step="lifecycle run --force")
        told = paired.differences(
            sides, metrics={n: metric(n, charter.problem_type) for n in (params.primary, *params.guarded)},
            acting=acting, rules=rules, confidence=params.confidence, seed=settings.params.search.seed,
        )  # fmt: skip
    return judge(told, rules=rules, costs=charter.error_costs, unseen_rows=len(sides.y))


def _acting(candidate: Candidate, champion: Champion, settings: Settings) -> Acting | None:
    """Say from where on each acts; None where errors have no price: only those of a binary problem can have one."""
    costs = settings.charter.error_costs
    if settings.charter.problem_type is not ProblemType.BINARY or not max(costs.false_positive, costs.false_negative):
        return None
    return Acting(candidate.threshold, champion.threshold, costs)


def _both(compared: Compared) -> dict[str, float | None]:
    """Give the primary metric of each side, as scored now."""
    told = compared.difference
    return {"candidate": told.candidate if told else None, "champion": told.champion if told else None}


def write(
    compared: Compared, candidate: Candidate, *, promotion_sha256: str, rows: int, settings: Settings, book: Registry
) -> dict[str, Any]:
    """Write reports/comparison.json."""
    registered = [version.number for version in book.versions() if version.digest == candidate.digest]
    digest, rules = compared.champion_digest, settings.policy.comparison
    record = {
        "schema": 1,
        "made": now(),
        "candidate": {"version": max(registered, default=None), "run_id": candidate.run_id, "digest": candidate.digest},
        "champion": None if compared.champion is None else {"version": compared.champion, "digest": digest},
        "promotion_sha256": promotion_sha256,
        "process": process(),
        "actor": getpass.getuser(),
        "rows": rows,
        "primary": {"metric": settings.params.metrics.primary, **_both(compared)},
        "margin": rules.margin,
        "confidence": settings.params.metrics.confidence,
        "slices_unknown": compared.slices_unknown,
        **{name: getattr(rules, name) for name in ("test", "slice_margin", "slice_minimum_rows", "resamples")},
        **{field.name: getattr(compared, field.name) for field in fields(compared) if field.name not in ABOUT},
    }
    write_json(REPORT, record)
    return record
