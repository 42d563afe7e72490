"""The search drill: a search over few rows is killed within a trial and goes on in another process, where it was."""

import json
import multiprocessing
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from config.settings import Settings
from tasks import files, studies, training, tuning
from tasks.drills import Practised, Tell
from tasks.tuning import Trial

MOST_ROWS = 1_000
DEADLINE_SECONDS = 600
STUDY, FOUND = "drill", "found.json"


@dataclass(frozen=True)
class Resumed:
    """What the second process found: the trials that it took over, and every trial's number and CPU seconds."""

    resumed: int
    cpu_seconds: dict[int, float]


def search(place: Path, *, settings: Settings, tell: Tell) -> Practised:
    """Kill a search in the middle, go on with it, and say what that saved against beginning anew."""
    asked = tuning.wanted(settings.params.search, training.ask(settings))
    if asked < 2:
        raise LifecycleError(
            "the search has one trial: there is nothing to go on with", expected="two trials",
            next_step="name another family under `search.candidates` in config/params.yaml",
        )  # fmt: skip
    dies_in = asked // 2
    tell(f"Search, and be killed within trial {dies_in + 1} of {asked}")
    killed = _in_a_process(place, settings, dies_in)
    tell("Go on with the search")
    ended = _in_a_process(place, settings, None)
    about: dict[str, Any] = {"killed_in": dies_in, "trials": asked, "exits": [killed, ended]}
    if killed != -signal.SIGKILL or ended != 0:
        return Practised(False, f"the processes ended with {killed} and {ended}, not killed and 0", about=about)
    told = json.loads((place / FOUND).read_text())
    found = Resumed(told["resumed"], {int(number): spent for number, spent in told["cpu_seconds"].items()})
    about |= account_of(found, dies_in)
    faults = faults_of(found, asked=asked, dies_in=dies_in)
    words = f"{found.resumed} of {asked} trials were taken over: {about['saved_cpu_seconds']} s of CPU saved, of "
    words += f"{about['cold_cpu_seconds']} s for beginning anew"
    return Practised(not faults, "; ".join(faults) or words, about=about)


def faults_of(found: Resumed, *, asked: int, dies_in: int) -> list[str]:
    """Say where a search did not go on from what it had."""
    before, after = sorted(n for n in found.cpu_seconds if n < dies_in), [n for n in found.cpu_seconds if n > dies_in]
    faults = [] if found.resumed == dies_in else [f"{found.resumed} trials were taken over, {dies_in} had ended"]
    if before != list(range(dies_in)) or dies_in in found.cpu_seconds or len(before) + len(after) != asked:
        faults.append(f"the numbers of the trials do not go on: {', '.join(map(str, sorted(found.cpu_seconds)))}")
    return faults


def account_of(found: Resumed, dies_in: int) -> dict[str, Any]:
    """Give the numbers of the trials, and what those taken over had cost, of what all of them did."""
    saved = sum(spent for number, spent in found.cpu_seconds.items() if number < dies_in)
    return {
        "resumed": found.resumed,
        "numbers": sorted(found.cpu_seconds),
        "saved_cpu_seconds": round(saved, 3),
        "cold_cpu_seconds": round(sum(found.cpu_seconds.values()), 3),
    }


def _in_a_process(place: Path, settings: Settings, dies_in: int | None) -> int | None:
    """Search in a process of its own and give its exit code; None where it did not end in time."""
    child = multiprocessing.get_context("spawn").Process(target=_search, args=(place, settings, dies_in))
    child.start()
    child.join(DEADLINE_SECONDS)
    ended = child.exitcode
    if ended is None:
        child.kill()
        child.join()
    return ended


def _search(place: Path, settings: Settings, dies_in: int | None) -> None:
    """Search as training does, on few rows and with a study below the scratch place."""
    question = training.ask(settings)
    few = settings.params.search.model_copy(update={"sample_rows": MOST_ROWS})
    train, tune = (
        tuning.draw(training.examples(*training.read_part(name), settings), few) for name in ("train", "tune")
    )
    os.chdir(place)
    study = studies.open_study(STUDY, metric=question.metric, families=len(question.families), seed=few.seed)

    def record(trial: Trial) -> str:
        if trial.number == dies_in:
            os.kill(os.getpid(), signal.SIGKILL)
        return ""

    found = tuning.search(
        study, train, tune, question=question, settings=few, beside=lambda *_: {}, record=record, show=lambda _: None
    )
    spent = {trial.number: trial.cpu_seconds for trial in found.trials}
    files.write_json(Path(FOUND), {"resumed": found.resumed, "cpu_seconds": spent})
