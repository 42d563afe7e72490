"""The Prefect deployments: monitoring, retraining, drills, reviews by calendar, approval when asked; one of each."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from config.settings import Settings
from flows import leftovers, orchestrator, turns
from tasks import allocation, files

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Schedule

MONITORING, RETRAINING, DRILLS, REVIEW, APPROVAL = "monitoring", "retraining", "drills", "review", "approval"


def serve(settings: Settings, *, every: timedelta | None = None) -> None:
    """Register the deployments and run what is due until stopped; `every` is for monitoring and retraining alone."""
    orchestrator.start(settings.runtime, schedules=True)
    from prefect import serve as serve_deployments

    with orchestrator.prefect_server(settings, schedules=True):
        deployments = make_deployments(settings, every=every)
        leftovers.mark(alone=not turns.shares_a_server(settings.runtime))
        cancel_missed()
        serve_deployments(*deployments, print_starting_message=False)


def make_deployments(settings: Settings, *, every: timedelta | None) -> "list[RunnerDeployment]":
    """Describe the deployments; one that is due while its last run goes on is cancelled, not queued."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    from flows.approval import ask_for_approval
    from flows.monitoring import watch_next
    from flows.practice import practise
    from flows.retraining import retrain
    from flows.reviewing import review_by_calendar

    one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    policy, tags = settings.policy, [settings.charter.project, *allocation.words(settings.charter)]
    made = [
        watch_next.to_deployment(
            MONITORING, schedule=_schedule(policy.monitoring.cron, every), concurrency_limit=one, tags=tags
        ),
        retrain.to_deployment(
            RETRAINING, schedule=_schedule(policy.retraining.cron, every), concurrency_limit=one, tags=tags,
            parameters={"asked": "schedule"},
        ),
        practise.to_deployment(
            DRILLS, schedule=_schedule(policy.recovery.cron, None), concurrency_limit=one, tags=tags
        ),
        review_by_calendar.to_deployment(
            REVIEW, schedule=_schedule(policy.review.cron, None), concurrency_limit=one, tags=tags
        ),
        ask_for_approval.to_deployment(APPROVAL, concurrency_limit=one, tags=tags),
    ]  # fmt: skip
    return cast("list[RunnerDeployment]", made)  # outside of an event loop none of them is a coroutine


def _schedule(cron: str, every: timedelta | None) -> "Schedule":
    from prefect.schedules import Cron, Interval

    return Interval(every) if every else Cron(cron, timezone="UTC")


def cancel_missed() -> None:
    """Cancel the runs that came due while nobody served: the next one asks about everything that has come in since."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.states import Cancelled

    missed = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": files.now()}}
    late = FlowRunFilter.model_validate(missed)
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=late):
            client.set_flow_run_state(run.id, Cancelled(message="it came due while nobody served"), force=True)
