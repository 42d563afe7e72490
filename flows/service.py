"""What runs until it is stopped: the scoring server on the champion, and the interfaces of MLflow and Prefect."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from config.errors import LifecycleError
from config.settings import Sensitivity, Settings

PREFECT_HOME = Path(".lifecycle/prefect")
PORTS = {"MLflow": 5000, "Prefect": 4200}
STOP_SECONDS = 20.0


def serve_champion(settings: Settings, *, port: int) -> None:
    """Serve whatever is champion, promotions and rollbacks included (LifecycleError where none ever was)."""
    from serving import alarms
    from serving.options import Options
    from tasks import files, history
    from tasks.ledger import Ledger

    options = Options(
        model=settings.charter.project, tracking_uri=settings.runtime.tracking_uri, ledger=settings.runtime.ledger,
        port=port, sensitive=sensitive_columns(settings), serving=settings.runtime.serving,
        usage=settings.charter.usage, memory_mib=settings.charter.budget.memory_mib,
        release=settings.policy.release,
    )  # fmt: skip
    if not history.moves(Ledger(Path(options.ledger)).entries(), "champion"):
        raise LifecycleError("there is no champion to serve", expected="a promoted model", next_step="lifecycle run")
    told = files.write_bytes_atomically(
        options.home / "options.json", options.model_dump_json(indent=2).encode(), mode=0o600
    )
    print(f"the champion will answer on {options.serving.host}, /invocations, at the port below; Ctrl-C ends it")
    sys.stdout.flush()
    command = [sys.executable, "-m", "serving", "--options", str(told), "--parent", str(os.getpid())]
    _run({"the scoring server": command}, os.environ | alarms.variables(settings.runtime.notify))


def sensitive_columns(settings: Settings) -> tuple[str, ...]:
    """Name the columns whose values are not kept of requests."""
    hidden = (Sensitivity.PERSONAL, Sensitivity.SPECIAL)
    return tuple(name for name, column in settings.data.columns.items() if column.sensitivity in hidden)


def open_interfaces(settings: Settings) -> None:
    """Show this project's stores in the interfaces of MLflow and Prefect."""
    home = Path(os.environ.get("PREFECT_HOME", PREFECT_HOME)).resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    environment = os.environ | {"PREFECT_HOME": str(home)}
    commands = {"MLflow": _mlflow(settings)}
    places = {"MLflow": f"http://127.0.0.1:{PORTS['MLflow']}"}
    if settings.runtime.prefect_api_url:
        places["Prefect"] = settings.runtime.prefect_api_url.removesuffix("/api")
    else:
        place = ["--host", "127.0.0.1", "--port", str(PORTS["Prefect"])]
        commands["Prefect"] = [sys.executable, "-m", "prefect", "server", "start", *place]
        places["Prefect"] = f"http://127.0.0.1:{PORTS['Prefect']}"
    print("\n".join(f"{name}: {place}" for name, place in places.items()) + "\nCtrl-C ends both", flush=True)
    _run(commands, environment)


def _mlflow(settings: Settings) -> list[str]:
    runtime = settings.runtime
    stores = ["--backend-store-uri", runtime.tracking_uri, "--default-artifact-root", runtime.artifact_location]
    place = ["--host", "127.0.0.1", "--port", str(PORTS["MLflow"]), "--workers", "1"]
    return [sys.executable, "-m", "mlflow", "server", *stores, *place]


def _run(commands: dict[str, list[str]], environment: dict[str, str]) -> None:
    """Run processes until one ends or somebody stops us, and end all of them, each by its own id."""
    started = {name: subprocess.Popen(command, env=environment) for name, command in commands.items()}
    try:
        while all(process.poll() is None for process in started.values()):
            time.sleep(0.2)
        ended, code = next((n, p.returncode) for n, p in started.items() if p.returncode is not None)
        if code:
            raise LifecycleError(f"{ended} ended with exit code {code}", expected="it to run until it is stopped")
    finally:
        for process in started.values():
            if process.poll() is None:
                process.terminate()
        for process in started.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            if process.poll() is None:
                process.kill()
