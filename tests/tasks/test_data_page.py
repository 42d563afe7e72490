"""docs/data.md lists every strategy and every search."""

import re
from pathlib import Path
from typing import get_args

from config.settings import Bounds, LeakSearch
from config.settings.params import Strategy

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


def test_every_search_and_strategy_is_explained() -> None:
    assert re.findall(r"^\| `([a-z+]+)` \|", PAGE, re.M) == list(get_args(Strategy))
    rows = re.findall(r"^\| ([a-z ]+) \| .* \| (?:`(\w+)` )?\|$", PAGE, re.M)
    assert [name for name, _ in rows if name not in ("search", "strategy")] == list(LeakSearch)
    assert {bound for _, bound in rows if bound} <= set(Bounds.model_fields)
