"""Audits rows against the contract, sets offending rows aside with the rule that caught each, and says what passed."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.settings import ColumnType, Data, Sensitivity
from tasks.bench import Answer, Answers, Bench
from tasks.contract import missing_allowed
from tasks.parsing import conform

EXAMPLES = 5
PROTECTED = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """One rule: whether it holds for the rows that go on, and how many landed rows broke it."""

    rule: str
    column: str | None
    success: bool
    unexpected: int
    examples: list[str]
    sentence: str


@dataclass(frozen=True)
class Validation:
    """The audit's answer; `success` only if every rule was asked and holds for the rows that go on."""

    data_sha256: str
    success: bool
    evaluated: int
    expected: int
    rows: int
    minimum_rows: int
    exceptions: list[str]
    quarantined: int
    quarantine_share: float
    quarantine_limit: float
    rules: list[Rule]
    schema: int = 1

    @property
    def broken(self) -> list[Rule]:
        """The rules that do not hold, the one that caught the most rows first."""
        return sorted((rule for rule in self.rules if not rule.success), key=lambda rule: -rule.unexpected)


@dataclass(frozen=True)
class Audit:
    """The answer, the rows that go on, and the rows set aside, once for each `rule` that caught them."""

    validation: Validation
    accepted: pd.DataFrame
    caught: pd.DataFrame


@dataclass(frozen=True)
class _Breach:
    """A failed rule and the positions of the rows that break it."""

    number: int
    rule: Rule
    rows: Positions


def audit(rows: pd.DataFrame, data: Data, *, data_sha256: str, docs: Path | None) -> Audit:
    """Ask every rule; set aside the rows that break one; ask again about the rest, if few enough were set aside.

    `docs` is the folder for the Data Docs; None writes none. Nothing is raised because of the data: the answer says no.
    """
    rows = rows.reset_index(drop=True)
    bench = Bench(data)
    answers = bench.ask(rows, "BOOLEAN_ONLY")
    breaches = _breaches(bench, rows, answers)
    caught = np.unique(np.concatenate([b.rows for b in breaches])) if breaches else np.array([], dtype=np.int64)
    share = len(caught) / max(len(rows), 1)
    accepted = rows
    if 0 < len(caught) < len(rows) and share <= data.quarantine_limit:
        accepted = conform(rows.drop(index=rows.index[caught]), data.columns).reset_index(drop=True)
        answers = bench.ask(accepted, "BOOLEAN_ONLY")
    elif breaches:
        answers = bench.ask(rows, "BASIC")
    objections = _objections(answers, accepted, data, expected=len(bench.rules))
    if docs:
        bench.write_docs(docs)
    validation = Validation(
        data_sha256=data_sha256,
        success=answers.success and not objections,
        evaluated=answers.evaluated,
        expected=len(bench.rules),
        rows=len(accepted),
        minimum_rows=data.minimum_rows,
        exceptions=objections,
        quarantined=len(caught),
        quarantine_share=share,
        quarantine_limit=data.quarantine_limit,
        rules=_all_rules(answers, breaches),
    )
    return Audit(validation, accepted, _set_aside(rows, breaches))


def _breaches(bench: Bench, rows: pd.DataFrame, answers: Answers) -> list[_Breach]:
    """Find the rows that break each failed rule."""
    if not answers.failed:
        return []
    again = bench.ask_again(rows, answers.failed).all
    absent = set(bench.data.columns) - set(rows.columns)
    unfit = {answer.column for answer in again if answer.rule == "ValuesOfDeclaredType"} | absent
    return [_breach(answer, rows, bench.data, unfit) for answer in again]


def _breach(answer: Answer, rows: pd.DataFrame, data: Data, unfit: set[str | None]) -> _Breach:
    """Say in words how a rule was broken, and by which rows: by all of them, if it speaks of no row."""
    examples: list[str] = []
    positions = np.arange(len(rows))
    absent = not set(answer.columns) <= set(rows.columns)  # Great Expectations takes Size for size, and does not raise
    if (answer.raised or absent) and set(answer.columns) & unfit:
        positions = positions[:0]
        told = "not judged, for the column is absent or of another type"
    elif answer.raised:
        told = f"could not be judged: {answer.raised}"
    elif answer.broken_by is None:
        told = _seen(answer, rows, data)
    else:
        positions = np.asarray(answer.broken_by, dtype=np.int64)
        examples = _examples(rows.iloc[positions[:EXAMPLES]], answer.columns, data)
        first = ", ".join(str(position) for position in positions[:EXAMPLES])
        more = "" if len(positions) <= EXAMPLES else " and more"
        told = f"not so in {len(positions):,} of {len(rows):,} rows (row {first}{more})"
    rule = Rule(answer.rule, answer.column, False, len(positions), examples, f"{answer.sentence}: {told}")
    return _Breach(answer.number, rule, positions)


def _seen(answer: Answer, rows: pd.DataFrame, data: Data) -> str:
    """Say what a rule about the whole table saw."""
    lacking = [name for name in data.columns if name not in rows.columns]
    extra = [str(name) for name in rows.columns if name not in data.columns]
    if answer.rule != "ColumnsAsDeclared" or not (lacking or extra):
        return f"saw {answer.observed}"
    parts = [f"{what} {', '.join(names[:EXAMPLES])}" for what, names in (("lack", lacking), ("add", extra)) if names]
    return f"the rows {' and '.join(parts)}"


def _examples(rows: pd.DataFrame, columns: tuple[str, ...], data: Data) -> list[str]:
    """Show offending rows by number and value, as `row 7: column=value`; no value of a protected column."""
    if any(name in data.columns and data.columns[name].sensitivity in PROTECTED for name in columns):
        return [f"row {number}" for number in rows.index]
    told = [[f"{name}={value}" for value in rows[name].astype("str")] for name in columns]
    return [f"row {n}: {', '.join(cells)}" for n, cells in zip(rows.index, zip(*told, strict=True), strict=False)]


def _objections(answers: Answers, rows: pd.DataFrame, data: Data, *, expected: int) -> list[str]:
    """List why a success would not count: a rule that raised, too little asked, too few rows, holes, infinities."""
    told = [f"{answer.rule}({answer.column or ''}): {answer.raised}" for answer in answers.all if answer.raised]
    if not expected or answers.evaluated != expected:
        told.append(f"{answers.evaluated} rules were evaluated, {expected} expected")
    if len(rows) < data.minimum_rows:
        told.append(f"{len(rows):,} rows, at least {data.minimum_rows:,} expected")
    for name in (n for n in data.columns if n in rows.columns):
        if (share := float(rows[name].isna().mean())) > missing_allowed(name, data) + 1e-9:
            told.append(f"{name} misses {share:.2%} of its values")
        if data.columns[name].type is ColumnType.NUMBER and not np.isfinite(_numbers(rows[name])).all():
            told.append(f"{name} holds values that are no finite numbers")
    return told


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(values, errors="coerce").dropna().to_numpy(dtype="float64")


def _all_rules(answers: Answers, breaches: list[_Breach]) -> list[Rule]:
    """List every rule once, in the contract's order: whether it holds for the rows that go on, and what broke it."""
    broken = {breach.number: breach.rule for breach in breaches}
    told = [broken.get(a.number, Rule(a.rule, a.column, True, 0, [], a.sentence)) for a in answers.all]
    return [replace(rule, success=answer.success) for rule, answer in zip(told, answers.all, strict=True)]


def _set_aside(rows: pd.DataFrame, breaches: list[_Breach]) -> pd.DataFrame:
    """Give the offending rows, once for each rule that caught them, its name in the column `rule`."""
    tables = [rows.iloc[b.rows].assign(rule=_label(b.rule)) for b in breaches if len(b.rows)]
    return pd.concat(tables, ignore_index=True) if tables else rows.iloc[:0].assign(rule=pd.Series(dtype="str"))


def _label(rule: Rule) -> str:
    return f"{rule.rule}({rule.column})" if rule.column else rule.rule
