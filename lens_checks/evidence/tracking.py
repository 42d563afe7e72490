"""Read MLflow: the candidate's runs, and the registered model with its versions and aliases."""

import contextlib
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lens_checks.evidence.model import training
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records.model import ModelVersion, Registry, TrackedRun, Tracking

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion as StoredVersion
    from mlflow.entities.model_registry import RegisteredModel
    from mlflow.store.entities.paged_list import PagedList

T = TypeVar("T")

PATIENCE_SECONDS = 5.0
PAGE = 1000  # the most that every one of MLflow's searches gives at once
PARENT = "mlflow.parentRunId"


def tracking(place: Place) -> Tracking:
    """Read the run that logged the candidate, its search, and the trials."""
    report = place.once(training)
    with opened(place) as client:
        won = client.get_run(report.run_id)
        search = report.parent_run_id and _run(client.get_run(report.parent_run_id))
        experiment = won.info.experiment_id
        filter_string = f"tags.`{PARENT}` = '{report.parent_run_id}'"
        found = all_of(partial(client.search_runs, [experiment], filter_string)) if search else []
        name = client.get_experiment(experiment).name
    return Tracking(experiment=name, winner=_run(won), search=search or None, trials=tuple(_run(run) for run in found))


def registry(place: Place) -> Registry:
    """Read the registered model, its versions and aliases."""
    name = place.settings.charter.project
    with opened(place) as client:
        model = client.get_registered_model(name)
        found = all_of(partial(client.search_model_versions, f"name='{name}'"))
        runs = _runs(client, {v.run_id for v in found if v.run_id})
        others = _others(client, name)
    aliases = {alias: int(version) for alias, version in model.aliases.items()}
    versions = tuple(sorted((_version(v, aliases, runs.get(v.run_id or "")) for v in found), key=lambda v: -v.version))
    tags = {key: str(value) for key, value in model.tags.items()}
    return Registry(name=name, versions=versions, aliases=aliases, tags=tags, others=others)


@contextlib.contextmanager
def opened(place: Place) -> Iterator["MlflowClient"]:
    """Open the store, and never make one; what fails is told in words (NoEvidence)."""
    uri = place.settings.runtime.tracking_uri
    _reach(place, uri)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield MlflowClient(tracking_uri=uri, registry_uri=uri)
    except (MlflowException, SQLAlchemyError) as error:
        raise NoEvidence(
            f"the MLflow store {uri} says: {str(error).splitlines()[0][:200]}; run `lifecycle run`"
        ) from None


def _reach(place: Place, uri: str) -> None:
    if uri.startswith("sqlite:///") and not (place.root / uri.removeprefix("sqlite:///")).is_file():
        raise NoEvidence(f"the MLflow store {uri} is not there yet: run `lifecycle run`")
    if uri.startswith(("http://", "https://")):
        try:
            urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=PATIENCE_SECONDS).close()
        except OSError as error:
            raise NoEvidence(
                f"the MLflow server {uri} does not answer ({error}): start it, then review again"
            ) from None


def _run(run: "Run") -> TrackedRun:
    inputs = run.inputs.dataset_inputs if run.inputs else []
    return TrackedRun(
        run_id=run.info.run_id,
        name=run.info.run_name or "",
        parent_id=run.data.tags.get(PARENT),
        status=run.info.status,
        started=_time(run.info.start_time),
        ended=_time(run.info.end_time) if run.info.end_time else None,
        params=dict(run.data.params),
        metrics=dict(run.data.metrics),
        tags=dict(run.data.tags),
        datasets={item.dataset.name: item.dataset.digest for item in inputs},
    )


def _runs(client: "MlflowClient", ids: set[str]) -> dict[str, TrackedRun]:
    """Read the runs of the versions, those that were deleted too, in one query; one that is gone has no entry."""
    from mlflow.entities import ViewType

    if not ids:
        return {}
    experiments = [e.experiment_id for e in all_of(partial(client.search_experiments, ViewType.ALL))]
    listed = f"attributes.run_id IN ({', '.join(repr(id) for id in sorted(ids))})"
    found = all_of(partial(client.search_runs, experiments, listed, ViewType.ALL))
    return {run.info.run_id: _run(run) for run in found}


def _others(client: "MlflowClient", name: str) -> tuple[str, ...]:
    """Name the other registered models; one counts as another project's only if its run lies in another experiment."""
    from mlflow.exceptions import MlflowException

    def elsewhere(model: "RegisteredModel") -> bool:
        try:
            runs = [client.get_run(version.run_id) for version in model.latest_versions if version.run_id]
        except MlflowException:  # the run is gone
            return False
        return bool(runs) and mine is not None and all(run.info.experiment_id != mine.experiment_id for run in runs)

    found = [model for model in all_of(client.search_registered_models) if model.name != name]
    mine = client.get_experiment_by_name(name)
    return tuple(sorted(model.name for model in found if model.latest_versions and not elsewhere(model)))


def all_of(search: Callable[..., "PagedList[T]"]) -> list[T]:
    """Give everything that a search of MLflow finds, page by page."""
    page = search(max_results=PAGE)
    found = list(page)
    while page.token:
        page = search(max_results=PAGE, page_token=page.token)
        found += page
    return found


def _version(version: "StoredVersion", aliases: dict[str, int], run: TrackedRun | None) -> ModelVersion:
    number = int(version.version)
    return ModelVersion(
        version=number,
        run_id=version.run_id,
        created=_time(version.creation_timestamp),
        aliases=tuple(sorted(alias for alias, at in aliases.items() if at == number)),
        tags={key: str(value) for key, value in version.tags.items()},
        run_tags=run.tags if run else None,
        run_metrics=run.metrics if run else None,
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
