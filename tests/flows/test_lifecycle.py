"""The whole loop on a sample of the real flights: run, killed again and again, refused, watched, and retrained.

The tests of this file are one story and run in its order: each starts where the one before left the project.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tasks.aliases import read_aliases
from tasks.ledger import Decision, Ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

KILLED_AT = (
    "lifecycle.landed",
    "lifecycle.prepare.ran",
    "lifecycle.train.ran",
    "lifecycle.evaluate.ran",
    "lifecycle.compared",
    "promote.moved@2",  # the champion's alias has moved, and nobody has said so yet
)
HEAVY = ("dvc", "great_expectations", "mlflow", "numpy", "optuna", "pandas", "prefect", "sklearn")


@dataclass(frozen=True)
class Project:
    """A project on disk, and the command line in it."""

    root: Path

    def lifecycle(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line."""
        return self.python("-m", "cli", *words, **environment)

    def python(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project."""
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, env=os.environ | environment, text=True, capture_output=True,
            timeout=600, check=False,
        )  # fmt: skip

    def set(self, name: str, old: str, new: str) -> None:
        """Change a configuration file, and commit: what runs from other files than the commit's is not let in."""
        path = self.root / "config" / f"{name}.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        subprocess.run(["git", "commit", "--quiet", "-m", f"Change {name}", str(path)], cwd=self.root, check=True)

    def verdicts(self) -> dict[str, str]:
        """What was last judged of each practice."""
        found = [json.loads(path.read_text()) for path in (self.root / "reports/checkpoints").glob("*.json")]
        return {practice["id"]: practice["verdict"] for report in found for practice in report["practices"]}

    def read(self, path: str) -> Any:
        """Read a JSON file of the project."""
        return json.loads((self.root / path).read_text())

    @property
    def champion(self) -> int | None:
        """The version that the alias names; whoever asks also proves that it was let in."""
        number = read_aliases(f"sqlite:///{self.root}/mlflow.db", "flight-delays").versions.get("champion")
        if number is not None:
            decided = [
                e for e in self.entries("decision") if e.body["gate"] == "champion" and e.body["version"] == number
            ]
            assert any(Decision.read(entry.body).lets_through for entry in decided)
        return number

    def entries(self, kind: str) -> list[Any]:
        """The sound entries of the ledger, of one kind."""
        ledger = Ledger(self.root / "ledger", keys=self.root / ".lifecycle" / "keys")
        assert ledger.verify() == []
        return [entry for entry in ledger.entries() if entry.kind == kind]

    def phases(self) -> dict[str, dict[str, Any]]:
        """The phases of the last run."""
        return {phase["phase"]: phase for phase in self.read("reports/run.json")["phases"]}


@pytest.fixture(scope="module")
def project(project_template: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Project:
    """The small project, for the whole story."""
    root = tmp_path_factory.mktemp("story") / "project"
    shutil.copytree(project_template, root, symlinks=True)
    return Project(root)


@pytest.mark.parametrize("point", KILLED_AT)
def test_a_killed_run_leaves_no_champion_that_was_not_let_in(project: Project, point: str) -> None:
    ended = project.lifecycle("run", LIFECYCLE_FAILPOINT=f"{point}:kill")
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert project.champion in (None, 1)


def test_the_next_run_completes(project: Project) -> None:
    ended = project.lifecycle("run")
    assert ended.returncode == 0, ended.stderr
    assert project.champion == 1
    assert [project.phases()[name]["skipped"] for name in ("Data preparation", "Training", "Evaluation")] == [True] * 3
    assert project.phases()["Monitoring"]["did"].startswith("2013-09")
    assert "reports/review.html" in ended.stdout and "next: lifecycle status" in ended.stdout


def test_what_a_run_can_show_of_its_data_and_its_model_is_met(project: Project) -> None:
    told = project.verdicts()
    shown = ("MLOE-04", "MLSEC-10", "MLREL-08", "MLPER-07")
    assert {name: told[name] for name in shown} == dict.fromkeys(shown, "met")
    tried = ("MLOE-07", "MLSEC-06", "MLREL-05")  # these ask for a reproduction, a drill, a run of the tests
    assert {name: told[name] for name in tried} == dict.fromkeys(tried, "unknown")


def test_then_there_is_nothing_to_do_and_nothing_heavy_is_imported_to_say_so(project: Project) -> None:
    code = "import sys; from config.load import load; from flows import operating; told = operating.run(load())"
    ended = project.python("-c", f"{code}; print(told.outcome, [m for m in {HEAVY} if m in sys.modules])")
    assert (ended.stdout, ended.returncode) == ("nothing to do []\n", 0), ended.stderr


def test_dvc_finds_nothing_to_do_either(project: Project) -> None:
    assert "up to date" in project.python("-m", "dvc", "status").stdout
    repro = project.python("-m", "dvc", "repro")
    assert repro.returncode == 0 and "Running stage" not in repro.stdout, repro.stderr


def test_status_tells_how_it_stands(project: Project) -> None:
    told = json.loads(project.lifecycle("status", "--json").stdout)
    assert told["aliases"] == {"champion": 1, "staging": 1, "candidate": 1, "previous": None}
    assert {stage["name"]: stage["state"] for stage in told["stages"]} == dict.fromkeys(
        ("landed", "prepare", "train", "evaluate"), "current"
    )
    assert (told["last_decision"]["gate"], told["last_decision"]["outcome"]) == ("champion", "passed")
    assert told["due"] == []


def test_somebody_was_told_of_every_run_that_vanished(project: Project) -> None:
    alerts = [json.loads(path.read_text()) for path in sorted((project.root / "reports" / "alerts").glob("*.json"))]
    assert [alert["kind"] for alert in alerts].count("interrupted") == len(KILLED_AT)


def test_recovery_is_practised_on_what_was_deployed_and_judged_by_it(project: Project, tmp_path: Path) -> None:
    ended = project.lifecycle("drill", "all", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    made = {drill["name"]: drill for drill in json.loads(ended.stdout)["drills"]}
    assert {name: drill["version"] for name, drill in made.items()} == {
        "restore": 1, "rollback": 1, "tamper": 1, "resume": None, "access": None, "decay": 1, "scale": 1,
        "feedback": None, "search": None,
    }  # fmt: skip
    changes = project.read("reports/drills/tamper.json")["about"]["changes"]
    assert len(changes) == 8 and all(change["detected"] for change in changes)
    resumed = project.read("reports/drills/resume.json")["about"]
    assert resumed["same"] and resumed["notified"] and resumed["left"] == "nothing published"
    assert project.lifecycle("backup", str(tmp_path)).returncode == 0
    assert [entry.body["name"] for entry in project.entries("drill")] == [*made, "backup"]
    assert project.champion == 1
    review = json.loads(project.lifecycle("review", "--json").stdout)
    judged = {practice["id"]: practice for practice in review["practices"]}
    for practice in ("MLREL-04", "MLREL-10", "MLREL-12", "MLREL-13"):
        assert judged[practice]["verdict"] == "met", judged[practice]
    for practice in ("MLREL-06", "MLOE-12"):
        assert (judged[practice]["verdict"], "make test" in judged[practice]["because"]) == ("unknown", True)


def test_a_window_is_watched_against_the_champion(project: Project) -> None:
    told = json.loads(project.lifecycle("monitor", "2013-09-01..2013-09-11", "--json").stdout)
    assert (told["version"], told["verdict"], told["labels_share"]) == (1, "ok", 1.0)
    assert told["features"].keys() >= {"dep_delay", "temp", "carrier"}
    assert told["performance"]["average_precision"]["expected"] > 0.7


def test_a_changed_parameter_reruns_what_depends_on_it_and_a_floor_out_of_reach_refuses(project: Project) -> None:
    project.set("params", "trials: 3", "trials: 4")
    project.set("policy", "floor: 0.70", "floor: 0.99")
    changed = project.python("-m", "dvc", "status").stdout
    assert "train:" in changed and "prepare:" not in changed
    ended = project.lifecycle("run")
    assert ended.returncode == 3, ended.stderr
    skipped = {name: phase["skipped"] for name, phase in project.phases().items()}
    assert (skipped["Data preparation"], skipped["Training"], skipped["Evaluation"]) == (True, False, False)
    assert project.champion == 1
    refusal = project.entries("decision")[-1].body
    assert refusal["outcome"] == "refused"
    assert any("average_precision" in blocking["because"] for blocking in refusal["blocking"])
    assert project.read("reports/run.json")["outcome"] == "refused"


def test_a_retraining_without_a_cause_is_refused(project: Project) -> None:
    ended = project.lifecycle("retrain", "--cause", " ")
    assert ended.returncode == 2 and "without a cause" in ended.stderr
    assert project.entries("retraining") == []


SERVE = """
from datetime import timedelta
from config.load import load
from flows import schedules
schedules.serve(load(), every=timedelta(seconds=15))
"""


def test_the_calendar_retrains_with_a_cause_and_the_same_gates(project: Project) -> None:
    project.set("policy", "floor: 0.99", "floor: 0.70")
    kept = {name: value for name, value in os.environ.items() if name not in ("PREFECT_API_URL", "PREFECT_HOME")}
    with (project.root / "serve.log").open("w") as log:
        served = subprocess.Popen([sys.executable, "-c", SERVE], cwd=project.root, env=kept, stdout=log, stderr=log)
        try:
            entry = _await_retraining(project, served)
        finally:
            served.send_signal(signal.SIGINT)
            served.wait(60)
    assert entry.body["cause"] in ("new-data", "drift", "decay")
    assert entry.body["until"] in ("2013-10-01", "2013-11-01")  # up to what was watched when it was asked
    assert project.champion == (2 if entry.body["outcome"] == "finished" else 1)
    assert len([e for e in project.entries("retraining") if e.body["outcome"] == "started"]) == 1


def _await_retraining(project: Project, served: subprocess.Popen[bytes]) -> Any:
    """Wait until a retraining has ended, one way or the other."""
    until = time.monotonic() + 400
    while time.monotonic() < until and served.poll() is None:
        ended = [e for e in project.entries("retraining") if e.body["outcome"] in ("finished", "refused", "failed")]
        if ended:
            return ended[0]
        time.sleep(1)
    raise AssertionError((project.root / "serve.log").read_text()[-3000:])
