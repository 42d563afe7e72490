"""What a client of the released version would miss is named."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tasks.contracts import CURRENT
from tasks.promises import breaks


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    return json.loads(CURRENT.read_text())


def forget_path(c: Any) -> None:
    del c["paths"]["/ping"]


def forget_status(c: Any) -> None:
    del c["paths"]["/invocations"]["post"]["responses"]["413"]


def forget_field(c: Any) -> None:
    del c["components"]["schemas"]["Version"]["properties"]["digest"]


def retype_field(c: Any) -> None:
    c["components"]["schemas"]["Version"]["properties"]["digest"]["type"] = "integer"


def forget_kind(c: Any) -> None:
    del c["paths"]["/invocations"]["post"]["requestBody"]["content"]["text/csv"]


def forget_shape(c: Any) -> None:
    del c["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"][0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (forget_path, "GET /ping is gone"),
        (forget_status, "POST /invocations does not tell of status 413 any more"),
        (forget_field, "GET /version answers 200 without digest"),
        (retype_field, "GET /version answers 200 with another digest"),
        (forget_kind, "POST /invocations does not take text/csv any more"),
        (forget_shape, "POST /invocations does not take dataframe_split any more"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_break_is_named(contract: dict[str, Any], change: Callable[[Any], None], told: str) -> None:
    after = copy.deepcopy(contract)
    change(after)
    assert breaks(contract, after) == [told]
    assert breaks(after, contract) == [] or change is retype_field
