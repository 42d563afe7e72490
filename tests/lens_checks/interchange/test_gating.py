"""An imported question holds gates exactly while it is at risk, by what is open in it or should not be chosen."""

import itertools
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from config.settings import Attestation, NotApplicable, Risk, Settings, Waiver
from config.settings.lenses import ImportedLens
from lens_checks import checkpoint, gates
from lens_checks.catalogue import Catalogue
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.gates import GateName
from lens_checks.interchange import gating, imported
from lens_checks.interchange.reading import accept
from lens_checks.interchange.risk import QuestionRisk, rate
from lens_checks.review import Review, review
from lens_checks.statements import Statements, Subject
from tests.lens_checks.interchange.made_lens import ALL_OR_HIGH, data, lens, question
from tests.lens_checks.small import Given

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
LATER = date(2026, 9, 1)
HIGH_OR_NONE = (("aaa && bbb", "NO_RISK"), ("default", "HIGH_RISK"))
ANY = (("aaa || bbb", "NO_RISK"), ("default", "HIGH_RISK"))
ONE_ONLY = (("(aaa && !bbb) || (!aaa && bbb)", "NO_RISK"), ("default", "HIGH_RISK"))
CHECKLIST = (("default", "NO_RISK"),)
HOPELESS = (("default", "HIGH_RISK"),)


def catalogue(rules: object, choices: str = "aaa bbb q_no") -> Catalogue:
    text = data(lens(question(choices=choices, rules=rules)))
    found = accept(text).lens
    ids = {f"Q01/{c.id}": f"ACME-{n:02}" for n, c in enumerate(found.questions[0].practices, 1)}
    record = ImportedLens(
        id="ACME", name="House rules", sha256=found.sha256, imported=LATER, pillars={"SEC": "security"}, practices=ids
    )
    practices = imported.added([(record, found)], {})
    return Catalogue(practices, {}, (), tuple(imported.questions(record, found)))


def statements(attested: str = "", claimed: str = "", waived: str = "") -> Statements:
    words = {"owner": "Ann", "expires": LATER}
    sworn = {"approver": "Bob", "made": NOW.date(), "evidence": "docs/minutes.md", **words}
    note, reason = "It does not exist in this house.", "It is accepted until the autumn."
    return Statements(
        {id: Attestation(practice=id, statement="It is done in this house.", **sworn) for id in attested.split()},
        {id: NotApplicable(practice=id, reason="OUT_OF_SCOPE", note=note, **words) for id in claimed.split()},
        {id: Waiver(practice=id, model="m", versions=(1, 9), reason=reason, **sworn) for id in waived.split()},
        (),
    )


def judged(settings: Settings, known: Catalogue, said: Statements) -> tuple[PracticeResult, ...]:
    results = checkpoint.judge(Checkpoint, catalogue=known, evidence=Given(), statements=said, policy=settings.policy)
    return gating.hold(results, known)


def holding(results: tuple[PracticeResult, ...]) -> list[str]:
    """Name what is open at high risk and required."""
    return [result.id for result in results if result.open and result.required and result.risk is Risk.HIGH]


@pytest.mark.parametrize(
    ("rules", "said", "open_at_high"),
    [
        pytest.param(HIGH_OR_NONE, {}, ["ACME-01", "ACME-02"], id="unanswered, and high is possible"),
        pytest.param(HIGH_OR_NONE, {"attested": "ACME-01"}, ["ACME-02"], id="one of two is stated"),
        pytest.param(HIGH_OR_NONE, {"attested": "ACME-01 ACME-02"}, [], id="both are"),
        pytest.param(HIGH_OR_NONE, {"attested": "ACME-01", "waived": "ACME-02"}, [], id="the other is waived"),
        pytest.param(HIGH_OR_NONE, {"attested": "ACME-01", "claimed": "ACME-02"}, [], id="the other does not apply"),
        pytest.param(HIGH_OR_NONE, {"claimed": "ACME-01 ACME-02"}, [], id="neither applies"),
        pytest.param(ANY, {}, ["ACME-01", "ACME-02"], id="any would do, none is stated"),
        pytest.param(ANY, {"attested": "ACME-02"}, [], id="any would do, one is stated"),
        pytest.param(ALL_OR_HIGH, {"attested": "ACME-01"}, [], id="only medium is left"),
        pytest.param(ONE_ONLY, {"attested": "ACME-01 ACME-02"}, ["ACME-01", "ACME-02"], id="what excludes each other"),
        pytest.param(ONE_ONLY, {"attested": "ACME-01"}, [], id="one of what excludes each other"),
        pytest.param(CHECKLIST, {}, [], id="a checklist that carries no risk"),
        pytest.param(HOPELESS, {"attested": "ACME-01 ACME-02"}, ["ACME-01", "ACME-02"], id="no answer is good enough"),
        pytest.param(HOPELESS, {"claimed": "ACME-01 ACME-02"}, [], id="no answer is, and the question does not apply"),
    ],
)  # fmt: skip
def test_what_holds(example: Settings, rules: object, said: dict[str, str], open_at_high: list[str]) -> None:
    assert holding(judged(example, catalogue(rules), statements(**said))) == open_at_high


RULES = (HIGH_OR_NONE, ANY, ONE_ONLY, ALL_OR_HIGH, HOPELESS, (("!aaa || bbb", "NO_RISK"), ("default", "HIGH_RISK")))


@pytest.mark.parametrize("rules", RULES, ids=[str(rules[0][0]) for rules in RULES])
def test_something_is_open_at_high_exactly_while_the_question_is(example: Settings, rules: object) -> None:
    known = catalogue(rules)
    asked = known.imported[0]
    for chosen in itertools.chain.from_iterable(itertools.combinations(("aaa", "bbb"), n) for n in (1, 2)):
        said = statements(attested=" ".join(asked.practice_of[c] for c in chosen))
        high = rate(asked.question, chosen) is QuestionRisk.HIGH
        assert bool(holding(judged(example, known, said))) == high, chosen


def test_what_is_left_at_medium_is_asked_for_at_medium(example: Settings) -> None:
    results = judged(example, catalogue(ALL_OR_HIGH), statements(attested="ACME-01"))
    assert [(r.id, r.risk, r.required) for r in results if r.open] == [("ACME-02", Risk.MEDIUM, True)]


def test_what_no_risk_rests_on_is_not_required(example: Settings) -> None:
    results = judged(example, catalogue(ANY), statements(attested="ACME-02"))
    assert [(r.id, r.required) for r in results if r.open] == [("ACME-01", False)]


def test_a_stated_practice_that_the_rules_call_a_risk_says_so(example: Settings) -> None:
    first, _ = judged(example, catalogue(ONE_ONLY), statements(attested="ACME-01 ACME-02"))
    assert (first.verdict, first.by) == (Outcome.NOT_MET, By.ATTESTED)
    assert "the rules of ACME:Q01 rate this answer as high risk" in first.because


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        pytest.param({}, False, id="unanswered"),
        pytest.param({"attested": "ACME-01"}, False, id="half answered"),
        pytest.param({"attested": "ACME-01 ACME-02"}, True, id="answered"),
        pytest.param({"attested": "ACME-01", "waived": "ACME-02"}, True, id="waived by name"),
    ],
)
def test_the_champion_gate_asks_for_it(
    example: Settings, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], passed: bool
) -> None:
    monkeypatch.setattr(gates.bounds, "unmet", lambda *_: ())
    monkeypatch.setattr(gates.bounds, "figures", lambda *_: MappingProxyType({}))
    known, stated = catalogue(HIGH_OR_NONE), statements(**said)
    outcome = gates.decide(
        GateName.CHAMPION, results=judged(example, known, stated), source=Given(), policy=example.policy,
        subject=Subject("m", 1), statements=stated, now=NOW,
    )  # fmt: skip
    own = [reason.practice for reason in outcome.blocking if reason.practice]
    assert (own == []) == passed


def reviewed(settings: Settings, said: Statements) -> Review:
    known = catalogue(HIGH_OR_NONE)
    return review(
        judged(settings, known, said), project="p", catalogue=known, policy=settings.policy, statements=said,
        champion=False, now=NOW,
    )  # fmt: skip


def test_a_review_rates_it_beside_the_others_and_a_waiver_does_not_hide_its_risk(example: Settings) -> None:
    found = reviewed(example, statements(attested="ACME-01", waived="ACME-02"))
    assert [(q.id, q.risk) for q in found.questions] == [("ACME:Q01", QuestionRisk.HIGH)]


def test_an_open_practice_is_planned_with_the_gate_it_holds(example: Settings) -> None:
    found = reviewed(example, statements(attested="ACME-01"))
    assert [(item.id, item.gates) for item in found.plan] == [("ACME-02", (GateName.CHAMPION,))]
    assert "lifecycle attest ACME-02" in found.plan[0].fix
