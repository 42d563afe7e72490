"""What is missing, NaN or infinite is never good enough, on either side of a comparison."""

import math

import pytest

from lens_checks.evidence.records.figures import at_least, at_most, better, finite

NO_FIGURES = (None, math.nan, math.inf, -math.inf)


@pytest.mark.parametrize("figure", NO_FIGURES)
def test_what_is_no_figure_keeps_nothing(figure: float | None) -> None:
    assert not finite(figure)
    for other in (0.0, -1e308, 1e308, *NO_FIGURES):
        assert not at_least(figure, other) and not at_least(other, figure)
        assert not at_most(figure, other) and not at_most(other, figure)
        for upward in (True, False):
            assert not better(figure, other, greater_is_better=upward)
            assert not better(other, figure, greater_is_better=upward)


@pytest.mark.parametrize(
    ("figure", "other", "least", "most", "above", "below"),
    [
        pytest.param(2.0, 1.0, True, False, True, False, id="more"),
        pytest.param(1.0, 1.0, True, True, False, False, id="as much"),
        pytest.param(0.0, 0.0, True, True, False, False, id="nothing, as much as nothing"),
        pytest.param(0.0, 1.0, False, True, False, True, id="less"),
        pytest.param(-1.0, 0, False, True, False, True, id="less than a whole number"),
    ],
)
def test_figures_are_compared(figure: float, other: float, least: bool, most: bool, above: bool, below: bool) -> None:
    assert finite(figure)
    assert (at_least(figure, other), at_most(figure, other)) == (least, most)
    assert better(figure, other, greater_is_better=True) is above
    assert better(figure, other, greater_is_better=False) is below
