"""A hand-made project in which every practice is met: its settings and data; tests plant one defect at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from config.settings import Charter, Data, Params, Policy, Runtime
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.evidence.place import NoEvidence
from lens_checks.runner import ask
from tests.lens_checks.delivered import delivered
from tests.lens_checks.doored import doored
from tests.lens_checks.frugal import frugal
from tests.lens_checks.guarded import guarded
from tests.lens_checks.living import living
from tests.lens_checks.made import BASE, PARTS, ROWS, ground, model, release
from tests.lens_checks.metered import metered
from tests.lens_checks.proven import proven
from tests.lens_checks.served import served

R = TypeVar("R")
MET, NOT_MET, UNKNOWN, DERIVED = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
Changes = Mapping[type, Mapping[str, Any] | None]


@dataclass(frozen=True)
class World:
    """Hand-made records by type."""

    records: Mapping[type, object]

    def get(self, kind: type[R]) -> R:
        """Give a record as the collectors would."""
        found = self.records.get(kind)
        if found is None:
            raise NoEvidence(f"there is no {kind.__name__}")
        return found  # type: ignore[return-value]

    def but(self, changes: Changes) -> "World":
        """Give the same world with some fields of some records changed; None takes a record away."""
        changed = {kind: None if new is None else _changed(self.records[kind], new) for kind, new in changes.items()}
        return World({**self.records, **changed})


def _changed(record: object, new: Mapping[str, Any]) -> object:
    if isinstance(record, BaseModel):
        inner = {k: _changed(getattr(record, k), v) if _nested(record, k, v) else v for k, v in new.items()}
        return record.model_copy(update=inner)
    inner = {k: _changed(getattr(record, k), v) if _nested(record, k, v) else v for k, v in new.items()}
    return replace(record, **inner)  # type: ignore[type-var]


def _nested(record: object, key: str, value: object) -> bool:
    held = getattr(record, key)
    return isinstance(value, Mapping) and (isinstance(held, BaseModel) or is_dataclass(held))


def cases(table: Mapping[Check, Mapping[str, tuple[Outcome, Changes]]]) -> list[Any]:
    """Give the rows of a table of checks, each row under its sentence."""
    return [pytest.param(check, *row, id=sentence) for check, rows in table.items() for sentence, row in rows.items()]


def outcome(check: Check, changes: Changes) -> Outcome:
    """Judge the good project with some changes, by the runner that reviews use."""
    return ask(check, GOOD.but(changes)).outcome


def because(check: Check, changes: Changes) -> str:
    """Give the words of that verdict."""
    return ask(check, GOOD.but(changes)).because


def settings() -> dict[type, object]:
    owners = {"business": "Bea", "data": "Dan", "model": "Mo", "operations": "Ola", "approver": "Ada"}
    kpi = {"name": "late", "unit": "AP", "metric": "average_precision", "baseline": 0.6, "floor": 0.8, "target": 0.85}
    charter = {
        "project": "flights", "goal": "Tell at departure who will be late.", "problem_type": "binary",
        "kpis": [kpi | {"max_error": "one in three"}], "owners": owners,
        "error_costs": {"false_positive": 1, "false_negative": 3},
        "explanation": {"level": "global", "method": "permutation importance", "owner": "Bea"},
        "fairness": {"attributes": [], "reason": "Rows describe flights."},
        "improvement_levers": ["dummy", "linear", "boosting"],
    }  # fmt: skip
    column = {"type": "number", "sensitivity": "public"}
    data = {
        "source": {"reader": "csv", "licence": "CC0-1.0", "purpose": "machine learning", "owner": "Dan"},
        "columns": {"delay": column, "late": column | {"type": "boolean", "role": "target"}},
        "target": "late", "labels": "system-of-record",
    }  # fmt: skip
    gate = {"measured": ["high"], "attested": ["high"]}
    policy = {
        "gates": {"phase": gate, "staging": gate, "champion": gate},
        "thresholds": [{"metric": "average_precision", "floor": 0.8}, {"metric": "brier", "ceiling": 0.12}],
        "bounds": {"uplift": 0.05},
    }  # fmt: skip
    params = {
        "split": {"strategy": "time"}, "slices": ["origin"],
        "search": {"candidates": ["dummy", "linear", "boosting"]},
        "metrics": {"primary": "average_precision", "guarded": ["brier"]},
    }  # fmt: skip
    models = ((Charter, charter), (Data, data), (Policy, policy), (Params, params), (Runtime, {}))
    return {kind: kind.model_validate(values) for kind, values in models}


def prepared() -> dict[type, object]:
    number = r.ProfiledColumn(type="number", role="feature", sensitivity="public", missing=0, distinct=9, mean=1, std=1)
    target = r.ProfiledColumn(type="boolean", role="target", sensitivity="public", missing=0, distinct=2)
    rule = r.Rule(rule="range", column="delay", success=True, unexpected=0)
    effect = {"tune": 0.1, "promotion": 0.2}
    part = {
        name: r.Part(
            rows=rows, sha256=PARTS[name], rows_sha256=PARTS[name], positives=rows // 4, sha256_on_disk=PARTS[name]
        )
        for name, rows in (("train", 700), ("tune", 150), ("promotion", 150))
    }
    records: list[object] = [
        r.Landing(
            dataset="flights", reader="csv", rows=1000, columns={"delay": "double", "late": "bool"}, sha256=ROWS,
            source_sha256="e" * 64, window=r.Span(start="2013-01-01", end="2013-09-01"), owner="Dan",
            sources=(r.SourceFile(path="data/flights.csv", sha256="f" * 64),), licence="CC0-1.0",
            purpose="machine learning", sha256_on_disk=ROWS,
        ),
        r.Validation(
            data_sha256=ROWS, success=True, evaluated=1, expected=1, rows=1000, minimum_rows=100, exceptions=(),
            quarantined=1, quarantine_share=0.001, quarantine_limit=0.01, rules=(rule,),
            quarantine_file="data/q.parquet",
        ),
        r.Profile(data_sha256=ROWS, rows=1000, columns={"delay": number, "late": target}, personal_data_found=()),
        r.Leakage(data_sha256=ROWS, checks=("copies",), findings=(), passed=True),
        r.Parts(
            data_sha256=ROWS, strategy="time", parts=part, effects={"delay": effect}, overlap_rows=0, segments={},
            landed_rows=1000, dropped_rows=0,
        ),
        r.Difference(
            data_sha256=ROWS, against="0" * 64, rows={"before": 900, "now": 1000, "arrived": 100}, added=(),
            columns={"delay": r.ColumnDifference(psi=0.01, arrived_psi=0.1, missing_before=0, missing=0)}, removed=(),
            label=r.LabelDifference(column="late", before={}, now={}, arrived={}, largest=0.05),
            outliers={name: {"delay": 0.0, "any": 0.0} for name in PARTS},
        ),
        r.TrainingNetwork(),
        r.BaseModel(),
        r.ComponentTrials(),
        r.Couplings(),
        r.BiasBefore(data_sha256=ROWS, rows=700, outcome="late", attributes={}),
        r.Baseline(columns={"delay": r.BaselineColumn(kind="numeric", shares=(0.5, 0.5), missing=0)}, sha256=BASE),
    ]  # fmt: skip
    return {type(record): record for record in records}


FOUND = settings() | prepared() | model() | release() | ground()
GOOD = World(doored(served(metered(living(frugal(guarded(proven(delivered(FOUND)))))))))
