"""The real flow on real rows: the winner becomes champion, and what falls short is refused with its figures."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused, IntegrityAlarm
from config.load import load
from config.settings import Settings
from tasks.approvals import AwaitsApproval

pytestmark = pytest.mark.slow
A_PERSON = "from config.load import load; from flows import ladder; ladder.approve(load(), by='model risk manager')"


@pytest.fixture(scope="module")
def evaluated(
    project_template: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: str
) -> Iterator[tuple[Path, Path]]:
    """A project whose winner is trained, evaluated and compared, and a copy of it to start from again."""
    root, kept = (tmp_path_factory.mktemp("deployed") / name for name in ("project", "kept"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # the database file is replaced between tests
        shutil.copytree(project_template, root, symlinks=True)
        patch.chdir(root)
        from flows import lifecycle

        settings = load(root)
        lifecycle.frame(settings, cause="hand", explore=False)
        settings = lifecycle.prepare(settings, until=None, force=False, explore=False, cause="hand")
        lifecycle.train(settings, force=False, cause="hand")
        lifecycle.evaluate(settings, force=False, explore=False, cause="hand")
        shutil.copytree(root, kept, symlinks=True)
        yield root, kept


@pytest.fixture
def ready(evaluated: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project as it was after evaluation."""
    root, kept = evaluated
    monkeypatch.chdir(root.parent)
    shutil.rmtree(root)
    shutil.copytree(kept, root, symlinks=True)
    monkeypatch.chdir(root)
    yield root
    import mlflow

    mlflow.set_tracking_uri(None)


def deploy(**options: Any) -> Any:
    from flows.deployment import deploy as flow

    return flow(load(), **options)


def ledger() -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(Path("ledger").glob("[0-9]*.json"))]


def alias(name: str) -> int | None:
    from tasks import registry

    return registry.connect(load()).alias(name)


def change_policy(old: str, new: str) -> Settings:
    path = Path("config/policy.yaml")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return load()


def test_the_winner_becomes_champion_once(ready: Path) -> None:
    first = deploy()
    assert (first.version, first.changed, first.champion_before) == (1, True, None)
    assert [alias(name) for name in ("candidate", "staging", "champion")] == [1, 1, 1]
    release = json.loads(Path("reports/release.json").read_text())
    assert release["signature_verified"] and release["golden"]["matched"] and release["server"]["errors"] == 0
    decided = {e["body"]["gate"]: e["body"] for e in ledger() if e["kind"] == "decision"}
    for gate in ("staging", "champion"):
        assert (decided[gate]["outcome"], decided[gate]["model_digest"]) == ("passed", release["digest"])
        assert json.loads(Path(f"reports/decisions/{gate}.json").read_text())["decision"] == decided[gate]
    assert (ledger()[-1]["kind"], ledger()[-1]["body"]["passed"]) == ("live", True)
    before = len(ledger())
    again = deploy()
    assert (again.version, again.changed) == (1, False)
    assert len(ledger()) == before


def test_a_floor_out_of_reach_is_refused_with_the_figures(ready: Path) -> None:
    change_policy("floor: 0.70", "floor: 0.999")
    with pytest.raises(GateRefused, match=r"average_precision.*0\.999"):
        deploy()
    last = ledger()[-1]
    assert (last["kind"], last["body"]["gate"], last["body"]["outcome"]) == ("decision", "staging", "refused")
    assert last["body"]["figures"]["metrics"]["average_precision"]["value"] < 0.999
    assert [alias("staging"), alias("champion")] == [None, None]


def test_what_was_explored_is_never_promoted(ready: Path) -> None:
    for options in ({"explore": True}, {}):
        with pytest.raises(GateRefused, match="--explore"):
            deploy(**options)
    assert alias("staging") is None
    assert [e["body"]["promotable"] for e in ledger() if e["body"].get("gate") == "staging"] == [False, False]


def test_a_person_lets_it_in_and_the_run_itself_cannot(ready: Path) -> None:
    from flows import ladder

    settings = change_policy("approval: policy", "approval: person")
    with pytest.raises(AwaitsApproval, match="model risk manager"):
        deploy()
    with pytest.raises(GateRefused, match="does not approve itself"):
        ladder.approve(settings, by="model risk manager")  # in the process of the run
    with pytest.raises(AwaitsApproval, match="waits for"):
        ladder.promote(settings, "champion")
    assert (alias("staging"), alias("champion")) == (1, None)
    subprocess.run([sys.executable, "-c", A_PERSON], check=True, env={**os.environ, "PYTHONPATH": "."})
    assert ladder.promote(settings, "champion").version == alias("champion") == 1


def lose_evaluation() -> None:
    Path("reports/evaluation/evaluation.json").unlink()


def foreign_evaluation() -> None:
    path = Path("reports/evaluation/evaluation.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_digest": "0" * 64}))


def swap_model() -> None:
    """Flip a bit of the model after evaluation, under the same name."""
    path = next(path for path in Path("mlartifacts").rglob("model.skops"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("plant", "error"),
    [
        pytest.param(lose_evaluation, GateRefused, id="before evaluation"),
        pytest.param(foreign_evaluation, GateRefused, id="with the evaluation of another model"),
        pytest.param(swap_model, IntegrityAlarm, id="with other bytes than were evaluated"),
    ],
)
def test_nothing_is_promoted(ready: Path, plant: Callable[[], None], error: type[Exception]) -> None:
    plant()
    before = len(ledger())
    with pytest.raises(error):
        deploy()
    assert [alias("staging"), alias("champion")] == [None, None]
    assert [e["body"]["outcome"] for e in ledger()[before:]] == ["refused"]
