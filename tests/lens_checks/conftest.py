"""The settings of the example, once."""

from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings


@pytest.fixture(scope="session")
def example() -> Settings:
    """The settings that the example ships with."""
    return load(Path(__file__).parents[2] / "proving" / "sample")
