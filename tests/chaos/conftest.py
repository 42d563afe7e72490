"""The long forms: hundreds of kills, races and mutations, run by `make chaos`, with their figures as one table."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from tests.tasks.release_world import World

HERE = Path(__file__).parent
LONGEST_SECONDS = 3 * 3600


@dataclass
class Figures:
    """How many trials of each kind held, and what was seen where one did not."""

    tried: dict[str, int] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)

    @contextlib.contextmanager
    def trial(self, kind: str, about: str) -> Iterator[None]:
        """Count a trial; one that fails is kept, and the others go on."""
        self.tried[kind] = self.tried.get(kind, 0) + 1
        try:
            yield
        except (AssertionError, IndexError, KeyError) as error:
            self.failures.setdefault(kind, []).append(f"{about}: {type(error).__name__} {str(error)[:300]}")

    def demand(self, kind: str, at_least: int = 1) -> None:
        """Fail unless every trial of a kind held, and there were enough."""
        assert self.failures.get(kind, []) == []
        assert self.tried.get(kind, 0) >= at_least


FIGURES = Figures()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody in a hurry try a share of it; the table says how much was tried."""
    parser.addoption("--chaos-share", type=float, default=1.0, help="share of the trials of tests/chaos to run")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, and give it time."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures as one table."""
    if not FIGURES.tried:
        return
    terminalreporter.section("chaos")
    for kind, tried in FIGURES.tried.items():
        failures = FIGURES.failures.get(kind, [])
        terminalreporter.line(f"{kind:<44} {tried - len(failures):>5} / {tried}")
        for failure in failures[:5]:
            terminalreporter.line(f"    {failure}")


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Where the trials are counted."""
    return FIGURES


@pytest.fixture(scope="session")
def share(request: pytest.FixtureRequest) -> float:
    """The share of the trials that is asked for."""
    return float(request.config.getoption("--chaos-share", default=1.0))


@pytest.fixture(scope="session")
def shipped() -> Settings:
    """The settings of the sample project."""
    return load(HERE.parents[1] / "proving" / "sample")


@pytest.fixture
def world(tmp_path: Path, mlflow_template: Path, shipped: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    """A released world of its own."""
    monkeypatch.chdir(tmp_path)
    return World(tmp_path, mlflow_template, shipped)
