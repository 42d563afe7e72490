"""The real server lets the candidate answer its share of requests, and a candidate that is bad is ended there."""

from pathlib import Path

import pandas as pd
import pytest

from config.settings.release import Canary, Release, Shadow
from tasks import canary_trial, packaging
from tasks.canary import Shown
from tasks.canary_trial import Side
from tasks.inference import Form, Inference
from tasks.shadow import Contender
from tests.tasks.release_world import ROWS, contract_for, fitted, package_folder

ROOT = Path(__file__).parents[2]
RULE = Release(canary=Canary(share=0.5, requests=20), shadow=Shadow(minimum_rows=20, slower=100))


def shown(root: Path, strength: float, rows: pd.DataFrame = ROWS, rule: Release = RULE) -> Shown:
    """Run a canary of a model of some strength beside one of strength 1."""
    sides = []
    for version, one in enumerate((1.0, strength), 1):
        folder = package_folder(root / str(version), strength=one, keys_folder=root / "keys")
        package = packaging.verify(folder, digest=packaging.model_digest(folder), keys_folder=root / "keys")
        sides.append(Side(Contender(version, Inference(Form.NATIVE, contract_for("0" * 32), fitted(one))), package))
    return canary_trial.run(
        sides[1], sides[0], captured=root / "captured", held_out=lambda: rows, rule=rule, keys_folder=root / "keys",
        code=ROOT,
    )  # fmt: skip


def test_a_candidate_like_the_champion_answers_its_share(tmp_path: Path) -> None:
    seen = shown(tmp_path, 0.9)
    assert (seen.verdict, seen.version, seen.champion, seen.source) == ("within", 2, 1, "held-out")
    assert (seen.asked, seen.answered, seen.failed, seen.unanswered, seen.judged) == (20, 20, 0, 0, 20)


def test_a_candidate_far_from_the_champion_is_ended(tmp_path: Path) -> None:
    strict = RULE.model_copy(update={"shadow": RULE.shadow.model_copy(update={"difference": 1e-6})})
    seen = shown(tmp_path, 0.001, rule=strict)
    assert seen.verdict == "outside" and "answers differ by" in seen.because


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        pytest.param(ROWS[:19], "too-few", id="few requests"),
        pytest.param(ROWS[["delay"]], "unanswered", id="requests that lack a column"),
    ],
)
def test_requests_that_prove_nothing_are_told_of(rows: pd.DataFrame, verdict: str, tmp_path: Path) -> None:
    assert shown(tmp_path, 0.9, rows).verdict == verdict
