"""Runs keep account of themselves: each figure at its edge, each tag, each phase that the log should tell of."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Policy
from lens_checks import metering
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW
from tests.lens_checks.metered import PHASES, STAGES, WORDS, lines, phase
from tests.lens_checks.world import GOOD

ACCOUNT, TRACKING, ORCHESTRATION = (GOOD.get(kind) for kind in (r.Metering, r.Tracking, r.Orchestration))
REGISTRY, CHARTER, POLICY = GOOD.get(r.Registry), GOOD.get(Charter), GOOD.get(Policy)
LOG = ACCOUNT.log
assert LOG is not None


def account(which: str = "", **change: Any) -> r.Metering:
    return replace(ACCOUNT, lines=lines(which, **change))


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        pytest.param({"seconds": 0.0, "start": NOW}, "", id="over in no time"),
        pytest.param({"seconds": -0.5}, "duration", id="over before it began"),
        pytest.param({"start": NOW.replace(hour=13)}, "duration", id="begun after it ended"),
        pytest.param({"cpu_seconds": 0.0}, "", id="no time of the processor"),
        pytest.param({"cpu_seconds": -0.5}, "CPU", id="less than none"),
        pytest.param({"peak_rss_mib": 1.0}, "", id="a mebibyte"),
        pytest.param({"peak_rss_mib": 0.9}, "memory", id="less than one"),
        pytest.param({"read_bytes": 1, "written_bytes": 0}, "", id="one byte read, none written"),
        pytest.param({"read_bytes": 0}, "bytes", id="none read"),
        pytest.param({"written_bytes": -1}, "bytes", id="less than none written"),
    ],
)
def test_a_phase_tells_what_it_took(change: dict[str, Any], lacking: str) -> None:
    told = metering.of_figures(account("Training", **change))
    assert told == ([f"Training told no {lacking}"] if lacking else [])


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        pytest.param({}, [], id="whole"),
        pytest.param({"begun": (*PHASES, "Deployment"), "ended": ""}, [], id="one phase goes on"),
        pytest.param(
            {"begun": (*PHASES, "Deployment")}, ["Deployment began in the log and did not end"],
            id="one goes on in a run that ended",
        ),
        pytest.param(
            {"begun": (*PHASES, "Deployment", "Monitoring"), "ended": ""},
            ["Deployment, Monitoring began in the log and did not end"], id="two go on",
        ),
        pytest.param(
            {"begun": PHASES[:3], "done": PHASES[:3]}, ["the log does not say how Evaluation ended"],
            id="a phase that it does not tell of",
        ),
    ],
)  # fmt: skip
def test_the_log_tells_how_every_phase_ended(change: dict[str, Any], faults: list[str]) -> None:
    assert metering.of_log(replace(ACCOUNT, log=replace(LOG, **change))) == faults


def test_an_alarm_that_is_wrong_both_ways_is_told_so() -> None:
    silent = replace(ACCOUNT, tried={"budget": r.TriedAlarm(raised=False, quiet=False)})
    assert metering.of_alarm(silent, "budget") == [
        "what was planted raised no alarm on budget",
        "what is usual raised the alarm on budget",
    ]


def tags(tracking: r.Tracking = TRACKING, words: tuple[str, ...] = WORDS) -> list[str]:
    flows = tuple(replace(run, tags=words) for run in ORCHESTRATION.flow_runs)
    orchestration = replace(ORCHESTRATION, flow_runs=flows, deployments=())
    return metering.of_tags(ACCOUNT, tracking, orchestration, REGISTRY)


@pytest.mark.parametrize("tag", ["lifecycle.project", "lifecycle.unit", "lifecycle.environment", "lifecycle.owner"])
def test_every_tag_says_who_pays(tag: str) -> None:
    winner = TRACKING.winner
    left = {name: value for name, value in winner.tags.items() if name != tag}
    assert tags(replace(TRACKING, winner=replace(winner, tags=left), trials=())) == [f"{winner.name} has no {tag}"]


def test_tags_of_a_flow_are_words_with_a_value() -> None:
    assert tags(words=(*WORDS, "nightly", "lifecycle.note=a=b=c")) == []
    assert tags(words=WORDS[1:])[0].endswith(" has no lifecycle.project")


def test_a_winner_without_a_search_has_its_tags() -> None:
    assert tags(replace(TRACKING, search=None)) == []


def test_a_month_costs_the_hours_of_its_processor() -> None:
    spent = replace(ACCOUNT, lines=(phase("last", "Training", NOW, cpu_seconds=7200.0),))
    charter = CHARTER.model_copy(update={"budget": CHARTER.budget.model_copy(update={"cpu_hour_price": 0.5})})
    assert metering.cost(spent, charter, r.Clock(now=NOW)) == pytest.approx(1.0)


def test_the_last_two_that_left_processes_are_named() -> None:
    left = tuple(replace(line, left=9) for line in lines()[:3])
    faults = metering.of_idleness(replace(ACCOUNT, lines=left), POLICY)
    assert [fault for fault in faults if "processes" in fault] == [
        f"{line.phase} of run {line.run} left 9 processes" for line in left[1:]
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_stages_that_were_found_up_to_date_are_counted(stage: str) -> None:
    assert metering.skipped(account()) == (0, 6)
    assert metering.skipped(account(stage, skipped=True)) == (1, 6)
    assert metering.skipped(account(stage, skipped=True, outcome="failed")) == (0, 5)
