"""What champion and canary answered to the same requests, held against the bounds of the replay."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from config.settings.release import Release
from tasks import shadow
from tasks.canary import OUTSIDE, WITHIN, Shown
from tasks.encoding import Matrix
from tasks.shadow import Contender, Replay, Side

MOST_ROWS = 10  # of one request that are compared


@dataclass(frozen=True, eq=False)
class Pair:
    """One request that both were asked: answers (rows, classes) and milliseconds; None where the canary failed."""

    champion: Matrix
    champion_ms: float
    candidate: Matrix | None = None
    candidate_ms: float | None = None


def judge(pairs: Sequence[Pair], candidate: Contender, champion: Contender, *, rule: Release) -> Shown:
    """Hold what both answered lately against the bounds of the replay, and the canary's failures against its own."""
    both = [pair for pair in pairs if pair.candidate is not None]
    found, errors = _compared(both, candidate, champion, rule), len(pairs) - len(both)
    faults = [found.because] if found.verdict != WITHIN else []
    if errors > rule.canary.errors * len(pairs):
        faults.insert(0, f"it failed {errors} of {len(pairs)} requests that the champion answered")
    words = "; ".join(faults) or f"{len(pairs)} requests are answered alike enough, and in time"
    return Shown(
        OUTSIDE if faults else WITHIN, words, candidate.version, champion.version, judged=len(pairs), errors=errors,
        disagreement=found.disagreement, mean_difference=found.mean_difference, p50_ms=found.candidate.p50_ms,
        champion_p50_ms=found.champion.p50_ms if found.champion else None,
    )  # fmt: skip


def _compared(both: list[Pair], candidate: Contender, champion: Contender, rule: Release) -> Replay:
    if not both:
        return Replay(OUTSIDE, "it answered nothing", Side(candidate.version))
    ours = np.concatenate([pair.candidate[:MOST_ROWS] for pair in both if pair.candidate is not None])
    theirs = np.concatenate([pair.champion[:MOST_ROWS] for pair in both])
    otherwise, difference = shadow.apart(ours, theirs, candidate.inference, champion.inference)
    mine = Side(candidate.version, *shadow.quantiles([p.candidate_ms for p in both if p.candidate_ms is not None]))
    other = Side(champion.version, *shadow.quantiles([pair.champion_ms for pair in both]))
    found = Replay(WITHIN, "", mine, other, "live", len(ours), otherwise, difference, len(both))
    return shadow.judged(found, rule.shadow)
