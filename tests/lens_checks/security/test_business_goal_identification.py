"""Terms of data and licences of software."""

from datetime import date

import pytest

from config.settings import Data, Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import business_goal_identification as checks
from tests.lens_checks.world import MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

PEOPLE = {"personal_data_found": (r.PersonalData(column="delay", pattern="email", share=0.5),)}

VERDICTS = {
    checks.data_and_software_may_be_used: {
        "free data, accepted licences": (MET, {}),
        "data permitted for billing may not teach a model": (
            NOT_MET,
            {Data: {"source": {"purpose": "billing"}}, r.Landing: {"purpose": "billing"}},
        ),
        "a snapshot landed under other terms is refused": (NOT_MET, {r.Landing: {"licence": "unknown"}}),
        "a permission that ended is refused": (NOT_MET, {Data: {"source": {"permitted_until": date(2026, 1, 1)}}}),
        "a permission that ends today": (MET, {Data: {"source": {"permitted_until": date(2026, 11, 22)}}}),
        "a permission that holds": (MET, {Data: {"source": {"permitted_until": date(2027, 1, 1)}}}),
        **{
            f"data permitted to {purpose}": (
                MET,
                {Data: {"source": {"purpose": purpose}}, r.Landing: {"purpose": purpose}},
            )
            for purpose in ("Model delays", "predict delays", "be used for training", "serve any purpose", "learning")
        },
        "a licence nobody accepted is refused": (NOT_MET, {r.LicenceInventory: {"licences": {"secret": (("AGPL",),)}}}),
        "one accepted alternative is enough": (
            MET,
            {r.LicenceInventory: {"licences": {"both": (("AGPL",), ("MIT",))}}},
        ),
        "licences that hold together are accepted together": (
            NOT_MET,
            {r.LicenceInventory: {"licences": {"mixed": (("MIT", "AGPL"),)}}},
        ),
        "a package without a licence is refused": (NOT_MET, {r.LicenceInventory: {"licences": {"silent": ()}}}),
        "an allowance without a reason is none": (NOT_MET, {Policy: {"licences": {"allowances": {"pygit2": " "}}}}),
        "an empty inventory shows nothing": (UNKNOWN, {r.LicenceInventory: {"licences": {}}}),
        "personal data without a legal basis is refused": (NOT_MET, {r.Profile: PEOPLE}),
        "personal data that is dropped needs none": (MET, {r.Profile: PEOPLE, r.Baseline: {"columns": {}}}),
        "whether consent was withdrawn cannot be told yet": (
            UNKNOWN,
            {
                Data: {"source": {"legal_basis": "contract"}},
                r.Profile: PEOPLE,
            },
        ),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "; no column describes people; ", id="nobody"),
        pytest.param(
            {r.Profile: PEOPLE, r.Baseline: {"columns": {}}},
            "; delay describe people and are dropped before training; ",
            id="people who are dropped",
        ),
    ],
)
def test_whom_the_columns_describe_is_told(changes: Changes, words: str) -> None:
    assert words in because(checks.data_and_software_may_be_used, changes)
