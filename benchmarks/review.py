"""Times a full review of a project that was run for years: 50 versions and 1,000 runs, beside the project as it was.

Needs a finished run, in this folder or in the one that is named; works on copies.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import growing
from config import environment

if TYPE_CHECKING:
    from config.settings import Settings

REPEATS = 5
STORES = ("mlflow.db", ".lifecycle/prefect/prefect.db", "ledger/*.json", "reports/monitoring/*.json")


@dataclass(frozen=True)
class Measured:
    """A review: seconds after imports, of the checks alone, what was opened how often, which queries were asked."""

    review_wall: float
    review_cpu: float
    supervised_wall: float
    checks: float
    collectors: dict[str, float]
    practices: int
    versions: int
    files: int
    twice: dict[str, int]
    queries: int
    queries_twice: dict[str, int]
    stores: dict[str, list[str]]


def main() -> None:
    """Measure both projects, each in a process of its own, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("project", nargs="?", type=Path, default=Path("."), help="a project with a finished run")
    asked.add_argument("--versions", type=int, default=50)
    asked.add_argument("--runs", type=int, default=1000)
    asked.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    environment.prepare()
    if given.measure:
        print(json.dumps(asdict(measured(given.measure.resolve(), given.project.resolve()))))
        return
    if not (given.project / "mlflow.db").is_file():
        sys.exit(f"{given.project.resolve()} has no finished run: `lifecycle run`, or name a folder that has one")
    with tempfile.TemporaryDirectory(prefix="bench-review-") as folder:
        show(*both(given.project.resolve(), Path(folder).resolve(), given.versions, given.runs), given.runs)


def both(project: Path, folder: Path, versions: int, runs: int) -> tuple[Measured, Measured]:
    """Copy the project twice, grow one of the copies, and measure each."""
    from proving.world import clone

    young, old, warm = (clone(project, folder / name) for name in ("young", "old", "warm"))
    growing.grow(old, versions=versions, runs=runs)
    return _in_its_process(young, warm), _in_its_process(old, warm)


def _in_its_process(project: Path, warm: Path) -> Measured:
    command = [sys.executable, "-m", "benchmarks.review", str(warm), "--measure", str(project)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{project} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def measured(project: Path, warm: Path) -> Measured:
    """Review another project first, which pays for the imports and for nothing else; then this one, once and alone."""
    from config.load import load
    from flows import review
    from flows.auditor import Auditor, at_hand
    from lens_checks.check import Checkpoint

    def entered(folder: Path) -> "Settings":
        """Go into a project; MLflow keeps a store open under its address, so each gets one of its own."""
        os.chdir(folder)
        os.environ["LIFECYCLE_RUNTIME__TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
        return load()

    review.judged(Auditor(entered(warm), subject=at_hand))
    settings = entered(project)
    opened: Counter[tuple[str, str]] = Counter()
    queries: Counter[str] = Counter()
    collectors: dict[str, float] = {}
    asking: list[str] = []
    with watched(opened, project, asking), asked_of_stores(queries), timed_collectors(collectors, asking):
        wall, cpu = time.perf_counter(), time.process_time()
        auditor = Auditor(settings, subject=at_hand)
        found = review.judged(auditor)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    checks = min(_seconds(lambda: auditor.judge(Checkpoint)) for _ in range(REPEATS))
    from lens_checks.evidence.records import Registry

    return Measured(
        review_wall=wall,
        review_cpu=cpu,
        supervised_wall=_seconds(lambda: review.review_project(settings)),
        checks=checks,
        collectors={k: v for k, v in sorted(collectors.items(), key=lambda item: -item[1])[:6]},
        practices=len(found.practices),
        versions=len(auditor.evidence.get(Registry).versions),
        files=len({name for name, _ in opened}),
        twice={f"{name}, by {who}": times for (name, who), times in opened.most_common() if times > 1},
        stores={store: who for store in STORES if (who := _readers(opened, store))},
        queries=queries.total(),
        queries_twice={words: times for words, times in queries.most_common() if times > 1},
    )


def _readers(opened: Counter[tuple[str, str]], store: str) -> list[str]:
    return sorted({f"{who} ({times})" for (name, who), times in opened.items() if Path(name).match(store)})


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def watched(opened: Counter[tuple[str, str]], root: Path, asking: list[str]) -> Iterator[None]:
    """Count what is opened below the project by path and collector: files, and databases by each connection."""
    watching = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event in ("open", "sqlite3.connect") and isinstance(arguments[0], str | os.PathLike):
            path = Path(os.path.abspath(str(arguments[0]).removeprefix("file:").partition("?")[0]))
            if path.is_relative_to(root):
                opened[path.relative_to(root).as_posix(), asking[-1] if asking else "-"] += 1

    sys.addaudithook(hook)
    try:
        yield
    finally:
        watching = False


@contextmanager
def asked_of_stores(queries: Counter[str]) -> Iterator[None]:
    """Count the queries that MLflow's store is asked, with their values."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if not statement.startswith("PRAGMA"):
            queries[f"{' '.join(statement.split())} {values}"] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def timed_collectors(seconds: dict[str, float], asking: list[str]) -> Iterator[None]:
    """Take the time of each collector, that of those it asks itself included, and note which is asking."""
    from lens_checks.evidence.place import Place

    plain = Place.once

    def once(self: Place, collector: Any) -> Any:
        start, name = time.perf_counter(), getattr(collector, "__name__", "settings")
        asking.append(name)
        try:
            return plain(self, collector)
        finally:
            asking.pop()
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start

    Place.once = once  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Place.once = plain  # type: ignore[method-assign]


def show(young: Measured, old: Measured, runs: int) -> None:
    """Print both, the ratio, and what was read more than once."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=140, highlight=False)
    table = Table("full review, after imports", "as it was", f"{old.versions} versions, {runs:,} runs", "ratio")
    for name, words in (
        ("review_wall", "wall s"),
        ("review_cpu", "CPU s"),
        ("supervised_wall", "wall s, in a process of its own"),
        ("checks", "checks alone, s"),
        ("files", "files opened"),
        ("queries", "queries to MLflow's store"),
    ):
        first, then = getattr(young, name), getattr(old, name)
        table.add_row(words, _number(first), _number(then), f"{then / first:.2f}")
    console.print(table)
    slow = Table("dearest collectors", "s")
    for name, seconds in old.collectors.items():
        slow.add_row(name, _number(seconds))
    console.print(slow)
    stores = Table("store", "read by (times each file)")
    for name, readers in old.stores.items():
        stores.add_row(name, ", ".join(readers))
    console.print(stores)
    again = Table("opened or asked more than once", "times")
    for name, times in (*old.twice.items(), *old.queries_twice.items()):
        again.add_row(name[:120], str(times))
    console.print(again if again.row_count else "nothing was opened or asked more than once")
    console.print(f"{old.practices} practices; aim: under 2 s, checks under 0.05 s")


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


if __name__ == "__main__":
    main()
