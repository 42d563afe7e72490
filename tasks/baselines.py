"""What the model that serves was like when it was let in: kept with its run, so that later windows can be compared."""

import time
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
EVALUATION = Path("reports/evaluation")


@dataclass(frozen=True)
class LetIn:
    """How a model was explained, from where on it was acted on, and what it took, when it was let in."""

    importances: Mapping[str, float]
    threshold: float | None
    making_cpu_seconds: float | None
    cpu_seconds_per_1k: float


@dataclass(frozen=True)
class Baseline:
    """Distributions of a model's training rows and of its answers to promotion rows, and what it promised there."""

    digest: str
    reference_sha256: str
    columns: Mapping[str, Mapping[str, Any]]
    answers: Distribution
    promised: Mapping[str, float | None]
    let_in: LetIn | None = None  # of those that were kept before there was one
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
    evaluation = _evaluation(digest)
    if evaluation is None or not REFERENCE.exists():
        return None
    rows, _ = read_part("promotion")
    problem, start = settings.charter.problem_type, time.process_time()
    said = Prediction.of(estimator, feature_frame(rows, settings.data), problem)
    spent = (time.process_time() - start) / len(rows) * 1000
    reference = files.read_json(REFERENCE)
    baseline = Baseline(
        digest=digest,
        reference_sha256=files.sha256_file(REFERENCE),
        columns=reference["columns"],
        answers=describe_answers(said, problem),
        promised={name: figure["value"] for name, figure in evaluation["metrics"].items()},
        let_in=_let_in(evaluation, spent),
    )
    stores.registry.store_json(baseline, run_id=version.run_id, path=ARTIFACT)
    return baseline


def _evaluation(digest: str) -> dict[str, Any] | None:
    """Give the last evaluation, if it was of this model."""
    path = EVALUATION / "evaluation.json"
    if not path.exists():
        return None
    evaluation = files.read_json(path)
    return evaluation if evaluation.get("model_digest") == digest else None


def _let_in(evaluation: Mapping[str, Any], cpu_seconds_per_1k: float) -> LetIn:
    told = files.read_json(EVALUATION / "explanation.json")["importances"]
    return LetIn(
        importances={name: one["value"] for name, one in told.items() if one["value"] is not None},
        threshold=evaluation.get("threshold"),
        making_cpu_seconds=(evaluation.get("energy") or {}).get("cpu_seconds"),
        cpu_seconds_per_1k=cpu_seconds_per_1k,
    )


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
    let_in = LetIn(**stored["let_in"]) if stored.get("let_in") else None
    return Baseline(**{**stored, "answers": read_distribution(stored["answers"]), "let_in": let_in})
