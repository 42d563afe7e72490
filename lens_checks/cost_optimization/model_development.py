"""Cost optimization while the model is developed: where training runs, what it uses, how the search goes about it."""

from config.settings import Charter, Params, Policy, Runtime
from lens_checks import delivery, metering, pricing, searching
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import (
    Clock,
    Drills,
    Environment,
    Housekeeping,
    Landing,
    Leaderboard,
    Ledger,
    Metering,
    Orchestration,
    Parts,
    Registry,
    Repository,
    TestRuns,
    Tracking,
    Training,
    at_most,
)


@check(
    "MLCOST-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train on a smaller machine, or search more at once; the limit is `budget` in config/charter.yaml.",
)
def training_machines_fit_what_training_uses(charter: Charter, training: Training) -> Verdict:
    """Training keeps busy the threads it was given, and stays within its budget."""
    if faults := pricing.of_machine(charter, training):
        return not_met("; ".join(faults))
    return met(f"{pricing.profile(training)}, no GPU asked for")


@check(
    "MLCOST-10",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.FRAMING,
    fix="Run `make install`: it makes .venv from requirements.lock alone.",
    effort=Effort.SMALL,
)
def environments_are_built_from_the_lock(environment: Environment) -> Verdict:
    """The environment is built from a hashed lock, and holds just what the lock says."""
    if not environment.pins or environment.unhashed or environment.with_urls:
        loose = (*environment.unhashed, *environment.with_urls)
        return not_met(f"{environment.lock_file} pins without a hash, or by a URL: {', '.join(loose[:5]) or 'nothing'}")
    if environment.other_version or environment.not_in_lock:
        strange = (*environment.other_version, *environment.not_in_lock)
        return not_met(f"not as {environment.lock_file} says: {'; '.join(strange[:5])}")
    return met(f"{environment.installed} packages, all as {environment.lock_file} {environment.lock_sha256[:12]} says")


@check(
    "MLCOST-14",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train with `lifecycle run`, not from a notebook.",
    effort=Effort.SMALL,
)
def training_is_run_by_the_orchestrator(tracking: Tracking, training: Training) -> Verdict:
    """Training is run by the orchestrator from code, not by hand from a notebook, and leaves nothing running."""
    winner = tracking.winner
    if winner.run_id != training.run_id:
        return not_met("the run in MLflow is not the one that the training report names")
    if not winner.tags.get("lifecycle.flow_run_id"):
        return not_met(f"run {winner.run_id[:8]} names no flow run that made it")
    source, kind = winner.tags.get("mlflow.source.name", ""), winner.tags.get("mlflow.source.type", "")
    if not kind:
        raise Missing("the type of source that training was run from (tag mlflow.source.type)")
    if kind.upper() == "NOTEBOOK" or ".ipynb" in source:
        return not_met(f"trained from the notebook {source}")
    runs = [run for run in (winner, tracking.search, *tracking.trials) if run is not None]
    if unfinished := [run.name for run in runs if run.ended is None or run.status not in ("FINISHED", "FAILED")]:
        return not_met(f"still running: {', '.join(unfinished[:5])}")
    return met(f"flow run {winner.tags['lifecycle.flow_run_id']}, {len(runs)} runs, all ended")


@check(
    "MLCOST-15",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train on one node while it keeps within `training_cpu_hours` of config/charter.yaml.",
)
def distribution_pays_where_it_is_used(charter: Charter, training: Training) -> Verdict:
    """Training is spread over nodes when that pays, and they stop afterwards."""
    if charter.compute_nodes > 1:
        raise Missing(f"how well training scales over {charter.compute_nodes} nodes, and that they stopped")
    hours, limit = training.cpu_seconds / 3600, charter.budget.training_cpu_hours
    if not at_most(hours, limit):
        return not_met(f"one node took {hours:.2f} CPU hours, {limit} are granted: more nodes or less work")
    return not_applicable(f"one node is enough: {hours:.3f} of {limit} CPU hours")


@check(
    "MLCOST-17",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Set `search.sample_rows` in config/params.yaml; then run `lifecycle run`.",
)
def experiments_begin_on_a_sample(training: Training, parts: Parts, tracking: Tracking) -> Verdict:
    """Candidates are tried on a representative sample first, and the best is then fitted on all rows."""
    sampled, rows = training.study.sampled_rows, parts.parts["train"].rows
    if sampled >= rows:
        return not_applicable(f"all {rows} train rows fit the sample: there is nothing to scale up to")
    if found := searching.sampling(training, tracking, share=sampled / rows):
        return not_met("; ".join(found))
    return met(f"{sampled} of {rows} rows, like the others in {len(training.study.sample)} tests")


@check(
    "MLCOST-18",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle drill search`; the calendar of `lifecycle schedule serve` makes all drills.",
    effort=Effort.SMALL,
)
def searches_resume_from_what_is_known(
    training: Training, leaderboard: Leaderboard, drills: Drills, ledger: Ledger, clock: Clock, policy: Policy
) -> Verdict:
    """A search is stored, and goes on from its earlier trials instead of beginning anew."""
    if faults := searching.of_resuming(training, leaderboard, drills, ledger, clock, policy.recovery):
        return not_met("; ".join(faults[:5]))
    return met(searching.resumed(training, drills))


@check(
    "MLCOST-19",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Give a family more to search in tasks/estimators.py, or more `search.trials` in config/params.yaml.",
)
def an_optimiser_tunes_within_stated_ranges(params: Params, training: Training, leaderboard: Leaderboard) -> Verdict:
    """An optimiser searches stated ranges for the declared metric, and the model is its best trial."""
    if faults := pricing.of_optimiser(training, leaderboard, params.metrics.primary):
        return not_met("; ".join(faults))
    study, searched = training.study, pricing.searched(leaderboard)
    return met(f"{study.sampler} and {study.pruner}, {study.trials} trials, ranges searched of {', '.join(searched)}")


@check(
    "MLCOST-21",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Land the data on the machine that trains: `lifecycle run` does; set `compute_nodes` to 1.",
)
def data_lies_where_it_is_computed_with(charter: Charter, runtime: Runtime, landing: Landing) -> Verdict:
    """Data and compute sit close together."""
    if charter.compute_nodes > 1:
        raise Missing(f"where the data lies for each of {charter.compute_nodes} nodes")
    if landing.sha256_on_disk != landing.sha256:
        return not_met("the rows that training reads do not lie on this host as they were landed")
    remote = [source.path for source in landing.sources if "://" in source.path and not source.path.startswith("file:")]
    stores = f"models in {runtime.artifact_location}"
    if remote:
        return met(
            f"read once from {', '.join(remote[:3])}; training reads the {landing.rows} rows landed here; {stores}"
        )
    return not_applicable(f"one host: {len(landing.sources)} source files and the landed rows are local; {stores}")


@check(
    "MLCOST-22",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Keep `linear` under `search.candidates` in config/params.yaml, and drop families that cost more for no gain.",
)
def the_cheapest_good_algorithm_is_chosen(
    charter: Charter, policy: Policy, training: Training, leaderboard: Leaderboard
) -> Verdict:
    """Simple algorithms are tried, and a dearer one is chosen only where it is better or costs hardly more."""
    if faults := pricing.of_algorithm(charter, policy, training, leaderboard):
        return not_met("; ".join(faults))
    chosen = need(leaderboard.chosen(training), "the trial that the model is made of")
    return met(f"{chosen.family}: {pricing.told(chosen, charter)} a fit, well spent")


@check(
    "MLCOST-12",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name another family under `search.candidates` in config/params.yaml: the search prices each on the same rows.",
    effort=Effort.SMALL,
)
def implementations_are_compared_by_price_and_fit(
    charter: Charter, policy: Policy, training: Training, leaderboard: Leaderboard
) -> Verdict:
    """Two implementations or more are compared by time, price and quality on the same rows, and the choice pays."""
    if faults := pricing.of_implementations(charter, policy, training, leaderboard):
        return not_met("; ".join(faults))
    told = (f"{name} {pricing.told(best, charter)}" for name, best in pricing.best_of_each(leaderboard).items())
    return met(f"{', '.join(told)}; {training.family} was chosen")


@check(
    "MLCOST-11",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Set `compute_nodes` or `allocation.local_rows` in config/charter.yaml; commit, and `make test` there.",
)
def small_experiments_run_on_one_machine(
    charter: Charter, parts: Parts, tracking: Tracking, repository: Repository, registry: Registry, tests: TestRuns
) -> Verdict:
    """Training runs on one machine while its rows fit there, and CI tries the whole of it on one in small."""
    rows = sum(part.rows for part in parts.parts.values())
    if faults := [*pricing.of_target(charter, tracking, rows), *pricing.of_ci(repository)]:
        return not_met("; ".join(faults))
    version = delivery.at_hand(registry)
    if faults := delivery.of_tests(version, tests)[0]:
        return not_met("; ".join(faults[:5]))
    ran = tests.runs[version.tags["commit"]]
    return met(f"{rows} rows where the rule says; {ran.kinds['model']} tests of models green on one machine")


@check(
    "MLCOST-13",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Name two families under `search.candidates` in config/params.yaml, and more `search.trials` than those.",
)
def algorithms_and_settings_are_explored_by_machine(
    training: Training, leaderboard: Leaderboard, tracking: Tracking
) -> Verdict:
    """One automated search tries algorithms and settings, each in a run of its own, and cross-validates the best."""
    families = searching.families(leaderboard)
    if len(families) == 1:
        raise Missing(f"why only {families[0]} may be tried: `lifecycle answer MLCOST-13` claims it; or name another")
    if faults := searching.faults(training, leaderboard, tracking):
        return not_met("; ".join(faults[:5]))
    folds = need(training.cross_validation, "a cross-validation of the best").scores
    return met(
        f"{len(tracking.trials)} trials of {', '.join(families)} below one search, the best over {len(folds)} folds"
    )


@check(
    "MLCOST-16",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="End the processes it names, or give the reason under `housekeeping.may_idle` in config/policy.yaml.",
)
def nothing_stands_idle(policy: Policy, housekeeping: Housekeeping, clock: Clock) -> Verdict:
    """Housekeeping looked for servers and workers without work: none stands idle but what may, for a reason."""
    rules = policy.housekeeping
    if faults := housekeeping.faults(clock.now, rules.days):
        return not_met("; ".join(faults))
    if idle := [each for each in housekeeping.idle if not rules.may_idle.get(each.kind)]:
        return not_met(f"idle: {', '.join(f'{e.kind} ({e.pid}) for {e.minutes:g} min' for e in idle[:5])}")
    return met(f"none idle for {rules.idle_minutes:g} minutes; looked at by flow run {housekeeping.flow_run_id}")


@check(
    "MLCOST-20",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Set `allocation` and `budget.monthly` in config/charter.yaml, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def runs_carry_cost_tags_within_a_budget(
    charter: Charter, metered: Metering, tracking: Tracking, orchestration: Orchestration, registry: Registry,
    clock: Clock,
) -> Verdict:  # fmt: skip
    """Every run, flow and version says who pays; a month stays within its budget, and its alarm was tried."""
    if faults := delivery.known(
        lambda: metering.of_tags(metered, tracking, orchestration, registry),
        lambda: metering.of_budget(metered, charter, clock),
        lambda: metering.of_alarm(metered, "budget"),
    ):
        return not_met("; ".join(faults[:5]))
    spent, granted = metering.cost(metered, charter, clock), charter.budget.monthly
    return met(
        f"{spent:.2g} of {granted:g} {charter.error_costs.currency} this month; all is tagged, the alarm was tried"
    )


@check(
    "MLCOST-23",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Run `lifecycle run`, which meters and logs its phases; `metering` in config/policy.yaml says what is told.",
    effort=Effort.SMALL,
)
def runs_tell_what_they_take(policy: Policy, metered: Metering, housekeeping: Housekeeping, clock: Clock) -> Verdict:
    """Every phase tells time, CPU, memory and bytes; its log is whole and kept for a while; the alarm was tried."""
    if faults := delivery.known(
        lambda: metering.of_figures(metered),
        lambda: metering.of_log(metered),
        lambda: metering.of_retention(policy, housekeeping, clock),
        lambda: metering.of_alarm(metered, "duration"),
    ):
        return not_met("; ".join(faults[:5]))
    told = ", ".join(f"{line.phase} {line.seconds:.0f} s {line.peak_rss_mib:.0f} MiB" for line in metered.last_run)
    lines = need(metered.log, "a log").lines
    return met(f"{told}; {lines} lines are kept {policy.housekeeping.log_days} days; the alarm was tried")
