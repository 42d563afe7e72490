"""Walks a person through the questions that no check can answer, and writes down each answer as it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from config.errors import ConfigError
from config.settings import Settings
from flows import statements, talking
from flows.asking import Asker, Stopped
from flows.talking import Said, Talk
from lens_checks import catalogue
from lens_checks.catalogue import Mode
from lens_checks.check import Outcome
from lens_checks.checkpoint import PracticeResult
from lens_checks.question import sheet, waiting
from lens_checks.review import Review
from tasks import files

if TYPE_CHECKING:
    from rich.console import RenderableType

SCHEMA = 1
DRAFT = Path(".lifecycle/answers.json")
ATTEST, CLAIM, SKIP = "a", "n", "s"
CHOICES = {ATTEST: "a: state it", CLAIM: "n: it does not apply", SKIP: "s: later"}


@dataclass(frozen=True)
class Answered:
    """What came of the questions: the practices answered now, those put off, and those still open."""

    schema: int
    answered: tuple[str, ...]
    skipped: tuple[str, ...]
    left: tuple[str, ...]
    stopped: bool
    file: Path


def answer(settings: Settings, practices: tuple[str, ...] = ()) -> Answered:
    """Ask all that waits for a word, or what is named (ConfigError); an answer is on disk before the next question."""
    from flows.review import review_project

    named = tuple(catalogue.load().resolve(name).id for name in practices)
    review = review_project(settings)
    return ask(_named(review, named) if named else waiting(review), settings)


def ask(questions: tuple[PracticeResult, ...], settings: Settings) -> Answered:
    """Ask some questions until all are answered or put off, or somebody stops (ConfigError where a pipe goes wrong)."""
    talk, known = Talk(Asker(), settings, _drafts()), catalogue.load()
    done: list[str] = []
    skipped: list[str] = []
    stopped = False
    try:
        for number, result in enumerate(questions, 1):
            talk.asker.tell(sheet(result, known, number=number, of=len(questions)))
            (done if _one(result, talk) else skipped).append(result.id)
    except Stopped:
        stopped = True
        talk.asker.tell("")  # the prompt it stopped at has no end of line
    finally:
        _keep(talk.drafts)
    left = tuple(result.id for result in questions if result.id not in done)
    return Answered(SCHEMA, tuple(done), tuple(skipped), left, stopped, Path("config/attestations.yaml"))


def _named(review: Review, named: tuple[str, ...]) -> tuple[PracticeResult, ...]:
    results = {result.id: result for result in review.practices}
    for id in named:
        if len(_choices(results[id])) == 1:
            raise ConfigError(
                f"{id} is judged from evidence ({results[id].because}): nothing that is said of it would count",
                expected="a practice that waits for a person's word, or that no evidence judges",
                next_step=f"lifecycle explain {id}",
            )
    return tuple(results[id] for id in named)


def _choices(result: PracticeResult) -> tuple[str, ...]:
    """Offer what would count: a word where one is asked for, a claim where no evidence speaks."""
    word = (ATTEST,) if result.mode is not Mode.AUTO else ()
    claim = (CLAIM,) if result.measured in (None, Outcome.UNKNOWN) else ()
    return (*word, *claim, SKIP)


def _one(result: PracticeResult, talk: Talk) -> bool:
    """Ask one question until it is answered or put off (Stopped)."""
    choices = _choices(result)
    prompt = ", ".join(CHOICES[choice] for choice in choices) + ", q: stop"
    while True:
        chosen = talk.asker.line(f"{prompt} > ")[:1].casefold()
        if chosen == SKIP:
            return False
        if chosen not in choices:
            talk.asker.wrong(f"{result.id}: saw {chosen!r}; expected one of {', '.join(choices)}, q")
            continue
        said = talking.attestation(result.id, talk) if chosen == ATTEST else talking.claim(result.id, talk)
        try:
            stated = (statements.attest if chosen == ATTEST else statements.not_applicable)(
                talk.settings, result.id, **said
            )
        except ConfigError as error:
            talk.asker.wrong(f"{result.id}: {error.seen}")
            continue
        talk.drafts.pop(result.id, None)
        talk.asker.tell(Text(f"✓ {result.id} is written to {stated.file}, until {stated.expires}\n", style="green"))
        return True


def _drafts() -> dict[str, Said]:
    """Read what was said of questions that an earlier conversation left half answered."""
    return {id: dict(said) for id, said in files.read_json(DRAFT)["drafts"].items()} if DRAFT.exists() else {}


def _keep(drafts: dict[str, Said]) -> None:
    begun = {id: said for id, said in drafts.items() if any(said.values())}
    if begun:
        files.write_json(DRAFT, {"schema": SCHEMA, "drafts": begun})
    else:
        DRAFT.unlink(missing_ok=True)


def words(told: Answered) -> "Iterable[RenderableType]":
    """Say what was answered, what is left, and what is next."""
    if not (told.answered or told.left):
        yield Text("nothing waits for anybody's word")
    else:
        where = f", written to {told.file}" if told.answered else ""
        yield Text(f"{len(told.answered)} answered{where}; {len(told.left)} left" + _listed(told.left))
    if told.stopped:
        yield Text("stopped; `lifecycle answer` goes on where this ended, half an answer included")
    yield Text(f"next: lifecycle {'run' if told.answered and not told.left else 'answer' if told.left else 'review'}")


def _listed(ids: tuple[str, ...]) -> str:
    return f": {', '.join(ids)}" if ids else ""
