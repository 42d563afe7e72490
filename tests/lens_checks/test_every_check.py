"""The contract that every check keeps, those in lens_checks/ours/ included."""

import ast
import inspect
import re
import typing
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks import catalogue, runner
from lens_checks.check import Check, Outcome, Verdict
from lens_checks.evidence.collect import KINDS, SETTINGS
from lens_checks.evidence.place import Malformed, NoEvidence

CHECKS = tuple(catalogue.load().checks.values())
SHIPPED = tuple(check for check in CHECKS if ".ours" not in check.module)
TOOLS = {"mlflow", "prefect", "dvc", "great_expectations", "sklearn", "pandas", "numpy", "pyarrow", "optuna", "skops"}
REACHING_OUT = TOOLS | {"os", "subprocess", "pathlib", "urllib", "socket", "requests", "httpx", "shutil", "io"}
LONGEST_BODY = 40

each = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.practice)
each_shipped = pytest.mark.parametrize("check", SHIPPED, ids=lambda check: check.practice)
each_file = pytest.mark.parametrize("module", sorted({check.module for check in CHECKS}))


class Nothing:
    """A project in which nothing was left behind but, if wanted, one kind of trouble."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def get(self, kind: type) -> typing.Any:
        raise self.trouble


@each
def test_it_stands_where_the_lens_has_it(check: Check) -> None:
    practice = catalogue.load().practices[check.practice]
    assert check.phase is practice.phase
    assert check.pillar is practice.pillar


@each_shipped
def test_its_path_is_its_coordinate(check: Check) -> None:
    assert check.pillar is not None
    path = (check.pillar.value, check.phase.value)
    assert check.module == ".".join(("lens_checks", *(part.lower().replace(" ", "_") for part in path)))


@each
def test_its_title_is_a_sentence_on_the_world_it_wants(check: Check) -> None:
    assert re.fullmatch(r"[A-Z].{20,140}\.", check.title)
    assert not re.match(r"(Ensure|Check|Verify|Make sure|Test|Judge)\b", check.title)


@each
def test_its_fix_says_what_to_do(check: Check) -> None:
    assert re.fullmatch(r"[A-Z`].{15,300}\.", check.fix)


@each
def test_it_reads_records_that_a_collector_gives(check: Check) -> None:
    assert set(check.evidence.values()) <= KINDS
    assert check.evidence, "a check that reads nothing cannot refuse"


@each
def test_it_promises_a_verdict(check: Check) -> None:
    assert typing.get_type_hints(check.function)["return"] is Verdict


@each
def test_it_is_short(check: Check) -> None:
    assert len(inspect.getsource(check.function).splitlines()) <= LONGEST_BODY


@each_file
def test_its_file_judges_records_and_reaches_for_nothing_else(module: str) -> None:
    tree = ast.parse(Path(f"{module.replace('.', '/')}.py").read_text())
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not {name.split(".")[0] for name in names} & REACHING_OUT
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "eval", "exec", "__import__", "print"}


@each
def test_without_evidence_it_is_unknown_or_judges_the_configuration_alone(check: Check, example: Settings) -> None:
    class OnlySettings(Nothing):
        def get(self, kind: type) -> typing.Any:
            return SETTINGS[kind](example) if kind in SETTINGS else super().get(kind)

    verdict = runner.ask(check, OnlySettings(NoEvidence("it is not there: run it")))
    if set(check.evidence.values()) <= set(SETTINGS):
        assert verdict.outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN)
    else:
        assert verdict == Verdict(Outcome.UNKNOWN, "it is not there: run it")


@each
def test_with_malformed_evidence_it_is_broken(check: Check) -> None:
    assert runner.ask(check, Nothing(Malformed("it is malformed"))).outcome is Outcome.BROKEN


@each
def test_an_answer_that_is_no_verdict_is_broken(check: Check) -> None:
    yes = replace(check, function=lambda: True)
    assert runner.ask(yes, Nothing(NoEvidence("-"))).outcome is Outcome.BROKEN


@each_shipped
def test_the_mirrored_test_asks_it_for_a_yes_and_a_no(check: Check) -> None:
    _, room, name = check.module.split(".")
    text = (Path("tests/lens_checks") / room / f"test_{name}.py").read_text()
    assert check.function.__name__ in text, "no row of the mirrored test names this check"


@each_shipped
def test_it_is_shown_to_refuse(check: Check) -> None:
    source = inspect.getsource(check.function)
    assert "not_met(" in source or "not_applicable(" in source, "a check that cannot refuse is no gate"


def test_no_id_is_used_again() -> None:
    ids = [check.practice for check in CHECKS]
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(catalogue.RETIRED)
