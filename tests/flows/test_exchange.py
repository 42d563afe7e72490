"""A lens that an organisation brings along becomes part of the project: stated, reviewed, asked for by gates."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from config import lenses
from config.errors import ConfigError
from config.settings import Settings
from flows import exchange, guidance, review, statements
from lens_checks import catalogue
from lens_checks.check import Outcome
from lens_checks.interchange.finding import LensError
from lens_checks.interchange.risk import QuestionRisk
from lens_checks.statements import Subject
from tests.lens_checks.interchange.made_lens import LENSES, data, lens, question

WORDS = {"owner": "Ann", "approver": "Bob", "evidence": "docs/minutes.md", "days": 90}
SENTENCE = "The house does this, as its minutes of March say."
HIGH_OR_NONE = (("aaa && bbb", "NO_RISK"), ("default", "HIGH_RISK"))


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    return int(caught.value.code or 0)


@pytest.fixture
def house(tmp_path: Path) -> Callable[..., Path]:
    """Write a house lens of some questions and give its file."""

    def write(*questions: dict[str, Any], **more: Any) -> Path:
        path = tmp_path / "house.json"
        path.write_bytes(data(lens(*(questions or [question(rules=HIGH_OR_NONE)]), **more)))
        return path

    return write


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda f: (f / "HOUSE.json").unlink(), "HOUSE.json cannot be read", id="its file is gone"),
        pytest.param(lambda f: (f / "HOUSE.json").write_text("{}"), "HOUSE", id="its file is another"),
        pytest.param(
            lambda f: (f / "HOUSE.yaml").write_text((f / "HOUSE.yaml").read_text().replace("phase:", "fase:")),
            "fase",
            id="a key that is misspelt",
        ),
        pytest.param(lambda f: (f / "HOUSE.yaml").write_text("id: ["), "HOUSE.yaml", id="no YAML"),
    ],
)
def test_the_configuration_is_sound_only_with_its_lenses(
    spoil: Callable[[Path], object], words: str, project: Path, house: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert ended("lens", "import", str(house()), "--as", "HOUSE") == 0
    assert ended("config", "check") == 0
    spoil(project / "config" / "lenses")
    capsys.readouterr()
    assert ended("config", "check") == 2
    assert words in capsys.readouterr().err


def test_an_imported_lens_is_stated_and_holds_the_champion(settings: Settings, house: Callable[..., Path]) -> None:
    """Its practices are in the review, hold the gate of the champion, and let go of it once they are stated."""
    taken = exchange.take_in(house(_version="1.2"), name="acme")
    assert (taken.id, taken.version, taken.new) == ("ACME", "1.2", ("ACME-01", "ACME-02"))
    assert _held() == ["ACME-01", "ACME-02"]
    for practice in ("ACME-01", "acme:bbb"):
        statements.attest(settings, practice, statement=SENTENCE, **WORDS)
    assert _held() == []
    found = review.review_project(review.load())
    assert [(q.id, q.risk) for q in found.questions[35:]] == [("ACME:Q01", QuestionRisk.NONE)]
    assert {r.verdict for r in found.practices if r.id.startswith("ACME")} == {Outcome.MET}


def _held() -> list[str]:
    outcome = review.decide("champion", review.load(), subject=Subject("flights", 1, digest="d" * 64))
    return [reason.practice for reason in outcome.blocking if (reason.practice or "").startswith("ACME")]


def test_an_imported_lens_stands_beside_ours_in_the_report_of_aws(
    settings: Settings, house: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    exchange.take_in(house(), name="HOUSE")
    assert ended("review", "--format", "aws") == 0
    metric = json.loads(capsys.readouterr().out)["Metrics"][0]
    ours, theirs = metric["Lenses"]
    assert (metric["LensesAppliedCount"], theirs["LensArn"]) == (2, "urn:lifecycle-lens:imported:HOUSE")
    (pillar,) = theirs["Pillars"]
    assert (pillar["PillarId"], pillar["Questions"][0]["QuestionId"]) == ("security", "Q01")
    assert sum(ours["RiskCounts"].values()) == 35 and sum(metric["RiskCounts"].values()) == 36


@pytest.mark.parametrize("name", ["ACME-01", "acme_01", "aaa", "ACME:aaa", "acme:q01/AAA"])
def test_an_imported_practice_has_the_names_of_its_file_too(
    project: Path, house: Callable[..., Path], name: str
) -> None:
    exchange.take_in(house(), name="ACME")
    told = guidance.explain(name)
    assert (told.id, told.question, told.edition) == ("ACME-01", "Title of Q01?", "House rules")
    assert "lifecycle attest ACME-01" in told.fix


def test_a_name_of_several_practices_is_refused_with_theirs(project: Path, house: Callable[..., Path]) -> None:
    exchange.take_in(house(question("Q01"), question("Q02")), name="ACME")
    with pytest.raises(ConfigError, match="several practices") as refused:
        catalogue.load().resolve("aaa")
    assert "ACME-01, ACME-03" in refused.value.expected
    assert catalogue.load().resolve("ACME:Q02/aaa").id == "ACME-03"


def test_a_new_version_keeps_ids_and_never_gives_one_twice(project: Path, house: Callable[..., Path]) -> None:
    exchange.take_in(house(), name="ACME")
    taken = exchange.take_in(house(question(choices="bbb ccc", rules=[("default", "HIGH_RISK")])), name="ACME")
    assert (taken.new, taken.gone) == (("ACME-03",), ("ACME-01",))
    assert lenses.read(Path(), "ACME").practices == {"Q01/aaa": "ACME-01", "Q01/bbb": "ACME-02", "Q01/ccc": "ACME-03"}
    assert [id for id in catalogue.load().practices if id.startswith("ACME")] == ["ACME-02", "ACME-03"]


def test_what_was_settled_by_hand_stays(project: Path, house: Callable[..., Path]) -> None:
    exchange.take_in(house(), name="ACME")
    path = Path("config/lenses/ACME.yaml")
    path.write_text(path.read_text().replace("{SEC: security}", "{SEC: reliability}"))
    exchange.take_in(house(name="House rules, second"), name="ACME")
    assert lenses.read(Path(), "ACME").pillars == {"SEC": "reliability"}
    assert {p.pillar.value for p in catalogue.load().practices.values() if p.origin} == {"reliability"}


def test_the_file_is_kept_byte_for_byte(project: Path, house: Callable[..., Path], tmp_path: Path) -> None:
    file = house(_note="kept", zzz=[1.50, {"b": 1, "a": 2}])
    exchange.take_in(file, name="ACME")
    out = exchange.give_out_lens(tmp_path / "out.json", "acme").file
    assert out.read_bytes() == Path("config/lenses/ACME.json").read_bytes() == file.read_bytes()


def test_awss_machine_learning_lens_adds_nothing_that_is_not_judged_already(project: Path) -> None:
    taken = exchange.take_in(LENSES / "aws-machine-learning-lens.json")
    assert (taken.practices, taken.ours, taken.new) == (0, 105, ())
    assert len(catalogue.load().practices) == len(catalogue.shipped().practices)


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        pytest.param(lambda f: (f / "ACME.json").write_bytes(data(lens())), "not the file that was", id="edited"),
        pytest.param(lambda f: (f / "ACME.json").unlink(), "ACME.json cannot be read", id="the lens is gone"),
        pytest.param(lambda f: (f / "ACME.yaml").unlink(), "ACME.yaml is missing", id="what was settled is gone"),
        pytest.param(lambda f: (f / "ACME.yaml").write_text("id: ACME\n"), "name: is missing", id="half a record"),
    ],
)  # fmt: skip
def test_a_lens_that_cannot_be_read_is_an_error_and_never_skipped(
    project: Path, house: Callable[..., Path], break_it: Callable[[Path], object], words: str
) -> None:
    exchange.take_in(house(), name="ACME")
    break_it(Path("config/lenses"))
    with pytest.raises(ConfigError, match=words):
        catalogue.load()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("MLSEC", "practices that begin with MLSEC", id="a prefix of the lens"),
        pytest.param("A-1", "'A-1' is no name", id="a hyphen"),
        pytest.param("../x", "'../X' is no name", id="a path"),
    ],
)
def test_a_name_that_a_lens_cannot_have_is_refused(
    project: Path, house: Callable[..., Path], name: str, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        exchange.take_in(house(), name=name)
    assert not Path("config/lenses").exists()


def test_another_lens_does_not_take_a_name_by_chance(project: Path, house: Callable[..., Path]) -> None:
    exchange.take_in(house())
    with pytest.raises(ConfigError, match="HOUSERULES is the lens 'House rules' already"):
        exchange.take_in(house(name="House, rules"))


def test_a_lens_with_a_defect_is_not_taken_in(project: Path) -> None:
    with pytest.raises(LensError, match="no rule of NET3 is the default"):
        exchange.take_in(LENSES / "amazon-ecs-lens.json")
    assert not Path("config/lenses").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(f"lint {LENSES}/sagemaker-autogluon-lens.json", 0, "✓ no error", id="a lens that is odd"),
        pytest.param(f"lint {LENSES}/amazon-ecs-lens.json", 2, "no rule of NET3 is the default", id="a defect"),
        pytest.param(f"lint {LENSES}", 2, "Is a directory", id="a folder"),
        pytest.param("lint nowhere.json", 2, "No such file", id="no file"),
        pytest.param(f"import {LENSES}/emr-spark-lens.json", 2, "the bare word NaN is not JSON", id="no JSON"),
        pytest.param(f"import {LENSES}/aws-generative-ai-lens.json --as GEN", 0, "practices; ", id="a lens taken in"),
        pytest.param("export lens", 0, "35 questions, in reports/aws/lens.json", id="ours given out"),
        pytest.param("export lens --lens NONE", 2, "no lens was imported as 'NONE'", id="an unknown lens"),
        pytest.param("export lens --push", 2, "--workload-id", id="a lens cannot be pushed"),
        pytest.param("export nothing", 2, "nothing", id="no such thing"),
    ],
)
def test_the_commands_end_in_words(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: str, code: int, words: str
) -> None:
    assert ended("lens", *arguments.split()) == code
    told = capsys.readouterr()
    assert words in " ".join((told.out + told.err).split())


def test_a_lint_is_json_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("lens", "lint", f"{LENSES}/amazon-ecs-lens.json", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["sound"], told["errors"]) == (1, False, 1)
    assert told["findings"][0].keys() == {"severity", "code", "path", "words"}


def test_the_next_command_can_be_copied_whatever_the_file_is_called(
    house: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = house().rename(house().with_name("our house (1).json"))
    assert ended("lens", "lint", str(file)) == 0
    told = capsys.readouterr().out
    assert f"lens import '{file}'" in told.replace("\n", "")
    assert "1 pillar, 1 question, 3 choices" in told


def test_answers_are_given_out_as_requests(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("lens", "export", "answers", "out.json", "--json") == 0
    told, written = json.loads(capsys.readouterr().out), json.loads(Path("out.json").read_text())
    assert (told["file"], told["questions"]) == ("out.json", len(written["answers"]))
    assert {"QuestionId", "SelectedChoices", "ChoiceUpdates", "Notes", "IsApplicable"} <= written["answers"][0].keys()
    assert len(written["answers"]) + len(written["unanswered"]) == 35
