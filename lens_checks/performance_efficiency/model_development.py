"""Performance efficiency while the model is developed: its evaluation, its weightiest features, inherited parts."""

from collections.abc import Iterator

from config.settings import Charter, Policy
from lens_checks import benchmarking, hardware, tradeoffs
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_applicable, not_met
from lens_checks.evidence.records import (
    Baseline,
    BaseModel,
    Benchmark,
    Evaluation,
    Explanation,
    Leaderboard,
    Ledger,
    ModelVersion,
    Parts,
    Pipeline,
    Registry,
    Release,
    Training,
    at_least,
    at_most,
    finite,
)

ALIKE = 1e-6  # between a row as it is prepared here and as it was for the base model
WEIGHT = 0.95  # share of all importance that the watched features must carry
GATES = {"staging": "staging", "champion": "champion", "previous": "champion"}  # alias: the gate that gives it
HOME = ("sklearn.", "numpy.", "scipy.", "builtins.", "collections.", "functools.", "tasks.")


@check(
    "MLPER-07",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`; a version that was put on the ladder by hand is taken off by `lifecycle rollback`.",
)
def every_model_is_evaluated_by_the_pipeline(
    pipeline: Pipeline, training: Training, parts: Parts, evaluation: Evaluation, registry: Registry, ledger: Ledger
) -> Verdict:
    """The pipeline evaluates each new model on hashed inputs, and only a passed decision puts one on the ladder."""
    if stale := _of_stage(pipeline):
        return not_met(stale)
    if evaluation.model_digest != training.model_digest:
        return not_met("the evaluation speaks of other model bytes than those trained last")
    if evaluation.promotion_sha256 != parts.parts["promotion"].sha256_on_disk:
        return not_met("the evaluation speaks of other rows than those that lie in data/prepared")
    if registry.with_digest(evaluation.model_digest) is None:
        return not_met("the evaluated bytes are registered nowhere")
    if ledger.breaks:
        return not_met(f"the ledger does not hold: {ledger.breaks[0]}")
    if unjudged := [f"{v.version}" for v in registry.versions if not _judged(v)]:
        return not_met(f"no evaluation by the pipeline stands behind version {', '.join(unjudged[:5])}")
    if by_hand := _unproven(registry, ledger):
        return not_met(f"no passed decision stands behind {', '.join(by_hand)}")
    if unheld := _against_thresholds(registry, ledger):
        return not_met(f"passed, though its own figures do not keep its thresholds: {', '.join(unheld)}")
    return met(
        f"evaluated {evaluation.model_digest[:12]} on {evaluation.rows} rows; {len(registry.versions)} versions carry "
        "the pipeline's evaluation; every alias rests on a decision whose figures keep its thresholds"
    )


def _of_stage(pipeline: Pipeline) -> str:
    """Say why the recorded evaluation is not one of the model and the rows that lie there; nothing if it is."""
    stage = pipeline.stages.get("evaluate")
    if stage is None or not stage.recorded:
        return "dvc.yaml has no evaluate stage, or dvc.lock does not know its last run"
    read = [dep.path for dep in stage.deps]
    if missing := [room for room in ("reports/training", "data/prepared") if not any(p.startswith(room) for p in read)]:
        return f"the evaluate stage does not depend on {', '.join(missing)}"
    changed = [file.path for file in (*stage.deps, *stage.outs) if not file.current]
    return "" if stage.current else f"changed since the evaluation: {', '.join(changed[:5]) or 'parameters'}"


def _judged(version: ModelVersion) -> bool:
    """A version's run was made by a flow, and holds finite figures on the promotion rows."""
    figures = [v for n, v in (version.run_metrics or {}).items() if n.startswith("promotion_")]
    by_flow = (version.run_tags or {}).get("lifecycle.flow_run_id") and version.tags.get("flow_run_id")
    return bool(by_flow and figures) and all(finite(figure) for figure in figures)


def _unproven(registry: Registry, ledger: Ledger) -> list[str]:
    """Name the aliases whose version never passed the gate that gives them."""
    passed = {gate: {e.body.get("version") for e in ledger.decisions(gate)} for gate in GATES.values()}
    return [f"{alias} (version {v})" for alias, v in _on_ladder(registry) if v not in passed[GATES[alias]]]


def _against_thresholds(registry: Registry, ledger: Ledger) -> list[str]:
    """Derive again, from the figures of the decision behind each alias, that it passed."""
    faults = []
    for alias, version in _on_ladder(registry):
        last = [e for e in ledger.decisions(GATES[alias]) if e.body.get("version") == version][-1]
        figures = last.body.get("figures")
        told = figures if isinstance(figures, dict) else {}
        asked, metrics = told.get("thresholds") or (), told.get("metrics") or {}
        held = [_kept(side, metrics) for threshold in asked for side in str(threshold).split(" and ")]
        if not held or not all(held) or last.body.get("blocking"):
            faults.append(f"{alias} (decision {last.number})")
    return faults


def _on_ladder(registry: Registry) -> list[tuple[str, int]]:
    return [(alias, registry.aliases[alias]) for alias in GATES if alias in registry.aliases]


def _kept(side: str, metrics: dict[str, dict[str, float | None]]) -> bool:
    """Hold one side of a threshold, as the decision spells it ("brier <= 0.1"), against the decision's figures."""
    name, sign, bound = side.split()
    value = metrics.get(name, {}).get("value")
    return at_least(value, float(bound)) if sign == ">=" else sign == "<=" and at_most(value, float(bound))


@check(
    "MLPER-08",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Run `lifecycle run`; `bounds` and `monitoring` in config/policy.yaml hold the limits.",
)
def weighty_features_have_statistics_and_limits(
    policy: Policy, baseline: Baseline, training: Training, evaluation: Evaluation, explanation: Explanation
) -> Verdict:
    """The features that carry the model have baseline statistics, a drift limit, and a tested sensitivity."""
    figures = explanation.figures
    known = {name: value for name, value in figures.items() if finite(value)}
    weights = {name: value for name, value in known.items() if value > 0}
    if len(known) < len(figures) or not weights:
        return not_met("an importance is not a number, or no feature carries the model")
    if strange := sorted(set(figures) - set(training.features)):
        return not_met(f"importances of what the model does not read: {', '.join(strange[:5])}")
    heavy = _heaviest(weights)
    if bare := [n for n in heavy if n not in baseline.columns or not baseline.columns[n].figures]:
        return not_met(f"no baseline statistics of {', '.join(bare[:5])}, which carry the model")
    drop, limit = evaluation.robustness.drop, policy.bounds.perturbation_drop
    if not at_most(drop, limit):
        return not_met(f"perturbed inputs cost {drop} of the primary metric, {limit} is accepted")
    return met(
        f"{len(heavy)} of {len(figures)} features carry {WEIGHT:.0%} of the importance, each with a baseline and a "
        f"drift limit of {policy.monitoring.drift_psi} PSI; perturbed inputs cost {drop:.4g}"
    )


def _heaviest(weights: dict[str, float]) -> list[str]:
    """Name the features, weightiest first, that together carry the share of importance that is watched."""
    wanted, carried, heavy = WEIGHT * sum(weights.values()), 0.0, []
    for name in sorted(weights, key=lambda n: -weights[n]):
        if carried < wanted:
            heavy.append(name)
        carried += weights[name]
    return heavy


@check(
    "MLPER-10",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Set `pretrained` in config/charter.yaml as it is, and write reports/base_model.json (docs/upkeep.md).",
    effort=Effort.LARGE,
)
def inherited_weaknesses_are_looked_for(
    charter: Charter, policy: Policy, training: Training, base: BaseModel
) -> Verdict:
    """Weaknesses inherited from a base model are looked for, wherever a part was trained elsewhere."""
    foreign = [name for name in training.trusted_types if not name.startswith(HOME)]
    if not charter.pretrained and not foreign:
        return not_applicable(
            f"no part of {training.family} was trained elsewhere: the charter says so, and all its types are "
            "scikit-learn's, NumPy's or the project's own"
        )
    if not base.id or base.model_digest != training.model_digest:
        raise Missing(f"id, hash, licence and error analysis of the pretrained part {', '.join(foreign[:3])}".rstrip())
    if faults := list(_inherited(base, policy)):
        return not_met(f"{base.id}: {'; '.join(faults[:5])}")
    return met(
        f"{base.id} ({base.sha256[:12]}, {base.licence}): {base.preprocessing_rows} rows prepared alike, "
        f"{len(base.worse_by)} slices no worse than the baseline, {base.perturbation_drop:.3g} lost under noise"
    )


def _inherited(base: BaseModel, policy: Policy) -> Iterator[str]:
    """Name what of a base model is not known or worse than may be."""
    if lacking := [name for name in ("sha256", "licence") if not getattr(base, name).strip()]:
        yield f"no {' and no '.join(lacking)}"
    if not base.preprocessing_rows > 0 or not at_most(base.preprocessing_difference, ALIKE):
        yield f"{base.preprocessing_rows} rows prepared {base.preprocessing_difference} apart from how it was trained"
    if not base.worse_by:
        yield "no slice was compared with a frozen or from-scratch baseline"
    bound = policy.bounds.slice_gap
    yield from (f"{name} worse by {by}" for name, by in base.worse_by.items() if not at_most(by, bound))
    if not at_most(base.perturbation_drop, policy.bounds.perturbation_drop):
        yield f"{base.perturbation_drop} lost under noise, {policy.bounds.perturbation_drop} is accepted"


@check(
    "MLPER-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Search three candidates or more (config/params.yaml); reports/training/leaderboard.json weighs them.",
)
def candidates_are_weighed_from_every_side(
    charter: Charter, policy: Policy, training: Training, leaderboard: Leaderboard, evaluation: Evaluation
) -> Verdict:
    """Candidates are weighed by score, over-fit, speed, size, readability and fairness; the choice is on record."""
    finished, chosen = tradeoffs.weighed(leaderboard), leaderboard.chosen(training)
    if chosen is None or chosen.beside is None or len(finished) < tradeoffs.FEWEST:
        return not_met(f"{len(finished)} candidates were weighed, {tradeoffs.FEWEST} and the chosen one are needed")
    if evaluation.model_digest != training.model_digest:
        return not_met("the threshold was chosen for other model bytes than those trained last")
    drawn = tradeoffs.line_drawn(charter, policy, evaluation)
    faults = [*tradeoffs.sides(chosen.beside, charter, policy), *([drawn] if drawn else [])]
    if rival := tradeoffs.given_away(chosen, finished, upward=leaderboard.upward):
        faults.append(f"trial {rival.trial} ({rival.family}) is no worse, at most half as large, and twice as quick")
    if faults:
        return not_met("; ".join(faults[:5]))
    line = "" if evaluation.threshold is None else f"; acts from {evaluation.threshold:.3g} on"
    return met(
        f"{len(finished)} candidates weighed; trial {chosen.trial} ({chosen.family}): {chosen.value:.4g}, gap "
        f"{chosen.beside.gap:.3g}, {chosen.beside.cpu_ms_per_1k:.3g} ms for 1,000 rows, {chosen.beside.kib:.3g} KiB"
        f"{line}"
    )


@check(
    "MLPER-06",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="List more families under `search.candidates` in config/params.yaml, then `lifecycle run --force`.",
)
def other_ways_were_benchmarked(
    policy: Policy, training: Training, leaderboard: Leaderboard, benchmark: Benchmark
) -> Verdict:
    """Other families and features were tried on the same rows with one seed, and the winner's lead is known."""
    families = sorted({c.family for c in leaderboard.finished if not c.baseline})
    faults = [*benchmarking.of_the_same(benchmark, training), *benchmarking.of_variations(benchmark, training)]
    if len(families) < policy.bounds.families:
        faults.append(f"{len(families)} families were tried to the end, {policy.bounds.families} are the least")
    if faults:
        return not_met("; ".join(faults[:5]))
    if behind := benchmarking.of_margins(benchmark):
        return not_met(f"the winner is evidently worse than {', '.join(behind)}")
    told = "; ".join(benchmarking.margins(benchmark))
    return met(f"{', '.join(families)} tried; the winner leads in {benchmark.primary} over {told}")


@check(
    "MLPER-05",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run` on a quiet machine, or say under `release.threads` in config/policy.yaml why it stays so.",
)
def hardware_is_chosen_by_measurement(
    charter: Charter, policy: Policy, training: Training, benchmark: Benchmark, release: Release
) -> Verdict:
    """Training and answering were measured with several threads, and no setting is better than the one in use."""
    fits, answers = hardware.of_training(benchmark, charter, policy), hardware.of_answering(release, charter, policy)
    reason, price = policy.release.threads, charter.budget.cpu_hour_price
    faults = [
        *benchmarking.of_the_same(benchmark, training),
        *([] if release.digest == training.model_digest else ["the answers were timed on another model"]),
        *hardware.of_choice("training", fits, reason),
        *hardware.of_choice("answering", answers, reason),
    ]
    if faults:
        return not_met("; ".join(faults[:5]))
    told = f"{hardware.in_words(fits, price, 's')}; {hardware.in_words(answers, price, 'ms')}"
    return met(f"time, memory, busy threads and price in {charter.error_costs.currency}: {told}")
