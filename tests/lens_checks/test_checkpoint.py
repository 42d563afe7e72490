"""A practice is judged by its check, by its statement, or by both; evidence speaks before people do."""

import pytest

from config.settings import Gate, Risk, Settings
from lens_checks.catalogue import Mode
from lens_checks.check import Checkpoint, Effort, Outcome, Verdict, met, not_applicable, not_met
from lens_checks.checkpoint import STATE_IT, By, PracticeResult, awaits_word, judge
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.statements import Refused, Statements
from tests.lens_checks.small import Given, catalogue_of, policy_of, practice, result, said
from tests.lens_checks.test_statements import attestation, claim, waiver

ID = "MLSEC-12"
ATTESTED = said(attested=attestation(practice=ID))
CLAIMED = said(claimed=claim(practice=ID))
WAIVED = said(waived=waiver(practice=ID))
SILENT = said()
NO_EVIDENCE, MALFORMED = NoEvidence("run it"), Malformed("it is malformed")
BOTH = (Risk.HIGH, Risk.MEDIUM)


def judged(
    example: Settings, mode: Mode, answer: Verdict | Exception | None, statements: Statements, **policy: object
) -> PracticeResult:
    catalogue = catalogue_of(practice(ID, mode), checks={} if answer is None else {ID: answer})
    changed = policy_of(example, **policy)
    (found,) = judge(Checkpoint, catalogue=catalogue, evidence=Given(), statements=statements, policy=changed)
    return found


@pytest.mark.parametrize(
    ("mode", "answer", "statements", "verdict", "by"),
    [
        pytest.param(Mode.AUTO, met("seen"), SILENT, Outcome.MET, By.MEASURED, id="measured and met"),
        pytest.param(Mode.AUTO, not_met("seen"), SILENT, Outcome.NOT_MET, By.MEASURED, id="measured and not met"),
        pytest.param(Mode.AUTO, not_applicable("-"), SILENT, Outcome.NOT_APPLICABLE, By.DERIVED, id="derived"),
        pytest.param(Mode.AUTO, NO_EVIDENCE, SILENT, Outcome.UNKNOWN, By.MEASURED, id="without evidence"),
        pytest.param(Mode.AUTO, MALFORMED, SILENT, Outcome.BROKEN, By.MEASURED, id="with malformed evidence"),
        pytest.param(Mode.AUTO, None, SILENT, Outcome.UNKNOWN, By.MEASURED, id="without a check"),
        pytest.param(Mode.AUTO, not_met("seen"), ATTESTED, Outcome.NOT_MET, By.MEASURED, id="no word beats a no"),
        pytest.param(Mode.AUTO, None, ATTESTED, Outcome.UNKNOWN, By.MEASURED, id="no word stands for a check"),
        pytest.param(Mode.PARTIAL, met("seen"), ATTESTED, Outcome.MET, By.ATTESTED, id="both halves"),
        pytest.param(Mode.PARTIAL, met("seen"), SILENT, Outcome.UNKNOWN, By.ATTESTED, id="the word is missing"),
        pytest.param(Mode.PARTIAL, not_met("-"), ATTESTED, Outcome.NOT_MET, By.MEASURED, id="the measure fails"),
        pytest.param(Mode.PARTIAL, None, ATTESTED, Outcome.UNKNOWN, By.MEASURED, id="the measure is missing"),
        pytest.param(Mode.PARTIAL, not_applicable("-"), SILENT, Outcome.NOT_APPLICABLE, By.DERIVED, id="derived, both"),
        pytest.param(Mode.ATTEST, None, ATTESTED, Outcome.MET, By.ATTESTED, id="a word alone"),
        pytest.param(Mode.ATTEST, None, SILENT, Outcome.UNKNOWN, By.ATTESTED, id="nobody said it"),
        pytest.param(Mode.ATTEST, not_met("-"), ATTESTED, Outcome.NOT_MET, By.MEASURED, id="a check beside the word"),
        pytest.param(Mode.AUTO, NO_EVIDENCE, CLAIMED, Outcome.NOT_APPLICABLE, By.ATTESTED, id="a claim over unknown"),
        pytest.param(Mode.AUTO, None, CLAIMED, Outcome.NOT_APPLICABLE, By.ATTESTED, id="a claim without a check"),
        pytest.param(Mode.AUTO, not_met("-"), CLAIMED, Outcome.NOT_MET, By.MEASURED, id="no claim beats a no"),
        pytest.param(Mode.PARTIAL, met("-"), CLAIMED, Outcome.UNKNOWN, By.ATTESTED, id="a claim against a yes"),
        pytest.param(Mode.ATTEST, None, CLAIMED, Outcome.NOT_APPLICABLE, By.ATTESTED, id="a claim instead of a word"),
        pytest.param(Mode.AUTO, MALFORMED, CLAIMED, Outcome.BROKEN, By.MEASURED, id="no claim covers what is broken"),
        pytest.param(Mode.AUTO, not_met("-"), WAIVED, Outcome.NOT_MET, By.WAIVED, id="a waiver over a no"),
        pytest.param(Mode.AUTO, NO_EVIDENCE, WAIVED, Outcome.UNKNOWN, By.WAIVED, id="a waiver over unknown"),
        pytest.param(Mode.AUTO, met("-"), WAIVED, Outcome.MET, By.MEASURED, id="a waiver that is not needed"),
        pytest.param(Mode.AUTO, MALFORMED, WAIVED, Outcome.BROKEN, By.MEASURED, id="no waiver covers what is broken"),
        pytest.param(Mode.AUTO, ValueError("-"), WAIVED, Outcome.BROKEN, By.MEASURED, id="nor a check that raised"),
    ],
)  # fmt: skip
def test_the_answer(
    example: Settings, mode: Mode, answer: Verdict | Exception | None, statements: Statements, verdict: Outcome, by: By
) -> None:
    found = judged(example, mode, answer, statements)
    assert (found.verdict, found.by) == (verdict, by)
    assert found.because


@pytest.mark.parametrize(
    ("mode", "answer", "statements", "measured", "attested"),
    [
        pytest.param(Mode.AUTO, not_met("-"), SILENT, Outcome.NOT_MET, None, id="measured alone"),
        pytest.param(Mode.AUTO, None, SILENT, Outcome.UNKNOWN, None, id="to be measured, and no check does"),
        pytest.param(Mode.ATTEST, None, ATTESTED, None, Outcome.MET, id="stated alone"),
        pytest.param(Mode.ATTEST, None, SILENT, None, Outcome.UNKNOWN, id="to be stated, and nobody does"),
        pytest.param(Mode.PARTIAL, met("-"), SILENT, Outcome.MET, Outcome.UNKNOWN, id="measured, and not stated"),
        pytest.param(Mode.PARTIAL, not_met("-"), ATTESTED, Outcome.NOT_MET, Outcome.MET, id="stated, and not so"),
        pytest.param(Mode.AUTO, not_met("-"), WAIVED, Outcome.NOT_MET, None, id="a waiver changes neither half"),
    ],
)
def test_both_halves_are_kept_apart(
    example: Settings, mode: Mode, answer: Verdict | None, statements: Statements, measured: Outcome | None,
    attested: Outcome | None,
) -> None:  # fmt: skip
    found = judged(example, mode, answer, statements)
    assert (found.measured, found.attested) == (measured, attested)


@pytest.mark.parametrize(
    ("mode", "answer", "effort"),
    [
        pytest.param(Mode.AUTO, not_met("-"), Effort.SMALL, id="the check says"),
        pytest.param(Mode.ATTEST, None, Effort.SMALL, id="a word is soon said"),
        pytest.param(Mode.AUTO, None, Effort.LARGE, id="a check is to be written"),
    ],
)
def test_the_effort(example: Settings, mode: Mode, answer: Verdict | None, effort: Effort) -> None:
    assert judged(example, mode, answer, SILENT).effort is effort


@pytest.mark.parametrize(
    ("seen", "left_to_do"),
    [
        pytest.param(result(measured=Outcome.MET), False, id="met"),
        pytest.param(result(measured=Outcome.NOT_APPLICABLE), False, id="not applicable"),
        pytest.param(result(measured=Outcome.NOT_MET), True, id="not met"),
        pytest.param(result(measured=Outcome.UNKNOWN), True, id="unknown"),
        pytest.param(result(measured=Outcome.BROKEN), True, id="broken"),
        pytest.param(result(measured=Outcome.NOT_MET, by=By.WAIVED), False, id="waived"),
    ],
)
def test_what_is_open(seen: PracticeResult, left_to_do: bool) -> None:
    assert seen.open is left_to_do


def test_what_a_reader_sees_first_is_the_verdict_or_that_it_is_waived() -> None:
    assert result(measured=Outcome.NOT_MET).state == "not_met"
    assert result(measured=Outcome.NOT_MET, by=By.WAIVED).state == "waived"


@pytest.mark.parametrize(
    ("asked", "fix", "awaits"),
    [
        pytest.param(ID, STATE_IT.format(id=ID), True, id="the word alone"),
        pytest.param(ID, f"Mend {ID}. {STATE_IT.format(id=ID)}", False, id="something to mend, and the word"),
        pytest.param(ID, STATE_IT.format(id="MLSEC-01"), False, id="the word on another practice"),
        pytest.param(ID, "", False, id="nothing"),
        pytest.param(None, STATE_IT.format(id=None), False, id="a bound, which is no practice"),
    ],
)
def test_what_awaits_a_word_lacks_nothing_else(asked: str | None, fix: str, awaits: bool) -> None:
    assert awaits_word(asked, fix) is awaits


@pytest.mark.parametrize(
    ("mode", "answer", "words"),
    [
        pytest.param(Mode.AUTO, not_met("seen"), ["Mend MLSEC-12."], id="the fix of the check"),
        pytest.param(Mode.AUTO, met("seen"), [], id="nothing to do"),
        pytest.param(Mode.AUTO, None, ["lens_checks/ours/", "a record"], id="a check to write"),
        pytest.param(Mode.PARTIAL, met("seen"), ["lifecycle attest MLSEC-12"], id="a word to give"),
        pytest.param(Mode.PARTIAL, not_met("-"), ["Mend", "lifecycle attest"], id="both"),
    ],
)
def test_an_open_practice_says_what_to_do(
    example: Settings, mode: Mode, answer: Verdict | None, words: list[str]
) -> None:
    fix = judged(example, mode, answer, SILENT).fix
    assert all(word in fix for word in words)
    assert bool(fix) == bool(words)


@pytest.mark.parametrize(
    ("mode", "answer", "statements", "fix"),
    [
        pytest.param(Mode.PARTIAL, not_met("-"), ATTESTED, "Mend MLSEC-12.", id="the word is given, mend the rest"),
        pytest.param(Mode.PARTIAL, met("-"), ATTESTED, "", id="both halves are there"),
        pytest.param(Mode.PARTIAL, not_applicable("-"), SILENT, "", id="nothing to state about what does not apply"),
        pytest.param(Mode.AUTO, not_met("-"), WAIVED, "Mend MLSEC-12.", id="a waiver mends nothing"),
    ],
)
def test_nothing_is_asked_for_twice(
    example: Settings, mode: Mode, answer: Verdict | None, statements: Statements, fix: str
) -> None:
    assert judged(example, mode, answer, statements).fix == fix


def test_a_missing_word_says_nothing_of_mending(example: Settings) -> None:
    assert "Mend" not in judged(example, Mode.PARTIAL, met("seen"), SILENT).fix


@pytest.mark.parametrize(
    ("mode", "answer", "statements", "because"),
    [
        pytest.param(Mode.ATTEST, None, SILENT, "nobody has stated it", id="no statement"),
        pytest.param(
            Mode.ATTEST, None, said(refused=(Refused("attestation", ID, "it ended"),)),
            "the statement does not count: it ended", id="a statement that ended",
        ),
        pytest.param(
            Mode.AUTO, not_met("seen"), said(refused=(Refused("not applicable", ID, "it ended"),)),
            "seen; its not applicable does not count: it ended", id="a claim that ended",
        ),
        pytest.param(
            Mode.AUTO, not_met("seen"), CLAIMED,
            "seen; it is claimed not to apply, and the evidence judges it", id="a claim against the evidence",
        ),
        pytest.param(Mode.AUTO, not_met("seen"), SILENT, "seen", id="the evidence alone"),
        pytest.param(
            Mode.PARTIAL, met("seen"), SILENT, "measured: seen; nobody has stated it", id="a half that is missing"
        ),
    ],
)  # fmt: skip
def test_the_reason_names_what_did_not_count(
    example: Settings, mode: Mode, answer: Verdict | None, statements: Statements, because: str
) -> None:
    assert judged(example, mode, answer, statements).because == because


def test_a_met_practice_gives_both_reasons(example: Settings) -> None:
    assert judged(example, Mode.PARTIAL, met("seen"), ATTESTED).because.startswith("seen; Ada states, Grace approved")


def test_a_refused_statement_is_told(example: Settings) -> None:
    statements = said(refused=(Refused("waiver", ID, "it ended on 2026-01-01"),))
    assert "its waiver does not count: it ended" in judged(example, Mode.AUTO, not_met("seen"), statements).because


@pytest.mark.parametrize("answer", [None, NO_EVIDENCE], ids=["nothing judges it", "a run leaves its evidence"])
def test_a_listed_practice_does_not_wait_unless_only_time_can_show_it(example: Settings, answer: Exception) -> None:
    assert judged(example, Mode.AUTO, answer, SILENT, not_yet_required=[ID]).required


def test_only_the_practices_of_the_checkpoint_are_judged(example: Settings) -> None:
    catalogue = catalogue_of(practice("MLSEC-01", at=Checkpoint.FRAMING), practice("MLSEC-02", at=Checkpoint.RELEASE))
    found = judge(
        (Checkpoint.RELEASE,), catalogue=catalogue, evidence=Given(), statements=SILENT, policy=example.policy
    )
    assert [answer.id for answer in found] == ["MLSEC-02"]


@pytest.mark.parametrize(
    ("seen", "gate", "blocks"),
    [
        pytest.param(result(measured=Outcome.MET), Gate(measured=BOTH, attested=BOTH), False, id="met"),
        pytest.param(result(measured=Outcome.NOT_APPLICABLE), Gate(measured=BOTH), False, id="not applicable"),
        pytest.param(result(measured=Outcome.NOT_MET), Gate(measured=BOTH), True, id="not met"),
        pytest.param(result(measured=Outcome.UNKNOWN), Gate(measured=BOTH), True, id="unknown"),
        pytest.param(result(measured=Outcome.BROKEN), Gate(measured=BOTH), True, id="broken"),
        pytest.param(result(measured=Outcome.NOT_MET, risk=Risk.MEDIUM), Gate(measured=(Risk.HIGH,)), False,
                     id="medium, where high is asked for"),
        pytest.param(result(measured=Outcome.NOT_MET, risk=Risk.MEDIUM), Gate(measured=BOTH), True,
                     id="medium, where both are asked for"),
        pytest.param(result(measured=Outcome.NOT_MET, required=False), Gate(measured=BOTH), False, id="not required"),
        pytest.param(result(measured=Outcome.NOT_MET, by=By.WAIVED), Gate(measured=BOTH), False, id="waived"),
        pytest.param(result(attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN), Gate(measured=BOTH), False,
                     id="a missing word, where words are not asked for"),
        pytest.param(result(attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN), Gate(measured=(), attested=BOTH), True,
                     id="a missing word, where words are asked for"),
        pytest.param(result(measured=None, attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN),
                     Gate(measured=BOTH, attested=BOTH), True, id="a word alone, missing"),
        pytest.param(result(measured=None, attested=Outcome.UNKNOWN, verdict=Outcome.UNKNOWN), Gate(measured=BOTH),
                     False, id="a word alone, missing, where measures are asked for"),
        pytest.param(result(measured=Outcome.NOT_MET), Gate(measured=(), attested=BOTH), False,
                     id="not met, where words are asked for and none belongs to it"),
        pytest.param(result(measured=Outcome.NOT_MET, attested=Outcome.MET, verdict=Outcome.NOT_MET),
                     Gate(measured=(), attested=BOTH), False, id="not met, where words are asked for and it has one"),
    ],
)  # fmt: skip
def test_what_holds_a_gate(seen: PracticeResult, gate: Gate, blocks: bool) -> None:
    assert seen.blocks(gate) is blocks
