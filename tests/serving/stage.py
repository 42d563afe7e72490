"""A released world whose champions a server has taken up, made once; copies of it are cheap."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from config.load import load
from config.settings import Settings
from config.settings.serving import Capture, Limits, Serving
from serving.following import Follower
from serving.options import Options
from serving.served import Standing
from tasks import history
from tasks.files import write_bytes_atomically
from tasks.ledger import Kind
from tests.tasks.release_world import MODEL, World

ROOT = Path(__file__).parents[2]
STRENGTHS = {1: 1.0, 2: 0.01}


class Stage:
    """A world, and what a server in it is told."""

    def __init__(self, root: Path, template: Path, shipped: Settings, *, fresh: bool = False) -> None:
        self.world, self.root = World(root, template, shipped, fresh=fresh), root
        self.file = root / "options.json"

    def options(self, **change: Any) -> Options:
        """Write what the server is told, and give it."""
        told: dict[str, Any] = {
            "model": MODEL, "tracking_uri": f"sqlite:///{self.root / 'mlflow.db'}", "ledger": str(self.root / "ledger"),
            "keys": str(self.root / ".lifecycle" / "keys"), "state": str(self.root / ".lifecycle"),
            "serving": Serving(
                poll_seconds=0.2, access_log=str(self.root / "access.log"), ask_keys=True,
                keys_file=str(self.root / "consumers.json"), limits=Limits(read_seconds=1.5),
                capture=Capture(folder=str(self.root / "captured"), file_seconds=0.3),
            ),
        }  # fmt: skip
        options = Options(**(told | change))
        write_bytes_atomically(self.file, options.model_dump_json().encode())
        return options

    def follower(self, **change: Any) -> Follower:
        """Make a follower of this world."""
        return Follower(self.options(**change), self.file, Standing())

    def swap(self, to: int | None, *, back: bool = False) -> int:
        """Let the alias and the ledger name another version that was let in, as a promotion or a rollback does."""
        stores = self.world.stores
        entries, before = stores.trusted(), stores.registry.alias("champion")
        decision = None if to is None else history.let_in_by(entries, to)
        body = {
            "action": "rollback" if back else "promotion", "alias": "champion", "version": to, "from": before,
            "previous": before, "decision": decision.number if decision else None, "restored": False, "skipped": [],
            "actor": "test", "cause": "test", "pid": 0,
        }  # fmt: skip
        intent = stores.record(Kind.INTENT, body)
        assert stores.registry.swap("champion", before=before, after=to)
        return stores.record(Kind.ROLLBACK if back else Kind.DONE, {**body, "intent": intent.number}).number


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory, mlflow_template: Path) -> Path:
    """Two champions, one after the other, both taken up."""
    root = tmp_path_factory.mktemp("staged")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setenv("PYTHONPATH", str(ROOT))
        stage = Stage(root, mlflow_template, load(ROOT / "proving" / "sample"), fresh=True)
        follower = stage.follower()
        for version, strength in STRENGTHS.items():
            stage.world.champion(strength)
            follower.step()
            assert follower.standing.served is not None and follower.standing.served.version == version
    return root


@pytest.fixture
def stage(staged: Path, tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A copy of that world, current directory until the test ends."""
    shutil.copytree(staged, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Stage(tmp_path, mlflow_template, load(ROOT / "proving" / "sample"))
