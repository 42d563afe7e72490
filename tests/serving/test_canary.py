"""A canary answers its share of the requests, nobody notices where it fails, and a rule ends it by itself."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from config.errors import GateRefused
from config.settings.release import Canary as Rule
from config.settings.release import Release
from config.settings.serving import Serving
from serving.app import Service, create_app
from serving.canary import Canary
from serving.following import Follower
from serving.served import Served, load
from tasks import canary, packaging
from tests.serving.stage import Stage
from tests.tasks.release_world import package_folder

RELEASE = Release(strategy="canary", canary=Rule(share=0.5, requests=20))
ROWS = {"dataframe_records": [{"delay": 16.0, "wind": 3.0}]}
TENSORS = {"inputs": [{"name": n, "shape": [1], "datatype": "FP64", "data": [16.0]} for n in ("delay", "wind")]}
TAKEN = [name for name in (f"r{number}" for number in range(200)) if canary.takes(name, 0.5)]
LEFT = next(name for name in (f"r{number}" for number in range(20)) if name not in TAKEN)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Served, Served]:
    root = tmp_path_factory.mktemp("models")
    folders = [package_folder(root, strength=s, keys_folder=root / "keys") for s in (1.0, 0.9)]
    digests = [packaging.model_digest(folder) for folder in folders]
    both = [load(f, digest=d, version=n, decision=n) for n, (f, d) in enumerate(zip(folders, digests, strict=True), 1)]
    return both[0], both[1]


@pytest.fixture
def service(models: tuple[Served, Served]) -> Iterator[tuple[Service, TestClient]]:
    app = create_app(models[0], Serving())
    app.standing.canary = Canary(models[1], models[0], RELEASE)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield app, client


def ask(client: TestClient, name: str, path: str = "/invocations", body: Any = ROWS) -> Any:
    return client.post(path, json=body, headers={"X-Request-Id": name})


def test_a_request_is_answered_by_the_version_that_its_id_says(service: tuple[Service, TestClient]) -> None:
    versions = {name: ask(service[1], name).headers["X-Model-Version"] for name in (TAKEN[0], LEFT)}
    assert versions == {TAKEN[0]: "2", LEFT: "1"}


def test_the_open_protocol_names_the_version_that_answered(service: tuple[Service, TestClient]) -> None:
    told = ask(service[1], TAKEN[0], "/v2/models/small-model/infer", TENSORS)
    assert (told.json()["model_version"], told.headers["X-Model-Version"]) == ("2", "2")


def test_the_version_page_tells_what_it_has_shown(service: tuple[Service, TestClient]) -> None:
    for name in TAKEN[:20]:
        ask(service[1], name)
    shown = service[1].get("/version").json()["canary"]
    assert (shown["version"], shown["asked"], shown["verdict"], shown["disagreement"]) == (2, 20, "within", 0)


def raising(*_: Any) -> Any:
    raise RuntimeError("broken")


def refusing(*_: Any) -> Any:
    raise ValueError("no such rows")


def infinite(*_: Any) -> Any:
    return np.full((1, 2), np.nan)


@pytest.mark.parametrize("fails", [raising, refusing, infinite])
def test_where_the_canary_fails_the_champion_answers_and_that_ends_it(
    fails: Any, service: tuple[Service, TestClient], models: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_it = Served.predict
    monkeypatch.setattr(Served, "predict", lambda me, columns: (fails if me is models[1] else ask_it)(me, columns))
    told = [ask(service[1], name) for name in TAKEN[:25]]
    assert {(one.status_code, one.headers["X-Model-Version"]) for one in told} == {(200, "1")}
    shown = service[0].standing.canary
    assert shown is not None and shown.asked == 20
    assert "it failed 20 of 20 requests" in shown.shown.because


def test_a_canary_that_does_not_answer_in_time_is_ended_at_once(
    service: tuple[Service, TestClient], models: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, client = service
    limits = app.settings.limits.model_copy(update={"predict_seconds": 0.05})
    monkeypatch.setattr(app.answering, "limits", limits)
    asked = Served.predict

    def slow(me: Served, columns: Any) -> Any:
        if me is models[1]:
            time.sleep(0.3)
        return asked(me, columns)

    monkeypatch.setattr(Served, "predict", slow)
    assert ask(client, TAKEN[0]).headers["X-Model-Version"] == "1"
    assert app.standing.canary is not None and "did not answer in 0.05 s" in app.standing.canary.shown.because


def staged(stage: Stage) -> Follower:
    """Let a version stand on staging, and a follower know of it."""
    version = stage.world.register(0.02)
    stage.world.decide("staging", version)
    stage.world.promote("staging")
    follower = stage.follower(release=RELEASE)
    follower.step()
    return follower


def test_what_stands_on_staging_is_the_canary_where_the_strategy_says_so_until_it_is_champion(stage: Stage) -> None:
    follower, other = staged(stage), stage.follower()
    other.step()
    assert follower.standing.canary is not None and follower.standing.canary.served.version == 3
    assert other.standing.canary is None
    stage.world.decide("champion", stage.world.stores.registry.version(3))
    stage.world.promote("champion")
    follower.step()
    assert follower.standing.canary is None
    assert follower.standing.served is not None and follower.standing.served.version == 3


def test_a_canary_that_a_rule_ended_is_told_of_and_never_comes_back_nor_becomes_champion(stage: Stage) -> None:
    follower = staged(stage)
    assert follower.standing.canary is not None
    follower.standing.canary.end("it is bad")
    follower.step()
    assert follower.standing.canary is None
    told = [json.loads(path.read_bytes()) for path in Path("reports/alerts").glob("*.json")]
    assert [(one["about"], one["seen"]) for one in told] == [("the canary of version 3", "it is bad")]
    again = stage.follower(release=RELEASE)
    again.step()
    assert again.standing.canary is None and again.standing.status == "ok"
    stage.world.decide("champion", stage.world.stores.registry.version(3))
    with pytest.raises(GateRefused, match="canary of version 3 was ended: it is bad"):
        stage.world.promote("champion")
