"""Compares `lifecycle run` with a plain script doing the same work, on the full data; prints ratios of one run."""

import argparse
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import environment

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", ".lifecycle", ".prefect", "mlflow.db*", "mlartifacts", "ledger", "reports", "landed", "prepared",
    "attempt", "quarantine", "landed.dvc", "dvc.lock", "cache", "tmp", "__pycache__", ".*_cache",
)  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of CPU, those of ended children included."""

    wall: float
    cpu: float
    said: str


def main() -> None:
    """Measure each way of doing the work in a project of its own and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=1, help="repeat everything; the quickest of each counts")
    rounds = asked.parse_args().rounds
    environment.prepare()  # the script gets the same switches of the tools as the run
    found: dict[str, list[Spent]] = {}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for name, spent in once().items():
            found.setdefault(name, []).append(spent)
    show({name: min(all_spent, key=lambda spent: spent.wall) for name, all_spent in found.items()})


def once() -> dict[str, Spent]:
    """Run the plain script, the lifecycle without and with a running server, and both with nothing to do."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        plain, own, served = (project(Path(folder) / name) for name in ("plain", "own", "served"))
        spent = {"plain script": measure(plain, "-m", "benchmarks.plain")}
        spent["lifecycle run, server of its own"] = measure(own, "-m", "cli", "run")
        spent["lifecycle run, nothing to do"] = measure(own, "-m", "cli", "run")
        spent["dvc repro, nothing to do"] = measure(own, "-m", "dvc", "repro")
        spent["checkpoints"] = measure(own, "-m", "benchmarks.checkpoints")
        spent["review"] = measure(own, "-m", "benchmarks.review")
        with prefect_server(Path(folder) / "prefect") as url:
            spent["lifecycle run, server running"] = measure(served, "-m", "cli", "run", PREFECT_API_URL=url)
        spent["phases"] = Spent(0.0, 0.0, (own / "reports" / "run.json").read_text())
        return spent


def project(folder: Path) -> Path:
    """Copy this tree without what runs have left in it, as a repository of its own."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    who = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "-m", "Start"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def measure(folder: Path, *arguments: str, **variables: str) -> Spent:
    """Run Python in a project and take its time and that of its children."""
    before, start = _children(), time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=os.environ | variables, capture_output=True, text=True
    )
    wall, cpu = time.monotonic() - start, _children() - before
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return Spent(wall, cpu, done.stdout)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """Keep a Prefect server running that is migrated and warm, and end it by its process id."""
    home.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app", "--port", port]
    quiet = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, env=os.environ | quiet, stdout=log, stderr=log)
        try:
            _await(f"http://127.0.0.1:{port}/api/health", server)
            yield f"http://127.0.0.1:{port}/api"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _await(health: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=5):
            return
        time.sleep(0.2)
    sys.exit("the Prefect server did not start")


def show(spent: dict[str, Spent]) -> None:
    """Print seconds and ratios to the plain script, then each phase beside the script's, then nothing to do."""
    from rich.console import Console
    from rich.table import Table

    run, judged = json.loads(spent.pop("phases").said), json.loads(spent.pop("checkpoints").said)
    years = spent.pop("review").said
    plain, console = spent["plain script"], Console()
    table = Table("way", "wall s", "CPU s", "wall ratio", "CPU ratio", title="The same work", title_justify="left")
    for name in ("plain script", "lifecycle run, server running", "lifecycle run, server of its own"):
        one = spent[name]
        table.add_row(name, *(f"{x:.1f}" for x in (one.wall, one.cpu)), *(f"{x:.2f}" for x in _ratios(one, plain)))
    console.print(table)
    steps = json.loads(plain.said.strip().splitlines()[-1])
    phases = Table("phase", "plain s", "lifecycle s", title="Phases, wall, server of its own", title_justify="left")
    for phase in run["phases"]:
        same = steps.get(phase["phase"].lower())
        phases.add_row(phase["phase"], "-" if same is None else f"{same:.1f}", f"{phase['seconds']:.1f}")
    console.print(phases)
    run_cpu = spent["lifecycle run, server of its own"].cpu
    gates = Table("checkpoint", "CPU s", "share of the run", title_justify="left")
    for name, seconds in (judged | {"together": sum(judged.values())}).items():
        gates.add_row(name, f"{seconds:.2f}", f"{seconds / run_cpu:.1%}")
    console.print(gates)
    idle, repro = spent["lifecycle run, nothing to do"], spent["dvc repro, nothing to do"]
    rest = Table("nothing to do", "wall s", "CPU s", "wall ratio", "CPU ratio", title_justify="left")
    rest.add_row("dvc repro", f"{repro.wall:.2f}", f"{repro.cpu:.2f}", "1.00", "1.00")
    rest.add_row("lifecycle run", f"{idle.wall:.2f}", f"{idle.cpu:.2f}", *(f"{x:.2f}" for x in _ratios(idle, repro)))
    console.print(rest)
    print(years)


def _ratios(one: Spent, base: Spent) -> tuple[float, float]:
    return one.wall / base.wall, one.cpu / base.cpu


if __name__ == "__main__":
    main()
