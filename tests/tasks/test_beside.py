"""A candidate is held against the champion on the requests that the server kept, wherever the settings put them."""

from pathlib import Path

from config.settings import Settings
from tasks import beside, packaging
from tasks.packaging import Package
from tests.tasks.release_world import ROWS, World


def package_of(world: World, strength: float) -> Package:
    folder = world.make_package(strength, world.begin_run())
    return packaging.verify(folder, digest=packaging.model_digest(folder), keys_folder=world.keys)


def with_captures(settings: Settings, folder: Path) -> Settings:
    capture = settings.runtime.serving.capture.model_copy(update={"folder": str(folder)})
    serving = settings.runtime.serving.model_copy(update={"capture": capture})
    return settings.model_copy(update={"runtime": settings.runtime.model_copy(update={"serving": serving})})


def test_the_replay_reads_requests_where_the_server_captures_them(world: World) -> None:
    world.champion(1.0)
    day = Path("elsewhere/date=2013-01-01")
    day.mkdir(parents=True)
    ROWS.loc[ROWS.index.repeat(5)].add_prefix("feature.").to_parquet(day / "1.parquet")
    candidate, settings = world.register(0.5), with_captures(world.settings, Path("elsewhere"))
    found = beside.replay(candidate, package_of(world, 0.5), settings=settings, stores=world.stores)
    assert (found.source, found.rows) == ("captured", 200)
