"""What training, releasing and operating left behind in a hand-made project in which every practice is met."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lens_checks.evidence import records as r

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROWS, MODEL, BASE, SCHEMA = "a" * 64, "b" * 64, "c" * 64, "d" * 64
METRICS = ("average_precision", "brier")
CODE_OF = {n: {"tasks/splitting.py": "1"} for n in ("train", "tune", "promotion")}
CODE_OF |= {"features": {"tasks/tuning.py": "1"}, "model": {"tasks/tuning.py": "1"}}
CODE_OF |= {"evaluation": {"tasks/evaluation.py": "1"}}
PARTS = {"train": "1" * 64, "tune": "2" * 64, "promotion": "3" * 64}


def model() -> dict[type, object]:
    study = r.Study(
        name="flights-1", storage="sqlite:///.lifecycle/optuna.db", sampler="TPESampler", pruner="PercentilePruner",
        trials=4, pruned=1, resumed_trials=2, sampled_rows=700,
    )  # fmt: skip
    tried = {"run_id": None, "state": "complete"}
    trials = [
        r.Candidate(
            trial=n, family=f, params=p, value=v, cpu_seconds=s, baseline=n < 1, kind=f,
            beside=beside(readable=f != "boosting") if n >= 0 else None, **tried,
        )
        for n, f, p, v, s in (
            (0, "dummy", {}, 0.25, 0.1), (1, "linear", {}, 0.8, 2.0), (2, "boosting", {"leaves": 15}, 0.84, 5.0),
            (3, "boosting", {"leaves": 31}, 0.85, 6.0), (-1, "rule", {}, 0.6, 0.0),
        )
    ]  # fmt: skip
    figure, better = r.Interval(value=0.84, low=0.82, high=0.86, greater_is_better=True), {"greater_is_better": False}
    run = r.TrackedRun(
        run_id="run", name="winner", parent_id="search", status="FINISHED", started=START, ended=NOW, params={},
        metrics={"energy_kwh": energy().kwh}, datasets={},
        tags={"mlflow.user": "mo", "lifecycle.flow_run_id": "flow", "mlflow.source.type": "LOCAL"},
    )  # fmt: skip
    records: list[object] = [
        r.Training(
            run_id="run", parent_run_id="search", model_name="flights", model_uri="models:/m-1", model_digest=MODEL,
            family="boosting", params={"leaves": 31}, seed=0, metrics={"tune_average_precision": 0.85},
            data_sha256={n: s for n, s in PARTS.items() if n != "promotion"}, features=("delay",),
            feature_schema_sha256=SCHEMA, best_trial=3, study=study,
            pipeline=r.Reading(steps=("ColumnTransformer", "Booster"), preprocessing=True, reads=("delay",)),
            cpu_seconds=20, wall_seconds=15, peak_rss_mib=400, threads=2, trusted_types=("numpy.dtype",),
            source_commit="abc", source_dirty=False, lock_sha256="9" * 64,
        ),
        r.Leaderboard(primary="average_precision", direction="maximize", candidates=tuple(trials)),
        r.Evaluation(
            run_id="run", model_digest=MODEL, promotion_sha256=PARTS["promotion"], rows=150,
            metrics={"average_precision": figure, "brier": r.Interval(value=0.1, low=0.09, high=0.11, **better)},
            rule={"average_precision": r.Interval(value=0.6)}, dummy={},
            uplift=r.Interval(value=0.24, low=0.2, high=0.28),
            slices={"origin": {"JFK": r.Slice(rows=140, primary=0.83, low=0.8, high=0.86)}},
            robustness=r.Robustness(drop=0.02), overfit_gap=0.03, fairness=r.FairnessResult(attributes={}, gaps={}),
            expected_cost=0.2, threshold=0.3, cost_per_1k=200, rule_expected_cost=0.4,
            saving=r.Interval(value=0.2, low=0.15, high=0.25), energy=energy(),
            decision=r.OperatingPoint(
                threshold=0.3, expected_cost=0.2, cost_of_never_acting=0.75, cost_of_always_acting=0.7
            ),
            uplift_over_dummy=r.Interval(value=0.6, low=0.5, high=0.7),
            thresholds=tuple(r.ThresholdResult(metric=name, value=0.5, passed=True) for name in METRICS),
        ),
        r.Explanation(
            method="permutation_importance", level="global", importances={"delay": 0.4}, stability=0.99,
            local=r.LocalExplanation(
                base=0.3, rows=(r.ExplainedRow(answer=0.8, contributions={"delay": 0.5}),), fidelity=0.95
            ),
        ),
        r.Tracking(experiment="flights", winner=run, search=replace(run, run_id="search", name="search"), trials=()),
    ]  # fmt: skip
    return {type(record): record for record in records}


def beside(**change: Any) -> r.Beside:
    """Make the other sides of a candidate."""
    whole = {"gap": 0.03, "cpu_ms_per_1k": 4.0, "kib": 100.0, "readable": False, "fairness_gap": None}
    return r.Beside(**whole | change)


def energy(**change: float) -> r.Energy:
    """Make an estimate of energy: 36 CPU seconds at 3.5 W, of which the data centre makes 4.2."""
    whole = {
        "cpu_seconds": 36.0, "kwh": 4.2e-5, "grams_co2e": 4.2e-5 * 480, "kwh_per_million": 0.001, "watts_per_cpu": 3.5,
        "power_overhead": 1.2, "grams_co2e_per_kwh": 480.0,
    }  # fmt: skip
    return r.Energy(**whole | change)


def entry(number: int, kind: str, time: datetime = START, **body: object) -> r.LedgerEntry:
    """Make a ledger entry."""
    return r.LedgerEntry(number=number, kind=kind, time=time, previous=None, hash="0", body=body)


def release() -> dict[type, object]:
    version = r.ModelVersion(
        version=1,
        run_id="run",
        created=NOW,
        aliases=("champion",),
        tags={"digest": MODEL, "feature_schema_sha256": SCHEMA},
    )
    server = r.Server(
        started=True, seconds_to_ready=2, p50_ms=5, p95_ms=9, p99_ms=12, requests=50, errors=0, rss_mib=300,
        malformed=r.Malformed(sent=5, refused=5),
    )  # fmt: skip
    window = {
        "rows": 900, "version": 1, "digest": MODEL, "baseline_sha256": BASE, "prediction_psi": 0.1, "performance": None,
        "labels_share": 1.0, "service": None, "action": None,
        "features": {"delay": r.FeatureDrift(psi=0.1, drifted=False)},
    }  # fmt: skip
    alarmed = r.MonitoringWindow(
        made=START, window=r.Span(start="2013-09-01", end="2013-10-01"), verdict="alarm", alarms=("drift",), **window
    )
    quiet = r.MonitoringWindow(
        made=NOW, window=r.Span(start="2013-10-01", end="2013-11-01"), verdict="ok", alarms=(), **window
    )
    entries = (
        entry(-1, "decision", gate="staging", outcome="passed"),
        entry(0, "done", alias="staging", version=1, decision=-1),
        entry(1, "decision", gate="framing", outcome="passed"),
        entry(2, "decision", gate="champion", outcome="passed", version=1),
        entry(3, "done", alias="champion", version=1, decision=2),
        entry(4, "retraining", NOW, outcome="started", cause="drift", because="delay drifted"),
        entry(5, "retraining", NOW, outcome="not worth it", cause="schedule", because="no rows came in"),
    )
    records: list[object] = [
        r.Registry(name="flights", versions=(version,), aliases={"champion": 1}, tags={}),
        r.Release(
            made=NOW, version=1, digest=MODEL, signature_verified=True, format="skops", server=server,
            environment={"python": "3.11.7", "platform": "Linux", "processors": 2, "lock_sha256": "9" * 64},
            files=(r.ReleasedFile(path="model.skops", sha256=MODEL, size=2**20),),
            golden=r.Golden(rows=20, max_difference=0.0, matched=True), strategy="shadow",
            backends=(
                backend("native", 1, 0.008, chosen=False), backend("onnx", 1, 0.0004, chosen=True),
                backend("native", 2, 0.012, chosen=False), backend("onnx", 2, 0.0006, chosen=False),
            ),
            parity=r.Parity(
                served="onnx", reason="it agrees", tolerance=1e-6, converter="trees", encoding_equal=True,
                agreements={"promotion": r.Agreement(rows=150, largest=1e-9, decided_otherwise=0)},
            ),
            replay=r.Replay(
                verdict="no-champion", because="", candidate=r.Side(version=1, p50_ms=None, p95_ms=None), champion=None,
                source="", rows=0, disagreement=None, mean_difference=None, timed=0,
            ),
        ),
        r.MonitoringHistory(windows=(alarmed, quiet)),
        lineage(),
        r.Ledger(entries=entries, breaks=()),
    ]  # fmt: skip
    return {type(record): record for record in records}


def backend(form: str, threads: int, cpu: float, *, chosen: bool, apart: float = 0.0) -> r.Backend:
    """Give a way to answer, by what a thousand predictions take of the CPU, at 3.5 W of which 4.2 are made."""
    return r.Backend(
        form=form, threads=threads, requests=50, p50_ms=cpu * 1000, p95_ms=cpu * 1500, cpu_seconds_per_1k=cpu,
        cost_per_1k=cpu / 72000, kwh_per_1k=cpu * 4.2 / 3_600_000, kwh_error=cpu / 1e8, busy=0.9 / threads,
        peak_rss_mib=300 + threads, largest_difference=apart, chosen=chosen,
    )  # fmt: skip


def lineage(version: int = 1, model: str = MODEL) -> r.Lineage:
    """Give the graph of a version, whole, from the source to the registry."""
    name = f"version {version}"
    digests = {"data/flights.csv": "f" * 64, "landed": ROWS, **PARTS, "features": SCHEMA, "model": model}
    kinds = {"data/flights.csv": "source", "landed": "landed", "features": "features", "model": "model"}
    nodes = [r.LineageNode(name=n, kind=kinds.get(n, "prepared"), sha256=d) for n, d in digests.items()]
    nodes += [
        r.LineageNode(name="evaluation", kind="evaluation", sha256="7" * 64),
        r.LineageNode(name=name, kind="version", sha256=model),
    ]
    ways = [("data/flights.csv", "landed"), *(("landed", part) for part in PARTS)]
    ways += [("train", "features"), ("tune", "features"), ("features", "model"), ("promotion", "evaluation")]
    ways += [("model", "evaluation"), ("model", name), ("features", name)]
    edges = tuple(
        r.LineageEdge(source=a, target=b, written=digests[a], read=digests[a], code=CODE_OF.get(b, {"tasks/x.py": "1"}))
        for a, b in ways
    )
    return r.Lineage(version=version, digest=model, commit="abc", nodes=tuple(nodes), edges=edges)


def ground() -> dict[type, object]:
    def file(path: str) -> r.StageFile:
        return r.StageFile(path=path, recorded="1", on_disk="1")

    def stage(name: str, reads: tuple[str, ...], writes: str) -> r.Stage:
        files = {"deps": tuple(map(file, reads)), "outs": (file(writes),)}
        return r.Stage(
            name=name, command=f"python -m flows.{name}", params={}, params_current=True, recorded=True, **files
        )

    stages = {
        "prepare": stage("prepare", ("data/landed", "tasks/splitting.py"), "data/prepared"),
        "train": stage("train", ("data/prepared", "tasks/tuning.py"), "reports/training"),
        "evaluate": stage(
            "evaluate",
            ("reports/training/training.json", "data/prepared", "tasks/evaluation.py"),
            "reports/evaluation",
        ),
    }
    served = {"paused": False, "schedules": ("cron 0 6 1 * *",), "concurrency_limit": 1}
    records: list[object] = [
        r.Clock(now=NOW),
        r.Pipeline(stages=stages, snapshots={}, remote=None),
        r.Orchestration(
            deployments=tuple(r.Deployment(name=name, flow=name, **served) for name in ("monitoring", "retraining")),
            flow_runs=(),
        ),
        r.LicenceInventory(licences={"numpy": (("BSD",),), "pygit2": (("GPL",),)}),
        r.Environment(
            python="3.11.7", platform="Linux", machine="x86_64", cpus=2, threads="default", uid=1, lock_sha256="9" * 64,
            lock_file="requirements.lock", pins=9, unhashed=(), with_urls=(), installed=9, not_in_lock=(),
            other_version=(), indexes=("https://index.example.org/simple",),
        ),
    ]  # fmt: skip
    return {type(record): record for record in records}
