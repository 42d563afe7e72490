"""Drills by the calendar: a backup where there is a place for one, then every drill; who should know is told."""

from prefect import flow

from config.errors import GateRefused
from config.load import load
from flows import drills
from flows.endings import tell_of_flow


@flow(name="Drills", on_failure=[tell_of_flow], on_crashed=[tell_of_flow])
def practise() -> drills.Drilled:
    """Back up, make every drill, and fail if one did (GateRefused)."""
    settings = load()
    if settings.runtime.backup:
        drills.back_up(settings, None)
    made = drills.drill(settings)
    failed = [drill for drill in made.drills if not drill.passed]
    if failed:
        raise GateRefused(
            "; ".join(f"{drill.name}: {drill.sentence}" for drill in failed), expected="every drill to pass",
            next_step=f"see {drills.DOCS}, then lifecycle drill {failed[0].name}",
        )  # fmt: skip
    return made
