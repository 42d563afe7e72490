"""What the model that serves was like when it was let in: kept with its run, so that later windows can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import files, history, packaging, settlement
from tasks.distributions import Distribution
from tasks.drift import describe_answers, read_baseline, read_distribution
from tasks.features import feature_frame
from tasks.ledger import Decision, Entry
from tasks.registry import Version
from tasks.statistics import Prediction
from tasks.stores import Stores
from tasks.training import PREPARED, read_part

ARTIFACT = "monitoring/baseline.json"
REFERENCE = PREPARED / "reference.json"


@dataclass(frozen=True)
class Baseline:
    """Distributions of a model's training rows and of its answers to promotion rows, and what it promised there."""

    digest: str
    reference_sha256: str
    columns: Mapping[str, Mapping[str, Any]]
    answers: Distribution
    promised: Mapping[str, float | None]
    schema: int = 1

    def features(self, names: tuple[str, ...]) -> dict[str, Distribution]:
        """Give the distributions of the columns that the model reads."""
        return read_baseline(self.columns, only=names)


@dataclass(frozen=True, eq=False)
class Champion:
    """The model that serves, verified and loaded, with its baseline if one is known."""

    version: Version
    digest: str
    estimator: Any
    baseline: Baseline | None


def load_champion(settings: Settings, stores: Stores) -> Champion | None:
    """Verify and load the champion and find its baseline; None when there is no champion (IntegrityAlarm)."""
    entries = stores.trusted()
    number = history.standing(entries, "champion")
    if number is None or stores.registry.alias("champion") != number:
        return None
    version, decision = stores.registry.version(number), _let_in_by(entries)
    package = settlement.fetch_verified(version, decision, stores)
    estimator = packaging.open_model(package.folder)
    baseline = fetch_baseline(version, stores) or keep_baseline(version, package.digest, estimator, settings, stores)
    return Champion(version, package.digest, estimator, baseline)


def _let_in_by(entries: list[Entry]) -> Decision:
    last = history.moves(entries, "champion")[-1]
    return Decision.read(entries[int(last.body["decision"]) - 1].body)


def keep_baseline(version: Version, digest: str, estimator: Any, settings: Settings, stores: Stores) -> Baseline | None:
    """Describe the prepared data and the model's answers to it, if it is the data that this model was made of."""
    promised = _promised(digest)
    if promised is None or not REFERENCE.exists():
        return None
    rows, _ = read_part("promotion")
    problem = settings.charter.problem_type
    said = Prediction.of(estimator, feature_frame(rows, settings.data), problem)
    reference = files.read_json(REFERENCE)
    baseline = Baseline(
        digest=digest,
        reference_sha256=files.sha256_file(REFERENCE),
        columns=reference["columns"],
        answers=describe_answers(said, problem),
        promised=promised,
    )
    stores.registry.store_json(baseline, run_id=version.run_id, path=ARTIFACT)
    return baseline


def _promised(digest: str) -> dict[str, float | None] | None:
    """Give the evaluation's figures, if the last evaluation was of this model."""
    path = Path("reports/evaluation/evaluation.json")
    if not path.exists():
        return None
    evaluation = files.read_json(path)
    if evaluation.get("model_digest") != digest:
        return None
    return {name: figure["value"] for name, figure in evaluation["metrics"].items()}


def fetch_baseline(version: Version, stores: Stores) -> Baseline | None:
    """Fetch the baseline that is kept with the version's run; one of another model is an IntegrityAlarm."""
    try:
        source = stores.registry.address(version.run_id, ARTIFACT)
        stored = files.read_json(stores.registry.fetch(source, stores.state / "fetched" / f"baseline-{version.number}"))
    except IntegrityAlarm:
        raise
    except LifecycleError:  # none was kept yet
        return None
    if stored.get("digest") != version.digest:
        raise IntegrityAlarm(
            f"the baseline kept with version {version.number} is of another model",
            expected=f"digest {str(version.digest)[:12]}",
            next_step="find out who changed it; `lifecycle run --force` makes a new model",
        )
    return Baseline(**{**stored, "answers": read_distribution(stored["answers"])})
