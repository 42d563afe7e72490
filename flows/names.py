"""Resolves every name that the configuration takes from tasks/, before a row is read."""

from collections.abc import Callable, Iterator

from config.errors import ConfigError
from config.problems import Problem, refuse
from config.settings import Settings

Named = tuple[str, Callable[[], object]]


def resolve(settings: Settings) -> None:
    """Find every reader, its files, and every candidate and metric named; ConfigError tells all that are not there."""
    refuse([*_unknown(settings), *_pointless(settings)])


def _unknown(settings: Settings) -> Iterator[Problem]:
    for where, find in _names(settings):
        try:
            find()
        except ConfigError as error:
            yield Problem(where, error.seen.removeprefix(f"{where}: "), error.expected.removeprefix("one of "))


def _names(settings: Settings) -> Iterator[Named]:
    from tasks.estimators import family
    from tasks.metrics import metric
    from tasks.sources import reader

    problem, metrics, policy = settings.charter.problem_type, settings.params.metrics, settings.policy
    source = settings.data.source
    yield "config/data.yaml", lambda: reader(source.reader)(source.path)
    for index, name in enumerate(settings.params.search.candidates):
        yield f"config/params.yaml: search.candidates[{index}]", lambda name=name: family(name)  # type: ignore[misc]
    places = [("config/params.yaml: metrics.primary", metrics.primary)]
    places += [(f"config/params.yaml: metrics.guarded[{i}]", name) for i, name in enumerate(metrics.guarded)]
    places += [(f"config/policy.yaml: thresholds[{i}].metric", t.metric) for i, t in enumerate(policy.thresholds)]
    places += [(f"config/charter.yaml: kpis[{i}].metric", kpi.metric) for i, kpi in enumerate(settings.charter.kpis)]
    for where, name in places:
        yield where, lambda name=name: metric(name, problem)  # type: ignore[misc]


def _pointless(settings: Settings) -> Iterator[Problem]:
    """A bound on the wrong side lets every bad model through."""
    from tasks.metrics import METRICS

    for index, threshold in enumerate(settings.policy.thresholds):
        if (metric := METRICS.get(threshold.metric)) is None:
            continue
        needed, other = ("floor", "ceiling") if metric.greater_is_better else ("ceiling", "floor")
        if getattr(threshold, needed) is None:
            better = "larger" if metric.greater_is_better else "smaller"
            where = f"config/policy.yaml: thresholds[{index}]"
            yield Problem(where, f"a {other} for {metric.name}, of which {better} is better", f"a {needed}")
