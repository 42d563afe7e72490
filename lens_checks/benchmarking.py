"""What shows that the winner was held against other ways to answer, on the same ground."""

from lens_checks.check import Missing
from lens_checks.evidence.records import Benchmark, Contestant, Training, at_least, finite


def of_the_same(benchmark: Benchmark, training: Training) -> list[str]:
    """Say where the benchmark is not of the rows, the seed and the winner of the training."""
    faults = [] if benchmark.data_sha256 == training.data_sha256 else ["the benchmark is of other rows"]
    if benchmark.seed != training.seed:
        faults.append(f"the benchmark goes by seed {benchmark.seed}, the training by {training.seed}")
    first = benchmark.rows[0] if benchmark.rows else None
    same = first and (first.trial, first.family) == (training.best_trial, training.family) and finite(first.value)
    if not same:
        faults.append("the benchmark does not begin with the winner")
    return faults


def of_variations(benchmark: Benchmark, training: Training) -> list[str]:
    """Say whether no other family, or no other set of features, was entered; of one feature there is no other set."""
    faults = []
    if not any(row.family != training.family for row in benchmark.varying("family")):
        faults.append("no other family was compared with the winner")
    fewer = [
        row for row in benchmark.varying("features") if row.features and set(row.features) < set(training.features)
    ]
    if len(training.features) > 1 and not fewer:
        faults.append("no other set of features was compared with the winner's")
    return faults


def of_margins(benchmark: Benchmark) -> list[str]:
    """Name the ways that are evidently better than the winner (Missing: a margin without an interval)."""
    others = [(row, row.margin) for row in benchmark.rows[1:]]
    if vague := [_way(r) for r, m in others if m is None or not all(map(finite, (m.value, m.low, m.high)))]:
        raise Missing(f"an interval of the winner's margin over {', '.join(vague)}")
    return [_way(row) for row, margin in others if margin and not at_least(margin.high, 0)]


def margins(benchmark: Benchmark) -> list[str]:
    """Tell every margin with its interval."""
    told = [(_way(row), row.margin) for row in benchmark.rows if row.margin]
    return [f"{way} by {m.value:.4g} [{m.low:.4g}, {m.high:.4g}]" for way, m in told]


def _way(row: Contestant) -> str:
    return f"{row.family} on {len(row.features)} features"
