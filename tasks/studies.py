"""The Optuna study behind a search: it lives in a file, so that a killed search goes on with its finished trials."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.metrics import Metric

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

STORAGE = Path(".lifecycle/optuna.db")
KEPT = 75.0  # per cent of trials that go on from the first rung


def open_study(name: str, *, metric: Metric, families: int, seed: int) -> "Study":
    """Open the study of this name, or begin it; what an interrupted process left running is set aside."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        study_name=name,
        storage=_storage(),
        direction="maximize" if metric.greater_is_better else "minimize",
        pruner=optuna.pruners.PercentilePruner(KEPT, n_startup_trials=families + 1),
        load_if_exists=True,
    )
    # A sampler that began anew with the same seed would repeat the trials that are there.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials), n_startup_trials=2 * families)
    for left in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(left.number, state=optuna.trial.TrialState.FAIL)
    return study


def delete_study(name: str) -> None:
    """Forget a study, if there is one."""
    import optuna

    with contextlib.suppress(KeyError):
        optuna.delete_study(study_name=name, storage=_storage())


def settled(study: "Study") -> list["FrozenTrial"]:
    """List the trials that came to an end of their own; interrupted ones do not count."""
    return [t for t in study.get_trials(deepcopy=False) if "outcome" in t.user_attrs and t.state.is_finished()]


def _storage() -> str:
    STORAGE.parent.mkdir(mode=0o700, exist_ok=True)
    return f"sqlite:///{STORAGE}"
