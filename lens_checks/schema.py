"""The JSON schema of a review, from its own types; `python -m lens_checks.schema` prints what docs/ keeps."""

import json
import sys
from typing import Any

from pydantic import TypeAdapter

from lens_checks.review import Review

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def review_schema() -> dict[str, Any]:
    """Describe what `lifecycle review --json` prints."""
    return {"$schema": DIALECT} | TypeAdapter(Review).json_schema(mode="serialization")


def text() -> str:
    """Write the schema as docs/review.schema.json holds it."""
    return json.dumps(review_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
