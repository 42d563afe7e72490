"""The trial of the doors counts at its edges: one request refused, one that was marked."""

from dataclasses import replace

import pytest

from config.settings.serving import Serving
from lens_checks import doors
from lens_checks.evidence import records as r
from tests.lens_checks.doored import trial

SERVING = Serving()


@pytest.mark.parametrize(
    ("sent", "answered", "refused", "stopped"),
    [
        pytest.param(21, 20, 1, True, id="the one above what is allowed"),
        pytest.param(20, 20, 0, False, id="none was refused"),
        pytest.param(25, 19, 6, False, id="fewer were answered than are allowed"),
        pytest.param(25, 20, 4, False, id="one of them is nowhere"),
        pytest.param(20, 21, -1, False, id="more were answered than were sent"),
    ],
)
def test_asking_too_often_is_stopped(sent: int, answered: int, refused: int, stopped: bool) -> None:
    rate = r.RateTrial(per_minute=20, sent=sent, answered=answered, refused=refused)
    assert bool(list(doors.of_rate(trial(limited=rate), SERVING))) is not stopped


@pytest.mark.parametrize(
    ("sent", "after", "marked", "noticed"),
    [
        pytest.param(1, 2, 1, True, id="one request, and it was marked"),
        pytest.param(0, 2, 1, False, id="no request"),
        pytest.param(1, 1, 1, False, id="nobody more who probes"),
        pytest.param(1, 2, 0, False, id="none was marked"),
    ],
)
def test_probing_is_noticed(sent: int, after: int, marked: int, noticed: bool) -> None:
    tried = trial(probed=r.ProbeTrial(sent=sent, before=1, after=after), marked=marked)
    assert bool(list(doors.of_probing(tried, SERVING))) is not noticed


def test_the_trial_of_the_good_project_tells_nothing() -> None:
    assert [*doors.of_rate(trial(), SERVING), *doors.of_probing(replace(trial()), SERVING)] == []
