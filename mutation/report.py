"""The one table over all mutants, and what is wrong with it."""

from collections.abc import Sequence

from mutation import results
from mutation.plan import Plan
from mutation.results import FileResult, Tried

GUARDED, FAILED, UNGUARDED = 0, 1, 3


def table(plan: Plan, files: Sequence[str]) -> int:
    """Print a row for each file and every survivor that nobody explained; give the exit code."""
    from rich.console import Console
    from rich.table import Table

    shown, console = Table(title="Mutants of the gates"), Console(soft_wrap=True)
    shown.add_column("file", no_wrap=True, min_width=max(map(len, files)))
    for column in ("mutants", "killed", "survived", "of them listed", "timeout", "score", "seconds"):
        shown.add_column(column, justify="right")
    of = {file: results.saved(plan, file) for file in files}
    for file, result in of.items():
        shown.add_row(*_row(file, plan, result))
    Console(width=max(console.width, 140)).print(shown)
    silent = [file for file, result in of.items() if result is None or not result.whole]
    found = [result for result in of.values() if result is not None]
    said = [*_open(plan, found), *_low(plan, found), *_stale(plan, found)]
    for line in (*said, *(f"not tried, or not to the end, as it stands: {file}" for file in silent)):
        console.print(line, markup=False, highlight=False)
    return UNGUARDED if said else FAILED if silent else GUARDED


def unexplained(plan: Plan, result: FileResult) -> list[Tried]:
    """Give the survivors of a file that the reviewed list does not explain."""
    listed = [survivor for survivor in plan.survivors if survivor.file == result.file]
    alive = [mutant for mutant in result.tried if mutant.outcome == "survived"]
    return [m for m in alive if not any(survivor.explains(m.function, m.mutation) for survivor in listed)]


def _row(file: str, plan: Plan, result: FileResult | None) -> list[str]:
    if result is None:
        return [file, *["-"] * 7]
    survived = result.count("survived")
    figures = (len(result.tried), result.count("killed"), survived, survived - len(unexplained(plan, result)))
    return [file, *map(str, figures), str(result.count("timeout")), f"{result.score:.1%}", f"{result.seconds:.0f}"]


def _open(plan: Plan, results: Sequence[FileResult]) -> list[str]:
    return [
        f"survived: {result.file}:{mutant.line} in {mutant.function or 'the module'}: {mutant.mutation}"
        for result in results
        for mutant in unexplained(plan, result)
    ]


def _low(plan: Plan, results: Sequence[FileResult]) -> list[str]:
    low = [result for result in results if result.score < plan.floor]
    return [f"under the floor of {plan.floor:.0%}: {result.file} {result.score:.1%}" for result in low]


def _stale(plan: Plan, results: Sequence[FileResult]) -> list[str]:
    """Say which entries of the reviewed list no mutant answers to, or are about one that is killed by now."""
    alive = {result.file: [m for m in result.tried if m.outcome == "survived"] for result in results if result.whole}
    stale = [
        survivor
        for survivor in plan.survivors
        if survivor.file in alive and not any(survivor.explains(m.function, m.mutation) for m in alive[survivor.file])
    ]
    return [f"listed, and does not survive: {s.file} in {s.function}: {s.mutation}" for s in stale]
