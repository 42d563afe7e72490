"""Findings flow back: what a drill did not show is told in full, and what the live model caused shows it better."""

from dataclasses import replace

import pytest

from config.settings import Policy
from lens_checks import feedback
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.living import decay
from tests.lens_checks.made import entry
from tests.lens_checks.metered import led
from tests.lens_checks.world import GOOD

LEDGER, DRILLS = GOOD.get(r.Ledger), GOOD.get(r.Drills)
TRACKING, BOARD, TRAINING = GOOD.get(r.Tracking), GOOD.get(r.Leaderboard), GOOD.get(r.Training)
QUIET = r.Ledger(entries=(), breaks=())
REFUSED = r.Ledger(entries=(entry(1, "decision", outcome="refused", blocking=("MLSEC-01",)),), breaks=())


def retraining(number: int, cause: str, outcome: str = "started") -> r.LedgerEntry:
    return entry(number, "retraining", cause=cause, outcome=outcome)


def test_all_that_the_drill_did_not_show_is_told() -> None:
    world = GOOD.but(led(about={"refused": [], "reached": ["training"], "closed": None}))
    told = feedback.of_way(
        *(world.get(kind) for kind in (r.Findings, r.Drills, r.Ledger, r.Clock)), world.get(Policy).recovery
    )
    assert told == [
        "what was planted was not refused",
        "the refusal of an evaluation did not reach data preparation",
        "an evaluation that passed did not close the finding",
    ]


@pytest.mark.parametrize(
    ("entries", "breaks", "number"),
    [
        pytest.param((retraining(1, "drift"),), (), 1, id="drift"),
        pytest.param((retraining(1, "decay"),), (), 1, id="decay"),
        pytest.param((retraining(1, "drift"), retraining(2, "decay")), (), 2, id="the newest of two"),
        pytest.param((retraining(1, "drift"), retraining(2, "hand")), (), 1, id="not one by hand"),
        pytest.param((retraining(1, "drift", "not worth it"),), (), None, id="not one that was not started"),
        pytest.param((retraining(1, "drift"),), ("entry 1 was edited",), None, id="not in a broken ledger"),
        pytest.param((), (), None, id="none"),
    ],
)
def test_what_the_live_model_caused(
    entries: tuple[r.LedgerEntry, ...], breaks: tuple[str, ...], number: int | None
) -> None:
    found = feedback.retrained(r.Ledger(entries=entries, breaks=breaks))
    assert (found and found.number) == number


def test_a_retraining_shows_it_and_else_the_drill() -> None:
    caused = r.Ledger(entries=(retraining(7, "decay"),), breaks=())
    assert feedback.shown(DRILLS, caused) == "decay to a retraining (entry 7)"
    assert feedback.shown(DRILLS, QUIET) == "drift to a retraining (drill, entry 70)"


def test_a_drill_that_failed_and_is_in_no_ledger_shows_no_retraining() -> None:
    caused = r.Ledger(entries=(retraining(7, "decay"),), breaks=())
    failed = r.Drills(drills={"decay": decay(passed=False, about={})})
    assert feedback.of_drift(failed, caused) == []
    assert feedback.of_drift(failed, QUIET) == [
        "the drill decay failed",
        "the drill decay is in no sound ledger (entry 70)",
        "it alarmed on sound rows",
        "decayed rows raised no alarm that leads to a retraining",
        "drifted rows raised no alarm that leads to a retraining",
    ]
    with pytest.raises(Missing, match="lifecycle drill decay"):
        feedback.of_drift(r.Drills(drills={}), QUIET)


def test_every_trial_that_lost_says_why() -> None:
    assert feedback.of_rejected(TRACKING, BOARD, TRAINING, QUIET) == []
    first, *others = TRACKING.trials
    untold = [f"rejected without a reason on record: {first.run_id}"]
    for trials in (tuple(others), (replace(first, tags={}), *others)):
        assert feedback.of_rejected(replace(TRACKING, trials=trials), BOARD, TRAINING, QUIET) == untold


def test_one_trial_alone_shows_nothing_unless_a_gate_refused() -> None:
    alone = replace(BOARD, candidates=tuple(c for c in BOARD.candidates if c.trial in (-1, TRAINING.best_trial)))
    assert feedback.of_rejected(TRACKING, alone, TRAINING, REFUSED) == []
    with pytest.raises(Missing, match="a rejected run"):
        feedback.of_rejected(TRACKING, alone, TRAINING, QUIET)
