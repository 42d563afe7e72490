"""A part of the lens is named by words, beginnings or ids; what is no part of it is refused with what is."""

import pytest

from config.errors import ConfigError
from config.settings import Settings
from lens_checks import catalogue
from lens_checks.check import Checkpoint, Outcome, Phase, Pillar
from lens_checks.checkpoint import By, judge
from lens_checks.review import Review, review
from lens_checks.selection import WHOLE, Selection, select
from lens_checks.statements import Refused
from tests.lens_checks.small import NOW, Given, result, said


@pytest.mark.parametrize(
    ("option", "word", "meant"),
    [
        *(pytest.param("pillar", pillar.value.replace(" ", "-"), pillar.value, id=pillar.value) for pillar in Pillar),
        *(pytest.param("phase", phase.value.replace(" ", "_"), phase.value, id=phase.value) for phase in Phase),
        pytest.param("pillar", "Cost", "cost optimization", id="a beginning, in any case"),
        pytest.param("pillar", "MLREL", "reliability", id="the prefix of its ids"),
        pytest.param("pillar", "mlperf", "performance efficiency", id="the prefix of its ids of 2025"),
        pytest.param("pillar", "operationalExcellence", "operational excellence", id="AWS's name"),
        pytest.param("pillar", "performance", "performance efficiency", id="AWS's other name"),
        pytest.param("phase", "development", "model development", id="a later word"),
        pytest.param("phase", "framing", "ML problem framing", id="the last word"),
        pytest.param("phase", "goal", "business goal identification", id="the head of the grid"),
        pytest.param("checkpoint", "rel", "release", id="a checkpoint"),
        pytest.param("verdict", "met", "met", id="the whole word wins over a later word of another"),
        pytest.param("verdict", "not met", "not_met", id="a verdict in words"),
        pytest.param("verdict", "n/a", "not_applicable", id="as people write it"),
        pytest.param("verdict", "waived", "waived", id="waived is a state of its own"),
        pytest.param("risk", "HIGH", "high", id="a risk"),
    ],
)
def test_a_word_finds_what_it_means(option: str, word: str, meant: str) -> None:
    assert getattr(select(**{option: [word]}), option) == (meant,)


@pytest.mark.parametrize(
    ("option", "word", "allowed"),
    [
        pytest.param("pillar", "speed", "cost-optimization", id="no pillar"),
        pytest.param("pillar", "s", "sustainability", id="the beginning of two"),
        pytest.param("verdict", "not", "not_applicable", id="the first word of two"),
        pytest.param("risk", "low", "high, medium", id="a risk that the lens has not"),
        pytest.param("checkpoint", "", "framing, data", id="nothing"),
    ],
)
def test_any_other_word_is_refused_with_what_is_allowed(option: str, word: str, allowed: str) -> None:
    with pytest.raises(ConfigError, match=f"--{option}: saw") as refused:
        select(**{option: [word]})
    assert allowed in refused.value.expected


def test_words_of_one_option_add_up_and_options_narrow() -> None:
    wanted = select(verdict=["waived", "unknown"], risk=["high"])
    admitted = (result(), result(measured=Outcome.UNKNOWN), result(measured=Outcome.UNKNOWN, by=By.WAIVED))
    assert [wanted.admits(one) for one in admitted] == [False, True, True]
    assert str(wanted) == "verdict waived or unknown, risk high"


def test_nothing_asked_for_is_the_whole() -> None:
    assert not WHOLE and WHOLE.admits(result())


def narrowed(settings: Settings, wanted: Selection) -> Review:
    known = catalogue.load()
    results = judge(Checkpoint, catalogue=known, evidence=Given(), statements=said(), policy=settings.policy)
    refused = (
        Refused("waiver", "MLSEC-06", "it ended"),
        Refused("waiver", "MLOE-77", "no practice has the id MLOE-77"),
    )
    return review(
        results, project="flights", catalogue=known, policy=settings.policy, statements=said(refused=refused),
        champion=True, now=NOW, wanted=wanted,
    )  # fmt: skip


@pytest.mark.parametrize(("pillar", "practices", "questions"), [("MLOE", 16, 6), ("MLSEC", 13, 6), ("MLCOST", 29, 6)])
def test_each_pillar_can_be_read_by_itself(example: Settings, pillar: str, practices: int, questions: int) -> None:
    found = narrowed(example, select(pillar=[pillar]))
    assert len(found.practices) == found.counts["total"] == practices
    assert len(found.questions) == questions
    assert {item.id.split("-")[0] for item in found.plan} == {pillar}


def test_statements_on_other_practices_are_left_out_of_a_part(example: Settings) -> None:
    assert [r.practice for r in narrowed(example, select(pillar=["security"])).refused_statements] == ["MLSEC-06"]
    assert len(narrowed(example, WHOLE).refused_statements) == 2
