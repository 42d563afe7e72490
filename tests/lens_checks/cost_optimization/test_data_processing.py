"""Labels, and preparation as a pipeline."""

import pytest

from config.settings import Data
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import data_processing as checks
from lens_checks.evidence import records as r
from tests.lens_checks.world import DERIVED, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

NOTEBOOK = r.StageFile(path="explore.ipynb", recorded="1", on_disk="1")


def prepared(*deps: r.StageFile, recorded: bool = True, command: str = "-") -> dict[str, object]:
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
