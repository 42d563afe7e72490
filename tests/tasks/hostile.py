"""Models that are well formed and of trusted types, and yet harm whoever loads or asks them."""

from typing import Any, Literal

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from tests.tasks.release_world import ROWS

NOWHERE = {"hangs": 0, "crashes": 2**31 - 7}  # the index of the node that both branches of the root lead to


def hostile_model(kind: Literal["hangs", "crashes"]) -> Any:
    """Fit boosted trees, then let the first one lead in a circle, or out of its memory."""
    model = HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=5)
    model.fit(ROWS, (ROWS["delay"] > 15).astype(int))
    tree = model._predictors[0][0]
    nodes = np.array(tree.nodes)
    nodes["left"][0] = nodes["right"][0] = NOWHERE[kind]
    tree.nodes = nodes
    return model
