"""A small contest of real models: fitted pipelines, logged runs, a registered and signed champion, promotion rows."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io

from config.settings import Column, ColumnType, Data, ProblemType, Role, Settings
from tasks import comparison, keys, packaging, recording
from tasks.comparison import write
from tasks.contenders import Candidate
from tasks.estimators import family
from tasks.features import feature_schema, identity_schema, row_fingerprints, target_values, typed_frame
from tasks.ledger import Entry, Ledger
from tasks.registry import Registry
from tasks.stores import Stores
from tasks.tracking import Tracking, connect
from tasks.verdicts import Compared
from tests.tasks.problems import settings_of
from tests.tasks.release_world import made_here

BIN, MULTI, REG = ProblemType.BINARY, ProblemType.MULTICLASS, ProblemType.REGRESSION
SHA256 = "5" * 64
RULES = {
    "minimum_rows": 100, "margin": 0.01, "guarded_margin": 0.02, "slice_margin": 0.05, "slice_minimum_rows": 100,
    "cost_margin": 0.02, "resamples": 1000, "looks": 20,
}  # fmt: skip
KINDS = {
    "number": (ColumnType.INTEGER, Role.KEY), "good": (ColumnType.NUMBER, Role.FEATURE),
    "fair": (ColumnType.NUMBER, Role.FEATURE), "size": (ColumnType.CATEGORY, Role.FEATURE),
    "seen_at": (ColumnType.TIMESTAMP, Role.TIME),
}  # fmt: skip


def rows_of(problem: ProblemType, count: int, *, seed: int, start: int = 0) -> pd.DataFrame:
    """Make rows whose column `good` tells the target well, and `fair` less so; eight rows a day."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=count)
    target: Any = truth
    if problem is BIN:
        target = (truth + rng.normal(0, 0.3, count) > 0.8).astype(int)
    elif problem is MULTI:
        target = np.array(["a", "b", "c"], dtype=object)[np.digitize(truth, [-0.4, 0.4])]
    frame = pd.DataFrame({"number": np.arange(start, start + count), "target": target})
    frame["good"], frame["fair"] = truth + rng.normal(0, 0.3, count), truth + rng.normal(0, 1.0, count)
    frame["size"] = np.where(np.arange(count) % 5 == 0, "small", "large")
    frame["seen_at"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(frame["number"] * 3, unit="h")
    return frame


@dataclass
class Contest:
    """One problem; the current directory must be the root."""

    root: Path
    template: Path
    problem: ProblemType = BIN
    by_day: bool = True
    rows: pd.DataFrame = field(init=False)
    settings: Settings = field(init=False)
    store: Tracking = field(init=False)

    def __post_init__(self) -> None:
        shutil.copy(self.template, self.root / "mlflow.db")
        known = settings_of(self.problem)
        columns = {n: Column(type=t, role=role) for n, (t, role) in KINDS.items() if self.by_day or n != "seen_at"}
        kind = {BIN: ColumnType.INTEGER, MULTI: ColumnType.CATEGORY, REG: ColumnType.NUMBER}[self.problem]
        columns["target"] = Column(type=kind, role=Role.TARGET)
        data = Data(source=known.data.source, columns=columns, target="target")
        self.settings = known.model_copy(update={"data": data})
        self.set("policy", comparison=known.policy.comparison.model_copy(update=RULES))
        self.store = connect(self.settings)
        self.seen = rows_of(self.problem, 400, seed=1)
        self.rows = rows_of(self.problem, 1200, seed=2, start=400)

    def set(self, file: str, **values: Any) -> None:
        """Change some settings of one file."""
        changed = getattr(self.settings, file).model_copy(update=values)
        self.settings = self.settings.model_copy(update={file: changed})

    def rule(self, **values: Any) -> None:
        """Change some rules of the comparison."""
        self.set("policy", comparison=self.settings.policy.comparison.model_copy(update=values))

    @property
    def book(self) -> Registry:
        """The registered model."""
        return Registry(self.store.client, self.settings.charter.project, self.store.uri)

    @property
    def stores(self) -> Stores:
        """Registry and ledger."""
        return Stores(self.book, Ledger(Path(self.settings.runtime.ledger)))

    def train(self, *columns: str, seen: pd.DataFrame | None = None, threshold: float | None = 0.5) -> Candidate:
        """Fit a model on some columns, and log which rows it saw."""
        rows, schema = self.seen if seen is None else seen, feature_schema(self.settings.data)
        chosen = {name: schema[name] for name in columns}
        pipeline = family("linear").build(chosen, {"shrinkage": 1.0}, problem=self.problem, seed=0)
        pipeline.fit(typed_frame(rows, chosen), target_values(rows, self.settings.data, self.problem))
        run_id = self.store.client.create_run(self.store.experiment_id).info.run_id
        about = identity_schema(self.settings.data)
        recording.log_seen_rows(self.store, run_id, row_fingerprints(rows, about), schema=about, newest=None)
        folder = self.root / "models" / run_id
        folder.mkdir(parents=True)
        skops.io.dump(pipeline, folder / packaging.MODEL)
        made_here(folder)
        return Candidate(run_id, packaging.model_digest(folder), pipeline, threshold)

    def enthrone(self, model: Candidate, contract: Mapping[str, Any] | None = None) -> int:
        """Package, sign and register a model, and call it champion."""
        contract = {"schema": 1, "threshold": model.threshold} if contract is None else contract
        folder = packaging.assemble(
            self.root / "models" / model.run_id, self.root / "packages" / model.run_id, contract=contract,
            golden={"schema": 1}, keys_folder=keys.KEYS,
        )  # fmt: skip
        place = self.book.publish(folder, run_id=model.run_id, path="package")
        tags = {"digest": model.digest, "package": packaging.package_digest(folder)}
        self.book.ensure()
        version = self.book.register(run_id=model.run_id, source=place, model_id=None, tags=tags)
        self.book.point("champion", version.number)
        return version.number

    def package_of(self, model: Candidate) -> Path:
        """Give the folder of a registered package."""
        return next((self.root / "mlartifacts").glob(f"{model.run_id}/artifacts/package"))

    def artifact_of(self, model: Candidate, name: str) -> Path:
        """Give an artefact of a model's run."""
        return next((self.root / "mlartifacts").glob(f"{model.run_id}/artifacts/{name}"))

    def compare(
        self, candidate: Candidate, rows: pd.DataFrame | None = None, *, sha256: str = SHA256,
        entries: Sequence[Entry] = (),
    ) -> Compared:  # fmt: skip
        """Let a candidate meet the champion."""
        chosen = self.rows if rows is None else rows
        return comparison.compare(candidate, chosen, sha256, book=self.book, entries=entries, settings=self.settings)

    def report(self, candidate: Candidate, compared: Compared) -> dict[str, Any]:
        """Write reports/comparison.json."""
        return write(
            compared, candidate, promotion_sha256=SHA256, rows=len(self.rows), settings=self.settings, book=self.book
        )
