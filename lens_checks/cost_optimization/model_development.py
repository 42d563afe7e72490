"""Cost optimization while the model is developed: where training runs, what it uses, how the search goes about it."""

from config.settings import Charter, Params, Policy, Runtime
from lens_checks import delivery, searching
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import (
    Clock,
    Environment,
    Housekeeping,
    Landing,
    Leaderboard,
    Parts,
    Registry,
    Repository,
    TestRuns,
    Tracking,
    Training,
    at_least,
    at_most,
)

SIMPLE = frozenset({"linear"})
LEAST_UTILISATION = 0.25  # of the threads that a run could use, on average


@check(
    "MLCOST-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train on a smaller machine, or search more at once; the limit is `budget` in config/charter.yaml.",
)
def training_machines_fit_what_training_uses(charter: Charter, training: Training) -> Verdict:
    """Training keeps busy the threads it was given, and stays within its budget."""
    if not (at_least(training.peak_rss_mib, 1) and at_least(training.cpu_seconds, 0) and training.wall_seconds > 0):
        return not_met("the resource profile of the training run is not complete")
    used = training.cpu_seconds / (training.wall_seconds * max(training.threads, 1))
    profile = (
        f"{used:.0%} of {training.threads} threads for {training.wall_seconds:.0f} s, {training.peak_rss_mib:.0f} MiB"
    )
    if not at_most(training.cpu_seconds, charter.budget.training_cpu_hours * 3600):
        return not_met(f"{training.cpu_seconds / 3600:.2f} CPU hours, {charter.budget.training_cpu_hours} are granted")
    if not at_least(used, LEAST_UTILISATION):
        return not_met(f"{profile}: under {LEAST_UTILISATION:.0%}, a smaller machine would do")
    return met(f"{profile}, no GPU asked for")


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
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Run `lifecycle run` again after an interruption: the search goes on where it was.",
    effort=Effort.SMALL,
)
def searches_resume_from_what_is_known(training: Training, leaderboard: Leaderboard) -> Verdict:
    """A search is stored, and goes on from its earlier trials instead of beginning anew."""
    study = training.study
    if not study.storage or "memory" in study.storage.casefold():
        return not_met("the search is kept in memory alone: an interruption loses it")
    if not study.resumed_trials:
        raise Missing("a search that was resumed: this one ran through")
    numbers = [candidate.trial for candidate in leaderboard.candidates if candidate.trial >= 0]
    if len(set(numbers)) != len(numbers) or max(numbers, default=-1) < study.resumed_trials:
        return not_met(f"{study.resumed_trials} trials were resumed, and the numbering does not go on from them")
    return met(f"study {study.name} went on after {study.resumed_trials} of {study.trials} trials")


@check(
    "MLCOST-19",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Give a family more to search in tasks/estimators.py, or more `search.trials` in config/params.yaml.",
)
def an_optimiser_tunes_within_stated_ranges(params: Params, training: Training, leaderboard: Leaderboard) -> Verdict:
    """An optimiser searches stated ranges for the declared metric, and the model is its best trial."""
    study, chosen = training.study, leaderboard.chosen(training)
    if leaderboard.primary != params.metrics.primary:
        return not_met(f"the search was for {leaderboard.primary}, declared is {params.metrics.primary}")
    if not (study.sampler and study.pruner and study.trials > 0):
        return not_met("sampler, pruner or number of trials of the search are not recorded")
    if chosen is None:
        return not_met("the model is not made with the parameters of the finished trial that it names")
    if ahead := leaderboard.ahead(chosen):
        return not_met(f"trial {ahead[0].trial} was better than the chosen {chosen.trial}")
    tries = [(c.family, c.params) for c in leaderboard.candidates if c.trial >= 0]
    if not (searched := sorted({f for f, params in tries for g, others in tries if f == g and params != others})):
        return not_met("no family was tried with more than one set of parameters")
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
    chosen, margin = leaderboard.chosen(training), policy.comparison.margin
    if chosen is None or not at_least(chosen.cpu_seconds, 0):
        return not_met("the model is not a finished trial of the leaderboard, or its cost is not known")
    if not any(c.family in SIMPLE for c in leaderboard.finished):
        return not_met(f"none of {', '.join(sorted(SIMPLE))} was tried to the end")
    if ahead := leaderboard.ahead(chosen, margin=margin):
        return not_met(f"trial {ahead[0].trial} ({ahead[0].value}) beats the chosen {chosen.trial} ({chosen.value})")
    least = policy.bounds.material_cost * charter.budget.training_cpu_hours * 3600
    bound = next((t for t in policy.thresholds if t.metric == leaderboard.primary), None)
    for rival in leaderboard.saving(chosen, margin=margin, seconds=least):
        if bound is None or at_least(rival.value, bound.floor) or at_most(rival.value, bound.ceiling):
            return not_met(
                f"trial {rival.trial} ({rival.family}) is as good within {margin}, and saves over {least:.0f} s"
            )
    price = (chosen.cpu_seconds or 0.0) / 3600 * charter.budget.cpu_hour_price
    return met(f"{chosen.family}: {chosen.value:.4g} for {price:.2g} {charter.error_costs.currency} a fit, well spent")


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
    chosen = leaderboard.chosen(training)
    tried = [c for c in leaderboard.finished if c.trial >= 0 and not c.baseline]
    if chosen is None or any(not at_least(c.cpu_seconds, 0) for c in tried):
        return not_met("the model is no finished trial, or the CPU seconds of a trial are not known")
    best = {c.family: c for c in sorted(tried, key=lambda c: c.value or 0.0, reverse=not leaderboard.upward)}
    if len(best) < 2:
        return not_met(f"only {', '.join(best) or 'a baseline'} was tried: there is nothing to compare it with")
    hour, currency = charter.budget.cpu_hour_price, charter.error_costs.currency
    least = policy.bounds.material_cost * charter.budget.training_cpu_hours * 3600
    saving = leaderboard.saving(chosen, margin=policy.comparison.margin, seconds=least)
    if others := [c for c in saving if c.family != chosen.family]:
        return not_met(
            f"{others[0].family} is as good for {others[0].cpu_seconds} CPU seconds, not {chosen.cpu_seconds}"
        )
    told = (f"{n} {c.value:.4g} for {(c.cpu_seconds or 0) / 3600 * hour:.2g} {currency}" for n, c in best.items())
    return met(f"{', '.join(told)}; {chosen.family} was chosen")


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
    target = need(tracking.winner.tags.get("lifecycle.compute_target"), "where training ran (a tag of the run)")
    rows = sum(part.rows for part in parts.parts.values())
    if target != (wanted := "local" if rows <= charter.allocation.local_rows else "cluster"):
        return not_met(f"{rows} rows were trained on a {target} target, the rule says {wanted}")
    if not repository.ci_files:
        return not_met("nothing runs the tests for a commit: no CI is defined in the repository")
    version = delivery.at_hand(registry)
    if faults := delivery.of_tests(version, tests)[0]:
        return not_met("; ".join(faults[:5]))
    ran = tests.runs[version.tags["commit"]]
    return met(f"{rows} rows, {target} as the rule says; {ran.kinds['model']} tests of models green on one machine")


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
        raise Missing(f"why only {families[0]} may be tried: claim it with `lifecycle attest`, or name another family")
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
