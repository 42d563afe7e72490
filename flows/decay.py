"""The drill of decay: sound rows raise no alarm, rotten and strange ones do, and their alarms lead to a retraining."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from config.errors import LifecycleError
from config.settings import Settings, Window
from flows.monitoring import judge_window
from tasks import baselines, causes, files
from tasks.baselines import Champion
from tasks.drills import Practised
from tasks.training import read_part
from tasks.watching import ALARM

if TYPE_CHECKING:
    from tasks.stores import Stores

MOST_ROWS = 5_000
ANSWERS = ("decay", "drift")  # causes that an alarm gives; new rows and the calendar are none
LEADS_TO = {"decayed": ("decay",), "drifted": ANSWERS}  # strange rows may be answered badly too


def decay(stores: "Stores", settings: Settings) -> Practised:
    """Watch the champion on rows that it was made of: as they are, with labels in disorder, with features stuck."""
    champion = baselines.load_champion(settings, stores)
    if champion is None:
        raise LifecycleError(
            "there is no champion to watch", expected="a model that was let in", next_step="lifecycle run"
        )
    rows, _ = read_part("train")
    some = rows.sample(min(len(rows), MOST_ROWS), random_state=settings.params.search.seed).reset_index(drop=True)
    told = shown(some, champion, settings)
    faults = [] if told["clean"] == {"alarmed": False, "cause": None} else ["sound rows raised an alarm"]
    faults += [
        f"{n} rows led to {told[n]['cause'] or 'nothing'}" for n, to in LEADS_TO.items() if not _led(told[n], to)
    ]
    words = "; ".join(faults) or "sound rows were quiet; decay and drift raised alarms that lead to a retraining"
    return Practised(not faults, words, champion.version.number, about=told)


def shown(rows: pd.DataFrame, champion: Champion, settings: Settings) -> dict[str, dict[str, Any]]:
    """Judge the three kinds of rows as a window, and ask what each would lead to."""
    target, seed = settings.data.target, settings.params.search.seed
    disorder = rows[target].sample(frac=1.0, random_state=seed).to_numpy()
    stuck = {name: rows[name].iloc[0] for name in settings.data.features}
    kinds = {"clean": rows, "decayed": rows.assign(**{target: disorder}), "drifted": rows.assign(**stuck)}
    return {name: _judged(some, champion, settings) for name, some in kinds.items()}


def _judged(rows: pd.DataFrame, champion: Champion, settings: Settings) -> dict[str, Any]:
    now = files.now()
    report = judge_window.fn(rows, champion, settings, Window(start=now.date(), end=now.date().replace(year=9999)))
    cause = causes.decide_cause(
        "schedule", policy=settings.policy.retraining, windows=[report], entries=(), new_rows=1, now=now
    )
    return {"alarmed": report.verdict == ALARM, "cause": cause.kind if cause.kind in ANSWERS else None}


def _led(told: dict[str, Any], to: tuple[str, ...]) -> bool:
    return told["alarmed"] is True and told["cause"] in to
