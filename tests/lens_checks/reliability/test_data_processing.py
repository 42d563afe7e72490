"""The catalogue of inputs."""

import pytest

from config.settings import Data
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.reliability import data_processing as checks
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.every_input_is_catalogued: {
        "every column declared, owned, classed and fresh": (MET, {}),
        "data from nowhere has no entry": (NOT_MET, {r.Landing: {"sources": ()}}),
        "another owner than declared is refused": (NOT_MET, {r.Landing: {"owner": "Eve"}}),
        "a column that nobody declared is refused": (
            NOT_MET,
            {r.Landing: {"columns": {"delay": "double", "late": "bool", "extra": "int"}}},
        ),
        "an entry of other rows is refused": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "a column classed otherwise than declared is refused": (
            NOT_MET,
            {
                r.Profile: {
                    "columns": {
                        "delay": r.ProfiledColumn(
                            type="number", role="feature", sensitivity="personal", missing=0, distinct=1
                        )
                    }
                }
            },
        ),
        "freshness without a window or a newest row cannot be told": (UNKNOWN, {r.Landing: {"window": None}}),
        "an empty catalogue is refused": (NOT_MET, {Data: {"columns": {}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
