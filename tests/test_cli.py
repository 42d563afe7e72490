"""The command line: light, in words, with the exit codes it promises."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from config import errors
from config.settings import Settings

Configure = Callable[[str, str, str], Settings]
COMMANDS = ["answer", "approve", "attest", "config", "explain", "ledger", "lens", "monitor", "plan", "promote", "prove"]
COMMANDS += ["retrain", "review", "rollback", "run", "schedule", "score", "serve", "status", "ui", "verify", "waive"]


def ended(*arguments: str) -> int:
    """Run a command in this process and give its exit code."""
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    return int(caught.value.code or 0)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("--help") == 0
    shown = capsys.readouterr().out
    assert [name for name in (*COMMANDS, "keys") if f" {name} " not in shown] == []


@pytest.mark.parametrize("arguments", ["frobnicate", "run --frobnicate", "promote --to mars", "explain"])
def test_usage_errors_end_with_2(project: Path, arguments: str) -> None:
    assert ended(*arguments.split()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["status"],
        ["review"],
        ["plan"],
        ["answer"],
        ["promote"],
        ["approve", "--by", "somebody"],
        ["approve", "--by", "somebody", "--replace-champion", "--because", "its files were lost"],
        ["rollback"],
        ["verify"],
        ["ledger"],
        ["monitor", "2013-09"],
        ["retrain"],
        ["schedule", "serve"],
        ["serve"],
        ["keys", "list"],
        ["ui"],
        ["config", "show"],
        ["config", "check"],
    ],
    ids=" ".join,
)
def test_a_wrong_configuration_ends_every_command_with_2_before_any_work(
    project: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "config" / "params.yaml"
    path.write_text(path.read_text().replace("trials:", "trails:"))
    before = sorted(project.rglob("*"))
    assert ended(*arguments) == 2
    told = capsys.readouterr().err
    assert "config/params.yaml, line" in told
    assert "did you mean 'trials'?" in told
    assert "next:" in told
    assert sorted(path for path in project.rglob("*") if "__pycache__" not in path.parts) == before


def test_an_unknown_name_ends_a_run_with_2(
    project: Path, configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("params", "[dummy, linear,", "[dummy, liner,")
    assert ended("config", "check") == 2
    assert "config/params.yaml: search.candidates[1]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.LifecycleError, 1),
        (errors.ConfigError, 2),
        (errors.GateRefused, 3),
        (errors.Superseded, 4),
        (errors.IntegrityAlarm, 5),
    ],
)
def test_each_ending_has_its_code_and_its_words(
    kind: type[errors.LifecycleError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli._end(kind("saw\nthis", expected="that", next_step="do"), as_json=True)
    told = capsys.readouterr()
    assert caught.value.code == code
    assert told.err == "seen:     saw\n          this\nexpected: that\nnext:     do\n"
    assert json.loads(told.out)["exit_code"] == code


def test_config_show_says_where_values_came_from(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIFECYCLE_RUNTIME__LEDGER", "elsewhere")
    assert ended("config", "show", "--json") == 0
    shown = {f"{s['file']}.{s['key']}": s for s in json.loads(capsys.readouterr().out)["settings"]}
    assert shown["runtime.ledger"]["value"] == "elsewhere"
    assert shown["runtime.ledger"]["source"] == "LIFECYCLE_RUNTIME__LEDGER"
    assert shown["charter.project"]["source"].startswith("config/charter.yaml, line ")
    assert shown["policy.waiver_days"]["value"] == 90


def test_config_schema_is_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("config", "schema") == 0
    assert "charter" in json.loads(capsys.readouterr().out)["properties"]


def test_an_empty_ledger_is_sound_and_says_what_is_next(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("ledger") == 0
    assert "next: lifecycle run" in capsys.readouterr().out
    assert ended("ledger", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"entries": [], "schema": 1}


def test_explain_takes_either_edition(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("MLSEC-05", "mlsec03-bp03", "MLSEC03_BP03"):
        assert ended("explain", name, "--json") == 0
        assert json.loads(capsys.readouterr().out)["id"] == "MLSEC-05"


def test_attest_and_waive_write_and_validate(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--owner", "Ann", "--approver", "Bob", "--evidence", "docs/minutes.md", "--json"]
    for name in ("MLOE-01", "mlops01-bp01", "MLOPS01_BP01"):
        assert ended("attest", name, "--statement", "The team agreed on it in its meeting.", *words) == 0
        assert json.loads(capsys.readouterr().out)["practice"] == "MLOE-01"
    versions = ["--from-version", "1", "--to-version", "2"]
    assert ended("waive", "MLSEC-05", "--reason", "The audit of access is under way.", *versions, *words) == 0
    assert ended("waive", "MLSEC-05", "--reason", "short", *versions, *words) == 2


def test_a_promotion_without_a_decision_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("promote", "--to", "staging") == 3
    assert "lifecycle run" in capsys.readouterr().err


def test_verify_names_the_first_broken_link(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("promote", "--to", "staging") == 3
    assert ended("verify") == 0
    (entry, *_) = sorted((project / "ledger").glob("*.json"))
    entry.write_text(entry.read_text().replace("refused", "passed"))
    capsys.readouterr()
    assert ended("verify", "--json") == 5
    found = json.loads(capsys.readouterr().out)
    assert found["sound"] is False
    assert found["faults"][0]["where"] == "ledger entry 1"


def test_help_answers_within_the_time_of_importing_typer(project: Path) -> None:
    """Measured as user time, which other processes on the machine do not stretch; the rest is drawing."""
    environment = os.environ | {"PYTHONPATH": str(project)}

    def cost(*command: str) -> float:
        before = os.times().children_user
        subprocess.run([sys.executable, *command], check=True, capture_output=True, env=environment)
        return os.times().children_user - before

    typer_alone = min(cost("-c", "import typer, rich.console, typer.rich_utils") for _ in range(3))
    assert min(cost("-m", "cli", "--help") for _ in range(3)) < 2 * typer_alone + 0.1


def test_a_part_of_the_lens_that_is_not_there_is_a_usage_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("review", "--pillar", "speed") == 2
    assert "reliability, performance-efficiency" in capsys.readouterr().err


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(("--format", "html"), id="a page"),
        pytest.param(("--format", "aws"), id="a report of AWS"),
        pytest.param(("--pillar", "security"), id="a part of the lens"),
        pytest.param(("--milestone", "go-live"), id="a milestone to keep"),
        pytest.param(("--since", "go-live"), id="a milestone to compare with"),
        pytest.param(("--milestones",), id="the list of milestones"),
        pytest.param(("--fail-on", "high"), id="something to fail on"),
        pytest.param(("--all",), id="all practices"),
    ],
)
def test_the_test_score_goes_with_no_other_question(
    beside: tuple[str, ...], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("review", "--ml-test-score", *beside) == 2
    assert "--ml-test-score" in capsys.readouterr().err


@pytest.mark.parametrize(
    "both",
    [
        pytest.param(("--json", "--format", "html"), id="two forms"),
        pytest.param(("--since", "go-live", "--format", "html"), id="a comparison as a page"),
        pytest.param(("--milestones", "--format", "aws"), id="a list as a report of AWS"),
    ],
)
def test_a_form_that_would_be_passed_over_is_refused(
    both: tuple[str, ...], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended("review", *both) == 2
    assert "--format" in capsys.readouterr().err


def test_every_drill_can_be_asked_for() -> None:
    from commands.proofs import Which
    from tasks.drills import NAMES

    assert {which.value for which in Which} == {*NAMES, "all"}
