"""A search is killed within a trial and goes on in another process; what it then found is judged by its numbers."""

from pathlib import Path

import pytest

from config.errors import LifecycleError
from config.settings import ProblemType
from tasks import drills_search
from tasks.drills_search import Resumed
from tests.tasks.problems import prepare, settings_of

SPENT = dict.fromkeys((0, 1, 3, 4), 0.5)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_killed_search_goes_on_and_the_project_is_left_as_it_was(folder: Path) -> None:
    prepare(folder, ProblemType.BINARY)
    place = folder / "scratch"
    place.mkdir()
    made = drills_search.search(place, settings=settings_of(ProblemType.BINARY), tell=lambda _: None)
    assert made.passed, made.sentence
    assert (made.about["resumed"], made.about["numbers"]) == (2, [0, 1, 3, 4])
    assert 0 < made.about["saved_cpu_seconds"] < made.about["cold_cpu_seconds"]
    assert not (folder / ".lifecycle").exists()


def test_one_trial_is_none_to_go_on_with(folder: Path) -> None:
    settings = settings_of(ProblemType.BINARY)
    search = settings.params.search.model_copy(update={"candidates": ("dummy",)})
    one = settings.model_copy(update={"params": settings.params.model_copy(update={"search": search})})
    with pytest.raises(LifecycleError, match="nothing to go on with"):
        drills_search.search(folder, settings=one, tell=lambda _: None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(Resumed(2, SPENT), "", id="it went on"),
        pytest.param(Resumed(0, SPENT), "0 trials were taken over, 2 had ended", id="it took over nothing"),
        pytest.param(Resumed(2, SPENT | {2: 0.5}), "do not go on", id="it took over the trial that was killed"),
        pytest.param(Resumed(2, {0: 0.5, 3: 0.5, 4: 0.5, 5: 0.5}), "do not go on", id="a trial is gone"),
        pytest.param(Resumed(2, {0: 0.5, 1: 0.5}), "do not go on", id="nothing came after"),
    ],
)
def test_what_was_found_is_judged(found: Resumed, words: str) -> None:
    faults = drills_search.faults_of(found, asked=4, dies_in=2)
    assert (faults == []) if not words else any(words in fault for fault in faults)
