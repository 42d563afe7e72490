"""Labels, and preparation as a pipeline that comes and goes."""

from dataclasses import replace

import pytest

from config.settings import Data, Policy
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import data_processing as checks
from lens_checks.evidence import records as r
from lens_checks.runner import ask
from tests.lens_checks.delivered import tagged
from tests.lens_checks.metered import took
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

NOTEBOOK = r.StageFile(path="explore.ipynb", recorded="1", on_disk="1")


def prepared(*deps: r.StageFile, recorded: bool = True, command: str = "-") -> dict[str, dict[str, r.Stage]]:
    """Give a pipeline whose prepare stage read these files."""
    files = {"deps": deps, "outs": (), "params": {}, "params_current": True}
    stage = r.Stage(name="prepare", command=command, recorded=recorded, **files)
    return {"stages": {"prepare": stage}}


VERDICTS = {
    checks.labelling_is_tooled_and_checked: {
        "a system of record needs no labelling": (DERIVED, {}),
        "labels of people without provenance cannot be told": (UNKNOWN, {Data: {"labels": "people"}}),
        "labels of unstated origin cannot be told": (UNKNOWN, {Data: {"labels": "unstated"}}),
        "a target that was never profiled is refused": (NOT_MET, {r.Profile: {"columns": {}}}),
    },
    checks.preparation_is_a_job_that_comes_and_goes: {
        "a job of the orchestrator, which left nothing, in the environment that serves": (MET, {}),
        "a job that the orchestrator does not know is refused": (NOT_MET, {r.KnownRuns: {"ids": frozenset()}}),
        "a job of no flow run is refused": (NOT_MET, took("Data preparation", flow_run_id=None)),
        "processes left behind are refused": (NOT_MET, took("Data preparation", left=2)),
        "as many left as the policy lets": (
            MET,
            took("Data preparation", left=2) | {Policy: {"metering": {"leftover": 2}}},
        ),
        "a job that tells no memory is refused": (NOT_MET, took("Data preparation", peak_rss_mib=0.0)),
        "bytes that nobody counts cannot be told": (UNKNOWN, took("Data preparation", written_bytes=None)),
        "packages beside the lock are refused": (NOT_MET, {r.Environment: {"not_in_lock": ("left-pad",)}}),
        "a version made with another lock is refused": (NOT_MET, tagged(lock_sha256="7" * 64)),
        "a server tried with another lock is refused": (NOT_MET, {r.Release: {"environment": {"lock_sha256": "7"}}}),
        "data that was prepared elsewhere cannot be told": (UNKNOWN, {r.Metering: None}),
    },
    checks.preparation_is_a_reproducible_flow: {
        "a stage prepares the data": (MET, {}),
        "data prepared outside the pipeline is refused": (NOT_MET, {r.Pipeline: {"stages": {}}}),
        "a notebook that feeds the pipeline is refused": (NOT_MET, {r.Pipeline: prepared(NOTEBOOK)}),
        "a stage that runs a notebook is refused": (NOT_MET, {r.Pipeline: prepared(command="papermill prepare.ipynb")}),
        "a model trained in a notebook is refused": (
            NOT_MET,
            {r.Tracking: {"winner": {"tags": {"mlflow.source.name": "train.ipynb"}}}},
        ),
        "a stage that never ran is refused": (NOT_MET, {r.Pipeline: prepared(recorded=False)}),
        "inputs that are gone are refused": (
            NOT_MET,
            {r.Pipeline: prepared(r.StageFile(path="x", recorded="1", on_disk=None))},
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("labels", "said"), [("people", "the evidence lacks labeller"), ("unstated", "the evidence lacks where the target")]
)
def test_what_is_missing_of_labels_is_told(labels: str, said: str) -> None:
    told = ask(checks.labelling_is_tooled_and_checked, GOOD.but({Data: {"labels": labels}}))
    assert told.because.startswith(said)


def test_what_changed_since_the_preparation_is_told() -> None:
    old, gone = (
        r.StageFile(path=name, recorded="1", on_disk=on_disk) for name, on_disk in (("old", "2"), ("gone", None))
    )
    fresh = r.StageFile(path="fresh", recorded="1", on_disk="1")
    stage = replace(prepared(old, fresh)["stages"]["prepare"], outs=(gone, fresh))
    told = ask(checks.preparation_is_a_reproducible_flow, GOOD.but({r.Pipeline: {"stages": {"prepare": stage}}}))
    assert told.because == "changed since the preparation: old, gone"


def test_a_stage_that_never_ran_is_told_apart() -> None:
    told = ask(checks.preparation_is_a_reproducible_flow, GOOD.but({r.Pipeline: prepared(recorded=False)}))
    assert "does not know its last run" in told.because
