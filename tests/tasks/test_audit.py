"""What breaks the contract is caught with its rule, and a pass counts only if everything was asked."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.settings import Column, ColumnType, Role, Sensitivity
from tasks import contract
from tasks.audit import audit
from tasks.bench import Answers, Bench
from tasks.parsing import conform
from tests.tasks.rows import columns, data, rows

Spoil = Callable[[pd.DataFrame], pd.DataFrame]


def put(column: str, value: object, n: int = 3) -> Spoil:
    """Put a value into the first rows of a column."""

    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{column: [value] * n + list(frame[column].iloc[n:])})

    return spoil


CAUGHT = [
    pytest.param(put("size", 1000.0), "ValuesWithinBounds(size)", 3, id="out of range"),
    pytest.param(put("size", np.inf), "NumbersAreFinite(size)", 3, id="infinite"),
    pytest.param(put("size", 1e39), "NumbersAreFinite(size)", 3, id="beyond 32 bits"),
    pytest.param(put("size", "abc"), "ValuesOfDeclaredType(size)", 3, id="text among numbers"),
    pytest.param(put("count", 2.5), "ValuesOfDeclaredType(count)", 3, id="fraction among integers"),
    pytest.param(put("place", "west"), "KnownCategories(place)", 3, id="unknown category"),
    pytest.param(put("late", None), "ValuesPresent(late)", 3, id="target missing in some rows"),
    pytest.param(put("late", "maybe"), "ValuesOfDeclaredType(late)", 3, id="target neither true nor false"),
    pytest.param(put("id", "r9"), "KeyIsUnique(id)", 4, id="one key four times"),
    pytest.param(put("when", pd.Timestamp("2999-01-01", tz="UTC")), "TimesArePast(when)", 3, id="from the future"),
    pytest.param(put("when", "yesterday"), "ValuesOfDeclaredType(when)", 3, id="no time"),
    pytest.param(put("size", np.nan, 80), "ValuesPresent(size)", 80, id="more missing than declared"),
    pytest.param(put("size", np.nan, 400), "ValuesPresent(size)", 400, id="all missing"),
    pytest.param(put("late", True, 400), "TargetVaries(late)", 400, id="one class"),
    pytest.param(lambda frame: frame.head(50), "EnoughRows", 50, id="too few rows"),
    pytest.param(lambda frame: frame.head(0), "EnoughRows", 0, id="no rows"),
    pytest.param(lambda frame: frame.drop(columns="size"), "ColumnsAsDeclared", 400, id="column missing"),
    pytest.param(lambda frame: frame.assign(more=1), "ColumnsAsDeclared", 400, id="column added"),
    pytest.param(lambda frame: frame.rename(columns={"late": "Late"}), "ColumnsAsDeclared", 400, id="target renamed"),
]


@pytest.mark.parametrize(("spoil", "rule", "count"), CAUGHT)
def test_bad_rows_are_refused_and_set_aside_with_their_rule(spoil: Spoil, rule: str, count: int) -> None:
    declared = data()
    bad = conform(spoil(rows()), declared.columns)
    found = audit(bad, declared, data_sha256="0" * 64, docs=None)
    assert not found.validation.success
    assert int((found.caught["rule"] == rule).sum()) == count
    assert any(broken.rule == rule.split("(")[0] for broken in found.validation.broken)
    assert all(broken.sentence and len(broken.examples) <= 5 for broken in found.validation.broken)


def test_good_rows_pass_and_every_rule_was_asked() -> None:
    found = audit(rows(), data(), data_sha256="0" * 64, docs=None)
    told = found.validation
    assert (told.success, told.exceptions, told.quarantined, len(found.caught)) == (True, [], 0, 0)
    assert told.evaluated == told.expected == len(contract.rules(data())) == len(told.rules)


def test_few_bad_rows_are_set_aside_and_the_rest_goes_on_typed() -> None:
    declared = data(quarantine_limit=0.01)
    bad = conform(put("size", "abc")(rows()), declared.columns)
    found = audit(bad, declared, data_sha256="0" * 64, docs=None)
    told = found.validation
    assert (told.success, told.quarantined, told.rows, told.quarantine_share) == (True, 3, 397, 3 / 400)
    assert str(found.accepted["size"].dtype) == "float64"
    assert next(r.unexpected for r in told.rules if r.rule == "ValuesOfDeclaredType" and r.column == "size") == 3


def test_one_row_may_break_several_rules() -> None:
    found = audit(put("size", np.inf, 1)(rows()), data(), data_sha256="0" * 64, docs=None)
    assert sorted(found.caught["rule"]) == ["NumbersAreFinite(size)", "ValuesWithinBounds(size)"]


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        pytest.param(lambda a: Answers(True, 0, ()), "0 rules were evaluated", id="nothing was asked"),
        pytest.param(lambda a: Answers(True, a.evaluated - 1, a.all[1:]), "rules were evaluated", id="a rule left out"),
    ],
)
def test_a_success_without_questions_is_none(forged, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Bench.ask
    monkeypatch.setattr(Bench, "ask", lambda self, frame, detail: forged(ask(self, frame, detail)))
    told = audit(rows(), data(), data_sha256="0" * 64, docs=None).validation
    assert not told.success
    assert words in told.exceptions[0]


def test_a_rule_of_ones_own_is_found_and_catches(monkeypatch: pytest.MonkeyPatch) -> None:
    import great_expectations.expectations as gxe

    class SmallCounts(gxe.ExpectColumnValuesToBeBetween):
        """Counts are small."""

        column: str = "count"
        max_value: float = 40

    SmallCounts.__module__ = contract.__name__
    monkeypatch.setattr(contract, "SmallCounts", SmallCounts, raising=False)
    found = audit(rows(), data(), data_sha256="0" * 64, docs=None)
    assert set(found.caught["rule"]) == {"SmallCounts(count)"}
    assert (found.caught["count"] > 40).all()
    assert found.validation.broken[0].sentence.startswith("Counts are small")


def test_values_of_protected_columns_are_not_shown() -> None:
    secret = Column(type=ColumnType.NUMBER, maximum=0, sensitivity=Sensitivity.PERSONAL, treatment="drop")
    found = audit(rows(), data(columns=columns(size=secret)), data_sha256="0" * 64, docs=None)
    assert found.validation.broken[0].column == "size"
    assert found.validation.broken[0].examples[0].startswith("row ")
    assert "=" not in "".join(found.validation.broken[0].examples)


def test_several_keys_are_unique_together() -> None:
    declared = data(columns=columns(count=Column(role=Role.KEY, type=ColumnType.INTEGER)))
    twice = pd.concat([rows(), rows().tail(2)], ignore_index=True)
    found = audit(twice, declared, data_sha256="0" * 64, docs=None)
    assert list(found.caught["rule"]) == ["KeysAreUnique"] * 4
    assert found.validation.broken[0].examples[0].startswith("row 398: id=r398, count=")


def test_the_docs_are_written_as_pages_and_json(tmp_path: Path) -> None:
    audit(rows(), data(), data_sha256="0" * 64, docs=tmp_path / "docs")
    assert "contract" in (tmp_path / "docs" / "index.html").read_text()
    assert (tmp_path / "docs" / "results.json").exists()
