"""Monitoring and retraining asked for by hand: a Prefect server first, then the flow that the calendar runs too."""

import contextlib
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from config.errors import LifecycleError
from config.settings import Settings
from flows import names, operating, orchestrator
from tasks import watching

if TYPE_CHECKING:
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


@contextlib.contextmanager
def _shown(module: ModuleType) -> Iterator[None]:
    """Let people see the steps of a flow."""
    from flows import progress

    progress.watch(module)
    with progress.shown():
        yield
