"""The published schema is that of the types, and a review keeps it."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from config.settings import Settings
from lens_checks.schema import review_schema, text
from tasks.files import plain
from tests.lens_checks.test_page import reviewed

PUBLISHED = Path(__file__).parents[2] / "docs" / "review.schema.json"


@pytest.fixture(scope="module")
def printed(example: Settings) -> dict[str, Any]:
    told: dict[str, Any] = plain(reviewed(example))
    return told


def test_the_published_schema_is_that_of_the_types() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == text(), "python -m lens_checks.schema > docs/review.schema.json"


def test_a_review_keeps_the_schema(printed: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(review_schema())
    jsonschema.Draft202012Validator(review_schema()).validate(printed)


@pytest.mark.parametrize("key", ["schema", "practices", "counts", "coverage", "questions", "plan", "selection"])
def test_a_review_without_a_key_does_not(printed: dict[str, Any], key: str) -> None:
    assert not jsonschema.Draft202012Validator(review_schema()).is_valid({k: v for k, v in printed.items() if k != key})


def test_a_verdict_that_is_none_does_not_either(printed: dict[str, Any]) -> None:
    first = printed["practices"][0] | {"verdict": "fine"}
    assert not jsonschema.Draft202012Validator(review_schema()).is_valid(printed | {"practices": [first]})
