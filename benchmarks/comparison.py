"""Times the paired bootstrap of a comparison against a plain loop over scikit-learn's metrics on the same rows."""

import argparse
import time

import numpy as np
from sklearn import metrics as theirs

from tasks.intervals import Units, distributions, interval, stratified, value_of
from tasks.metrics import METRICS
from tasks.statistics import Prediction

NAMES = ("average_precision", "roc_auc", "brier")
LOOP = {
    "average_precision": theirs.average_precision_score,
    "roc_auc": theirs.roc_auc_score,
    "brier": theirs.brier_score_loss,
}


def main() -> None:
    """Compare two models on made-up rows, both ways, and print seconds, ratio and the two intervals."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--resamples", type=int, default=10_000)
    asked.add_argument("--looped", type=int, default=20, help="resamples of the plain loop; the rest is reckoned")
    given = asked.parse_args()
    y, new, old = contest(given.rows)
    start, cpu = time.perf_counter(), time.process_time()
    told = ours(y, new, old, resamples=given.resamples)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    start, before = time.perf_counter(), time.process_time()
    loop(y, new, old, resamples=given.looped)
    times = given.resamples / given.looped
    theirs_wall, theirs_cpu = (time.perf_counter() - start) * times, (time.process_time() - before) * times
    print(f"{given.rows:,} rows, {given.resamples:,} resamples, two models, {', '.join(NAMES)}, paired, by class")
    print(f"ours         {wall:8.1f} s, {cpu:8.1f} s of CPU")
    print(f"plain loop   {theirs_wall:8.1f} s, {theirs_cpu:8.1f} s of CPU (reckoned from {given.looped} resamples)")
    print(f"ratio        {theirs_wall / wall:8.0f}  , {theirs_cpu / cpu:8.0f}   of CPU")
    for name, (low, high) in told.items():
        print(f"{name:18} {low:+.5f} to {high:+.5f}")


def contest(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make rows, a fifth of them cases, and the probabilities of two models, one of which sees less."""
    rng = np.random.default_rng(0)
    y = (rng.random(rows) < 0.2).astype(int)
    score = rng.normal(size=rows) + 1.2 * y
    blurred = score + 0.5 * rng.normal(size=rows)
    return y, 1 / (1 + np.exp(1.8 - score)), 1 / (1 + np.exp(1.8 - blurred))


def ours(y: np.ndarray, new: np.ndarray, old: np.ndarray, *, resamples: int) -> dict[str, tuple[float, float]]:
    """Give the intervals of the differences as a comparison does."""
    of, classes = stratified(Units("row", np.arange(len(y))), y), np.array([0, 1])
    sides = {
        side: Prediction((p > 0.5).astype(int), np.column_stack([1 - p, p]), classes)
        for side, p in (("new", new), ("old", old))
    }
    statistics = {
        (side, name): METRICS[name].statistic(y, said) for side, said in sides.items() for name in NAMES
    }  # fmt: skip
    drawn = distributions(statistics, of, resamples=resamples, seed=0)
    told = {}
    for name in NAMES:
        value = value_of(statistics["new", name], len(y)) - value_of(statistics["old", name], len(y))
        seen = interval(value, drawn["new", name] - drawn["old", name], confidence=0.95, units=of.count)
        assert seen.low is not None and seen.high is not None
        told[name] = (seen.low, seen.high)
    return told


def loop(y: np.ndarray, new: np.ndarray, old: np.ndarray, *, resamples: int) -> dict[str, np.ndarray]:
    """Do the same as one would by hand: draw rows of each class, and ask scikit-learn."""
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(y == one) for one in (0, 1)]
    spread: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(resamples):
        index = np.concatenate([rng.choice(part, len(part)) for part in members])
        for name, score in LOOP.items():
            spread[name].append(score(y[index], new[index]) - score(y[index], old[index]))
    return {name: np.array(values) for name, values in spread.items()}


if __name__ == "__main__":
    main()
