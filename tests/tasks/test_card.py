"""The card is a tree of sections, and shows what data writes into it as it is."""

from dataclasses import replace

import pytest

from config.settings import ProblemType
from tasks.card import card, safe
from tasks.inference import Form
from tasks.parity import Parity
from tests.tasks.pipelines import made
from tests.tasks.problems import settings_of

TRAINING = {
    "data_sha256": {"train": "a" * 64}, "features": ["size"], "study": {"trials": 8, "sampler": "TPE"}, "seed": 0,
    "family": "linear", "params": {"shrinkage": 1.0}, "cpu_seconds": 3.0, "run_id": "run",
}  # fmt: skip
EVALUATION = {
    "rows": 40, "metrics": {"brier": {"value": 0.1, "low": 0.05, "high": None}}, "rule": {}, "dummy": None,
    "slices": {"size": {"<b>large</b>": {"rows": 20, "primary": 0.9}}}, "fairness": {"gaps": {"size": 0.02}},
}  # fmt: skip
SECTIONS = ["Purpose", "Owners", "Data", "Training", "Evaluation", "Limits", "Fairness", "Use", "Provenance"]


def written(**charter: object) -> str:
    settings = settings_of(ProblemType.BINARY)
    settings = settings.model_copy(update={"charter": settings.charter.model_copy(update=charter)})
    contract = replace(made("linear", ProblemType.BINARY).contract, threshold=0.3)
    return card(TRAINING, EVALUATION, contract, Parity(Form.NATIVE, "no graph", 1e-6), settings)


def test_the_sections_stand_in_order() -> None:
    assert [line[3:] for line in written().splitlines() if line.startswith("## ")] == SECTIONS


@pytest.mark.parametrize("words", ["0.1 | 0.05 | -", "probability of 0.3", "Answered by native: no graph"])
def test_it_tells_figures_limits_and_form(words: str) -> None:
    assert words in written()


def test_protected_attributes_are_told_with_their_gaps() -> None:
    fairness = settings_of(ProblemType.BINARY).charter.fairness.model_copy(update={"attributes": ("size",)})
    assert "| size | 0.02 |" in written(fairness=fairness)


def test_what_the_data_says_is_shown_not_done() -> None:
    assert r"\<b\>large\</b\>" in written()
    assert safe("a\x1b[31m|b\n# c") == r"a \[31m\|b \# c"
