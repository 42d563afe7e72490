"""A check declares where it stands, and its title is the first line of its docstring."""

import pytest

from config.settings import Risk
from lens_checks.check import Check, Checkpoint, Effort, Phase, Pillar, Verdict, check, met


def declared(practice: str = "ACME-01-A", **given: object) -> Check:
    @check(practice, phase=Phase.DEPLOYMENT, judged_at=Checkpoint.RELEASE, fix="Mend it.", **given)  # type: ignore[arg-type]
    def the_house_rule_holds() -> Verdict:
        """The house rule holds.

        It says more here.

        And here.
        """
        return met("seen")

    return the_house_rule_holds


@pytest.mark.parametrize(
    ("checkpoint", "before_and_itself"),
    [
        (Checkpoint.FRAMING, "framing"),
        (Checkpoint.DATA, "framing data"),
        (Checkpoint.DEVELOPMENT, "framing data development"),
        (Checkpoint.RELEASE, "framing data development release"),
        (Checkpoint.OPERATION, "framing data development release operation"),
    ],
)
def test_a_checkpoint_stands_on_those_before_it(checkpoint: Checkpoint, before_and_itself: str) -> None:
    assert " ".join(checkpoint.up_to_here) == before_and_itself


def test_its_title_is_the_first_line_alone() -> None:
    assert declared().title == "The house rule holds."


def test_a_function_that_says_nothing_has_no_title() -> None:
    def silent() -> Verdict:
        return met("seen")

    made = check("ACME-01", phase=Phase.DEPLOYMENT, judged_at=Checkpoint.RELEASE, fix="-")(silent)
    assert made.title == ""


@pytest.mark.parametrize(
    ("practice", "declared_pillar", "pillar"),
    [
        pytest.param("MLOE-03", None, Pillar.OPERATIONAL_EXCELLENCE, id="operational excellence"),
        pytest.param("MLSEC-03", None, Pillar.SECURITY, id="security"),
        pytest.param("MLREL-03", None, Pillar.RELIABILITY, id="reliability"),
        pytest.param("MLPER-03", None, Pillar.PERFORMANCE_EFFICIENCY, id="performance efficiency"),
        pytest.param("MLCOST-03", None, Pillar.COST_OPTIMIZATION, id="cost optimization"),
        pytest.param("MLSUS-03", None, Pillar.SUSTAINABILITY, id="sustainability"),
        pytest.param("MLSUS-03", Pillar.SECURITY, Pillar.SUSTAINABILITY, id="the id tells, whatever is declared"),
        pytest.param("ACME-01-A", Pillar.SECURITY, Pillar.SECURITY, id="an own practice declares it"),
        pytest.param("ACME-01-A", None, None, id="nobody tells"),
    ],
)
def test_its_pillar(practice: str, declared_pillar: Pillar | None, pillar: Pillar | None) -> None:
    assert declared(practice, pillar=declared_pillar).pillar is pillar


def test_it_keeps_what_it_declares() -> None:
    made = declared(effort=Effort.LARGE, risk=Risk.HIGH)
    assert (made.practice, made.phase, made.judged_at) == ("ACME-01-A", Phase.DEPLOYMENT, Checkpoint.RELEASE)
    assert (made.fix, made.effort, made.own_risk) == ("Mend it.", Effort.LARGE, Risk.HIGH)
    assert made() == met("seen")
    assert made.module == __name__
