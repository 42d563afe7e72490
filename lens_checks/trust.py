"""What data must keep to be trusted: close to the version accepted before it, and without values from far out."""

import math
from collections.abc import Iterator

from config.settings import Bounds, Data
from lens_checks.evidence.records import Difference, Parts

NOISE = 3.0  # standard errors of a share that chance may add


def strangeness(difference: Difference, parts: Parts, data: Data, bounds: Bounds) -> Iterator[str]:
    """Say where data lies further from the version before than the policy lets it, or holds too many far values."""
    if difference.data_sha256 != parts.data_sha256:
        yield f"the difference is of the rows {difference.data_sha256[:12]}, the split of {parts.data_sha256[:12]}"
    yield from _moved(difference, data, bounds.data_difference)
    label = difference.label
    if label and label.largest is not None and not label.largest <= bounds.label_difference:
        change = f"changed by {label.largest:.3f} against the version before, {bounds.label_difference} is accepted"
        yield f"the share of a class of {label.column} {change}"
    yield from _far_out(difference, parts, bounds.outlier_share)


def _moved(difference: Difference, data: Data, limit: float) -> Iterator[str]:
    for name, column in difference.columns.items():
        if not column.largest <= limit and not data.difference_allowances.get(name, "").strip():
            whole, new = f"{column.psi:.2f} over all rows", column.arrived_psi
            apart = "" if new is None else f", {new:.2f} among the {difference.rows['arrived']:,} that arrived"
            yield f"{name} lies far from the version before: PSI {whole}{apart}; {limit} is accepted"


def _far_out(difference: Difference, parts: Parts, limit: float) -> Iterator[str]:
    """Hold the share of rows with a far value against the limit, and what chance adds to it in a small part."""
    if set(difference.outliers) != set(parts.parts):
        yield f"far values were looked for in {', '.join(difference.outliers) or 'no part'}"
    for name, shares in difference.outliers.items():
        rows = parts.parts[name].rows if name in parts.parts else 0
        reach = limit + NOISE * math.sqrt(limit * (1 - limit) / max(rows, 1))
        if not shares.get("any", math.nan) <= reach:
            columns = sorted((c for c in shares if c != "any"), key=lambda c: -shares[c])[:3]
            where = f"most in {', '.join(columns) or 'no column'}"
            yield f"{shares.get('any', math.nan):.2%} of the {name} rows have a value far out, {where}; {limit:.2%} may"
