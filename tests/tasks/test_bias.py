"""Bias before training is measured as its sources define it, group by group."""

import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import Data, Fairness, ProblemType
from tasks.bias import AttributeBias, BiasBefore, before_training

COLUMN = {"type": "category", "sensitivity": "public"}
DATA = Data.model_validate(
    {
        "source": {"reader": "csv", "licence": "CC0-1.0", "purpose": "machine learning", "owner": "Dan"},
        "columns": {"sex": COLUMN, "dept": COLUMN, "hired": COLUMN | {"role": "target"}},
        "target": "hired",
    }
)
# Of 60 women 30 apply where one in three is hired, 30 where two in three are; of 60 men 12 and 48.
WITHIN = {("f", "hard"): (10, 20), ("f", "easy"): (20, 10), ("m", "hard"): (4, 8), ("m", "easy"): (32, 16)}
ROWS = pd.DataFrame(
    [
        {"sex": sex, "dept": dept, "hired": hired}
        for (sex, dept), (yes, no) in WITHIN.items()
        for hired, count in (("yes", yes), ("no", no))
        for _ in range(count)
    ]
)


def measured(
    rows: pd.DataFrame = ROWS, *, problem: ProblemType = ProblemType.BINARY, within: str = "", smallest: int = 20
) -> BiasBefore:
    rules = Fairness(attributes=("sex",), conditioned_on=within, minimum_group=smallest)
    return before_training(rows, DATA, rules=rules, problem=problem, data_sha256="a" * 64)


def of_sex(found: BiasBefore) -> AttributeBias:
    return found.attributes["sex"]


def test_groups_of_a_size_have_no_imbalance() -> None:
    assert of_sex(measured()).imbalance == 0


def test_the_imbalance_is_of_the_smallest_group() -> None:
    rows = pd.concat([ROWS[ROWS.sex == "f"].head(30), ROWS[ROWS.sex == "m"]])
    assert of_sex(measured(rows)).imbalance == pytest.approx((60 - 30) / 90)


def test_the_gap_of_labels_is_the_difference_in_proportions() -> None:
    assert of_sex(measured()).label_gap == pytest.approx(36 / 60 - 30 / 60)


def test_a_stratum_explains_what_no_group_is_to_blame_for() -> None:
    assert of_sex(measured(within="dept")).conditional_disparity == pytest.approx(0, abs=1e-12)


def test_without_a_stratum_no_disparity_is_told() -> None:
    assert of_sex(measured()).conditional_disparity is None


def test_a_disparity_within_a_stratum_is_weighed_by_its_rows() -> None:
    rows = ROWS.assign(dept="one")
    rejected, hired = 30 / 54 - 30 / 66, 24 / 54 - 36 / 66
    assert of_sex(measured(rows, within="dept")).conditional_disparity == pytest.approx(max(abs(rejected), abs(hired)))


def test_a_group_too_small_is_named_and_not_told() -> None:
    rows = pd.concat([ROWS, pd.DataFrame([{"sex": "x", "dept": "easy", "hired": "no"}] * 5)])
    found = of_sex(measured(rows))
    assert found.groups["x"].rows == 5 and found.groups["x"].outcomes is None
    assert found.label_gap == pytest.approx(0.1)


def test_one_group_alone_has_nothing_to_be_compared_with() -> None:
    found = of_sex(measured(ROWS[ROWS.sex == "f"]))
    assert (found.imbalance, found.label_gap) == (None, None)


def test_of_several_classes_the_widest_gap_counts() -> None:
    rows = ROWS.assign(hired=["a", "b", "c"] * 36 + ["a"] * 12)
    shares = rows.groupby("sex").hired.value_counts(normalize=True).unstack().fillna(0)
    widest = float((shares.max() - shares.min()).max())
    assert of_sex(measured(rows, problem=ProblemType.MULTICLASS)).label_gap == pytest.approx(widest)


def test_a_number_is_told_by_its_median() -> None:
    rows = ROWS.assign(hired=range(len(ROWS)))
    found = measured(rows, problem=ProblemType.REGRESSION)
    assert found.outcome == "hired above its median"
    assert of_sex(found).label_gap == 1.0


def test_without_protected_attributes_there_is_nothing_to_measure() -> None:
    rules = Fairness(reason="Rows are things.")
    found = before_training(ROWS, DATA, rules=rules, problem=ProblemType.BINARY, data_sha256="a" * 64)
    assert found.attributes == {}


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="town"):
        measured(within="town")
