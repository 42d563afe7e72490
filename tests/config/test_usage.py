"""What is asked of the model holds together, and its page tells every setting with a default."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.settings import Usage
from config.settings.base import Closed
from config.settings.serving import Scaling, Serving

PAGE = Path(__file__).parents[2] / "docs" / "hosting.md"
LEVELS = {name: {"figure": 100} for name in ("p50_ms", "p95_ms", "p99_ms", "error_rate")}
SOUND: dict[str, Any] = {
    "kind": "online", "traffic": "steady", "peak": {"figure": 2}, "usual": {"figure": 1}, "levels": LEVELS,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"levels": {"error_rate": {"figure": 0}}}, "p50_ms, p95_ms and p99_ms", id="no latency, online"),
        pytest.param({"usual": {"figure": 3}}, "at most peak", id="more is usual than the peak"),
        pytest.param({"usual": {"figure": 0}}, "above 0", id="nothing is usual"),
        pytest.param({"spare": {"figure": 0.5}}, "whole workers", id="half a worker"),
        pytest.param({"idlest": 0.7}, "less than busiest", id="idle and busy at once"),
        pytest.param({"prices": {"serverless": -1}}, "below 0", id="a price below nothing"),
        pytest.param({"prices": {"cheap": 1}}, "real-time", id="a way of hosting that nobody knows"),
    ],
)
def test_what_does_not_hold_together_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Usage.model_validate(SOUND | change)


def test_a_batch_needs_no_latencies() -> None:
    assert Usage.model_validate(SOUND | {"kind": "batch", "levels": {"error_rate": {"figure": 0}}}).latencies == {}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param(Scaling, {"above": 0.6, "below": 0.3}, id="what was added would be ended again"),
        pytest.param(Serving, {"workers": 3, "scaling": {"most": 2}}, id="the most are fewer than the fewest"),
    ],
)
def test_scaling_that_cannot_be_is_refused(kind: type[Closed], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(values)


@pytest.mark.parametrize(("workers", "most", "expected"), [(1, 1, 1), (4, 1, 4), (2, 3, 3)])
def test_most_workers(workers: int, most: int, expected: int) -> None:
    assert Serving(workers=workers, scaling=Scaling(most=most)).most_workers == expected


def test_every_setting_with_a_simple_default_stands_on_the_page() -> None:
    plain = {n: f for n, f in Usage.model_fields.items() if not f.is_required() and n != "spare"}
    rows = [
        f"| `{name}` | `{json.dumps(field.get_default(call_default_factory=True))}` | {field.description} |"
        for name, field in plain.items()
    ]
    page = PAGE.read_text()
    assert [row for row in rows if row not in page] == []
