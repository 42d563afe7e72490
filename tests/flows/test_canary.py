"""What real requests showed of a canary goes into the decision, and lets through only what is within its bounds."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.load import load
from config.settings import Settings
from flows import canary
from tasks import canary as told
from tasks import files
from tasks.canary import OUTSIDE, RUNNING, WITHIN, Shown
from tasks.ledger import Decision
from tasks.packaging import Package
from tasks.registry import Version
from tests.tasks.release_world import World

DECISION = Decision(
    gate="champion", outcome="passed", model="small", version=2, model_digest="digest", base_champion=1, commit=None,
    dirty=False, lock_sha256=None, data_version=None, promotion_sha256=None, policy_sha256=None, report_sha256=None,
    promotable=True, actor="x", cause="x", time="x", figures={"package_digest": "package"},
)  # fmt: skip
SAMPLE = Path(__file__).parents[2] / "proving" / "sample"
SHOWN = Shown(WITHIN, "", 2, 1, source="live", asked=500, judged=200)


@pytest.fixture
def world(tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return World(tmp_path, mlflow_template, load(SAMPLE))


def package(root: Path) -> Package:
    return Package(root, "digest", "package", (), signature_verified=True)


def strategy(name: str, minutes: float) -> Settings:
    """Let a policy release by a strategy, and wait so long for real requests."""
    settings = load(SAMPLE)
    release = settings.policy.release
    waits = release.canary.model_copy(update={"live_minutes": minutes})
    changed = release.model_copy(update={"strategy": name, "canary": waits})
    return settings.model_copy(update={"policy": settings.policy.model_copy(update={"release": changed})})


def test_where_nobody_waited_a_decision_stays_what_it_is() -> None:
    assert canary.held(DECISION, None) is DECISION


def test_a_canary_within_its_bounds_is_a_figure_of_the_decision() -> None:
    decided = canary.held(DECISION, SHOWN)
    assert decided.lets_through
    assert (decided.figures["canary"]["asked"], decided.figures["package_digest"]) == (500, "package")


@pytest.mark.parametrize(
    ("verdict", "because"), [(RUNNING, "it was sent 3 of 200 requests in time"), (OUTSIDE, "it is slow"), ("", "?")]
)
def test_any_other_canary_refuses_with_what_it_showed(verdict: str, because: str) -> None:
    decided = canary.held(DECISION, replace(SHOWN, verdict=verdict, because=because))
    assert (decided.outcome, decided.lets_through, decided.figures["canary"]["verdict"]) == ("refused", False, verdict)
    assert [(b.bound, b.verdict, b.because) for b in decided.blocking] == [("canary", "not_met", because)]


@pytest.mark.parametrize(
    ("name", "minutes", "champion"),
    [
        pytest.param("shadow", 1.0, True, id="another strategy"),
        pytest.param("canary", 0.0, True, id="no time is given"),
        pytest.param("canary", 1.0, False, id="nobody serves to stand beside"),
    ],
)
def test_nobody_waits_for_requests(world: World, name: str, minutes: float, champion: bool) -> None:
    if champion:
        world.champion(1.0)
    version = world.register(0.5)
    assert canary.watch(version, package(world.root), strategy(name, minutes), world.stores) is None


@pytest.mark.parametrize("verdict", [WITHIN, OUTSIDE])
def test_what_the_server_s_workers_tell_is_waited_for(world: World, verdict: str) -> None:
    place = told.place(world.stores.state / "serving", 2, "package")
    files.write_json(place / "1.json", replace(SHOWN, verdict=verdict, because="as told"))
    version = Version(2, "run", "source", {})
    shown = canary.await_requests.fn(version, package(world.root), strategy("canary", 1.0), world.stores)
    assert (shown.verdict, shown.because, shown.asked) == (verdict, "as told", 500)


def test_the_candidate_answers_nobody_in_the_trial_of_another_strategy(world: World) -> None:
    version = Version(1, "run", "source", {})
    assert canary.try_canary(version, package(world.root), strategy("shadow", 0.0), world.stores) is None
