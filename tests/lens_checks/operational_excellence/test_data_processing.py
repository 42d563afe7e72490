"""Profile, contract and leakage search of the very rows that are learned from."""

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.operational_excellence import data_processing as checks
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, cases, outcome

VERDICTS = {
    checks.data_was_profiled_audited_and_searched_for_leaks: {
        "audited, profiled, searched and kept as baseline": (MET, {}),
        "rows changed since they were landed are refused": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "an audit of other rows is refused": (NOT_MET, {r.Validation: {"data_sha256": "0" * 64}}),
        "a contract that checked nothing is refused": (
            NOT_MET,
            {r.Validation: {"evaluated": 0, "expected": 0, "rules": ()}},
        ),
        "a rule that was not evaluated is refused": (NOT_MET, {r.Validation: {"expected": 2}}),
        "a rule that raised is refused": (NOT_MET, {r.Validation: {"exceptions": ("range raised",)}}),
        "a broken contract is refused": (NOT_MET, {r.Validation: {"success": False}}),
        "a share that is not a number is over the limit": (NOT_MET, {r.Validation: {"quarantine_share": float("nan")}}),
        "rows set aside must be found in quarantine": (NOT_MET, {r.Validation: {"quarantine_file": None}}),
        "too few rows are refused": (NOT_MET, {r.Validation: {"rows": 5}}),
        "a feature without statistics is refused": (NOT_MET, {r.Profile: {"columns": {}}}),
        "a search for nothing finds nothing": (NOT_MET, {r.Leakage: {"checks": ()}}),
        "a copy of the target is a leak": (
            NOT_MET,
            {
                r.Leakage: {
                    "findings": (r.Leak(check="copy", columns=("delay",), share=1.0, sentence="a copy", allowed=None),)
                }
            },
        ),
        "a leak that is allowed by name and reason passes": (
            MET,
            {
                r.Leakage: {
                    "findings": (
                        r.Leak(check="copy", columns=("delay",), share=1.0, sentence="a copy", allowed="known"),
                    )
                }
            },
        ),
        "monitoring needs a baseline of every feature": (NOT_MET, {r.Baseline: {"columns": {}}}),
        "without an audit nothing can be told": (UNKNOWN, {r.Validation: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
