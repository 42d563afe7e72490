"""Marks in MLflow what killed processes left open: runs that still say RUNNING, and models that still say PENDING."""

from dataclasses import dataclass
from typing import Any

from tasks import files, processes
from tasks.tracking import Tracking, in_words

OLDEST_HOURS = 24  # of a run whose process is not known or on another machine; no training takes as long
PAGE = 1000


@dataclass(frozen=True)
class Tidied:
    """How many runs and models were marked."""

    runs: int
    models: int


def tidy(store: Tracking) -> Tidied:
    """Mark every open run whose process is gone as killed, and every model that such a run never finished as failed."""
    with in_words(store.uri):
        client, experiments = store.client, [store.experiment_id]
        dead = [run for run in client.search_runs(experiments, "attributes.status = 'RUNNING'", max_results=PAGE)
                if _is_left(run)]  # fmt: skip
        for run in dead:
            client.set_terminated(run.info.run_id, "KILLED")
        halves = [model for model in client.search_logged_models(experiments, max_results=PAGE)
                  if str(model.status) == "PENDING" and _is_nobodys(client, model)]  # fmt: skip
        for model in halves:
            client.finalize_logged_model(model.model_id, "FAILED")
    return Tidied(len(dead), len(halves))


def _is_left(run: Any) -> bool:
    process = run.data.tags.get(processes.TAG)
    if process is not None and processes.is_gone(process):
        return True
    return _hours_since(run.info.start_time) > OLDEST_HOURS


def _is_nobodys(client: Any, model: Any) -> bool:
    """A model is finished by the run that makes it; one whose run has ended is not finished any more."""
    if not model.source_run_id:
        return _hours_since(model.creation_timestamp) > OLDEST_HOURS
    return str(client.get_run(model.source_run_id).info.status) != "RUNNING"


def _hours_since(milliseconds: int) -> float:
    return (files.now().timestamp() - milliseconds / 1000) / 3600
