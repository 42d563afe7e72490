"""The drill of scaling fails where no worker is added, one is left, or a request failed; `drill all` makes it whole."""

from dataclasses import replace

import pytest

from config.settings.serving import Scaling, Serving
from tasks import drills_scale
from tasks.drills_scale import Seen

SERVING = Serving(workers=1, scaling=Scaling(most=2))
SOUND = Seen(1, 2, 1, 100, 0, 50.0, 60.0, 3.0)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(SOUND, "", id="one was added, and is gone"),
        pytest.param(replace(SOUND, at_rest=2, under_load=3), "2 workers at rest, not 1", id="too many at rest"),
        pytest.param(replace(SOUND, under_load=1), "no worker was added", id="none was added"),
        pytest.param(replace(SOUND, after=2), "2 workers are left", id="none was ended"),
        pytest.param(replace(SOUND, errors=3), "3 of 100 requests failed", id="some failed"),
    ],
)
def test_what_was_seen_is_judged(seen: Seen, words: str) -> None:
    faults = drills_scale.faults_of(seen, SERVING)
    assert (faults == []) if not words else any(words in fault for fault in faults)


def test_with_one_number_of_workers_there_is_nothing_to_practise() -> None:
    done = drills_scale.scale(["no-such-server"], [], serving=Serving(workers=2), version=4, tell=print)
    assert done.passed and done.version == 4 and "nothing to add" in done.sentence
    assert done.about["policy"] == {"least": 2, "most": 2, "metric": "cpu", "above": 0.6, "below": 0.2}
