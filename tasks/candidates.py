"""From the winner of training to a signed, registered candidate and the report of its trial."""

import contextlib
import importlib.metadata
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import GateRefused, LifecycleError
from config.settings import Params, Settings
from tasks import allocation, files, locks, packaging, sensitivity
from tasks.failpoints import failpoint
from tasks.packaging import Package
from tasks.registry import Version
from tasks.scoring import Contract, Golden
from tasks.stores import Stores
from tasks.trial import Trial

if TYPE_CHECKING:
    from tasks.backends import Backend
    from tasks.canary import Shown
    from tasks.levels import Rehearsal
    from tasks.shadow import Replay

PATIENCE_SECONDS = 300.0
EXPLORED = "lifecycle.explored"
LIBRARIES = (
    "scikit-learn", "numpy", "pandas", "skops", "onnx", "onnxruntime", "mlflow", "fastapi", "uvicorn", "model-signing",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What training and evaluation said of the winner."""

    training: Mapping[str, Any]
    evaluation: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """The run that made the model."""
        return str(self.training["run_id"])

    @property
    def digest(self) -> str:
        """The digest of the model's files when training logged them."""
        return str(self.training["model_digest"])


def read_evidence(reports: Path) -> Evidence:
    """Read what training and evaluation left; a candidate that was not evaluated is refused (GateRefused)."""
    try:
        training = files.read_json(reports / "training" / "training.json")
        evaluation = files.read_json(reports / "evaluation" / "evaluation.json")
    except LifecycleError as error:
        raise GateRefused(
            f"there is nothing to deploy: {error.seen}", expected="a model that was trained and evaluated",
            next_step="run `lifecycle run`",
        ) from error  # fmt: skip
    if evaluation["model_digest"] != training["model_digest"]:
        raise GateRefused(
            "the evaluation speaks of another model than the one that was trained last",
            expected=f"digest {training['model_digest'][:12]}", next_step="run `lifecycle run`",
        )  # fmt: skip
    return Evidence(training, evaluation)


def build(evidence: Evidence, model: Path, *, settings: Settings, stores: Stores) -> Package:
    """Put model, contract and golden rows into a signed package, and verify it."""
    with _registering(stores):
        return _build(evidence, model, settings, stores)


def _registering(stores: Stores) -> contextlib.AbstractContextManager[None]:
    """Let one process at a time package and register, so that one model never becomes two versions."""
    return locks.held(stores.state / "registration.lock", patience_seconds=PATIENCE_SECONDS, by="another registration")


def _build(evidence: Evidence, model: Path, settings: Settings, stores: Stores) -> Package:
    from tasks.contents import gather
    from tasks.evaluation import load_verified
    from tasks.training import read_part

    made = gather(
        load_verified(model, evidence.digest), {name: read_part(name)[0] for name in ("tune", "promotion")},
        training=evidence.training, evaluation=evidence.evaluation, settings=settings, state=stores.state,
    )  # fmt: skip
    place = stores.state / "packages" / evidence.run_id
    folder = packaging.assemble(
        model, place, contract=made.contract, golden=made.golden, more=made.more, keys_folder=stores.ledger.keys
    )
    return packaging.verify(folder, digest=evidence.digest, keys_folder=stores.ledger.keys)


def register(
    package: Package, evidence: Evidence, *, params: Params, stores: Stores, flow_run_id: str, explored: bool
) -> Version:
    """Register a package as candidate, once; what was made with --explore stays marked for good.

    The alias candidate moves before any gate: it says what was tried last, opens nothing, and is never served.
    """
    with _registering(stores):
        return _register_once(package, evidence, params, stores, flow_run_id, explored)


def _register_once(
    package: Package, evidence: Evidence, params: Params, stores: Stores, flow_run_id: str, explored: bool
) -> Version:
    registry = stores.registry
    known = [v for v in registry.versions() if v.run_id == evidence.run_id and _same(v, package)]
    made_from = registry.run_tags(evidence.run_id)
    explored = explored or made_from.get(EXPLORED) == "true"
    if explored:
        registry.tag_run(evidence.run_id, EXPLORED, "true")
    version = known[0] if known else _register(package, evidence, made_from, params, stores, flow_run_id)
    failpoint("candidate.registered")
    if explored:
        registry.tag(version.number, "explored", "true")
    registry.point("candidate", version.number)
    return registry.version(version.number)


def _register(
    package: Package, evidence: Evidence, made_from: Mapping[str, str], params: Params, stores: Stores, flow_run_id: str
) -> Version:
    path = f"packages/{package.package_digest[:16]}"
    source = stores.registry.publish(package.folder, run_id=evidence.run_id, path=path)
    failpoint("candidate.published")
    model_uri = evidence.training.get("model_uri")
    return stores.registry.register(
        run_id=evidence.run_id,
        source=source,
        model_id=model_uri.removeprefix("models:/") if model_uri else None,
        tags=_tags(package, evidence, made_from, params, flow_run_id),
    )


def _same(version: Version, package: Package) -> bool:
    return version.tags.get("package") == package.package_digest and version.digest == package.digest


def _tags(
    package: Package, evidence: Evidence, made_from: Mapping[str, str], params: Params, flow_run_id: str
) -> dict[str, str]:
    names = ("commit", "dirty", "lock_sha256", "data_revision")
    found = {name: made_from.get(f"lifecycle.{name}", "") for name in names}
    paid_by = {name: made_from[name] for name in allocation.NAMES if name in made_from}
    return (
        found
        | paid_by
        | {
            "digest": package.digest,
            "package": package.package_digest,
            "run_id": evidence.run_id,
            "params_sha256": files.sha256_json(params),
            "feature_schema_sha256": str(evidence.training["feature_schema_sha256"]),
            "flow_run_id": flow_run_id,
            "sensitivity": sensitivity.highest_of(Path("data/prepared")),
        }
    )


def read_contract(package: Package) -> tuple[Contract, Golden]:
    """Read the contract and the golden rows of a verified package."""
    contract = Contract.read(files.read_json(package.folder / packaging.CONTRACT))
    return contract, Golden.read(files.read_json(package.folder / packaging.GOLDEN))


def measure_backends(package: Package, settings: Settings) -> tuple["Backend", ...]:
    """Measure every way in which a package could answer, on held-out rows."""
    from tasks import backends
    from tasks.training import read_part

    contract, rows = read_contract(package)[0], read_part("promotion")[0]
    return backends.measure(package.folder, contract, rows, budget=settings.charter.budget)


def write_release_report(
    version: Version,
    package: Package,
    trial: Trial,
    replay: "Replay",
    shown: "Shown | None",
    backends: tuple["Backend", ...],
    *,
    settings: Settings,
    reports: Path,
    alarms: "Rehearsal | None" = None,
) -> Path:
    """Write reports/release.json: the package, its signature, and what trial, replay, canary and rehearsal saw."""
    report = {
        "schema": 1,
        "made": files.now(),
        "version": version.number,
        "digest": package.digest,
        "package_digest": package.package_digest,
        "signature_verified": package.signature_verified,
        "format": packaging.FORMAT,
        "files": package.files,
        "parity": _parity(package),
        "golden": trial.golden,
        "server": trial.server,
        "load": trial.load,
        "alarms": alarms,
        "access": trial.access,
        "contract": trial.contract,
        "backends": backends,
        "strategy": settings.policy.release.strategy,
        "replay": replay,
        "canary": shown,
        "environment": _environment(),
    }
    return files.write_json(reports / "release.json", report)


def _parity(package: Package) -> dict[str, Any] | None:
    path = package.folder / packaging.PARITY
    return files.read_json(path) if path.is_file() else None


def _environment() -> dict[str, Any]:
    lock = Path("requirements.lock")
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "lock_sha256": files.sha256_file(lock) if lock.exists() else None,
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
    }
