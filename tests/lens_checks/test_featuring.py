"""Features are stored once and shared: their versions stand for definition and code, and all read the same bytes."""

from dataclasses import replace

import pytest

from config.settings import Charter, Column, Data, Sensitivity
from lens_checks import featuring
from lens_checks.evidence import records as r
from tasks.files import sha256_json
from tests.lens_checks.guarded import platform
from tests.lens_checks.made import PARTS, SCHEMA
from tests.lens_checks.world import GOOD, Changes

KNOWN, DATA = GOOD.get(r.FeatureRegistry), GOOD.get(Data)
LINEAGE, PIPELINE = GOOD.get(r.Lineage), GOOD.get(r.Pipeline)
CODE = "the code that the versions of the features stand for is not what stage prepare recorded"
SERVED = "the server does not read the features that training read"
OTHER = "0" * 64


def entries(known: r.FeatureRegistry, pipeline: r.Pipeline) -> list[str]:
    training, charter = GOOD.get(r.Training), GOOD.get(Charter)
    return featuring.of_entries(known, DATA, charter, training, pipeline, "flights version 1")


def test_versions_stand_for_the_code_that_was_recorded() -> None:
    prepare = PIPELINE.stages["prepare"]
    codeless = replace(PIPELINE, stages={"prepare": replace(prepare, deps=prepare.deps[:1])})
    assert entries(KNOWN, PIPELINE) == []
    assert CODE in entries(replace(KNOWN, code={"tasks/splitting.py": "2"}), PIPELINE)
    assert CODE in entries(KNOWN, codeless)
    assert CODE in entries(replace(KNOWN, code={}), codeless)
    assert CODE in entries(replace(KNOWN, code={}), replace(PIPELINE, stages={}))


def test_a_version_is_the_digest_that_the_registry_of_features_writes() -> None:
    column, code = Column(type="number", sensitivity=Sensitivity.PUBLIC, description="Verspätung"), {"a.py": "1"}
    assert featuring.version_of(column, code) == sha256_json({"column": column, "code": code})


def stored(source: str, target: str, changes: Changes | None = None, **edge: str | None) -> list[str]:
    """Say what is wrong with the store, where one edge of the lineage says something else."""
    world = GOOD.but(changes or {})
    edges = (replace(e, **edge) if (e.source, e.target) == (source, target) else e for e in LINEAGE.edges)
    lineage = replace(LINEAGE, edges=tuple(edges))
    return featuring.of_store(lineage, world.get(r.Parts), world.get(r.Training), world.get(r.Pipeline))


@pytest.mark.parametrize("part", ["train", "tune"])
@pytest.mark.parametrize("edge", [{}, {"written": OTHER}, {"read": OTHER}], ids=["same", "written", "read"])
def test_training_reads_what_is_stored(part: str, edge: dict[str, str]) -> None:
    fault = f"the {part} rows that training read are not those in the store"
    assert stored(part, "features", **edge) == ([fault] if edge else [])


def test_rows_of_which_nothing_is_known_are_not_those_in_the_store() -> None:
    parts = {
        name: r.Part(rows=1, sha256=sha, sha256_on_disk=None if name == "train" else sha) for name, sha in PARTS.items()
    }
    unknown: Changes = {r.Parts: {"parts": parts}, r.Training: {"data_sha256": {"tune": PARTS["tune"]}}}
    assert stored("train", "features", unknown, written=None, read=None) == [
        "the train rows that training read are not those in the store"
    ]


@pytest.mark.parametrize("edge", ["written", "read"])
def test_the_server_reads_what_training_read(edge: str) -> None:
    assert stored("features", "version 1", **{edge: SCHEMA}) == []
    assert stored("features", "version 1", **{edge: OTHER}) == [SERVED]
    assert stored("features", "version 1", **{edge: None}) == [SERVED]


@pytest.mark.parametrize(
    ("sensitivity", "at_rest", "kept"),
    [
        pytest.param(Sensitivity.PUBLIC, "", "every column is public", id="public"),
        pytest.param(Sensitivity.PERSONAL, "", "the disk is encrypted", id="encrypted"),
        pytest.param(Sensitivity.PERSONAL, "The host encrypts", "The host encrypts", id="encrypted by the host"),
    ],
)
def test_how_the_store_is_kept_is_told(sensitivity: Sensitivity, at_rest: str, kept: str) -> None:
    columns = {name: c.model_copy(update={"sensitivity": sensitivity}) for name, c in DATA.columns.items()}
    told = featuring.in_words(KNOWN, DATA.model_copy(update={"columns": columns}), platform(at_rest=at_rest))
    assert told.endswith(f"; {kept}")
