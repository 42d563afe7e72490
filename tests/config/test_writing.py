"""What is written into the configuration reads back as it was meant, and nothing else in the file moves."""

from datetime import date
from pathlib import Path

import pytest

from config.settings import Attestation, Column, ColumnType, NotApplicable, Role, Waiver
from config.writing import write_columns, write_statement
from config.yaml_text import read

SAID = Attestation(
    practice="MLOE-01",
    statement="The team met on the 3rd: roles are agreed, see minutes.",
    owner="Ann O'Neil",
    approver="NO",
    made=date(2026, 1, 31),
    expires=date(2026, 12, 31),
    evidence="docs/minutes.md#3",
)
WAIVED = Waiver(
    practice="MLSEC-05",
    model="tiny",
    versions=(1, 3),
    reason="The audit of access is under way.",
    owner="a",
    approver="b",
    made=date(2026, 1, 31),
    expires=date(2026, 3, 31),
    evidence="#12",
)


def placed(root: Path, name: str, text: str) -> Path:
    path = root / "config" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "# head\nattestations: []  # none yet\n# middle\nnot_applicable: []\n# tail\n",
        "# head\nattestations:\n# middle\nnot_applicable: []\n# tail\n",
        "# head\n# middle\nnot_applicable: []\n# tail",
        "# head\n# middle\n# tail\n",
    ],
    ids=["empty brackets", "nothing", "no key, no end of line", "comments only"],
)
def test_a_first_statement_opens_the_list(tmp_path: Path, text: str) -> None:
    path = placed(tmp_path, "attestations", text)
    assert write_statement(tmp_path, SAID) == path
    assert [Attestation(**said) for said in read(tmp_path, "attestations").values["attestations"]] == [SAID]
    assert [word for word in ("# head", "# middle", "# tail") if word not in path.read_text()] == []


@pytest.mark.parametrize(
    "text",
    [
        "attestations:\n  - {practice: MLOE-02}  # kept\n\n# next\nnot_applicable: []\n",
        "attestations: [{practice: MLOE-02}]\n",
    ],
    ids=["lines", "brackets"],
)
def test_a_second_statement_is_added_below(tmp_path: Path, text: str) -> None:
    path = placed(tmp_path, "attestations", text)
    write_statement(tmp_path, SAID)
    found = read(tmp_path, "attestations").values["attestations"]
    assert [said["practice"] for said in found] == ["MLOE-02", "MLOE-01"]
    assert ("# kept" in path.read_text()) == ("# kept" in text)
    assert ("\n# next\nnot_applicable: []\n" in path.read_text()) == ("# next" in text)


def test_dates_stand_as_people_write_them(tmp_path: Path) -> None:
    path = placed(tmp_path, "attestations", "attestations: []\n")
    write_statement(tmp_path, SAID)
    assert "    made: 2026-01-31\n    expires: 2026-12-31\n" in path.read_text()


def test_each_kind_of_statement_has_its_list(tmp_path: Path) -> None:
    placed(tmp_path, "attestations", "attestations: []\nnot_applicable: []\n")
    placed(tmp_path, "waivers", "waivers: []\n")
    claim = NotApplicable(
        practice="MLSUS-01",
        reason="OUT_OF_SCOPE",
        note="There is one machine and no more.",
        owner="a",
        expires=date(2026, 5, 1),
    )
    write_statement(tmp_path, claim)
    write_statement(tmp_path, WAIVED)
    write_statement(tmp_path, WAIVED)
    assert read(tmp_path, "attestations").values["not_applicable"] == [claim.model_dump(mode="json")]
    assert read(tmp_path, "waivers").values["waivers"] == [WAIVED.model_dump(mode="json")] * 2


def test_comments_after_the_columns_stay(tmp_path: Path) -> None:
    path = placed(tmp_path, "data", "target: y\ncolumns:\n  a: {type: number}   # old\n\n# after\nminimum_rows: 20\n")
    write_columns(tmp_path, {"y": Column(role=Role.TARGET, type=ColumnType.BOOLEAN)})
    assert path.read_text() == (
        "target: y\ncolumns:\n  y: {role: target, type: boolean, sensitivity: internal}\n\n# after\nminimum_rows: 20\n"
    )
