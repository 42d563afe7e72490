"""The ladder by hand and by form: a person approves in Prefect, one machine promotes, and what fails goes back."""

import contextvars
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, LifecycleError, Superseded
from config.load import load
from config.settings import Settings
from tasks import approvals
from tests.tasks.auditor import read_ledger
from tests.tasks.crash_stage import point_by_hand, wait_until_stopped
from tests.tasks.release_world import World, package_folder

ROOT = Path(__file__).parents[2]
APPROVER = "model risk manager"


@pytest.fixture
def world(project: Path, mlflow_template: Path) -> World:
    """A released world in a project, under the project's own configuration."""
    settings = load(project)
    return World(project, mlflow_template, settings, model=settings.charter.project)


def waiting(world: World, configure: Callable[[str, str, str], Settings], process: str = "the run") -> None:
    """Let version 1 pass both gates and wait for a person."""
    world.settings = configure("policy", "approval: policy", "approval: person")
    world.policy = world.settings.policy
    version = world.register(1.0)
    world.promote("staging", world.decide("staging", version).number)
    world.decide("champion", version, figures={"package_digest": version.tags["package"], "process": process})


class Asking(threading.Thread):
    """The flow that waits at its form, run beside the test; `error` is what it ended with."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None
        self.context = contextvars.copy_context()

    def run(self) -> None:
        from flows.approval import ask_for_approval

        try:
            self.context.run(ask_for_approval, wait_seconds=120, poll_seconds=1)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error


def fill_in(answer: dict[str, Any]) -> BaseException | None:
    """Wait for the form, resume the run with an answer as Prefect's interface does, and give how the run ended."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.responses import SetStateStatus

    asking = Asking()
    asking.start()
    paused = FlowRunFilter.model_validate({"state": {"type": {"any_": ["PAUSED"]}}})
    with get_client(sync_client=True) as client:
        until = time.monotonic() + 60
        while not (runs := client.read_flow_runs(flow_run_filter=paused)):
            assert asking.error is None and time.monotonic() < until, asking.error
            time.sleep(0.1)
        while (told := client.resume_flow_run(runs[0].id, run_input=answer)).status != SetStateStatus.ACCEPT:
            assert time.monotonic() < until, told  # the form is stored a moment after the run has paused
            time.sleep(0.1)
    asking.join(120)
    assert not asking.is_alive()
    return asking.error


@pytest.mark.usefixtures("prefect_server")
def test_a_person_fills_in_the_form_and_the_champion_is_let_in(
    world: World, configure: Callable[[str, str, str], Settings]
) -> None:
    waiting(world, configure)
    assert fill_in({"approver": APPROVER, "let_in": True, "reason": "figures seen"}) is None
    assert world.alias() == 1
    entries = read_ledger(world.root)
    said = next(e["body"] for e in entries if e["kind"] == "approval")
    assert (said["approver"], said["reason"]) == (APPROVER, "figures seen")
    assert [e["kind"] for e in entries][-4:] == ["approval", "intent", "done", "live"]


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("answer", "process", "words"),
    [
        pytest.param({"approver": APPROVER, "reason": "too early"}, "the run", "too early", id="a no"),
        pytest.param({"approver": "somebody", "let_in": True}, "the run", "may not approve", id="somebody else"),
        pytest.param({"approver": APPROVER, "let_in": True}, approvals.process(), "does not approve itself",
                     id="the process that decided"),
    ],
)  # fmt: skip
def test_a_form_that_lets_nobody_in(
    world: World, configure: Callable[[str, str, str], Settings], answer: dict[str, Any], process: str, words: str
) -> None:
    waiting(world, configure, process)
    error = fill_in(answer)
    assert isinstance(error, GateRefused) and words in error.seen
    assert world.alias() is None


def cli(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    """Start a command in the project, in a process of its own."""
    command = [sys.executable, "-m", "cli", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=os.environ | environment, **pipes)


class Child:
    """A process that somebody else started, as `wait_until_stopped` looks at it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.pid = process, process.pid

    @property
    def exitcode(self) -> int | None:
        return self.process.poll()


def test_files_replaced_during_a_promotion_send_the_champion_back(world: World) -> None:
    """From outside: the promotion has verified and moved, then the package is swapped, then the server is asked."""
    world.champion(1.0)
    second = world.register(0.5)
    world.promote("staging", world.decide("staging", second).number)
    world.decide("champion", second)
    command = cli("promote", "--to", "champion", "--json", LIFECYCLE_FAILPOINT="live.begin:stop")
    assert wait_until_stopped(Child(command), 120)
    assert world.alias() == 2
    other = package_folder(world.root / "other", strength=0.01, keys_folder=world.keys)
    shutil.copytree(other, world.path_of(2), dirs_exist_ok=True)
    os.kill(command.pid, signal.SIGCONT)
    told, _ = command.communicate(timeout=120)
    assert command.returncode == 3
    assert "version 1 serves again" in json.loads(told)["error"]["seen"]
    assert world.alias() == 1
    point_by_hand(world.root, "Champion", 2, world.model)
    found = cli("verify", "--json")
    told, _ = found.communicate(timeout=120)
    assert (found.returncode, json.loads(told)["faults"][0]["where"]) == (5, "alias Champion")


@pytest.mark.usefixtures("prefect_server")
def test_across_machines_one_promotes_and_the_other_is_superseded(world: World, settings: Settings) -> None:
    from flows import turns

    assert turns.shares_a_server(settings.runtime)
    with (
        turns.take_turn(settings, world.stores, about={"gate": "champion", "decision": 1}),
        pytest.raises(Superseded, match="another machine"),
        turns.take_turn(settings, world.stores, about={"gate": "champion", "decision": 2}, patience_seconds=1),
    ):
        raise AssertionError("two at once")
    last = read_ledger(world.root)[-1]
    assert (last["kind"], last["body"]["decision"]) == ("superseded", 2)
    with turns.take_turn(settings, world.stores, about={}, patience_seconds=30):
        pass


@pytest.mark.usefixtures("prefect_server")
def test_a_limit_that_is_not_there_lets_nobody_pass() -> None:
    """Prefect lets everybody pass unless it is told to be strict, and every use of ours tells it."""
    from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
    from prefect.concurrency.sync import concurrency

    with pytest.raises(ConcurrencySlotAcquisitionError), concurrency("nobody-made-it", strict=True):
        raise AssertionError("passed")
    uses = [p for p in (ROOT / "flows").glob("*.py") for line in p.read_text().splitlines()
            if "concurrency(" in line and "import" not in line and "strict=True" not in line]  # fmt: skip
    assert uses == []


def test_our_own_server_joins_nobody(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import orchestrator, turns

    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", f"{orchestrator.OWN_USER}:secret")
    assert not turns.shares_a_server(settings.runtime)


def test_a_form_needs_a_server_with_an_interface(settings: Settings) -> None:
    from flows import hand

    with pytest.raises(LifecycleError, match="no Prefect server is configured"):
        hand.approve(settings)
