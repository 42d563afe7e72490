"""Lenses that an organisation brings along: each choice becomes a practice that people state."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from config.errors import ConfigError
from config.settings import Risk
from config.settings.lenses import ImportedLens
from lens_checks.catalogue import Mode, Origin, Practice
from lens_checks.check import Phase, Pillar
from lens_checks.interchange import document, reading
from lens_checks.interchange.document import Choice, Lens, Question
from lens_checks.interchange.risk import QuestionRisk, Table, rate

PILLARS: Mapping[str, Pillar] = {
    "oper": Pillar.OPERATIONAL_EXCELLENCE, "ops": Pillar.OPERATIONAL_EXCELLENCE, "sec": Pillar.SECURITY,
    "rel": Pillar.RELIABILITY, "perf": Pillar.PERFORMANCE_EFFICIENCY, "cost": Pillar.COST_OPTIMIZATION,
    "sus": Pillar.SUSTAINABILITY,
}  # fmt: skip


@dataclass(frozen=True)
class AskedQuestion:
    """A question of an imported lens, and the practice that each of its choices is here."""

    id: str
    question: Question
    practice_of: Mapping[str, str]  # choice -> practice
    own: frozenset[str]  # the practices that this lens brings; others are the project's already

    @property
    def title(self) -> str:
        """The question, on one line."""
        return cleaned(self.question.title)

    @cached_property
    def table(self) -> Table:
        """What its rules say of every selection."""
        return Table(self.question)

    @property
    def worst(self) -> QuestionRisk:
        """The worst risk that is possible while nobody has answered."""
        levels = (QuestionRisk.HIGH, QuestionRisk.MEDIUM)
        return next((level for level in levels if self.table.at_least(level)), QuestionRisk.NONE)

    def rate(self, chosen: Collection[str], not_applicable: Collection[str]) -> QuestionRisk:
        """Rate an answer that is given as practices."""
        choices = {practice: choice for choice, practice in self.practice_of.items()}
        return rate(self.question, {choices[id] for id in chosen}, {choices[id] for id in not_applicable})


@lru_cache(maxsize=16)
def _lens(data: bytes, id: str) -> Lens:
    return reading.accept(data, f"config/lenses/{id}.json").lens


def lens_of(record: ImportedLens, data: bytes) -> Lens:
    """Read an imported lens, if it is still the one that was imported (ConfigError)."""
    lens = _lens(data, record.id)
    if lens.sha256 != record.sha256:
        file = f"config/lenses/{record.id}.json"
        raise ConfigError(
            f"{file} is not the file that was imported",
            expected=f"SHA-256 {record.sha256}",
            next_step=f"`lifecycle lens import {file} --as {record.id}` takes it in as it is now, or restore it",
        )
    return lens


def practices(record: ImportedLens, lens: Lens) -> Iterator[Practice]:
    """Give the practices that a lens brings along; those that are the project's already are judged there."""
    for pillar in lens.pillars:
        place = Pillar(record.pillars[pillar.id]) if pillar.id in record.pillars else pillar_like(pillar)
        for question in pillar.questions:
            for choice in question.practices:
                id = _practice_of(record, question, choice)
                if id.startswith(f"{record.id}-"):
                    yield _practice(record, question, choice, place, id)


def questions(record: ImportedLens, lens: Lens) -> Iterator[AskedQuestion]:
    """Give its questions, but for those that ask for nothing but the project's own practices."""
    for question in lens.questions:
        ids = {choice.id: _practice_of(record, question, choice) for choice in question.practices}
        own = frozenset(id for id in ids.values() if id.startswith(f"{record.id}-"))
        if own:
            yield AskedQuestion(f"{record.id}:{question.id}", question, ids, own)


def _practice_of(record: ImportedLens, question: Question, choice: Choice) -> str:
    place = f"{question.id}/{choice.id}"
    if place not in record.practices:
        raise ConfigError(
            f"config/lenses/{record.id}.yaml gives {place} no practice",
            expected="an id for each choice of the lens",
            next_step=f"`lifecycle lens import config/lenses/{record.id}.json --as {record.id}` gives it one",
        )
    return record.practices[place]


def _practice(record: ImportedLens, question: Question, choice: Choice, pillar: Pillar, id: str) -> Practice:
    table = Table(question)
    high = table.helps(choice.id, QuestionRisk.HIGH) or table.harms(choice.id, QuestionRisk.HIGH)
    edition = f"{record.name} {record.version}".strip()
    link = choice.help.url or choice.plan.url
    return Practice(
        id=id,
        id_2025="",
        pillar=pillar,
        phase=Phase(record.phase),
        risk=Risk.HIGH if high else Risk.MEDIUM,
        mode=Mode.ATTEST,
        title=cleaned(choice.title),
        points=tuple(filter(None, [cleaned(choice.help.text)])),
        evidence=cleaned(choice.plan.text),
        origin=Origin(record.id, edition, f"{record.id}:{question.id}", choice.id, link),
    )


def pillar_like(pillar: document.Pillar) -> Pillar:
    """Find the pillar of the review that is meant, by the words of its id and name."""
    words = "".join(c if c.isalpha() else " " for c in f"{pillar.id} {pillar.name}").casefold().split()
    found = (place for word in words for start, place in PILLARS.items() if word.startswith(start))
    return next(found, Pillar.OPERATIONAL_EXCELLENCE)


def cleaned(text: str) -> str:
    """Leave what can be shown on one line: no control characters, no breaks."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def added(lenses: Iterable[tuple[ImportedLens, Lens]], known: Mapping[str, Practice]) -> dict[str, Practice]:
    """Give all practices of all imported lenses (ConfigError where an id is another's already)."""
    found: dict[str, Practice] = {}
    for record, lens in lenses:
        for practice in practices(record, lens):
            if practice.id in known or practice.id in found:
                raise ConfigError(
                    f"{practice.id} of config/lenses/{record.id}.yaml is another practice already",
                    expected="ids that are nobody else's",
                    next_step=f"import the lens under another name: `lifecycle lens import … --as {record.id}X`",
                )
            found[practice.id] = practice
    return found
