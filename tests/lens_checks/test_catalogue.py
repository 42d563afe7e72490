"""The catalogue knows every practice of the lens and finds every check."""

from collections import Counter
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.settings import Risk
from lens_checks import catalogue
from lens_checks.catalogue import Catalogue, Mode, collect, load, modules
from lens_checks.check import Phase, Pillar

OWN = '''
from config.settings import Charter, Risk
from lens_checks.check import Checkpoint, Phase, Pillar, Verdict, check, met

@check("{id}", phase=Phase.DEPLOYMENT, judged_at=Checkpoint.RELEASE, fix="Mend it.", {more})
def the_house_rule_holds(charter: Charter) -> Verdict:
    """The house rule of this organisation holds for every release."""
    return met("seen")
'''


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return load()


def write(folder: Path, name: str, text: str) -> str:
    (folder / f"{name}.py").write_text(text)
    return name


def test_all_105_practices_are_there(known: Catalogue) -> None:
    lens = [practice for practice in known.practices.values() if practice.id_2025]
    assert Counter(practice.pillar for practice in lens) == {
        Pillar.OPERATIONAL_EXCELLENCE: 16, Pillar.SECURITY: 13, Pillar.RELIABILITY: 13,
        Pillar.PERFORMANCE_EFFICIENCY: 18, Pillar.COST_OPTIMIZATION: 29, Pillar.SUSTAINABILITY: 16,
    }  # fmt: skip
    assert Counter(practice.phase for practice in lens) == {
        Phase.BUSINESS_GOAL: 8, Phase.PROBLEM_FRAMING: 15, Phase.DATA_PROCESSING: 18, Phase.MODEL_DEVELOPMENT: 34,
        Phase.DEPLOYMENT: 13, Phase.MONITORING: 17,
    }  # fmt: skip
    assert Counter(practice.risk for practice in lens) == {Risk.HIGH: 60, Risk.MEDIUM: 45}
    assert Counter(practice.mode for practice in lens) == {Mode.AUTO: 72, Mode.PARTIAL: 27, Mode.ATTEST: 6}


def test_ids_of_2025_are_unique_too(known: Catalogue) -> None:
    assert len({practice.id_2025 for practice in known.practices.values() if practice.id_2025}) == 105


def test_every_practice_belongs_to_one_of_35_questions(known: Catalogue) -> None:
    questions = {question.id for question in known.questions}
    assert len(questions) == 35
    assert {practice.question for practice in known.practices.values() if practice.id_2025} == questions
    assert all(question.practices for question in known.questions)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        pytest.param("MLSEC-06", "MLSEC-06", id="the id of 2023"),
        pytest.param("mlsec-06", "MLSEC-06", id="in small letters"),
        pytest.param("MLSEC_06", "MLSEC-06", id="as we export it"),
        pytest.param("MLSEC03-BP04", "MLSEC-06", id="the id of 2025"),
        pytest.param("MLSEC03_BP04", "MLSEC-06", id="as AWS's lens file has it"),
        pytest.param("MLOPS01-BP02", "MLOE-02", id="a pillar whose prefix changed"),
        pytest.param(" MLPERF06_bp01 ", "MLPER-18", id="with blanks"),
    ],
)
def test_a_practice_is_found_by_any_of_its_ids(known: Catalogue, name: str, id: str) -> None:
    assert known.resolve(name).id == id


def test_an_unknown_id_is_refused_with_the_nearest(known: Catalogue) -> None:
    with pytest.raises(ConfigError) as refused:
        known.resolve("MLSEC-60")
    assert "MLSEC-06" in refused.value.expected or "MLSEC-0" in refused.value.expected


def test_a_retired_id_leads_to_its_successor(known: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "RETIRED", {"MLSEC-99": "MLSEC-06"})
    assert known.resolve("MLSEC-99").id == "MLSEC-06"


def test_every_practice_has_a_check_unless_a_statement_alone_will_do(known: Catalogue) -> None:
    assert not [id for id, p in known.practices.items() if id not in known.checks and p.mode is not Mode.ATTEST]


def test_files_in_ours_are_found_however_deep(tmp_path: Path) -> None:
    deep = tmp_path / "lens_checks/ours/team/house"
    deep.mkdir(parents=True)
    (deep / "rule.py").touch()
    assert modules(tmp_path / "lens_checks") == ("lens_checks.ours.team.house.rule",)


def test_an_own_check_brings_its_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = write(tmp_path, "own_rule", OWN.format(id="ACME-01", more="pillar=Pillar.SECURITY, risk=Risk.HIGH"))
    (found,) = collect((name,)).values()
    assert (found.practice, found.pillar, found.own_risk) == ("ACME-01", Pillar.SECURITY, Risk.HIGH)
    assert catalogue._own(found).title == "The house rule of this organisation holds for every release."


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        pytest.param([OWN.format(id="MLSEC-12", more="")] * 2, "has two checks", id="two checks for one practice"),
        pytest.param(["import nowhere_to_be_found"], "cannot be imported", id="an import that fails"),
        pytest.param(["def ("], "cannot be imported", id="a file that is not Python"),
        pytest.param(["raise SystemError('no')"], "cannot be imported", id="a file that raises"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_and_never_skipped(
    texts: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    names = tuple(write(tmp_path, f"wrong_{abs(hash(words))}_{i}", text) for i, text in enumerate(texts))
    with pytest.raises(ConfigError, match=words):
        collect(names)


@pytest.mark.parametrize(
    ("id", "more"),
    [
        pytest.param("ACME-02", "", id="an own id without pillar and risk"),
        pytest.param("MLSEC-77", "pillar=Pillar.SECURITY, risk=Risk.HIGH", id="an id that the lens may yet give"),
    ],
)
def test_an_id_that_nobody_gave_is_refused(id: str, more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    name = write(tmp_path, f"given_{id.replace('-', '_')}", OWN.format(id=id, more=more))
    with pytest.raises(ConfigError, match="which the lens does not know"):
        catalogue._own(collect((name,))[id])
