"""Names of readers, candidates and metrics are found before a row is read, or refused with their place."""

from collections.abc import Callable

import pytest

from config.errors import ConfigError
from config.settings import Settings
from flows.names import resolve

Configure = Callable[[str, str, str], Settings]


def test_the_names_of_the_example_are_found(settings: Settings) -> None:
    resolve(settings)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("data", "reader: parquet", "reader: parket", ["config/data.yaml: source.reader", "'parket'", "csv"]),
        ("data", "flights.parquet", "nowhere.parquet", ["config/data.yaml: source.path", "nowhere.parquet"]),
        ("params", "[dummy, linear,", "[dummy, liner,", ["params.yaml: search.candidates[1]", "'liner'", "linear"]),
        ("params", "primary: average_precision", "primary: r2", ["metrics.primary", "'r2'", "average_precision"]),
        ("params", "[roc_auc, brier]", "[roc_auk]", ["metrics.guarded[0]", "'roc_auk'", "roc_auc"]),
        ("policy", "brier, ceiling", "brier, floor", ["thresholds[2]", "smaller is better", "a ceiling"]),
        ("charter", "metric: average_precision", "metric: profit", ["charter.yaml: kpis[0].metric", "'profit'"]),
    ],
)
def test_a_name_that_is_not_there_is_refused(
    configure: Configure, name: str, old: str, new: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(configure(name, old, new))
    assert [word for word in words if word not in caught.value.seen] == []


def test_all_names_are_told_at_once(configure: Configure) -> None:
    configure("data", "reader: parquet", "reader: parket")
    with pytest.raises(ConfigError) as caught:
        resolve(configure("params", "primary: average_precision", "primary: r2"))
    assert len(caught.value.seen.splitlines()) == 2
