"""The drill of scaling: the real server gets more to do than one worker should, adds one, and lets it go again."""

import http.client
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from config.errors import LifecycleError
from config.settings.serving import Serving
from tasks.callers import ask_without_pause
from tasks.drills import Practised, Tell
from tasks.exported import scrape
from tasks.servers import Running, started

CONNECTIONS, BURST_SECONDS = 16, 0.5
START_SECONDS, GROW_SECONDS, SHRINK_SECONDS = 120.0, 60.0, 60.0
CLOCK = {"window_seconds": 0.5, "cooldown_seconds": 1.0}  # of the drill: who waits for half a minute learns no more


@dataclass
class Seen:
    """The workers at rest, under load and afterwards; what was asked, and answered a second by fewest and by more."""

    at_rest: int = 0
    under_load: int = 0
    after: int = 0
    requests: int = 0
    errors: int = 0
    per_second_at_rest: float = 0.0
    per_second_under_load: float = 0.0
    seconds_to_grow: float = 0.0


def scale(
    command: Sequence[str], requests: Sequence[bytes], *, serving: Serving, version: int, tell: Tell
) -> Practised:
    """Put load on a server that follows `serving`, until it grows; take it away, until it shrinks."""
    about = {"policy": policy_of(serving), "clock": CLOCK}
    if serving.most_workers == serving.workers:
        words = f"{serving.workers} workers are all that are configured: nothing to add"
        return Practised(True, words, version, about=about)
    tell("Start the server")
    with started(command, deadline_seconds=START_SECONDS) as running:
        seen = _watch(running, requests, tell)
    faults = faults_of(seen, serving)
    seconds = round(seen.seconds_to_grow, 3)
    words = f"from {seen.at_rest} to {seen.under_load} workers in {seconds:.1f} s, and back to {seen.after}"
    return Practised(not faults, "; ".join(faults) or words, version, seconds, about | asdict(seen))


def policy_of(serving: Serving) -> dict[str, object]:
    """Name what the drill was made with."""
    told = serving.scaling.model_dump(include={"metric", "above", "below"})
    return {"least": serving.workers, "most": serving.most_workers, **told}


def _watch(running: Running, requests: Sequence[bytes], tell: Tell) -> Seen:
    seen = Seen(at_rest=workers(running))
    tell("Put load on it until a worker is added")
    begin = time.monotonic()
    seen.per_second_at_rest = _burst(running, requests, seen)
    _until(lambda: workers(running) > seen.at_rest, GROW_SECONDS, meanwhile=lambda: _burst(running, requests, seen))
    seen.under_load, seen.seconds_to_grow = workers(running), time.monotonic() - begin
    seen.per_second_under_load = _burst(running, requests, seen)
    tell("Take the load away until the worker is gone")
    _until(lambda: workers(running) <= seen.at_rest, SHRINK_SECONDS, meanwhile=lambda: time.sleep(0.1))
    seen.after = workers(running)
    return seen


def workers(running: Running) -> int:
    """Count the workers that have begun to answer, as the server exports them."""
    try:
        return scrape(running.port).workers
    except (OSError, http.client.HTTPException) as error:
        raise LifecycleError(f"the server does not tell its figures: {error}") from error


def _burst(running: Running, requests: Sequence[bytes], seen: Seen) -> float:
    """Ask for a while on new connections, which whoever is free takes up; give the answers a second."""
    try:
        asked = ask_without_pause(running.port, requests, connections=CONNECTIONS, seconds=BURST_SECONDS)
    except OSError as error:
        raise LifecycleError(f"the server took no connection under load: {error}") from error
    seen.requests += len(asked.latencies) + asked.errors
    seen.errors += asked.errors
    return round(len(asked.latencies) / asked.seconds, 1)


def _until(holds: Callable[[], bool], seconds: float, *, meanwhile: Callable[[], object]) -> None:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        meanwhile()


def faults_of(seen: Seen, serving: Serving) -> list[str]:
    """Say where what was seen is not what the policy promises."""
    faults = [] if seen.at_rest == serving.workers else [f"{seen.at_rest} workers at rest, not {serving.workers}"]
    if seen.under_load <= seen.at_rest:
        faults.append(f"no worker was added in {GROW_SECONDS:g} s of load at {seen.per_second_at_rest:g} a second")
    if seen.after > seen.at_rest:
        faults.append(f"{seen.after} workers are left {SHRINK_SECONDS:g} s after the load")
    if seen.errors:
        faults.append(f"{seen.errors} of {seen.requests} requests failed")
    return faults
