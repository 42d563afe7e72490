"""docs/serving.md tells every setting of the server."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from config.settings.serving import Serving

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"


def rows(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from rows(type(default), f"{prefix}{name}.")
        else:
            yield f"| `{prefix}{name}` | `{json.dumps(default)}` | {field.description} |"


def test_every_setting_stands_on_the_page_with_its_default() -> None:
    page = PAGE.read_text()
    assert [row for row in rows(Serving) if row not in page] == []
