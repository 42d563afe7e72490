"""How figures are compared: what is missing, NaN or infinite is never good enough."""

import math
from typing import TypeGuard


def finite(figure: float | None) -> TypeGuard[float]:
    """Tell whether there is a figure at all."""
    return figure is not None and math.isfinite(figure)


def at_least(figure: float | None, floor: float | None) -> bool:
    """Tell whether a figure reaches a floor; False unless both are finite."""
    return finite(figure) and finite(floor) and figure >= floor


def at_most(figure: float | None, ceiling: float | None) -> bool:
    """Tell whether a figure stays under a ceiling; False unless both are finite."""
    return at_least(ceiling, figure)


def better(figure: float | None, other: float | None, *, greater_is_better: bool) -> bool:
    """Tell whether a figure is strictly better than another; False unless both are finite."""
    return finite(figure) and finite(other) and (figure > other if greater_is_better else figure < other)
