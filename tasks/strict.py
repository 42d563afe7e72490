"""Rows of a request, checked strictly against the columns of a contract: checkers are made once, and run per column."""

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from config.errors import LifecycleError
from config.settings import ColumnType

if TYPE_CHECKING:
    from tasks.scoring import ColumnContract

MOST_TOLD = 5  # problems that one refusal names
MOST_TEXT = 10_000  # characters of one value
EXACT = 2**53  # up to here a float holds every whole number
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
YEARS = range(1678, 2262)  # what nanoseconds in 64 bits can say

Values = list[Any]
Check = Callable[[Values], Any]


class BadRows(LifecycleError):
    """Rows do not fit the contract: says where and why, without repeating what was sent."""


class Unfit(ValueError):
    """One value does not fit its column: its row, and what was expected."""

    def __init__(self, row: int, expected: str) -> None:
        super().__init__(f"row {row}: {expected}")


@dataclass(frozen=True, eq=False)
class Checker:
    """The checks of a contract's columns; every method gives the values of each column, or raises BadRows."""

    columns: tuple["ColumnContract", ...]
    most_rows: int
    checks: dict[str, Check] = field(default_factory=dict)

    def of_records(self, records: Any) -> dict[str, Any]:
        """Check rows given as objects."""
        if not isinstance(records, list) or not all(type(record) is dict for record in records):
            raise self._bad("rows are not a list of objects")
        self._count(len(records))
        try:
            columns = {name: [record[name] for record in records] for name in self.checks}
        except KeyError:
            raise self._bad(self._absent(records)) from None
        width = len(self.checks)
        for row, record in enumerate(records):
            if len(record) != width:
                raise self._bad(f"row {row} has {len(record) - width} columns that the contract does not know")
        return self._checked(columns)

    def of_rows(self, names: Any, rows: Any) -> dict[str, Any]:
        """Check rows given as lists beside one list of names."""
        if not isinstance(names, list) or not all(type(name) is str for name in names) or len(set(names)) != len(names):
            raise self._bad("columns are not a list of distinct names")
        if not isinstance(rows, list) or not all(type(row) is list for row in rows):
            raise self._bad("rows are not a list of lists")
        self._count(len(rows))
        for number, row in enumerate(rows):
            if len(row) != len(names):
                raise self._bad(f"row {number} has {len(row)} values for {len(names)} columns")
        return self.of_columns(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))

    def of_columns(self, columns: Any) -> dict[str, Any]:
        """Check rows given as one list of values a column."""
        if type(columns) is not dict or not all(type(values) is list for values in columns.values()):
            raise self._bad("columns are not an object of lists")
        if absent := [name for name in self.checks if name not in columns]:
            raise self._bad(f"missing: {_few(absent)}")
        if more := len(columns) - len(self.checks):
            raise self._bad(f"{more} columns are given that the contract does not know")
        lengths = {len(values) for values in columns.values()}
        if len(lengths) != 1:
            raise self._bad("columns differ in length")
        self._count(lengths.pop())
        return self._checked({name: columns[name] for name in self.checks})

    def _checked(self, columns: dict[str, Values]) -> dict[str, Any]:
        checked, problems = {}, []
        for name, check in self.checks.items():
            try:
                checked[name] = check(columns[name])
            except Unfit as unfit:
                problems.append(f"column {name[:100]!r}, {unfit}")
        if problems:
            raise BadRows(
                f"{len(problems)} columns do not fit: {'; '.join(problems[:MOST_TOLD])}",
                expected="values of the types and within the bounds of the contract",
            )
        return checked

    def _count(self, rows: int) -> None:
        if not 1 <= rows <= self.most_rows:
            raise self._bad(f"{rows} rows, where 1 to {self.most_rows} are taken")

    def _absent(self, records: Sequence[Mapping[str, Any]]) -> str:
        row, names = next(
            (row, absent)
            for row, record in enumerate(records)
            if (absent := [name for name in self.checks if name not in record])
        )
        return f"row {row} misses {_few(names)}"

    def _bad(self, seen: str) -> BadRows:
        return BadRows(seen, expected=f"1 to {self.most_rows} rows with exactly the columns {_few(list(self.checks))}")


def checker_of(columns: Sequence["ColumnContract"], *, most_rows: int) -> Checker:
    """Make the checks of a contract's columns, once."""
    return Checker(tuple(columns), most_rows, {column.name: _check(column) for column in columns})


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(name[:100] for name in names[:20]) + more


def _check(column: "ColumnContract") -> Check:
    match ColumnType(column.type):
        case ColumnType.BOOLEAN:
            return lambda values: _typed(values, {bool}, column.nullable, "true or false")
        case ColumnType.INTEGER:
            return lambda values: _integers(values, column)
        case ColumnType.NUMBER:
            return lambda values: _numbers(values, column)
        case ColumnType.CATEGORY:
            allowed = frozenset(column.allowed) if column.allowed is not None else None
            return lambda values: _texts(values, column.nullable, allowed)
        case ColumnType.TIMESTAMP:
            return lambda values: _times(values, column.nullable)


def _typed(values: Values, kinds: set[type], nullable: bool, words: str) -> Values:
    allowed = kinds | {type(None)} if nullable else kinds
    if set(map(type, values)) <= allowed:
        return values
    row = next(row for row, value in enumerate(values) if type(value) not in allowed)
    if values[row] is None:
        raise Unfit(row, "null, where a value is needed")
    raise Unfit(row, f"not {words}")


def _integers(values: Values, column: "ColumnContract") -> Values:
    _typed(values, {int}, column.nullable, "a whole number")
    _within(values, column.minimum, column.maximum)
    return _within(values, -EXACT, EXACT)


def _numbers(values: Values, column: "ColumnContract") -> Values:
    _typed(values, {float, int}, column.nullable, "a number")
    try:
        numbers = [None if value is None else float(value) for value in values]
        quick = math.isfinite(sum(number for number in numbers if number is not None))
    except OverflowError:
        numbers, quick = values, False
    for row, value in enumerate(() if quick else numbers):
        if value is not None and not -sys.float_info.max <= value <= sys.float_info.max:
            raise Unfit(row, "not a finite number")
    return _within(numbers, column.minimum, column.maximum)


def _within(values: Values, least: float | None, most: float | None) -> Values:
    low, high = -math.inf if least is None else least, math.inf if most is None else most
    present = [value for value in values if value is not None]
    if not present or (min(present) >= low and max(present) <= high):
        return values
    row = next(row for row, value in enumerate(values) if value is not None and not low <= value <= high)
    raise Unfit(row, f"outside {low:g} to {high:g}")


def _texts(values: Values, nullable: bool, allowed: frozenset[str] | None) -> Values:
    _typed(values, {str}, nullable, "text")
    for row, value in enumerate(values):
        if value is None:
            continue
        if len(value) > MOST_TEXT:
            raise Unfit(row, f"more than {MOST_TEXT} characters")
        if allowed is not None and value not in allowed:
            raise Unfit(row, "none of the categories that are allowed")
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise Unfit(row, "half of a character")
    return values


def _times(values: Values, nullable: bool) -> Any:
    """Give times in UTC, shape (rows,), as datetime64[us]; one without a zone is UTC, a missing one is NaT."""
    _typed(values, {str}, nullable, "text")
    found = [None if value is None else _time(row, value) for row, value in enumerate(values)]
    return np.array(found, dtype="datetime64[us]")


def _time(row: int, text: str) -> datetime:
    if TIME.fullmatch(text[:40]) and len(text) <= 40:
        try:
            time = datetime.fromisoformat(text)
            if time.year in YEARS:
                return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            pass
    raise Unfit(row, "no time in ISO 8601, such as 2013-09-01T12:00:00Z")
