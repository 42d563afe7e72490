"""The ML Test Score of the project as it stands."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from config.settings import Settings
from flows.review import review_project
from lens_checks import ml_test_score
from lens_checks.ml_test_score import Score

if TYPE_CHECKING:
    from rich.console import RenderableType


def score(settings: Settings) -> Score:
    """Review the project and give its ML Test Score."""
    return ml_test_score.score(review_project(settings))


def words(found: Score) -> Iterable["RenderableType"]:
    """Show the score and what would raise it."""
    from rich.text import Text

    from lens_checks import ml_test_score_page

    yield ml_test_score_page.score_table(found)
    yield Text("\nnext: lifecycle plan; docs/ml-test-score.md says what answers each test")
