"""What to do next, and why: the improvement plan, and a practice explained."""

from dataclasses import dataclass

from config.settings import Settings
from lens_checks import catalogue
from lens_checks import explain as lens
from lens_checks.explain import Explained
from lens_checks.review import PlanItem

SCHEMA = 1


@dataclass(frozen=True)
class Plan:
    """Open practices in the order in which it pays to close them."""

    schema: int
    items: tuple[PlanItem, ...]


def plan(settings: Settings) -> Plan:
    """Review the project as it stands and give its improvement plan."""
    from flows.review import review_project

    return Plan(SCHEMA, review_project(settings).plan)


def explain(practice: str) -> Explained:
    """Explain a practice, by its id of 2023 or 2025 (ConfigError)."""
    known = catalogue.load()
    return lens.explain(known.resolve(practice), known)
