"""Zones of data, their formats, how they are read, and who looks them over."""

from dataclasses import replace
from typing import Any

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import data_processing as checks
from tests.lens_checks.guarded import PREPARED, stored
from tests.lens_checks.made import PARTS, SCHEMA, lineage
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

STAGES = GOOD.get(r.Pipeline).stages
LANDED = stored("data/landed/rows.parquet")
WHOLE = lineage()


def holding(*files: r.StoredFile) -> Changes:
    return {r.Storage: {"files": files}}


def reads(stage: str, *paths: str) -> dict[str, r.Stage]:
    deps = tuple(r.StageFile(path=path, recorded="1", on_disk="1") for path in paths)
    return {stage: replace(STAGES[stage], deps=deps)}


def reading(stage: str, *paths: str) -> Changes:
    return {r.Pipeline: {"stages": STAGES | reads(stage, *paths)}}


def traced(**change: Any) -> Changes:
    """Let one more edge have been traced."""
    edge = r.LineageEdge(**{"written": SCHEMA, "read": SCHEMA, "code": {"tasks/x.py": "1"}} | change)
    return {r.Lineage: {"edges": (*WHOLE.edges, edge)}}


VERDICTS: dict[Check, dict[str, tuple[Outcome, Changes]]] = {
    checks.data_lies_in_zones_and_is_read_as_declared: {
        "three zones, read as declared, each looked over": (MET, {}),
        "nothing is landed": (NOT_MET, holding(*PREPARED)),
        "nothing is prepared": (NOT_MET, holding(LANDED)),
        "a part has no file of its own": (NOT_MET, holding(LANDED, *PREPARED[1:])),
        "landed rows that are not columnar": (NOT_MET, holding(stored("data/landed/rows.csv"), *PREPARED)),
        "the prepared rows lie in one heap": (
            NOT_MET,
            {r.Parts: {"parts": {"train": GOOD.get(r.Parts).parts["train"]}}},
        ),
        "two parts have a file each": (
            MET,
            {r.Parts: {"parts": {name: GOOD.get(r.Parts).parts[name] for name in ("train", "tune")}}},
        ),
        "training reads the landed rows": (NOT_MET, reading("train", "data/landed", "data/prepared")),
        "preparing reads what is prepared": (NOT_MET, reading("prepare", "data/landed", "data/prepared")),
        "preparing declares no rows that it reads": (UNKNOWN, reading("prepare", "tasks/splitting.py")),
        "preparing declares none, and training reads the landed rows": (
            NOT_MET,
            {
                r.Pipeline: {
                    "stages": {**STAGES, **reads("prepare", "tasks/splitting.py"), **reads("train", "data/landed")}
                }
            },
        ),
        "features were made from landed rows": (NOT_MET, traced(source="landed", target="features")),
        "a part was made from the source": (NOT_MET, traced(source="data/flights.csv", target="train")),
        "the landed rows failed the contract": (NOT_MET, {r.Validation: {"success": False}}),
        "no rule of the contract was tried": (NOT_MET, {r.Validation: {"evaluated": 0}}),
        "the contract was tried on other rows": (NOT_MET, {r.Validation: {"data_sha256": PARTS["train"]}}),
        "leaks were found": (NOT_MET, {r.Leakage: {"passed": False}}),
        "nobody looked for leaks": (NOT_MET, {r.Leakage: {"checks": ()}}),
        "leaks were searched in other rows": (NOT_MET, {r.Leakage: {"data_sha256": PARTS["train"]}}),
        "a feature has no statistics": (NOT_MET, {r.Training: {"features": ("delay", "carrier")}}),
        "other features than those on record": (NOT_MET, {r.Training: {"feature_schema_sha256": "0" * 64}}),
        "no lineage yet": (UNKNOWN, {r.Lineage: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
