"""Which practices may wait for their evidence: those that a policy lists, out of a short list of ours."""

from lens_checks.check import Outcome, Verdict

# The live model has to be watched for a while before anything is seen of these; what was seen of them counts at once.
MAY_WAIT = frozenset(
    {
        "MLOE-15",
        "MLPER-13",
        "MLPER-15",
        "MLPER-17",
        "MLPER-18",
        "MLCOST-27",
        "MLCOST-28",
        "MLCOST-29",
        "MLSUS-15",
        "MLSEC-13",
    }
)


def waits(practice: str, measured: Verdict | None, *, listed: frozenset[str]) -> bool:
    """Tell whether a practice waits: it is listed, may be, and nothing was seen of it yet.

    Any other can be waived by name, never wished away: evidence that is gone holds its gate.
    """
    may = practice in MAY_WAIT and practice in listed
    return may and measured is not None and measured.outcome is Outcome.UNKNOWN
