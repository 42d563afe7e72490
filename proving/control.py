"""The positive control: the same pipeline, undisturbed, step by step to a champion and to the next one."""

import os
import signal
from pathlib import Path

from proving import configs
from proving.building import build
from proving.commands import Ended, LetThrough
from proving.defect import Stage
from proving.world import World, clone, enter

# A run that is to stand still after its comparison is killed there, and the next one completes it: so the control
# shows recovery as well.
STANDS_AT = "lifecycle.compared"


def begin(target: Path, problem: str) -> None:
    """Make a fresh world of a problem, with MLflow's database empty: to make that takes seconds, to copy it none."""
    from config.load import load
    from tasks import tracking

    enter(build(target, problem))
    tracking.connect(load(target))


def advance(stage: Stage, before: Path, target: Path) -> None:
    """Take a copy of one stage to the next (LetThrough where the control does not get there)."""
    enter(clone(before, target))
    world = World(target, "control")
    match stage:
        case Stage.EVALUATED:
            _stand_still(world)
        case Stage.WAITING:
            world.set("policy", "approval", "person")
            world("run").ends(3, "waits for")
        case Stage.CHAMPION:
            _let_in(world, 1)
            world.undo("config/policy.yaml")
        case Stage.CHALLENGED:
            world.later()
            _stand_still(world)
        case Stage.SECOND:
            ended = world("run")
            if ended.code == 3 and "waits for" in ended.err:
                _let_in(world, 2)
            else:
                _champion(ended.ok(), 2)


def _stand_still(world: World) -> None:
    """Run up to the comparison, and be killed there."""
    if (pid := os.fork()) == 0:
        os.environ["LIFECYCLE_FAILPOINT"] = f"{STANDS_AT}:kill"
        try:
            ended = world("run")
            print(ended.told(), flush=True)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status != -signal.SIGKILL:
        log = (world.root / ".lifecycle" / "proof-err.txt").read_text(errors="replace")
        raise LetThrough(f"the run ended with {status} before it compared: {log[log.rfind('seen:') :][:600]}")


def _let_in(world: World, version: int) -> None:
    """Let the charter's approver give a word, in another process, and promote."""
    in_another_process(world, "approve", "--by", approver(world))
    _champion(world("promote").ok(), version)


def _champion(ended: Ended, version: int) -> None:
    if ended.after.champion != version:
        raise LetThrough(f"version {ended.after.champion} is champion, not {version}: {ended.told()}")


def approver(world: World) -> str:
    """Name the person who approves a promotion."""
    return str(configs.read(world.root, "charter")["owners"]["approver"])


def in_another_process(world: World, *words: str) -> int:
    """Run a command as another process would, and give its exit code."""
    if (pid := os.fork()) == 0:
        code = 1
        try:
            code = world(*words).code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
