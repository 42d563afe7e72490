"""What the same fit takes with different numbers of threads, so that hardware is chosen by measurement."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tasks.spending import Spent, spent_on

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """A number of threads, and what the same fit took: `grown_mib` is the memory that it took beyond what was held."""

    threads: int
    wall_seconds: float
    cpu_seconds: float
    busy: float
    peak_rss_mib: float
    grown_mib: float
    chosen: bool


def threads_in_use() -> int:
    """Give the threads that a fit uses here: the most that any library of this process is set to."""
    from threadpoolctl import threadpool_info  # type: ignore[import-untyped]

    return max((int(pool["num_threads"]) for pool in threadpool_info()), default=1)


def other_than(threads: int) -> int:
    """Give the number of threads to hold another against: one, or two where it is one."""
    return 1 if threads > 1 else 2


def with_threads(threads: int, work: Callable[[], T]) -> tuple[T, Spent]:
    """Do some work with so many threads, and say what it took."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=threads):
        return spent_on(work)


def settings_of(threads: int, as_it_is: Mapping[str, Any] | None, other: Spent) -> Iterator[Setting]:
    """Give what a fit took as it is done, where that was measured, and with the other number of threads."""
    if as_it_is is not None:
        yield _setting(threads, Spent(**as_it_is), chosen=True)
    yield _setting(other_than(threads), other, chosen=False)


def _setting(threads: int, spent: Spent, *, chosen: bool) -> Setting:
    return Setting(
        threads=threads, wall_seconds=spent.wall_seconds, cpu_seconds=spent.cpu_seconds,
        busy=round(spent.busy(threads), 3), peak_rss_mib=round(spent.peak_rss_mib, 1),
        grown_mib=round(spent.grown_mib, 1), chosen=chosen,
    )  # fmt: skip
