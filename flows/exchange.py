"""The exchange with AWS's WA Tool: lint and take in custom lenses, give out ours and a review's answers."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from config import lenses
from config.errors import ConfigError
from config.settings import Settings
from config.settings.lenses import ImportedLens
from lens_checks import catalogue
from lens_checks.interchange import answers, export, imported, naming, push, reading, strict_json
from lens_checks.interchange import lint as linter
from lens_checks.interchange.finding import Finding, Severity
from lens_checks.interchange.push import Pushed
from tasks import files

SCHEMA = 1
FOLDER = Path("reports/aws")


@dataclass(frozen=True)
class Linted:
    """A lens file, and all that is wrong or odd about it."""

    schema: int
    file: str
    sound: bool
    name: str
    version: str
    sha256: str
    pillars: int
    questions: int
    choices: int
    errors: int
    warnings: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class TakenIn:
    """A lens that the project has now, and what that changed."""

    schema: int
    id: str
    name: str
    version: str
    sha256: str
    folder: Path
    new: tuple[str, ...]
    gone: tuple[str, ...]
    ours: int  # choices that are practices of this project already
    practices: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class GivenOut:
    """A file that was written for the WA Tool, and where it was sent to."""

    schema: int
    what: str
    lens: str
    file: Path
    questions: int
    unanswered: tuple[str, ...] = ()
    pushed: Pushed | None = None


@dataclass(frozen=True)
class Workload:
    """Where answers are sent to."""

    id: str
    lens_alias: str
    endpoint_url: str


def lint(file: Path) -> Linted:
    """Look a lens file over (LensError where there is no lens at all)."""
    read = reading.examine(strict_json.read(file), str(file))
    rated = {p.choice: p.risk for p in catalogue.shipped().practices.values() if p.choice}
    findings = linter.lint(read, rated)
    counts = Counter(finding.severity for finding in findings)
    return Linted(
        schema=SCHEMA,
        file=str(file),
        sound=not counts[Severity.ERROR],
        name=read.lens.name,
        version=read.lens.version,
        sha256=read.lens.sha256,
        pillars=len(read.lens.pillars),
        questions=len(read.lens.questions),
        choices=sum(len(question.choices) for question in read.lens.questions),
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        findings=findings,
    )


def take_in(file: Path, *, name: str = "", version: str = "") -> TakenIn:
    """Take a lens into the project: from then on its practices can be stated, and hold gates (LensError)."""
    data = strict_json.read(file)
    read = reading.accept(data, str(file))
    known = catalogue.shipped()
    id = (name or naming.short_name(read.lens.name)).strip().upper()
    before = lenses.read(Path(), id) if naming.ID.fullmatch(id) and lenses.exists(id) else None
    _same_lens(before, read.lens.name, named=bool(name))
    others = [record.id for record, _ in lenses.load() if record.id != id]
    id = naming.checked(id, known, others)
    today = files.now().date()
    record = naming.settle(read.lens, known, before, id=id, version=version, today=today)
    mine = {practice.id for practice in imported.practices(record, read.lens)}
    folder = lenses.write(record, data)
    was = {practice for practice in before.practices.values() if practice.startswith(f"{id}-")} if before else set()
    return TakenIn(
        schema=SCHEMA,
        id=id,
        name=record.name,
        version=record.version,
        sha256=record.sha256,
        folder=folder,
        new=tuple(sorted(mine - was)),
        gone=tuple(sorted(was - mine)),
        ours=len({p for p in record.practices.values() if not p.startswith(f"{id}-")}),
        practices=len(mine),
        findings=read.findings,
    )


def _same_lens(before: ImportedLens | None, name: str, *, named: bool) -> None:
    """Two lenses whose names shorten alike are not one, unless somebody says so."""
    if before and before.name != name and not named:
        raise ConfigError(
            f"{before.id} is the lens {before.name!r} already, and this one is {name!r}",
            expected="a short name of its own for each lens",
            next_step=f"say `--as NAME`; `--as {before.id}` if this is its successor",
        )


def give_out_lens(file: Path | None, lens: str = "") -> GivenOut:
    """Write our 105 practices as a custom lens, or an imported lens just as it came (ConfigError)."""
    if not lens:
        file = files.write_bytes_atomically(file or FOLDER / "lens.json", export.text(catalogue.shipped()).encode())
        return GivenOut(SCHEMA, "lens", export.NAME, file, len(catalogue.shipped().questions))
    record, data = _imported(lens)
    file = files.write_bytes_atomically(file or FOLDER / f"{record.id}.json", data)
    return GivenOut(SCHEMA, "lens", record.name, file, len(imported.lens_of(record, data).questions))


def give_out_answers(settings: Settings, file: Path | None, lens: str = "", to: Workload | None = None) -> GivenOut:
    """Review the project, write its answers as requests of the WA Tool, and send them on demand (LifecycleError)."""
    told, name = _answers(settings, lens)
    file = files.write_json(file or FOLDER / f"{name}.json", told)
    return GivenOut(SCHEMA, "answers", told.lens, file, len(told.answers), told.unanswered, _sent(told, to))


def _sent(told: answers.Answers, to: Workload | None) -> Pushed | None:
    if to is None:
        return None
    return push.push(
        told.answers, workload=to.id, lens_alias=to.lens_alias, lens_name=told.lens, endpoint_url=to.endpoint_url
    )


def _answers(settings: Settings, lens: str) -> tuple[answers.Answers, str]:
    """Give the answers, and what their file is called."""
    from flows.review import review_project

    known = catalogue.load()
    record = _imported(lens)[0] if lens else None
    found = review_project(settings)
    questions = answers.of_imported(known.imported, record.id) if record else answers.of_ours(known)
    told = answers.answer(
        questions,
        found.practices,
        settings.attestations.not_applicable,
        lens=record.name if record else answers.AWS_LENS,
        project=found.project,
        made=found.made,
    )
    return told, f"answers-{record.id}" if record else "answers"


def _imported(lens: str) -> tuple[ImportedLens, bytes]:
    found = {record.id: (record, data) for record, data in lenses.load()}
    if lens.upper() not in found:
        raise ConfigError(
            f"no lens was imported as {lens!r}",
            expected=f"one of: {', '.join(found) or 'none was imported yet'}",
            next_step="lifecycle lens import FILE",
        )
    return found[lens.upper()]
