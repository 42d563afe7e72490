"""Monitoring, retraining and approval by hand: a Prefect server first, then the flow that the calendar runs too."""

import contextlib
import os
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from config.errors import ConfigError, LifecycleError
from config.settings import Settings
from flows import names, operating, orchestrator
from tasks import watching

if TYPE_CHECKING:
    from flows.ladder import Moved
    from flows.retraining import Retraining
    from tasks.watching import WindowReport


def monitor(settings: Settings, window: str) -> "WindowReport":
    """Judge the champion on one window, such as 2013-09 (ConfigError where it is none, LifecycleError without rows)."""
    span = watching.parse_window(window)
    names.resolve(settings)
    orchestrator.start(settings.runtime)  # it starts while the rest is imported
    from flows import monitoring

    with _shown(monitoring), orchestrator.prefect_server(settings):
        report: WindowReport | None = monitoring.monitor(settings, span)
    if report is None:
        raise LifecycleError(
            f"there are no rows from {span.start} to {span.end}",
            expected="a window that the source covers",
            next_step="name another window, or wait until its rows arrive",
        )
    return report


def retrain(settings: Settings, cause: str) -> "Retraining":
    """Ask whether there is a cause, and run the lifecycle if there is one (GateRefused)."""
    operating.stated(cause)
    names.resolve(settings)
    orchestrator.start(settings.runtime)
    from flows import retraining

    with _shown(retraining), orchestrator.prefect_server(settings):
        return retraining.retrain(cause)


def approve(settings: Settings) -> "Moved":
    """Wait for a person at the form in Prefect's interface, then let the champion in (GateRefused)."""
    if not (settings.runtime.prefect_api_url or os.environ.get("PREFECT_API_URL")):
        raise ConfigError(
            "no Prefect server is configured, so there is no interface with a form",
            expected="prefect_api_url in config/runtime.yaml, or PREFECT_API_URL",
            next_step="lifecycle approve --by NAME needs no server",
        )
    orchestrator.start(settings.runtime)
    from flows.approval import ask_for_approval

    with orchestrator.prefect_server(settings):
        moved: Moved = ask_for_approval()
    return moved


@contextlib.contextmanager
def _shown(module: ModuleType) -> Iterator[None]:
    """Let people see the steps of a flow."""
    from flows import progress

    progress.watch(module)
    with progress.shown():
        yield
