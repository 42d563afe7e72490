"""What to do next, and why: the improvement plan, and a practice explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from lens_checks import catalogue
from lens_checks import explain as lens
from lens_checks.explain import Explained
from lens_checks.review import PlanItem
from tasks import files

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


def write_issues(told: Plan, folder: Path) -> tuple[Path, ...]:
    """Write each open practice as an issue into a folder; that of one closed since goes (LifecycleError)."""
    from lens_checks.issues import issues, mark, page

    known = catalogue.load()
    made = issues(told.items, known)
    for id in known.practices:
        path = folder / f"{id.lower()}.md"
        if path.name not in made and path.is_file() and mark(id) in path.read_text(encoding="utf-8"):
            path.unlink()
    return tuple(files.write_bytes_atomically(folder / name, page(issue).encode()) for name, issue in made.items())


def issue_lines(told: Plan) -> Iterator[str]:
    """Give each open practice as a line of JSON that GitHub's API takes as an issue."""
    from lens_checks.issues import issues

    return (files.canonical(issue).decode().strip() for issue in issues(told.items, catalogue.load()).values())


def explain(practice: str) -> Explained:
    """Explain a practice, by its id of 2023 or 2025 (ConfigError)."""
    known = catalogue.load()
    return lens.explain(known.resolve(practice), known)
