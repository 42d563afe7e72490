"""The bound on what a served model may take: it answers as quickly, and in as little memory, as was agreed to."""

from collections.abc import Iterator

from config.settings import Charter, Policy
from lens_checks.evidence.records import Release, at_most
from lens_checks.runner import Source
from lens_checks.statements import Subject

FIX = "Choose a lighter family in config/params.yaml, or agree to another `budget` in config/charter.yaml."


def budget(source: Source, policy: Policy, subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The server kept the charter's latency and memory while the candidate was on trial; what was not timed did not."""
    server, agreed = source.get(Release).server, source.get(Charter).budget
    for what, seen, most, unit in (
        ("the 95th percentile of a request", server.p95_ms, agreed.latency_p95_ms, "ms"),
        ("the memory of the server", server.rss_mib, agreed.memory_mib, "MiB"),
    ):
        if not at_most(seen, most):
            figure = "unknown" if seen is None else f"{seen:.4g} {unit}"
            yield "budget", f"{what} is {figure}, at most {most:g} {unit}", FIX
