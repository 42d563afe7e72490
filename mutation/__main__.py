"""Mutates the files that [tool.mutation] of pyproject.toml names and prints which mutants no test noticed."""

import argparse
import concurrent.futures
import itertools
import os
import subprocess
import sys
from pathlib import Path

from config import environment
from mutation import plan, report, trial
from mutation.plan import Plan, Unplanned

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Try the files, each in a process of its own, and print one table; 3 when a gate is not guarded well enough."""
    asked = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    asked.add_argument("files", nargs="*", help="only these of the files that are mutated (a part of the path will do)")
    asked.add_argument("--again", action="store_true", help="try those too that were killed before")
    asked.add_argument("--every", type=int, default=1, metavar="N", help="every Nth mutant, where the time is short")
    asked.add_argument("--table", action="store_true", help="try nothing: print what the last runs found")
    asked.add_argument("--workers", type=int, default=1, help="files at a time")
    asked.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = asked.parse_args()
    try:
        planned = plan.read(ROOT)
        files = [file for file in planned.files if not given.files or any(part in file for part in given.files)]
        if not files:
            raise Unplanned(f"nothing that is mutated is called {' or '.join(given.files)}")
        if lacking := planned.lacking(files):
            raise Unplanned(f"there are no tests {', '.join(lacking[:5])}")
    except Unplanned as fault:
        print(fault, file=sys.stderr)
        return 2
    if given.one:
        return _one(planned, files[0], again=given.again, every=given.every)
    if not given.table:
        _each(files, workers=given.workers, again=given.again, every=given.every)
    return report.table(planned, files)


def _each(files: list[str], *, workers: int, again: bool, every: int) -> None:
    """Start a process for each file, so that none inherits what another imported."""
    environment.prepare()
    options = ["--one", f"--every={every}", *(["--again"] if again else [])]
    alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a fork inherits no pool of threads
    behind = itertools.count(1)

    def begin(file: str) -> None:
        ended = subprocess.run([sys.executable, "-m", "mutation", *options, file], cwd=ROOT, env=alone, check=False)
        word = "tried" if ended.returncode == 0 else "not tried"
        print(f"{next(behind)} of {len(files)}: {file} {word}", file=sys.stderr)

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        list(pool.map(begin, files))


def _one(planned: Plan, file: str, *, again: bool, every: int) -> int:
    for name in [name for name in sys.modules if name.split(".")[0] == "config"]:
        del sys.modules[name]
    try:
        trial.try_file(planned, file, again=again, every=every)
    except trial.Untestable as fault:
        print(f"{file}: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
