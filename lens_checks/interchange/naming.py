"""What is settled when a lens is taken in: its short name, and an id for each choice, never given twice."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from config.errors import ConfigError
from config.settings.lenses import ImportedLens
from lens_checks.catalogue import Catalogue
from lens_checks.check import PILLAR_OF_PREFIX
from lens_checks.interchange.document import Lens
from lens_checks.interchange.imported import pillar_like

ID = re.compile(r"[A-Z][A-Z0-9]{1,15}")
LONGEST = 12  # a longer name is cut to its words' first letters
WEAK = set(
    [
        "amazon",
        "architected",
        "aws",
        "best",
        "custom",
        "for",
        "lens",
        "of",
        "on",
        "practice",
        "practices",
        "the",
        "wa",
        "well",
    ]
)


def settle(
    lens: Lens, catalogue: Catalogue, before: ImportedLens | None, *, id: str, version: str, today: date
) -> ImportedLens:
    """Settle what is kept beside a lens: what was settled before stays, new choices get new ids."""
    practices = dict(before.practices if before else {})
    ours = {p.choice: p.id for p in catalogue.practices.values() if p.id_2025}
    fresh = _numbers(id, practices)
    for question in lens.questions:
        for choice in question.practices:
            place = f"{question.id}/{choice.id}"
            practices[place] = practices.get(place) or ours.get(choice.id) or next(fresh)
    guessed = {pillar.id: pillar_like(pillar).value for pillar in lens.pillars}
    kept: Mapping[str, object] = before.model_dump(include={"phase", "pillars"}) if before else {}
    return ImportedLens.model_validate(
        {
            "id": id,
            "name": lens.name,
            "version": version or lens.version,
            "sha256": lens.sha256,
            "imported": today,
            **kept,
            "pillars": guessed | dict(before.pillars if before else {}),
            "practices": practices,
        }
    )


def _numbers(id: str, given: Mapping[str, str]) -> Iterator[str]:
    mine = [int(practice.rpartition("-")[2]) for practice in given.values() if practice.startswith(f"{id}-")]
    number = max(mine, default=0)
    while True:
        number += 1
        yield f"{id}-{number:02d}"


def short_name(name: str) -> str:
    """Shorten a lens's name to what ids can begin with: its telling words, or their first letters."""
    words = [word for word in re.findall(r"[A-Za-z][A-Za-z0-9]*", name) if word.casefold() not in WEAK]
    joined = "".join(words).upper()
    short = joined if len(joined) <= LONGEST else "".join(word[0] for word in words).upper()
    short = short if len(short) > 1 else joined[:LONGEST]
    return short if ID.fullmatch(short) else "LENS"


def checked(id: str, catalogue: Catalogue, others: Iterable[str]) -> str:
    """Give the id if a lens can have it: no check, and no other lens, gives ids that begin so (ConfigError)."""
    taken = {practice.rpartition("-")[0] for practice in catalogue.practices} | set(PILLAR_OF_PREFIX) | set(others)
    if ID.fullmatch(id) and id not in taken:
        return id
    said = f"practices that begin with {id} are there already" if ID.fullmatch(id) else f"{id!r} is no name for a lens"
    raise ConfigError(
        said,
        expected="2 to 16 capitals and digits, a letter first, that no other practice's id begins with",
        next_step="say `--as NAME`",
    )
