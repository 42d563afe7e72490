"""What shows that the search bought quality at a fair price: nothing cheaper was as good."""

from config.settings import Charter, Policy
from lens_checks.check import need
from lens_checks.evidence.records import Candidate, Leaderboard, Repository, Tracking, Training, at_least, at_most

SIMPLE = frozenset({"linear"})
LEAST_UTILISATION = 0.25  # of the threads that a run could use, on average


def utilisation(training: Training) -> float:
    """Give the share of the threads it was given that training kept busy."""
    return training.cpu_seconds / (training.wall_seconds * max(training.threads, 1))


def profile(training: Training) -> str:
    """Say in words what training used."""
    used = f"{utilisation(training):.0%} of {training.threads} threads"
    return f"{used} for {training.wall_seconds:.0f} s, {training.peak_rss_mib:.0f} MiB"


def of_machine(charter: Charter, training: Training) -> list[str]:
    """Say why the machine does not fit what training uses."""
    if not (at_least(training.peak_rss_mib, 1) and at_least(training.cpu_seconds, 0) and training.wall_seconds > 0):
        return ["the resource profile of the training run is not complete"]
    hours = charter.budget.training_cpu_hours
    if not at_most(training.cpu_seconds, hours * 3600):
        return [f"{training.cpu_seconds / 3600:.2f} CPU hours, {hours} are granted"]
    if not at_least(utilisation(training), LEAST_UTILISATION):
        return [f"{profile(training)}: under {LEAST_UTILISATION:.0%}, a smaller machine would do"]
    return []


def of_target(charter: Charter, tracking: Tracking, rows: int) -> list[str]:
    """Say that training ran where the rule of the charter does not want it (Missing where the run does not tell)."""
    target = need(tracking.winner.tags.get("lifecycle.compute_target"), "where training ran (a tag of the run)")
    wanted = "local" if rows <= charter.allocation.local_rows else "cluster"
    return [] if target == wanted else [f"{rows} rows were trained on a {target} target, the rule says {wanted}"]


def of_ci(repository: Repository) -> list[str]:
    """Say that nothing tries a commit."""
    return [] if repository.ci_files else ["nothing runs the tests for a commit: no CI is defined in the repository"]


def of_optimiser(training: Training, board: Leaderboard, declared: str) -> list[str]:
    """Say why the model is not the best that an optimiser found for the declared metric."""
    study, chosen = training.study, board.chosen(training)
    if board.primary != declared:
        return [f"the search was for {board.primary}, declared is {declared}"]
    if not (study.sampler and study.pruner and study.trials > 0):
        return ["sampler, pruner or number of trials of the search are not recorded"]
    if chosen is None:
        return ["the model is not made with the parameters of the finished trial that it names"]
    if ahead := board.ahead(chosen):
        return [f"trial {ahead[0].trial} was better than the chosen {chosen.trial}"]
    return [] if searched(board) else ["no family was tried with more than one set of parameters"]


def searched(board: Leaderboard) -> list[str]:
    """Name the families that were tried with more than one set of parameters."""
    tries = [(c.family, c.params) for c in board.candidates if c.trial >= 0]
    return sorted({f for f, params in tries for g, others in tries if f == g and params != others})


def of_algorithm(charter: Charter, policy: Policy, training: Training, board: Leaderboard) -> list[str]:
    """Say which trial would have been as good for less, or better."""
    chosen, margin = board.chosen(training), policy.comparison.margin
    if chosen is None or not at_least(chosen.cpu_seconds, 0):
        return ["the model is not a finished trial of the leaderboard, or its cost is not known"]
    if not any(c.family in SIMPLE for c in board.finished):
        return [f"none of {', '.join(sorted(SIMPLE))} was tried to the end"]
    if ahead := board.ahead(chosen, margin=margin):
        return [f"trial {ahead[0].trial} ({ahead[0].value}) beats the chosen {chosen.trial} ({chosen.value})"]
    least = _material(charter, policy)
    bound = next((t for t in policy.thresholds if t.metric == board.primary), None)
    rivals = board.saving(chosen, margin=margin, seconds=least)
    good = [r for r in rivals if bound is None or at_least(r.value, bound.floor) or at_most(r.value, bound.ceiling)]
    words = "trial {} ({}) is as good within {}, and saves over {:.0f} s"
    return [words.format(rival.trial, rival.family, margin, least) for rival in good[:1]]


def best_of_each(board: Leaderboard) -> dict[str, Candidate]:
    """Give the best finished trial of each family, baselines apart."""
    ranked = sorted(_tried(board), key=lambda c: c.value or 0.0, reverse=not board.upward)
    return {c.family: c for c in ranked}


def _tried(board: Leaderboard) -> list[Candidate]:
    return [c for c in board.finished if c.trial >= 0 and not c.baseline]


def of_implementations(charter: Charter, policy: Policy, training: Training, board: Leaderboard) -> list[str]:
    """Say why no two implementations were compared, or which of another family is as good for less."""
    chosen, best = board.chosen(training), best_of_each(board)
    if chosen is None or any(not at_least(c.cpu_seconds, 0) for c in _tried(board)):
        return ["the model is no finished trial, or the CPU seconds of a trial are not known"]
    if len(best) < 2:
        return [f"only {', '.join(best) or 'a baseline'} was tried: there is nothing to compare it with"]
    saving = board.saving(chosen, margin=policy.comparison.margin, seconds=_material(charter, policy))
    others = [c for c in saving if c.family != chosen.family]
    return [f"{c.family} is as good for {c.cpu_seconds} CPU seconds, not {chosen.cpu_seconds}" for c in others[:1]]


def told(tried: Candidate, charter: Charter) -> str:
    """Tell what a trial reached, and what its fit cost."""
    price = charter.budget.cpu_hour_price
    return f"{tried.value:.4g} for {(tried.cpu_seconds or 0) / 3600 * price:.2g} {charter.error_costs.currency}"


def _material(charter: Charter, policy: Policy) -> float:
    """Give the CPU seconds that are worth choosing by."""
    return policy.bounds.material_cost * charter.budget.training_cpu_hours * 3600
