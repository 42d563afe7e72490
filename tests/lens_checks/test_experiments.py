"""Every run of a search logged what tells it apart, and the version it led to was released with a card."""

from dataclasses import replace
from typing import Any

import pytest

from lens_checks import experiments
from lens_checks.evidence import records as r
from tests.lens_checks.made import MODEL
from tests.lens_checks.world import GOOD

TRACKING, BOARD, TRAINING = (GOOD.get(kind) for kind in (r.Tracking, r.Leaderboard, r.Training))
VERSION, RELEASE = GOOD.get(r.Registry).versions[0], GOOD.get(r.Release)
FIRST, *OTHERS = TRACKING.trials


def told(first: r.TrackedRun | None = None, winner: r.TrackedRun | None = None, **training: Any) -> list[str]:
    """Say what the runs do not tell, where the first trial or the winner logged something else."""
    tracking = replace(TRACKING, winner=winner or TRACKING.winner, trials=(first or FIRST, *OTHERS))
    return experiments.of_runs(tracking, BOARD, replace(TRAINING, **training))


def test_the_first_trial_left_a_run_and_what_is_no_trial_need_not() -> None:
    assert told() == []
    assert experiments.of_runs(replace(TRACKING, trials=tuple(OTHERS)), BOARD, TRAINING) == ["trial 0 left no run"]


@pytest.mark.parametrize(("characters", "named"), [(64, True), (12, True), (11, False), (0, False)])
def test_data_is_named_by_twelve_characters_of_its_digest(characters: int, named: bool) -> None:
    digest = TRAINING.data_sha256["train"]
    run = replace(FIRST, datasets=FIRST.datasets | {"train": digest[:characters]})
    assert told(first=run) == ([] if named else ["trial 0 logged no digest of train"])


def test_data_is_not_named_by_another_digest() -> None:
    assert told(first=replace(FIRST, datasets=FIRST.datasets | {"train": "0" * 12})) == [
        "trial 0 logged no digest of train"
    ]


def test_a_winner_without_metrics_is_told() -> None:
    assert told(metrics={}) == ["the winner logged no metric at all"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param((), id="nothing"),
        pytest.param((r.ReleasedFile(path="model.skops", sha256=MODEL, size=9),), id="a model alone"),
        pytest.param((r.ReleasedFile(path="card.md", sha256=MODEL, size=0),), id="an empty card"),
    ],
)
def test_a_version_is_released_with_a_card(files: tuple[r.ReleasedFile, ...]) -> None:
    assert experiments.of_entry(VERSION, RELEASE, TRAINING) == []
    other = replace(VERSION, tags=VERSION.tags | {"digest": "0" * 64})
    assert experiments.of_entry(other, replace(RELEASE, files=files), TRAINING) == [
        "the version registered is of other bytes",
        "version 1 was released without a model card",
    ]


def test_other_bytes_and_another_release_are_each_told() -> None:
    other = replace(VERSION, tags=VERSION.tags | {"digest": "0" * 64})
    assert experiments.of_entry(other, replace(RELEASE, version=9), TRAINING) == [
        "the version registered is of other bytes",
        "the release report is not of version 1",
    ]
