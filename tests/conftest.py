"""Shared fixtures: a small project of its own for a test, migrated databases, one Prefect server a session."""

import contextlib
import fcntl
import importlib.metadata
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import environment
from config.load import load
from config.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = ("commands", "config", "flows", "lens_checks", "proving", "serving", "tasks")
FILES = [".gitignore", ".dvc/.gitignore", ".dvc/config", ".dvcignore", "cli.py", "dvc.yaml"]
FILES += ["pyproject.toml", "requirements.lock"]
FOREIGN = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME", "PREFECT_API_URL")
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull} | {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Tests"), ("EMAIL", "tests@example.org"))
}

# What tells processes of the one Prefect server, once it runs; tests that did not ask for it are not told.
SERVER: dict[str, str] = {}

environment.prepare()
signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # who starts this in the background has it ignored, for all below
for variable in [*FOREIGN, *(name for name in os.environ if name.startswith("LIFECYCLE_"))]:
    os.environ.pop(variable, None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test, and no fixture it makes, inherit stores that another has set or a server it did not ask for."""
    for variable in (*FOREIGN, "PREFECT_HOME"):
        os.environ.pop(variable, None)
    if "prefect_server" in getattr(item, "fixturenames", ()):
        os.environ.update(SERVER)
    if mlflow := sys.modules.get("mlflow"):
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for the tools, so that no test reads or writes the user's."""
    home = tmp_path_factory.mktemp("home")
    os.environ.update(GIT, MPLCONFIGDIR=str(home / "matplotlib"))
    os.environ.update(DVC_GLOBAL_CONFIG_DIR=str(home / "dvc"), DVC_SYSTEM_CONFIG_DIR=str(home / "dvc-system"))
    os.environ["DVC_SITE_CACHE_DIR"] = str(home / "dvc-site")
    return home


@contextlib.contextmanager
def made_once(config: pytest.Config, name: str, package: str) -> Iterator[Path]:
    """Give a cache folder for one version of a package, one process at a time."""
    folder = config.cache.mkdir(f"{name}-{importlib.metadata.version(package)}")
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@pytest.fixture(scope="session")
def mlflow_template(request: pytest.FixtureRequest, scratch: Path) -> Path:
    """An MLflow database with its tables and nothing in it; making one takes seconds, copying none."""
    with made_once(request.config, "mlflow", "mlflow") as folder:
        if not (folder / "mlflow.db").exists():
            code = "import sys, mlflow; mlflow.MlflowClient(tracking_uri=sys.argv[1]).search_experiments()"
            fresh = folder / "fresh.db"
            fresh.unlink(missing_ok=True)
            subprocess.run([sys.executable, "-c", code, f"sqlite:///{fresh}"], check=True, cwd=scratch)
            fresh.rename(folder / "mlflow.db")
        return folder / "mlflow.db"


@pytest.fixture(scope="session")
def project_template(tmp_path_factory: pytest.TempPathFactory, scratch: Path, mlflow_template: Path) -> Path:
    """The code of this tree under the small configuration of proving/sample, committed to git."""
    root = tmp_path_factory.mktemp("template") / "project"
    for room in ROOMS:
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "*.yaml", "*.jinja"))
    sample = ROOT / "proving" / "sample"
    shutil.copytree(sample / "config", root / "proving" / "sample" / "config", dirs_exist_ok=True)
    shutil.copytree(sample / "config", root / "config", dirs_exist_ok=True)
    for name in FILES:
        if (ROOT / name).exists():
            (root / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    shutil.copy(mlflow_template, root / "mlflow.db")
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "Start"],
    ):
        subprocess.run(["git", *command], check=True, cwd=root)
    return root


@pytest.fixture
def project(project_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of its own, current directory until the test ends."""
    root = tmp_path / "project"
    shutil.copytree(project_template, root, symlinks=True)
    monkeypatch.chdir(root)
    if "PREFECT_API_URL" not in os.environ:
        monkeypatch.setenv("PREFECT_HOME", str(root / ".lifecycle" / "prefect"))
    # MLflow keeps a store open for each address as it is spelt: a relative one would be the last project's.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{root}/mlflow.db")
    return root


@pytest.fixture
def settings(project: Path) -> Settings:
    """The settings of the small project."""
    return load(project)


@pytest.fixture
def configure(project: Path) -> Callable[[str, str, str], Settings]:
    """Replace text in a configuration file of the small project and load it again."""

    def change(name: str, old: str, new: str) -> Settings:
        path = project / "config" / f"{name}.yaml"
        text = path.read_text()
        assert old in text, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new))
        return load(project)

    return change


@pytest.fixture(scope="session")
def prefect_server(request: pytest.FixtureRequest, scratch: Path) -> Iterator[str]:
    """One Prefect server for the session, known to this process and to those it starts."""
    home = scratch / "prefect"
    with made_once(request.config, "prefect", "prefect") as folder:
        if migrated := (folder / "prefect.db").exists():
            shutil.copytree(folder, home, ignore=shutil.ignore_patterns(".lock"), dirs_exist_ok=True)
        if not migrated:
            with _served(home):
                pass
            for part in home.glob("prefect.db*"):
                shutil.copy(part, folder)
    with _served(home) as url, _told(url, home):
        yield url


@contextlib.contextmanager
def _served(home: Path) -> Iterator[str]:
    """Start Prefect's API on a free loopback port and end it by its own process."""
    home.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home / "server.log").open("w")
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    server = subprocess.Popen(
        [*command, "--port", str(port)], stdout=log, stderr=log, cwd=home, env=os.environ | {"PREFECT_HOME": str(home)}
    )
    try:
        _await(server, f"http://127.0.0.1:{port}/api/health", home / "server.log")
        yield f"http://127.0.0.1:{port}/api"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _await(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the Prefect server did not start: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def _told(url: str, home: Path) -> Iterator[None]:
    """Tell the address to the processes we start by the environment, to an imported Prefect by its settings."""
    SERVER.update(PREFECT_API_URL=url, PREFECT_HOME=str(home))
    os.environ.update(SERVER)
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: url}):
        yield
