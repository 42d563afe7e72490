"""A project that protects an attribute, and whose bias is within its bounds before training and after it."""

from config.settings import Charter
from lens_checks.evidence import records as r
from tests.lens_checks.world import Changes

GROUPS = {g: r.LabelledGroup(rows=350, outcomes={"False": 0.75, "True": 0.25}) for g in ("f", "m")}
RATES = {g: r.Group(rows=75, rate=0.8) for g in ("f", "m")}


def protecting(
    *, imbalance: float | None = 0.2, label_gap: float | None = 0.05, disparity: float | None = None, within: str = "",
    gap: float | None = 0.05, rows: str = "a" * 64, small: bool = False, rare: bool = False, asked: str | None = None,
) -> Changes:  # fmt: skip
    """Protect `sex`, with these figures before training and after it."""
    groups = GROUPS | ({"x": r.LabelledGroup(rows=5)} if rare else {})
    told = r.AttributeBias(groups=groups, imbalance=imbalance, label_gap=label_gap, conditional_disparity=disparity)
    rates = RATES | ({"x": r.Group(rows=5, rate=None)} if small else {})
    return {
        Charter: {"fairness": {"attributes": ("sex",), "conditioned_on": within if asked is None else asked}},
        r.BiasBefore: {"attributes": {"sex": told}, "conditioned_on": within, "data_sha256": rows},
        r.Evaluation: {"fairness": {"gaps": {"sex": gap}, "attributes": {"sex": rates}}},
    }
