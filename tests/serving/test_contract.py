"""The contract in the repository is that of the code, and takes nothing away from what was released."""

import json
from typing import Any

import pytest

from serving.contract import CONTRACT, RELEASED, describe
from tasks.promises import breaks


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    return json.loads(CONTRACT.read_text())


def test_the_contract_is_that_of_the_routes(contract: dict[str, Any]) -> None:
    assert describe() == contract, "run `python -m serving.contract`"


def test_nothing_of_the_last_release_is_taken_away(contract: dict[str, Any]) -> None:
    assert breaks(json.loads(RELEASED.read_text()), contract) == []
