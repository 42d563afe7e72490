"""Tells Prefect how runs ended whose process was killed: such a run says Running for ever, and may hold a slot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks import processes

PREFIX = "process:"
OPEN = ["RUNNING", "PENDING", "CANCELLING"]


@contextmanager
def named() -> Iterator[None]:
    """Let every run that begins here carry the name of this process."""
    from prefect import tags

    with tags(f"{PREFIX}{processes.me()}"):
        yield


def mark(*, alone: bool = False) -> int:
    """Mark open runs whose process is gone as crashed, and count them; alone, those that name no process too."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.states import Crashed

    wanted = FlowRunFilter.model_validate({"state": {"type": {"any_": OPEN}}})
    with get_client(sync_client=True) as client:
        left = [run for run in client.read_flow_runs(flow_run_filter=wanted) if _is_left(run, alone)]
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message="its process was killed"), force=True)
    return len(left)


def _is_left(run: Any, alone: bool) -> bool:
    names = [tag.removeprefix(PREFIX) for tag in run.tags if tag.startswith(PREFIX)]
    return any(processes.is_gone(name) for name in names) or (alone and not names)
