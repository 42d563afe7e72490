"""What became of practices is told apart: new, fixed, regressed; and a review fails on what it was asked to."""

from collections.abc import Mapping

import pytest

from config.settings import Risk, Settings
from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.progress import FailOn, failing, progress
from lens_checks.review import Review, review
from lens_checks.statements import Statements
from tests.lens_checks.small import NOW, catalogue_of, practice, result

MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def reviewed(settings: Settings, *results: PracticeResult) -> Review:
    return review(
        results, project="flights", catalogue=catalogue_of(practice("MLSEC-01")), policy=settings.policy, champion=True,
        statements=Statements({}, {}, {}, ()), now=NOW,
    )  # fmt: skip


def test_new_fixed_and_regressed_are_told_apart(example: Settings) -> None:
    before = {"MLSEC-01": NOT_MET, "MLSEC-02": MET, "MLSEC-03": MET, "MLSEC-05": UNKNOWN, "MLSEC-06": MET}
    found = progress(
        before,
        reviewed(
            example, result("MLSEC-01"), result("MLSEC-02", measured=UNKNOWN), result("MLSEC-03"), result("MLSEC-04"),
            result("MLSEC-05", measured=NOT_MET),
        ),
    )  # fmt: skip
    told = {kind: [moved.id for moved in getattr(found, kind)] for kind in ("new", "fixed", "regressed")}
    assert told == {"new": ["MLSEC-04"], "fixed": ["MLSEC-01"], "regressed": ["MLSEC-02", "MLSEC-06"]}
    assert (found.regressed[0].before, found.regressed[0].after) == (MET, UNKNOWN)


def test_a_practice_that_is_gone_has_regressed_and_is_open(example: Settings) -> None:
    (gone,) = progress({"ACME-01": MET}, reviewed(example)).regressed
    assert gone.open and gone.after is None and "no check judges it any more" in gone.because


HIGH, MEDIUM = result("MLSEC-01", measured=NOT_MET), result("MLSEC-02", measured=NOT_MET, risk=Risk.MEDIUM)
WAIVED, WAITS = result("MLSEC-03", measured=NOT_MET, by=By.WAIVED), result("MLSEC-04", measured=UNKNOWN, required=False)
ALL = (HIGH, MEDIUM, WAIVED, WAITS, result("MLSEC-05"))


@pytest.mark.parametrize(
    ("on", "before", "failed"),
    [
        pytest.param(FailOn.HIGH, None, ["MLSEC-01"], id="high: what is open of high risk"),
        pytest.param(FailOn.MEDIUM, None, ["MLSEC-01", "MLSEC-02"], id="medium: whatever is open and required"),
        pytest.param(FailOn.REGRESSED, {r.id: NOT_MET for r in ALL}, [], id="open as it was has not regressed"),
        pytest.param(FailOn.HIGH, {r.id: NOT_MET for r in ALL}, [], id="high since: open as it was is not new"),
        pytest.param(
            FailOn.REGRESSED, {r.id: MET for r in ALL}, ["MLSEC-01", "MLSEC-02", "MLSEC-04"],
            id="regressed: of any risk, what waits included, what is waived not",
        ),
        pytest.param(FailOn.HIGH, {r.id: MET for r in ALL}, ["MLSEC-01", "MLSEC-04"], id="high since: of high risk"),
        pytest.param(FailOn.MEDIUM, {r.id: MET for r in ALL}, ["MLSEC-01", "MLSEC-02", "MLSEC-04"], id="medium since"),
        pytest.param(
            FailOn.HIGH, {r.id: MET for r in ALL if r is not HIGH}, ["MLSEC-01", "MLSEC-04"],
            id="high since: new and open",
        ),
        pytest.param(FailOn.REGRESSED, {}, [], id="what is new has not regressed"),
    ],
)  # fmt: skip
def test_what_a_review_fails_on(
    example: Settings, on: FailOn, before: Mapping[str, Outcome] | None, failed: list[str]
) -> None:
    found = reviewed(example, *ALL)
    assert list(failing(on, found, None if before is None else progress(before, found))) == failed
