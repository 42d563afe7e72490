"""Values that go missing later: in newer rows, where those that are learned from had them all."""

import numpy as np

from config.settings import Data
from tasks.splitting import Parts

LEAST = 0.01  # share of a part below which a gap is no matter
CHANCE = 1e-4  # that gaps spread evenly over all rows would spare train


def risen(parts: Parts, data: Data) -> list[str]:
    """Name the features that tune or promotion miss and train never does: nothing was learned of rows without them.

    The chance is that of each gap falling outside train by itself, by the shares of rows.
    """
    told = []
    for feature in data.features:
        if parts.train[feature].isna().any():
            continue
        for name, part in (("tune", parts.tune), ("promotion", parts.promotion)):
            gaps = int(part[feature].isna().sum())
            elsewhere = len(part) / max(len(part) + len(parts.train), 1)
            if gaps > LEAST * len(part) and gaps * np.log(max(elsewhere, 1e-9)) < np.log(CHANCE):
                told.append(f"the {name} part misses {gaps / len(part):.1%} of {feature}, the train part none")
    return told
