"""Monitoring: one window of live rows against what the champion was let in with."""

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from config.errors import IntegrityAlarm, LifecycleError
from config.load import load
from config.settings import Settings, Window
from flows import review
from flows.endings import tell_of_flow
from lens_checks.check import Checkpoint
from tasks import alerts, drift, files, landing, living, performance, preparing, settlement, verification, watching
from tasks.baselines import Champion, load_champion
from tasks.features import feature_frame, target_values
from tasks.intervals import units
from tasks.ledger import Kind
from tasks.metrics import metric
from tasks.statistics import Prediction
from tasks.stores import Stores, open_stores
from tasks.watching import ALARM, OK, UNKNOWN, WINDOWS, FeatureDrift, WindowReport

if TYPE_CHECKING:
    from rich.console import RenderableType

RESAMPLES = 200  # an alarm needs no third decimal of its interval

read_window = task(name="Read the rows of the window", tags=["monitoring"], cache_policy=NO_CACHE)(landing.rows_between)


@flow(name="Monitoring", flow_run_name="Monitoring from {window.start} to {window.end}")
def monitor(settings: Settings, window: Window) -> WindowReport | None:
    """Judge the champion on a window, report, raise the alarm, ask the operation checkpoint; None: no rows."""
    stores = open_stores(settings)
    with contextlib.suppress(IntegrityAlarm):  # the look for faults tells it
        settlement.settle_owed(stores)
    faults = find_faults(stores)
    champion = find_champion(settings, stores, faults)
    rows = read_window(settings.data, window.start, window.end)
    if rows.empty and not faults:
        return None
    report = judge_window(rows, champion, settings, window) if champion else unjudged(rows, window)
    report = with_faults(report, faults)
    files.write_json(WINDOWS / f"{watching.name_of(window)}.json", report)
    raise_alarm(report, stores, settings)
    review.judge(Checkpoint.OPERATION, settings)
    return report


@task(name="Hold ledger, aliases and versions against each other", tags=["monitoring"], cache_policy=NO_CACHE)
def find_faults(stores: Stores) -> tuple[str, ...]:
    """Find what `lifecycle verify` finds, in words: an alias moved past the gates, a version deleted or changed."""
    return tuple(f"{fault.where}: {fault.reason}" for fault in verification.verify(stores).faults)


def unjudged(rows: pd.DataFrame, window: Window) -> WindowReport:
    """Report on a window that no trusted champion could be asked about."""
    return WindowReport(
        made=files.now(), window=window, rows=len(rows), version=None, digest=None, baseline_sha256=None,
        verdict=UNKNOWN, because="no champion can be trusted", features={}, prediction_psi=None, performance=None,
        labels_share=None, service=None, alarms=(), action=None,
    )  # fmt: skip


def with_faults(report: WindowReport, faults: tuple[str, ...]) -> WindowReport:
    """Put what is wrong with the champion itself before what the window says."""
    return replace(report, alarms=(*faults, *report.alarms), verdict=ALARM) if faults else report


@task(name="Verify and load the champion", tags=["monitoring"], cache_policy=NO_CACHE)
def find_champion(settings: Settings, stores: Stores, faults: tuple[str, ...]) -> Champion | None:
    """Load what serves now, None where that is what is at fault; without a champion there is nothing to watch."""
    try:
        champion = load_champion(settings, stores)
    except IntegrityAlarm:
        if not faults:
            raise
        return None
    if champion is None and not faults:
        raise LifecycleError(
            "there is no champion to watch", expected="a model that was let in", next_step="lifecycle run"
        )
    return champion


@task(name="Judge the window", tags=["monitoring"], cache_policy=NO_CACHE)
def judge_window(rows: pd.DataFrame, champion: Champion, settings: Settings, window: Window) -> WindowReport:
    """Measure drift of inputs and answers and the realised performance; too few rows, or no baseline: unknown."""
    policy = settings.policy.monitoring
    blank = WindowReport(
        made=files.now(), window=window, rows=len(rows), version=champion.version.number, digest=champion.digest,
        baseline_sha256=champion.baseline.reference_sha256 if champion.baseline else None, verdict=UNKNOWN,
        because="", features={}, prediction_psi=None, performance=None, labels_share=_labelled(rows, settings),
        service=None, alarms=(), action=None,
    )  # fmt: skip
    if len(rows) < policy.minimum_rows:
        return replace(blank, because=f"{len(rows)} rows are too few to tell, {policy.minimum_rows} are needed")
    if champion.baseline is None:
        return replace(blank, because="the data that the champion was made of is gone, so there is no baseline")
    features = drift.measure_drift(rows, champion.baseline.features(settings.data.features), bound=policy.drift_psi)
    seen = replace(blank, verdict=OK, features=features)
    if any(name not in rows for name in settings.data.features):
        return _concluded(seen, settings)
    problem = settings.charter.problem_type
    start = time.process_time()
    said = Prediction.of(champion.estimator, feature_frame(rows, settings.data), problem)
    sides = living.look(rows, said, champion, settings, cpu_seconds=time.process_time() - start)
    moved = drift.prediction_drift(said, problem, champion.baseline.answers)
    realised = _realised(rows, said, champion.baseline.promised, settings)
    seen = replace(seen, prediction_psi=moved, performance=realised, sides=asdict(sides))
    return _concluded(seen, settings, living.alarms(sides))


def _labelled(rows: pd.DataFrame, settings: Settings) -> float | None:
    """Give the share of rows whose truth has come in."""
    target = settings.data.target
    return float(rows[target].notna().mean()) if len(rows) and target in rows else 0.0


def _realised(
    rows: pd.DataFrame, said: Prediction, promised: Mapping[str, float | None], settings: Settings
) -> Mapping[str, Any] | None:
    """Measure primary and guarded metrics where the truth is there; None where it is not, or too little of it."""
    target = settings.data.target
    known = np.flatnonzero(rows[target].notna()) if target in rows else np.array([], dtype=np.int64)
    if len(known) < settings.policy.monitoring.minimum_rows:
        return None
    problem, chosen = settings.charter.problem_type, settings.params.metrics
    found = performance.realised_performance(
        target_values(rows.iloc[known], settings.data, problem),
        said.take(known),
        units(rows.iloc[known], settings.data),
        [metric(name, problem) for name in (chosen.primary, *chosen.guarded)],
        expected=promised,
        drop=settings.policy.monitoring.performance_drop,
        confidence=chosen.confidence,
        resamples=RESAMPLES,
    )
    return {name: asdict(value) for name, value in found.items()} | {"dropped": found[chosen.primary].dropped}


def _concluded(seen: WindowReport, settings: Settings, told: Iterable[str] = ()) -> WindowReport:
    """Raise an alarm when enough features drifted together, one is gone, the primary metric fell, or as told."""
    policy, primary = settings.policy.monitoring, settings.params.metrics.primary
    alarms = []
    if len(seen.drifted) >= policy.drift_features:
        worst = sorted(seen.drifted, key=lambda name: -_size(seen.features[name]))[:5]
        alarms.append(f"{len(seen.drifted)} features drifted (PSI ≥ {policy.drift_psi}): {', '.join(worst)}")
    if gone := [name for name in settings.data.features if _gone(seen.features.get(name))]:
        alarms.append(f"features are gone from the rows: {', '.join(gone[:5])}")
    if seen.dropped and seen.performance is not None:
        figures = seen.performance[primary]
        alarms.append(f"{primary} fell to {figures['value']:.3f}, {figures['expected']:.3f} was promised")
    alarms += told
    return replace(seen, alarms=tuple(alarms), verdict=ALARM if alarms else OK)


def _size(found: FeatureDrift) -> float:
    return found.psi if found.psi is not None else float("inf")


def _gone(found: FeatureDrift | None) -> bool:
    return found is not None and found.psi is None


def raise_alarm(report: WindowReport, stores: Stores, settings: Settings) -> None:
    """Write an alarm into the ledger and tell somebody, once for a window, a model and what was seen."""
    if not report.alarms:
        return
    body = {
        "window": watching.name_of(report.window), "version": report.version, "alarms": list(report.alarms),
        "because": "; ".join(report.alarms),
    }  # fmt: skip
    about = f"window {watching.name_of(report.window)}, version {report.version}"
    next_step = "lifecycle verify" if report.version is None else "lifecycle retrain"
    alert = alerts.Alert("alarm", about, "; ".join(report.alarms), next_step)
    try:
        if not any(entry.kind == Kind.ALARM and entry.body == body for entry in stores.ledger.entries()):
            stores.record(Kind.ALARM, body)
            alerts.raise_alert(alert, settings.runtime.notify)
    except IntegrityAlarm:  # a broken ledger takes no entry
        alerts.raise_alert(alert, settings.runtime.notify)
        raise


def watch_once(settings: Settings, window: Window) -> WindowReport | None:
    """Judge a window unless it was judged for this champion; None where there is no champion, or there are no rows."""
    stores = open_stores(settings)
    champion, said = stores.registry.alias("champion"), verification.champion_by_the_ledger(stores)
    done = [report for report in watching.read_windows(WINDOWS) if report.window == window]
    if champion == said and (champion is None or (done and done[0].version == champion)):
        return done[0] if champion and done else None
    report: WindowReport | None = monitor(settings, window)
    return report


@flow(name="Monitoring by the calendar", on_failure=[tell_of_flow], on_crashed=[tell_of_flow])
def watch_next() -> WindowReport | None:
    """Judge the month after all that was trained on or watched, once it is over; None where nothing has come in.

    Ledger, aliases and versions are looked at whenever this runs (IntegrityAlarm).
    """
    settings, manifest = load(), landing.landed(preparing.LANDED)
    if manifest is not None and manifest.window is not None:
        trained_until = date.fromisoformat(manifest.window["end"])
        window = watching.next_window(trained_until, watching.read_windows(WINDOWS))
        if window.end <= files.now().date():
            return watch_once(settings, window)
    verification.demand(open_stores(settings))
    return None


def words(report: WindowReport) -> "Iterable[RenderableType]":
    """Show what was found in a window."""
    from rich.text import Text

    from flows.show import table

    yield Text(f"{watching.name_of(report.window)}, {report.rows:,} rows, version {report.version}: {report.verdict}")
    drifts = sorted(report.features.items(), key=lambda item: -_size(item[1]))
    yield table(("feature", "PSI", "drifted"), ((n, _figure(d.psi), "yes" if d.drifted else "no") for n, d in drifts))
    for name, figures in (report.performance or {}).items():
        if name != "dropped":
            yield Text(f"{name}: {_figure(figures['value'])}, {_figure(figures['expected'])} was promised")
    for line in (*report.alarms, *([report.because] if report.because else ())):
        yield Text(line)
    yield Text("next: lifecycle retrain" if report.alarms else "next: lifecycle status")


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
