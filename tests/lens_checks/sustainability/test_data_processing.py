"""Nothing idles; kept no longer than its class asks for, and stored in little room."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.settings import Housekeeping, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import data_processing as checks
from tests.lens_checks.frugal import left
from tests.lens_checks.made import NOW
from tests.lens_checks.metered import lines, took
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

FILES = GOOD.get(r.Storage).files


def stored(which: str, **change: object) -> Changes:
    """Let one of the files be otherwise."""
    return {r.Storage: {"files": tuple(replace(f, **change) if f.path == which else f for f in FILES)}}  # type: ignore[arg-type]


def aged(days: float) -> Changes:
    """Let the quarantined rows be so many days old; they are kept for ninety."""
    return stored("data/quarantine/q.parquet", modified=NOW - timedelta(days=days))


SHORT = {"landed": {"days": 31}, "prepared": {"days": 31}}


def waiting(cpu_seconds: float, waited_seconds: float = 0.0) -> Changes:
    """Let every phase, of ten seconds, have used a processor for so long, and stood in the queue for one."""
    took = {"cpu_seconds": cpu_seconds, "waited_seconds": waited_seconds}
    return {r.Metering: {"lines": tuple(replace(line, **took) for line in lines())}}


VERDICTS = {
    checks.pipelines_wake_when_there_is_work: {
        "a calendar starts them, they do not wait, and skip what is up to date": (MET, {}),
        "without a calendar it cannot be told": (UNKNOWN, {r.Orchestration: {"deployments": ()}}),
        "a run that nothing caused is refused": (NOT_MET, took("Training", cause=" ")),
        "workers that mostly wait are refused": (NOT_MET, waiting(4.9)),
        "as much waiting as is let": (MET, waiting(5.0)),
        "a processor that others had is no idling": (MET, waiting(1.0, waited_seconds=4.0)),
        "a queue of less than nothing hides nothing": (NOT_MET, waiting(4.9, waited_seconds=-9.0)),
        "processes left behind are refused": (NOT_MET, took("Training", left=1)),
        "a stage that ran again on the same inputs is refused": (
            NOT_MET,
            took("Training", inputs="Training of first"),
        ),
        "one that was found up to date is not": (MET, took("Training", inputs="Training of first", skipped=True)),
        "a stage that was stopped did not run again": (
            MET,
            took("Training", inputs="Training of first", outcome="stopped"),
        ),
        "a fault is told though no calendar is there": (
            NOT_MET,
            took("Training", left=1) | {r.Orchestration: {"deployments": ()}},
        ),
        "nothing was metered": (UNKNOWN, {r.Metering: None}),
    },
    checks.data_is_kept_as_its_class_asks: {
        "each class has its time, and nothing is beyond it": (MET, {}),
        "rows just within their time": (MET, aged(90)),
        "rows beyond their time are refused": (NOT_MET, aged(91)),
        "a class without a time is refused": (
            NOT_MET,
            {Policy: {"housekeeping": Housekeeping.model_validate({"keep": SHORT})}},
        ),
        "rows that could not be deleted are refused": (NOT_MET, left("rows")),
        "a housekeeping that deletes no rows is refused": (NOT_MET, {r.Housekeeping: {"removed": {}}}),
        "a housekeeping long ago is refused": (NOT_MET, {r.Housekeeping: {"made": NOW - timedelta(days=36)}}),
        "a housekeeping that is just recent": (MET, {r.Housekeeping: {"made": NOW - timedelta(days=35)}}),
        "a housekeeping of tomorrow is refused": (NOT_MET, {r.Housekeeping: {"made": NOW + timedelta(days=1)}}),
        "a housekeeping by nobody is refused": (NOT_MET, {r.Housekeeping: {"flow_run_id": None}}),
        "no housekeeping at all": (UNKNOWN, {r.Housekeeping: None}),
    },
    checks.data_takes_little_room: {
        "compressed columns, each once": (MET, {}),
        "rows as text are refused": (NOT_MET, stored("data/quarantine/q.parquet", path="data/quarantine/q.csv")),
        "columns of Feather": (MET, stored("data/quarantine/q.parquet", path="data/quarantine/q.feather")),
        **{
            f"columns of compression {how} are refused": (NOT_MET, stored("data/landed/rows.parquet", compression=how))
            for how in ("UNCOMPRESSED", "NONE", None)
        },
        "the same content twice is refused": (
            NOT_MET,
            stored("data/landed/rows.parquet", sha256="data/prepared/train.parquet"),
        ),
        "a cache that nobody clears is refused": (NOT_MET, {r.Housekeeping: {"removed": {}}}),
        "a cache that could not be cleared is refused": (NOT_MET, left("cache")),
        "sources whose size is not known": (UNKNOWN, {r.Storage: {"source_bytes": None}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            checks.data_is_kept_as_its_class_asks,
            "landed 3650 days hot, prepared 3650 days hot; nothing beyond its time",
        ),
        (checks.data_takes_little_room, "4 files, ZSTD; 1000 rows in 40% of their source"),
    ],
)
def test_what_is_kept_is_told(check: Check, words: str) -> None:
    quarantined = "data/quarantine/q.parquet"
    assert because(check, {r.Storage: {"files": tuple(f for f in FILES if f.path != quarantined)}}).startswith(words)
