"""Writes the list of planted defects into docs/proof.md: `python -m proving.describe`."""

from collections.abc import Iterable
from pathlib import Path

from proving.defect import OWN, Defect, defects

PAGE = Path("docs/proof.md")
BEGIN, END = "<!-- the list, by `python -m proving.describe` -->", "<!-- end of the list -->"


def listed(rows: Iterable[Defect]) -> str:
    """Give the template's own defects as a table in Markdown."""
    head = ["| # | planted | expected | what catches it | at |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *(_line(row) for row in rows if row.id < OWN)])


def _line(row: Defect) -> str:
    stages = ", ".join(dict.fromkeys(case.at.value for case in row.cases))
    return f"| {row.id} | {row.title} | {row.expected} | {row.by} | {stages} |"


def page(text: str, rows: Iterable[Defect]) -> str:
    """Give the page with the list of today."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{listed(rows)}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), defects()), encoding="utf-8")
