"""One promotion at a time across machines: a global concurrency limit of the Prefect server that they share."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from config.settings import Runtime, Settings
from flows.orchestrator import OWN_USER
from tasks import release
from tasks.stores import Stores

PATIENCE_SECONDS = 120.0  # a holder that was killed keeps its lease for a minute
LEASE_SECONDS = 60.0


def limit_name(settings: Settings) -> str:
    """Name the limit that all machines of a project share."""
    return f"promotion-of-{settings.charter.project}"


def shares_a_server(runtime: Runtime) -> bool:
    """Tell whether a Prefect server is configured; one that we started ends with the run and joins nobody."""
    url = runtime.prefect_api_url or os.environ.get("PREFECT_API_URL", "")
    return bool(url) and not os.environ.get("PREFECT_API_AUTH_STRING", "").startswith(f"{OWN_USER}:")


@contextlib.contextmanager
def take_turn(
    settings: Settings, stores: Stores, *, about: dict[str, Any], patience_seconds: float = PATIENCE_SECONDS
) -> Iterator[None]:
    """Hold the one slot for promotions; who waits in vain was overtaken, which is recorded (Superseded).

    Without a shared server the lock of this machine, which `release` takes, is all that is needed.
    """
    if not shares_a_server(settings.runtime):
        yield
        return
    from prefect.concurrency.sync import concurrency

    name = limit_name(settings)
    make_limit(name)
    with contextlib.ExitStack() as stack:
        slot = concurrency(name, timeout_seconds=patience_seconds, lease_duration=LEASE_SECONDS, strict=True)
        try:
            stack.enter_context(slot)
        except TimeoutError as error:
            raise release.superseded(about, f"a promotion on another machine holds {name}", stores) from error
        yield


def make_limit(name: str) -> None:
    """Make the limit of one slot where it is missing: Prefect lets everybody pass a limit that is not there."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
    from prefect.exceptions import ObjectAlreadyExists

    with get_client(sync_client=True) as client, contextlib.suppress(ObjectAlreadyExists):
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))
