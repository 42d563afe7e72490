"""A version is built again from its record and is the same to the byte; what cannot be built is refused in words."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from config.load import load
from config.settings import Settings
from tasks.files import read_json, write_json
from tasks.ledger import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def made(project_template: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Iterator[Path]:
    """A project with a registered version, which a gate has decided about."""
    root = tmp_path_factory.mktemp("reproduced") / "project"
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(project_template, root, symlinks=True)
        patch.chdir(root)
        from flows import data_preparation, deployment, evaluation, training
        from tasks import candidates, versioning
        from tasks.stores import open_stores

        settings = load(root)
        data_preparation.land_snapshot(settings)
        data_preparation.prepare(settings)
        versioning.record_stage("prepare")
        training.train(settings)
        evaluation.evaluate(settings)
        stores = open_stores(settings)
        stores.registry.ensure()
        evidence = candidates.read_evidence(stores.reports)
        package = deployment.package_and_sign(evidence, settings, stores)
        version = candidates.register(
            package, evidence, params=settings.params, stores=stores, flow_run_id="", explored=False
        )
        with contextlib.suppress(GateRefused):  # it was not tried on the server: any decision is a decision
            deployment.decide("staging", version, package, settings, stores, "hand")
        yield root
    import mlflow

    mlflow.set_tracking_uri(None)


@pytest.fixture
def here(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


@contextlib.contextmanager
def command(root: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PREFECT_API_URL", "PREFECT_HOME")}
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "reproduce", *words], cwd=root, env=kept, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def leftovers(root: Path) -> list[str]:
    """Name what a reproduction left lying about: checkouts, and git's knowledge of them."""
    known = subprocess.run(["git", "worktree", "list"], cwd=root, text=True, capture_output=True, check=True)
    folder = root / ".lifecycle" / "reproductions"
    return [*known.stdout.splitlines()[1:], *(p.name for p in folder.glob("*") if p.name != "lock")]


def test_a_version_is_built_again_to_the_byte(here: Path) -> None:
    with command(here, "1", "--json") as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["passed"], told["exact"], told["version"], told["search"]) == (True, True, 1, "repeated")
    assert told["digest"]["expected"] == told["digest"]["seen"]
    assert {name for name, part in told["parts"].items() if part["same"]} == {"train", "tune", "promotion"}
    assert {"promotion_average_precision", "tune_average_precision"} <= told["metrics"].keys()
    assert told["differs"] == [] and all(one["same"] for one in told["inputs"].values())
    assert told["commit"] == subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=here, text=True).strip()
    assert read_json(here / "reports" / "reproductions" / "1.json") == told
    entry = Ledger(here / "ledger", keys=here / ".lifecycle" / "keys").entry(told["entry"])
    assert (entry.kind, entry.body) == ("reproduction", {k: v for k, v in told.items() if k != "entry"})
    assert leftovers(here) == []
    assert "Version 1: read its record" in err and "Fit the winner on all train rows" in err


def test_an_interrupted_reproduction_leaves_nothing(here: Path) -> None:
    with command(here, "1") as process:
        assert process.stderr is not None
        while "laid out" not in process.stderr.readline():
            assert process.poll() is None
        pids = _await_child(process.pid)
        process.send_signal(signal.SIGTERM)  # Ctrl-C goes the same way
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert leftovers(here) == []
    until = time.monotonic() + 10
    while (alive := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive == []


def _await_child(parent: int) -> list[int]:
    """Give the processes that a process started, once there are some."""
    import psutil

    until = time.monotonic() + 30
    while time.monotonic() < until:
        if found := [
            child.pid for child in psutil.Process(parent).children() if "rebuild" in " ".join(child.cmdline())
        ]:
            return found
        time.sleep(0.02)
    raise AssertionError("no program was started")


# --- refusals ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def tagged(name: str, value: str, settings: Settings) -> Iterator[None]:
    from tasks.stores import open_stores

    registry = open_stores(settings).registry
    before = registry.version(1).tags[name]
    registry.tag(1, name, value)
    yield
    registry.tag(1, name, before)


@contextlib.contextmanager
def changed(path: Path, change: Callable[[Path], Any]) -> Iterator[None]:
    kept = path.with_name(f"{path.name}.kept")
    shutil.copy2(path, kept)
    path.chmod(0o644)
    change(path)
    yield
    path.unlink(missing_ok=True)
    kept.rename(path)


def cached(root: Path) -> Path:
    """The rows of the landed snapshot in DVC's cache."""
    import hashlib

    digest = hashlib.md5((root / "data" / "landed" / "rows.parquet").read_bytes()).hexdigest()  # noqa: S324
    return root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]


def account(root: Path) -> Path:
    """What training kept with the run."""
    (path,) = root.glob("mlartifacts/*/artifacts/training/training.json")
    return path


def flip(path: Path) -> None:
    """Change a byte, and keep size and time."""
    times, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def claim(**what: Any) -> Callable[[Path], Any]:
    return lambda path: write_json(path, read_json(path) | what)


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        pytest.param(lambda root, s: tagged("dirty", "true", s), GateRefused, "changes in no commit", id="dirty tree"),
        pytest.param(lambda root, s: tagged("commit", "", s), GateRefused, "no commit", id="no commit"),
        pytest.param(lambda root, s: tagged("commit", "0" * 40, s), GateRefused, "is not in this repository",
                     id="a commit that is gone"),
        pytest.param(lambda root, s: tagged("data_revision", f"{'0' * 32}.dir", s), GateRefused, "neither in DVC's",
                     id="a data revision that is gone"),
        pytest.param(lambda root, s: changed(cached(root), Path.unlink), GateRefused, "is not whole",
                     id="rows that are gone from the cache"),
        pytest.param(lambda root, s: changed(cached(root), flip), IntegrityAlarm, "was changed",
                     id="rows that were altered in the cache, size and time kept"),
        pytest.param(lambda root, s: tagged("digest", "0" * 64, s), IntegrityAlarm, "the ledger says",
                     id="a digest that is not the decided one"),
        pytest.param(lambda root, s: changed(account(root), Path.unlink), GateRefused, "keeps no training",
                     id="no account of the training"),
        pytest.param(lambda root, s: changed(account(root), claim(model_digest="0")), IntegrityAlarm, "another model",
                     id="the account of another model"),
        pytest.param(lambda root, s: changed(account(root), claim(content_digest="0")), IntegrityAlarm, "than its",
                     id="an account that claims other content"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_again_is_refused(
    here: Path, trouble: Any, kind: type[LifecycleError], words: str
) -> None:
    from flows import reproduction

    settings = load(here)
    with trouble(here, settings), pytest.raises(kind, match=words) as caught:
        reproduction.reproduce(settings, 1)
    assert type(caught.value) is kind and caught.value.next_step
    assert leftovers(here) == []


def test_a_version_that_is_not_there_is_told(here: Path) -> None:
    from flows import reproduction

    with pytest.raises(LifecycleError, match="9"):
        reproduction.reproduce(load(here), 9)


def test_two_at_once_are_refused(here: Path) -> None:
    from flows import operating, reproduction

    with operating.one_at_a_time(reproduction.PLACE / "lock"), pytest.raises(LifecycleError, match="under way"):
        reproduction.reproduce(load(here), 1)
