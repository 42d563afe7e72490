"""What a package holds beside the model: contract, golden rows, the fast form with its proof, card, bill, lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from config.settings import Settings
from tasks import files, packaging, parity, sbom, scoring
from tasks.card import card
from tasks.features import feature_frame
from tasks.parity import Proven
from tasks.scoring import Contract, Golden

GOLDEN_ROWS = 16
LOCK = Path("requirements.lock")


@dataclass(frozen=True)
class Contents:
    """All that is added to the model's own files; `more` maps names to bytes."""

    contract: Contract
    golden: Golden
    more: Mapping[str, bytes]


def gather(
    estimator: Any, parts: Mapping[str, pd.DataFrame], *, training: Mapping[str, Any], evaluation: Mapping[str, Any],
    settings: Settings, state: Path,
) -> Contents:  # fmt: skip
    """Make what is added, from the loaded model and the rows of the parts `tune` and `promotion`."""
    contract = _contract(estimator, training, evaluation, settings)
    tune = parts["tune"]
    chosen = tune.iloc[np.unique(np.linspace(0, len(tune) - 1, GOLDEN_ROWS).astype(int))]
    frames = {
        "golden": feature_frame(chosen, settings.data),
        "promotion": feature_frame(parts["promotion"], settings.data),
    }
    tolerance = settings.policy.release.parity_tolerance
    proven = parity.prove(estimator, frames, contract, tolerance=tolerance)
    golden = scoring.make_golden(estimator, chosen, contract, tolerance=_tolerance(proven))
    told = card(training, evaluation, contract, proven.parity, settings)
    return Contents(contract, golden, _more(proven, told, settings.charter.project, state))


def _contract(
    estimator: Any, training: Mapping[str, Any], evaluation: Mapping[str, Any], settings: Settings
) -> Contract:
    return scoring.contract_of(
        settings.data,
        model=settings.charter.project,
        run_id=str(training["run_id"]),
        problem=settings.charter.problem_type.value,
        labels=tuple(str(label) for label in getattr(estimator, "classes_", ())),
        threshold=evaluation.get("threshold"),
    )


def _tolerance(proven: Proven) -> float:
    """Golden answers are the model's own: a graph may be as far from them as it was seen to be, and no further."""
    seen = [one.largest or 0.0 for one in (proven.parity.agreements or {}).values()] if proven.graph else []
    return max(scoring.TOLERANCE, 2 * max(seen, default=0.0))


def _more(proven: Proven, told: str, project: str, state: Path) -> dict[str, bytes]:
    more = {
        packaging.PARITY: files.pretty(proven.parity),
        packaging.CARD: told.encode(),
        packaging.BILL: sbom.bill(project, state=state),
    }
    if proven.graph is not None:
        more[packaging.ONNX] = proven.graph
    if LOCK.is_file():
        more[packaging.LOCK] = LOCK.read_bytes()
    return more
