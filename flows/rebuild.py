"""Builds a model again from what lies in the current folder; `flows.reproduction` starts this as a program there."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import LifecycleError

if TYPE_CHECKING:
    from config.settings import Settings

REQUEST, BUILT = Path(".lifecycle/request.json"), Path(".lifecycle/built.json")


def main() -> None:
    """Prepare, train and evaluate as the request asks, with stores of its own, and write down what came out."""
    from config import environment

    environment.prepare()
    from tasks import files

    request = files.read_json(REQUEST)
    from flows import prefect_process

    prefect_process.die_with(int(request["parent"]))
    try:
        files.write_json(BUILT, build(request))
    except Exception as error:  # noqa: BLE001 - the one place of this program where every error becomes words
        from flows.endings import in_words

        files.write_json(BUILT, {"failed": in_words(error).seen})
        sys.exit(1)


def build(request: dict[str, Any]) -> dict[str, Any]:
    """Run the three phases with a Prefect server of their own and describe what they made."""
    from config.load import load
    from flows import orchestrator, progress

    settings = load()
    orchestrator.start(settings.runtime)
    from flows import data_preparation, evaluation, training
    from tasks.tuning import Trial

    for phase in (data_preparation, evaluation, training):
        progress.watch(phase)
    known = request["trial"]
    trial = Trial(**known, state="complete", value=None, cpu_seconds=0.0) if known else None
    with progress.shown(), orchestrator.prefect_server(settings):
        parts = prepare(settings)
        trained = training.train(settings, "reproduction", trial)
        evaluated = evaluation.evaluate(settings)
    return describe(settings, parts, trained, evaluated)


def prepare(settings: "Settings") -> dict[str, str]:
    """Audit, part and publish the landed rows; the gate that let them in then is not asked again."""
    from flows import data_preparation
    from tasks import files, preparing

    audited = data_preparation.audit_rows(data_preparation.read_landed(), settings.data)
    preparing.begin_attempt(audited, settings.data)
    if faults := data_preparation.attempt(audited, settings):
        raise LifecycleError("; ".join(faults), expected="parts as they were")
    preparing.publish()
    parts = files.read_json(preparing.PREPARED / "split.json")["parts"]
    return {name: part["sha256"] for name, part in parts.items()}


def describe(
    settings: "Settings", parts: dict[str, str], trained: dict[str, Any], evaluated: dict[str, Any]
) -> dict[str, Any]:
    """Give what a reproduction compares."""
    from tasks import files, reproduction, surroundings, tracking

    source = tracking.provenance()
    return {
        "parts": parts,
        "content_digest": trained["content_digest"],
        "metrics": dict(trained["metrics"]) | reproduction.evaluated(files.parse_json(files.canonical(evaluated))),
        "surroundings": surroundings.surroundings(),
        "params_sha256": files.sha256_json(settings.params),
        "commit": source.commit,
    }


if __name__ == "__main__":
    main()
