"""Labels, and preparation as a pipeline that comes and goes."""

from dataclasses import replace

import pytest

from config.settings import Column, Data, Policy, Sensitivity
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import data_processing as checks
from lens_checks.evidence import records as r
from lens_checks.runner import ask
from tasks.files import sha256_json
from tests.lens_checks.delivered import tagged
from tests.lens_checks.guarded import address, given
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


DELAY = GOOD.get(r.FeatureRegistry).features[0]
NUMBER, LATE = (GOOD.get(Data).columns[name] for name in ("delay", "late"))
CODE = dict(GOOD.get(r.FeatureRegistry).code)


def entry(**change: object) -> Changes:
    """Let the entry of the one feature say something else."""
    return {r.FeatureRegistry: {"features": (replace(DELAY, **change),)}}


def told(column: Column, **change: object) -> Changes:
    """Let the contract say something else of the one feature, and the entry follow it."""
    version = sha256_json({"column": column, "code": CODE})
    return {Data: {"columns": {"delay": column, "late": LATE}}} | entry(version=version, **change)


def way(source: str, target: str, **change: object) -> Changes:
    """Let one edge of the lineage say something else; without a change it is not there."""
    edges = GOOD.get(r.Lineage).edges
    others = tuple(edge for edge in edges if (edge.source, edge.target) != (source, target))
    (edge,) = (edge for edge in edges if edge not in others)
    return {r.Lineage: {"edges": (*others, replace(edge, **change)) if change else others}}


def stage(name: str, **change: object) -> Changes:
    """Let a stage of the pipeline say something else."""
    stages = GOOD.get(r.Pipeline).stages
    return {r.Pipeline: {"stages": {**stages, name: replace(stages[name], **change)}}}


def store(**change: object) -> Changes:
    """Let the folder of prepared rows be otherwise."""
    return stage("prepare", outs=(replace(GOOD.get(r.Pipeline).stages["prepare"].outs[0], **change),))


def reads(name: str, path: str = "data/prepared", on_disk: str = "1") -> Changes:
    """Let a stage read something else, or what has changed since."""
    return stage(name, deps=(r.StageFile(path=path, recorded="1", on_disk=on_disk),))


PRIVATE = told(NUMBER.model_copy(update={"sensitivity": Sensitivity.INTERNAL}))
PAIR = r.Twins(features=("delay", "delay_hours"), alike="order")
VERDICTS[checks.features_are_stored_once_and_shared] = {
    "described, owned, versioned, read from one store, none twice": (MET, {}),
    "features that nobody registered cannot be told": (UNKNOWN, {r.FeatureRegistry: None}),
    "the registry of another version is refused": (NOT_MET, {r.FeatureRegistry: {"version": 2}}),
    "the registry of other bytes is refused": (NOT_MET, {r.FeatureRegistry: {"digest": "7" * 64}}),
    "the lineage of another version is refused": (NOT_MET, {r.Lineage: {"version": 2}}),
    "the lineage of other bytes is refused": (NOT_MET, {r.Lineage: {"digest": "7" * 64}}),
    "a feature without an entry is refused": (NOT_MET, {r.FeatureRegistry: {"features": ()}}),
    "an entry of no feature is refused": (
        NOT_MET, {r.FeatureRegistry: {"features": (DELAY, replace(DELAY, name="left over"))}}
    ),
    "a training on other features is refused": (NOT_MET, {r.Training: {"features": ("delay", "carrier")}}),
    "a feature without a description is refused": (
        NOT_MET, told(NUMBER.model_copy(update={"description": " "}), description=" ")
    ),
    "another description than that of the contract is refused": (NOT_MET, entry(description="something")),
    "an owner whom nobody knows is refused": (NOT_MET, entry(owner="Eve")),
    "any owner of the charter may own a feature": (MET, entry(owner="Mo")),
    "a version of another definition is refused": (NOT_MET, entry(version="7" * 64)),
    "a feature that the version does not read is refused": (NOT_MET, entry(consumers=())),
    "a feature that another version reads alone is refused": (NOT_MET, entry(consumers=("flights version 2",))),
    "a feature that others read too": (MET, entry(consumers=("flights version 1", "flights version 2"))),
    "code that no stage recorded is refused": (NOT_MET, {r.FeatureRegistry: {"code": CODE | {"tasks/new.py": "1"}}}),
    "features of no code at all are refused": (NOT_MET, {r.FeatureRegistry: {"code": {}}} | stage("prepare", deps=())),
    "a training of which nothing tells what it read is refused": (NOT_MET, way("train", "features")),
    "a training on rows that nobody stored is refused": (NOT_MET, way("train", "features", read="7" * 64)),
    "tune rows that were made anew are refused": (NOT_MET, way("tune", "features", written="7" * 64)),
    "a training that says otherwise is refused": (
        NOT_MET, {r.Training: {"data_sha256": {"train": "7" * 64, "tune": "2" * 64}}}
    ),
    "rows that are gone from the store are refused": (NOT_MET, {r.Parts: {"parts": {}}}),
    "a server of which nothing tells what it reads is refused": (NOT_MET, way("features", "version 1")),
    "a server that reads other features is refused": (NOT_MET, way("features", "version 1", read="7" * 64)),
    "a store that was written by hand is refused": (NOT_MET, store(on_disk="2")),
    "a store that DVC cannot give back is refused": (NOT_MET, store(cached=False)),
    "a store elsewhere is refused": (NOT_MET, store(path="data/elsewhere")),
    "no stage that prepares is refused": (NOT_MET, {r.Pipeline: {"stages": {}}}),
    "a training that reads from elsewhere is refused": (NOT_MET, reads("train", "data/landed")),
    "an evaluation that reads from elsewhere is refused": (NOT_MET, reads("evaluate", "data/landed")),
    "an evaluation of rows that changed since is refused": (NOT_MET, reads("evaluate", on_disk="2")),
    "two features that tell the same are refused": (NOT_MET, {r.FeatureRegistry: {"twins": (PAIR,)}}),
    "features that were compared in no rows cannot be told": (UNKNOWN, {r.FeatureRegistry: {"compared_rows": 0}}),
    "features compared in one row": (MET, {r.FeatureRegistry: {"compared_rows": 1}}),
    "a laxer eye for twins is refused": (NOT_MET, {r.FeatureRegistry: {"alike": 0.9991}}),
    "twins of other rows are refused": (NOT_MET, {r.FeatureRegistry: {"train_sha256": "7" * 64}}),
    "a store over plain HTTP is refused": (
        NOT_MET, {r.Premises: {"addresses": (address("artefacts", "clear"),)}}
    ),
    "rows that are not public, on a disk of which nothing is told": (UNKNOWN, PRIVATE),
    "rows that are not public, on a disk in the clear, are refused": (
        NOT_MET, PRIVATE | {r.Premises: {"encrypted": False}}
    ),
    "rows that are not public, on a disk of which people tell": (
        MET, PRIVATE | given(at_rest="LUKS, by operations")
    ),
}  # fmt: skip


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


def test_what_the_registry_of_features_shows_is_told() -> None:
    said = ask(checks.features_are_stored_once_and_shared, GOOD).because
    assert said.startswith("1 features, described, owned and versioned, read by flights version 1 from the store")
    assert said.endswith("no twins in 700 rows; every column is public")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({r.FeatureRegistry: {"twins": (PAIR,)}}, "delay and delay_hours tell the same, by", id="twins"),
        pytest.param(entry(owner="Eve"), "no owner that the charter names: delay", id="an entry"),
        pytest.param(reads("train", "elsewhere"), "train reads nothing from data/prepared", id="a reader"),
        pytest.param(reads("train", on_disk="2"), "read before the store changed: train (data/prepared)", id="stale"),
    ],
)
def test_what_is_wrong_with_features_is_named(changes: Changes, words: str) -> None:
    assert words in ask(checks.features_are_stored_once_and_shared, GOOD.but(changes)).because


def test_where_the_disk_is_said_to_be_encrypted_is_told() -> None:
    changes = PRIVATE | given(at_rest="LUKS, by operations")
    assert ask(checks.features_are_stored_once_and_shared, GOOD.but(changes)).because.endswith("LUKS, by operations")
