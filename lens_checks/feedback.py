"""What shows that findings flow back: from evaluation to data, from the live model to training, with their reasons."""

from config.settings import Recovery
from lens_checks import delivery, living
from lens_checks.check import Missing
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Drills,
    Findings,
    Leaderboard,
    Ledger,
    LedgerEntry,
    Tracking,
    Training,
)

TO = "data preparation"
LIVE = ("drift", "decay")
REJECTED = "lifecycle.rejected"  # the tag of a trial's run: why it was not chosen


def of_way(findings: Findings, drills: Drills, ledger: Ledger, clock: Clock, recovery: Recovery) -> list[str]:
    """Say why the way from evaluation to data is not whole: by the drill, and by what was refused since (Missing)."""
    drill = delivery.drill_named(drills, "feedback")
    faults = [*delivery.of_drill(drill, ledger, clock, recovery), *_practised(drill)]
    return [*faults, *_of_refusals(findings, ledger, drill.entry)]


def _practised(drill: Drill) -> list[str]:
    """Say what the drill of feedback did not show."""
    told = drill.about
    faults = [] if told.get("refused") else ["what was planted was not refused"]
    if told.get("reached") != [TO]:
        faults.append(f"the refusal of an evaluation did not reach {TO}")
    return faults if told.get("closed") is True else [*faults, "an evaluation that passed did not close the finding"]


def _of_refusals(findings: Findings, ledger: Ledger, since: int) -> list[str]:
    """Name the evaluations refused since an entry of the ledger that left no word, or word without a reason."""
    refused = [e.number for e in ledger.decisions("development", outcome="refused") if e.number > since]
    left = {number: findings.of(number) for number in refused}
    return [f"refusal {number} left no word for {TO}" for number, f in left.items() if f is None or not f.because]


def shown(drills: Drills, ledger: Ledger) -> str:
    """Say what shows that drift leads to a retraining."""
    real = retrained(ledger)
    if real is not None:
        return f"{real.body.get('cause')} to a retraining (entry {real.number})"
    return f"drift to a retraining (drill, entry {drills.drills['decay'].entry})"


def retrained(ledger: Ledger) -> LedgerEntry | None:
    """Give the newest retraining that the live model caused."""
    caused = [entry for entry in ledger.retrainings if entry.body.get("cause") in LIVE]
    return caused[-1] if caused and not ledger.breaks else None


def of_drift(drills: Drills, ledger: Ledger) -> list[str]:
    """Say why nothing shows that a drift alarm leads to a retraining: one that did, or the drill (Missing)."""
    if retrained(ledger) is not None:
        return []
    drill = delivery.drill_named(drills, "decay")
    failed = [] if drill.passed else ["the drill decay failed"]
    return [*failed, *delivery.of_record(drill, ledger), *living.of_decay(drill)]


def of_rejected(tracking: Tracking, board: Leaderboard, training: Training, ledger: Ledger) -> list[str]:
    """Name the trials and decisions that were rejected without a reason on record (Missing where none was)."""
    runs = {run.run_id: run for run in tracking.trials}
    losers = [c for c in board.candidates if c.trial >= 0 and c.trial != training.best_trial]
    untold = [f"trial {c.trial}" for c in losers if c.run_id not in runs or not runs[c.run_id].tags.get(REJECTED)]
    refused = [e for e in ledger.of_kind("decision") if e.body.get("outcome") == "refused"]
    untold += [f"decision {entry.number}" for entry in refused if not entry.body.get("blocking")]
    if not losers and not refused:
        raise Missing("a rejected run: one trial alone was made, and no gate refused anything yet")
    return [f"rejected without a reason on record: {', '.join(untold[:5])}"] if untold else []
