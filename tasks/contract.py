"""The data contract: every rule in this module. To add one, add a class with a sentence; the audit finds it.

A rule is an expectation of Great Expectations. One that follows from config/data.yaml says in `over` what it is about;
one of your own is complete with its column and bounds, for example:

    class ShortDelays(gxe.ExpectColumnValuesToBeBetween):
        '''No flight leaves more than ten hours late.'''

        column: str = "dep_delay"
        max_value: float = 600
"""

import inspect
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import ColumnMapExpectation, Expectation

from config.settings import ColumnType, Data
from tasks import type_metric

LARGEST = 3.4e38  # what a 32-bit float holds; anything larger is infinite to most models


class ColumnsAsDeclared(gxe.ExpectTableColumnsToMatchSet):
    """The columns are those of config/data.yaml, no more and no fewer."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of the table."""
        yield cls(column_set=list(data.columns), exact_match=True)


class EnoughRows(gxe.ExpectTableRowCountToBeBetween):
    """There are enough rows to learn from."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of the table."""
        yield cls(min_value=data.minimum_rows, description=f"there are at least {data.minimum_rows:,} rows")


class KeyIsUnique(gxe.ExpectColumnValuesToBeUnique):
    """No two rows have the same key."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of the key, where one column is the key."""
        yield from (cls(column=name) for name in data.key_columns if len(data.key_columns) == 1)


class KeysAreUnique(gxe.ExpectCompoundColumnsToBeUnique):
    """No two rows have the same keys."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of all key columns together, where there are several."""
        if len(data.key_columns) > 1:
            told = f"no two rows have the same {', '.join(data.key_columns)}"
            yield cls(column_list=list(data.key_columns), ignore_row_if="never", description=told)


class ValuesOfDeclaredType(ColumnMapExpectation):
    """Every value can be read as the declared type."""

    kind: str
    map_metric: ClassVar[str] = type_metric.NAME
    success_keys: ClassVar[tuple[str, ...]] = ("kind", "mostly")

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of every column."""
        for name, column in data.columns.items():
            yield cls(column=name, kind=column.type.value, description=f"{name} holds values of type {column.type}")


class ValuesPresent(gxe.ExpectColumnValuesToNotBeNull):
    """No more values are missing than declared, none of the target or a key."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of every column."""
        for name in data.columns:
            share = missing_allowed(name, data)
            told = f"{name} misses at most {share:.3%} of its values" if share else f"{name} misses no value"
            yield cls(column=name, mostly=1 - share, description=told)


class NumbersAreFinite(gxe.ExpectColumnValuesToBeBetween):
    """Numbers are finite, and small enough for a 32-bit float."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of every number."""
        for name, column in data.columns.items():
            if column.type is ColumnType.NUMBER:
                yield cls(
                    column=name, min_value=-LARGEST, max_value=LARGEST, description=f"{name} holds finite numbers"
                )


class ValuesWithinBounds(gxe.ExpectColumnValuesToBeBetween):
    """Values lie between the declared minimum and maximum."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of every column with a bound."""
        for name, column in data.columns.items():
            low, high = column.minimum, column.maximum
            if low is not None or high is not None:
                told = f"{name} lies between {_told(low)} and {_told(high)}{column.unit and f' ({column.unit})'}"
                yield cls(column=name, min_value=low, max_value=high, description=told)


class KnownCategories(gxe.ExpectColumnValuesToBeInSet):
    """Categories are among those allowed."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of every column with a list of allowed values."""
        for name, column in data.columns.items():
            if column.allowed:
                told = f"{name} is one of {', '.join(column.allowed[:20])}"
                yield cls(column=name, value_set=list(column.allowed), description=told)


class TimesArePast(gxe.ExpectColumnValuesToBeBetween):
    """Times lie between 1970 and today: nothing is recorded before it happens."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of the column that orders rows in time."""
        tomorrow = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        if name := data.time_column:
            told = f"{name} lies between 1970 and today"
            yield cls(column=name, min_value=datetime(1970, 1, 1, tzinfo=UTC), max_value=tomorrow, description=told)


class TargetVaries(gxe.ExpectColumnUniqueValueCountToBeBetween):
    """The target has more than one value."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of the target."""
        yield cls(column=data.target, min_value=2, description=f"{data.target} has at least two different values")


class EveryClassIsThere(gxe.ExpectColumnDistinctValuesToContainSet):
    """Every declared class of the target has rows."""

    @classmethod
    def over(cls, data: Data) -> Iterator[Expectation]:
        """Speak of a target whose classes are declared."""
        if allowed := data.columns[data.target].allowed:
            told = f"{data.target} has rows of every class: {', '.join(allowed[:20])}"
            yield cls(column=data.target, value_set=list(allowed), description=told)


def rules(data: Data) -> list[Expectation]:
    """Build every rule, numbered and with its sentence: those that config/data.yaml asks for, and each of one's own."""
    kinds = vars(sys.modules[__name__]).values()
    own = [k for k in kinds if inspect.isclass(k) and issubclass(k, Expectation) and k.__module__ == __name__]
    found = [rule for kind in own for rule in (kind.over(data) if hasattr(kind, "over") else (kind(),))]
    for number, rule in enumerate(found):
        name = type(rule).__name__
        sentence = rule.description or (inspect.getdoc(type(rule)) or name).split("\n", 1)[0].rstrip(".")
        columns = [rule.column] if hasattr(rule, "column") else list(getattr(rule, "column_list", ()))
        rule.meta = {"number": number, "rule": name, "sentence": sentence, "columns": columns}
    return found


def missing_allowed(name: str, data: Data) -> float:
    """Give the largest share of missing values that the column may have: the target and keys may have none."""
    return 0.0 if name in (data.target, *data.key_columns) else data.columns[name].max_missing


def _told(bound: float | None) -> str:
    return "anything" if bound is None else f"{bound:,g}"
