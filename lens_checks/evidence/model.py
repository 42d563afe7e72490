"""Read what training, evaluation and comparison left behind."""

from lens_checks.evidence.place import Place, read_record
from lens_checks.evidence.records.benchmark import Benchmark
from lens_checks.evidence.records.evaluation import ChampionComparison, Evaluation, Explanation
from lens_checks.evidence.records.model import Leaderboard, Training

TRAIN = "run `lifecycle run`: training writes it"
EVALUATE = "run `lifecycle run`: evaluation writes it"


def training(place: Place) -> Training:
    """Read the report of the training run."""
    return read_record(Training, place.root / "reports/training/training.json", TRAIN)


def leaderboard(place: Place) -> Leaderboard:
    """Read the candidates of the search."""
    return read_record(Leaderboard, place.root / "reports/training/leaderboard.json", TRAIN)


def benchmark(place: Place) -> Benchmark:
    """Read how the winner compares with other ways to answer."""
    return read_record(Benchmark, place.root / "reports/training/benchmark.json", TRAIN)


def evaluation(place: Place) -> Evaluation:
    """Read the candidate's evaluation."""
    return read_record(Evaluation, place.root / "reports/evaluation/evaluation.json", EVALUATE)


def explanation(place: Place) -> Explanation:
    """Read the candidate's explanation."""
    return read_record(Explanation, place.root / "reports/evaluation/explanation.json", EVALUATE)


def comparison(place: Place) -> ChampionComparison:
    """Read the comparison with the champion."""
    how = "run `lifecycle run`: deployment compares the candidate with the champion"
    return read_record(ChampionComparison, place.root / "reports/comparison.json", how)
