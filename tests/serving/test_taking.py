"""What a server fetches of a champion does not pile up on its disk, whether or not it is taken up."""

import shutil

from tests.serving.stage import Stage
from tests.tasks.hostile import hostile_model


def forget(stage: Stage, version: int) -> None:
    """Take away every copy of a version but the registry's."""
    shutil.rmtree(stage.root / ".lifecycle" / "models" / str(version))
    for place in (stage.root / ".lifecycle" / "serving" / "models").glob(f"{version}-*"):
        shutil.rmtree(place)


def fetched(stage: Stage) -> list[str]:
    folder = stage.root / ".lifecycle" / "serving" / "fetched"
    return [place.name for place in folder.iterdir() if place.is_dir()]


def test_a_champion_that_is_taken_up_is_on_the_shelf_alone(stage: Stage) -> None:
    forget(stage, 2)
    follower = stage.follower()
    follower.step()
    assert (follower.standing.status, fetched(stage)) == ("ok", [])


def test_one_that_crashes_whoever_loads_it_is_there_once_however_often_it_is_tried(stage: Stage) -> None:
    follower = stage.follower()
    follower.step()
    stage.world.champion(0.5, hostile_model("crashes"))
    forget(stage, 3)
    for _ in range(2):
        follower.step()
        assert "version 3 was not taken up" in follower.standing.reason
        assert len(fetched(stage)) <= 1
