"""How stable explanations are, and how far they have moved: agreement of the order in which features matter."""

from collections.abc import Mapping

import numpy as np


def agreement(baseline: Mapping[str, float], now: Mapping[str, float]) -> float | None:
    """Give the normalised discounted cumulative gain of the order of `now` by the weights of `baseline`, 0 to 1.

    1: the same features matter in the same order. Weights below zero count as none; None where no feature has weight,
    or `now` lacks one that has. SageMaker Clarify's measure of feature attribution drift, which alerts below 0.9.
    """
    weights = {name: max(0.0, weight) for name, weight in baseline.items()}
    heavy = {name for name, weight in weights.items() if weight > 0}
    if not heavy or not heavy <= set(now) or not all(np.isfinite(list(now.values()))):
        return None
    order = sorted(weights.keys() & now.keys(), key=lambda name: (-now[name], name))
    return _gain([weights[name] for name in order]) / _gain(sorted(weights.values(), reverse=True))


def _gain(weights: list[float]) -> float:
    return float(sum(weight / np.log2(place + 2) for place, weight in enumerate(weights)))
