"""What the prepared rows still tell of people: the classes of the columns that are left, signs of people, groups."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from config.settings import Data, Sensitivity
from tasks import files
from tasks.personal import Sign, scan
from tasks.splitting import Parts

FILE = "sensitivity.json"
PEOPLE = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)


@dataclass(frozen=True)
class Derived:
    """The classes of the published columns, the highest of them, what was found, and the smallest group of people."""

    data_sha256: str
    columns: dict[str, str]
    highest: str
    treated: dict[str, str]
    found: list[Sign]
    people: list[str]
    smallest_group: int | None  # k of k-anonymity over `people`; None where no column tells of people
    schema: int = 1


def derived(parts: Parts, columns: list[str], data: Data, *, data_sha256: str) -> Derived:
    """Look at the rows of all parts together, as they are published."""
    rows = pd.concat([part[columns] for _, part in parts], ignore_index=True)
    classes = {name: data.columns[name].sensitivity for name in columns}
    found = scan(rows)
    signs = {sign.column for sign in found}
    people = [name for name in columns if classes[name] in PEOPLE or name in signs]
    return Derived(
        data_sha256=data_sha256,
        columns={name: sensitivity.value for name, sensitivity in classes.items()},
        highest=max(classes.values(), key=list(Sensitivity).index, default=Sensitivity.PUBLIC).value,
        treated={name: data.columns[name].treatment for name in columns if data.columns[name].treatment != "none"},
        found=found,
        people=people,
        smallest_group=int(rows.groupby(people, dropna=False, observed=True).size().min()) if people else None,
    )


def highest_of(folder: Path) -> str:
    """Give the class of the prepared rows, which is that of a model made from them; empty where nobody looked."""
    path = folder / FILE
    return str(files.read_json(path)["highest"]) if path.is_file() else ""
