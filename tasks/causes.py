"""Whether there is a cause to train anew, and which: a recorded answer either way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Retraining
from tasks.ledger import Entry, Kind
from tasks.watching import ALARM, WindowReport

AUTOMATIC = ("decay", "drift", "new-data", "schedule")  # the gravest first
STARTED, NOT_WORTH_IT, FINISHED, REFUSED, FAILED = "started", "not worth it", "finished", "refused", "failed"
OVERLAPPED = "overlapped"  # it came while another run held the project


@dataclass(frozen=True)
class Cause:
    """Why a model is, or is not, trained anew; `kind` is None where nothing speaks for it."""

    kind: str | None
    because: str


def decide_cause(
    asked: str, *, policy: Retraining, windows: Sequence[WindowReport], entries: Sequence[Entry], new_rows: int,
    now: datetime,
) -> Cause:  # fmt: skip
    """Find the cause of a retraining that a person or the calendar asked for; a person is not held to the cooldown."""
    if (cut := unfinished(entries)) is not None:
        return Cause(str(cut.body["cause"]), f"entry {cut.number} was interrupted: {cut.body['because']}")
    started = _started(entries)
    if asked not in AUTOMATIC:
        allowed = "hand" in policy.causes
        return Cause("hand", asked) if allowed else Cause(None, "config/policy.yaml allows no retraining by hand")
    if started and (wait := started[-1] + timedelta(hours=policy.cooldown_hours)) > now:
        return Cause(
            None, f"the last retraining started at {started[-1]:%Y-%m-%d %H:%M}; the next may at {wait:%Y-%m-%d %H:%M}"
        )
    if new_rows == 0:
        return Cause(None, "there are no rows that the model was not made from")
    found = [c for c in _causes(windows, entries, new_rows, policy) if c.kind in policy.causes]
    return min(found, key=lambda cause: AUTOMATIC.index(str(cause.kind)), default=_nothing(new_rows, policy))


def unfinished(entries: Sequence[Entry]) -> Entry | None:
    """Find a retraining that started and of which nobody knows how it ended: it was killed."""
    mine = [e for e in entries if e.kind == Kind.RETRAINING and e.body.get("outcome") != OVERLAPPED]
    return mine[-1] if mine and mine[-1].body.get("outcome") == STARTED else None


def _started(entries: Iterable[Entry]) -> list[datetime]:
    mine = (e for e in entries if e.kind == Kind.RETRAINING and e.body.get("outcome") == STARTED)
    return [datetime.fromisoformat(entry.time) for entry in mine]


def _causes(
    windows: Sequence[WindowReport], entries: Sequence[Entry], new_rows: int, policy: Retraining
) -> Iterable[Cause]:
    """Give all that speaks for a retraining; an alarm that one has answered speaks no more."""
    answered = _started(entries)
    for report in windows:
        if report.verdict != ALARM or any(moment >= report.made for moment in answered):
            continue
        because = f"{report.window.start:%Y-%m}: {'; '.join(report.alarms)}"
        if report.dropped:
            yield Cause("decay", because)
        if report.drifted or report.moved:
            yield Cause("drift", because)
    if new_rows >= policy.minimum_new_rows:
        yield Cause("new-data", f"{new_rows:,} rows have come in, {policy.minimum_new_rows:,} are worth a retraining")
    yield Cause("schedule", "the calendar asks for it")


def _nothing(new_rows: int, policy: Retraining) -> Cause:
    return Cause(None, f"no alarm is unanswered, and {new_rows:,} new rows are fewer than {policy.minimum_new_rows:,}")
