"""A small released world of real parts: a signed package of a real pipeline, a real registry, a real ledger."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from config.settings import Settings
from tasks import candidates, compatibility, decisions, files, live, packaging
from tasks.absent import Absent
from tasks.approvals import Approvals
from tasks.candidates import Evidence
from tasks.ledger import Decision, Entry, Ledger
from tasks.registry import Registry, Version
from tasks.release import promote
from tasks.rollback import roll_back
from tasks.scoring import ColumnContract, Contract, make_golden
from tasks.settlement import Move
from tasks.stores import Facts, Stores, facts

MODEL = "small-model"
WHY = "nobody answers at its port"
ANOTHER = "1.7.2"
COLUMNS = (ColumnContract("delay", "number", False), ColumnContract("wind", "number", True))
BY_POLICY = Approvals(required=False, approver="approver", author="author")
ROWS = pd.DataFrame({"delay": np.linspace(-20, 60, 40), "wind": np.linspace(0, 30, 40)})


def contract_for(run_id: str) -> Contract:
    """Describe the small model."""
    return Contract(MODEL, run_id, "binary", ("0", "1"), 0.5, COLUMNS)


def fitted(strength: float) -> Pipeline:
    """Fit a small pipeline."""
    pipeline = Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(C=strength))])
    return pipeline.fit(ROWS, (ROWS["delay"] > 15).astype(int))


def model_folder(folder: Path, pipeline: Any) -> Path:
    """Store a pipeline as training does: model.skops beside MLmodel, and what made it."""
    folder.mkdir(parents=True)
    skops.io.dump(pipeline, folder / packaging.MODEL)
    made_here(folder)
    (folder / "MLmodel").write_text("flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops}}\n")
    return folder


def made_here(folder: Path, others: Mapping[str, str] = MappingProxyType({})) -> None:
    """Say what made the model of a folder, as MLflow does: the libraries that are here, or others."""
    told = compatibility.at_hand() | dict(others)
    (folder / compatibility.PYTHON).write_text(f"python: {told.pop('python')}\ndependencies:\n- -r requirements.txt\n")
    (folder / compatibility.REQUIREMENTS).write_text("\n".join(f"{name}=={told[name]}" for name in told))


@contextmanager
def elsewhere() -> Iterator[None]:
    """Be, for what is packaged meanwhile, an environment with another scikit-learn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn, "__version__", ANOTHER)
        yield


def package_folder(
    root: Path, *, strength: float, keys_folder: Path, run_id: str = "0" * 32, hostile: Any = None
) -> Path:
    """Make a signed package of a small model, or of a hostile one under the golden rows of a good one."""
    pipeline = fitted(strength)
    model = model_folder(root / f"model-{strength}", pipeline if hostile is None else hostile)
    contract = contract_for(run_id)
    golden = make_golden(pipeline, ROWS[::5], contract)
    return packaging.assemble(
        model, root / f"package-{strength}", contract=contract, golden=golden, keys_folder=keys_folder
    )


class World:
    """A folder with a registry, a ledger, reports and a policy; the current directory must be its root."""

    def __init__(
        self, root: Path, template: Path, settings: Settings, *, fresh: bool = True, model: str = MODEL
    ) -> None:
        self.root, self.settings, self.policy, self.model = root, settings, settings.policy, model
        if fresh:
            self._furnish(template)

    def _furnish(self, template: Path) -> None:
        root = self.root
        root.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, root / "mlflow.db")
        (root / "data").mkdir(exist_ok=True)
        (root / "data" / "landed.dvc").write_text("outs:\n- md5: abc.dir\n  path: landed\n")
        (root / "data" / "prepared").mkdir(exist_ok=True)
        (root / "data" / "prepared" / "promotion.parquet").write_text("rows")
        (root / "requirements.lock").write_text("")
        self.evidence("first")

    @property
    def stores(self) -> Stores:
        """Open the stores anew, as a new process would."""
        import mlflow

        uri = f"sqlite:///{self.root / 'mlflow.db'}"
        mlflow.set_tracking_uri(uri)
        registry = Registry(mlflow.MlflowClient(uri, uri), self.model, uri)
        return Stores(
            registry, Ledger(self.root / "ledger", self.keys), self.root / ".lifecycle", self.root / "reports"
        )

    @property
    def stores_alone(self) -> Stores:
        """Open the stores while the registry does not answer."""
        there = self.stores
        return replace(there, registry=Absent(None, self.model, "http://127.0.0.1:9", there.ledger, there.state, WHY))

    @property
    def keys(self) -> Path:
        return self.root / ".lifecycle" / "keys"

    def evidence(self, words: str) -> None:
        """Write the report that a decision rests on."""
        files.write_json(self.root / "reports" / "release.json", {"words": words})

    def facts(self) -> Facts:
        """Take stock."""
        return facts(self.settings.model_copy(update={"policy": self.policy}), reports=self.root / "reports")

    def register(self, strength: float, hostile: Any = None) -> Version:
        """Package a model of a new run and register it."""
        return self.register_package(strength, self.begin_run(), hostile)

    def begin_run(self) -> str:
        """Make a run as training does."""
        client = self.stores.registry.client
        experiment = client.get_experiment_by_name("x")
        place = (self.root / "mlartifacts").as_uri()
        number = experiment.experiment_id if experiment else client.create_experiment("x", place)
        return str(client.create_run(number, tags={"lifecycle.data_revision": "abc.dir"}).info.run_id)

    def register_package(self, strength: float, run_id: str, hostile: Any = None) -> Version:
        """Package and register the model of a run, as deployment does; doing it again gives the same version."""
        stores, folder = self.stores, self.make_package(strength, run_id, hostile)
        digest = packaging.model_digest(folder)
        package = packaging.verify(folder, digest=digest, keys_folder=self.keys)
        training = {"run_id": run_id, "model_digest": digest, "feature_schema_sha256": "f"}
        return candidates.register(
            package, Evidence(training, {}), params=self.settings.params, stores=stores, flow_run_id="", explored=False
        )

    def make_package(self, strength: float, run_id: str, hostile: Any = None) -> Path:
        """Package the model of a run, unless that is done."""
        made = self.root / "made" / run_id
        folder = made / f"package-{strength}"
        if not folder.exists():
            shutil.rmtree(made, ignore_errors=True)
            package_folder(made, strength=strength, keys_folder=self.keys, run_id=run_id, hostile=hostile)
        return folder

    def decide(self, gate: str, of: Version, **change: Any) -> Entry:
        """Store a decision that passed, or one that is changed."""
        stores, now = self.stores, self.facts()
        decision = Decision(
            gate=gate, outcome="passed", model=self.model, version=of.number, model_digest=of.digest,
            data_version=now.data_version, commit=now.commit, dirty=now.dirty, lock_sha256=now.lock_sha256,
            promotion_sha256=now.promotion_sha256, policy_sha256=now.policy_sha256, report_sha256=now.report_sha256,
            base_champion=stores.registry.alias("champion"), promotable=True, actor="test", cause="hand",
            figures={"package_digest": of.tags["package"], "process": "the run"},
            time=files.now().isoformat(),
        )  # fmt: skip
        return decisions.store(replace(decision, **change), stores, run_id=of.run_id)

    def promote(self, gate: str, decision: int | None = None, approvals: Approvals = BY_POLICY) -> Move:
        """Promote by a decision, or by the stored one."""
        return promote(
            gate, decision=decision, stores=self.stores, current=self.facts(), approvals=approvals, actor="test",
            cause="hand", patience_seconds=20,
        )  # fmt: skip

    def champion(self, strength: float, hostile: Any = None) -> Version:
        """Take a new model up the whole ladder."""
        version = self.register(strength, hostile)
        for gate in ("staging", "champion"):
            self.decide(gate, version)
            self.promote(gate)
        return version

    def roll_back(self, to: int | None = None, *, registry: bool = True) -> Move:
        """Roll back, with the registry or while it does not answer."""
        return roll_back(
            to=to, stores=self.stores if registry else self.stores_alone, current=self.facts(), actor="test",
            cause="it is bad", patience_seconds=20,
        )  # fmt: skip

    def confirm(self) -> None:
        """Do the live check that follows a promotion to champion."""
        live.confirm(self.stores, self.facts(), actor="test", patience_seconds=20)

    def path_of(self, number: int) -> Path:
        """Give the package of a version in MLflow's artefact store."""
        return Path(self.stores.registry.version(number).source.removeprefix("file://"))

    def alias(self, name: str = "champion") -> int | None:
        """Give what an alias names."""
        return self.stores.registry.alias(name)
