"""How DVC runs a stage: `python -m flows.training`, a process with a Prefect API of its own that ends in words."""

import importlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from config import environment

if TYPE_CHECKING:
    from config.settings import Settings


def run(module: str, flow: str) -> NoReturn:
    """Run one phase and end with its exit code; the server starts before Prefect, which asks for it, is imported."""
    environment.prepare()
    if "DVC_STAGE" in os.environ:  # a stage that outlives its `dvc repro` would write beside the next one
        from flows.prefect_process import die_with

        die_with(os.getppid())
    settings: Settings | None = None
    try:
        from config.load import load
        from flows import ending_early, orchestrator, progress

        settings = load()
        hours = settings.policy.run_hours
        orchestrator.start(settings.runtime)
        phase = importlib.import_module(module)
        progress.watch(phase)
        with progress.Journal().shown(), orchestrator.prefect_server(settings), ending_early.within(hours):
            getattr(phase, flow)(settings)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the one place of a stage where every error becomes words
        from flows.endings import in_words

        told = in_words(error)
        if settings is not None:
            from tasks import alerts

            alerts.tell(told, f"stage {module}", settings.runtime.notify)
        for label, text in (("seen", told.seen), ("expected", told.expected), ("next", told.next_step)):
            if text:
                print(f"{label + ':':<10}{text}", file=sys.stderr)
        sys.exit(told.exit_code)
    sys.exit(0)
