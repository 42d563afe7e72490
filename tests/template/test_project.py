"""The tests' own configuration follows config/: `python proving/sample/refresh.py` after a change there."""

import runpy
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2] / "proving" / "sample"
REFRESH = runpy.run_path(str(PROJECT / "refresh.py"))


@pytest.mark.parametrize("name", REFRESH["names"]())
def test_the_tests_configuration_is_that_of_the_example_at_the_size_of_a_sample(name: str) -> None:
    assert (PROJECT / "config" / f"{name}.yaml").read_text(encoding="utf-8") == REFRESH["reduced"](name)
