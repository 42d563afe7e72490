"""Security while the model is developed: traffic between training nodes, and data that somebody has poisoned."""

from collections.abc import Iterator
from fnmatch import fnmatch

from config.settings import Charter, Data, Params, Policy, Source
from lens_checks import delivery, governance
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, need, not_applicable, not_met
from lens_checks.evidence.records import (
    ChampionComparison,
    Clock,
    Difference,
    Environment,
    Landing,
    Leakage,
    Ledger,
    ModelVersion,
    Parts,
    Pipeline,
    Premises,
    Registry,
    TestRuns,
    Training,
    TrainingNetwork,
    TrainingNode,
)
from lens_checks.trust import strangeness

COMPARED = ("better", "not-worse", "worse")


@check(
    "MLSEC-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train on one node (`compute_nodes: 1` in config/charter.yaml), or by TLS alone, told in reports/network.json.",
)
def traffic_between_training_nodes_is_encrypted(
    charter: Charter, training: Training, network: TrainingNetwork, clock: Clock
) -> Verdict:
    """No training data crosses a network in the clear."""
    declared, seen = charter.compute_nodes, len(network.nodes)
    if declared == 1 and seen <= 1:
        threads = training.threads
        return not_applicable(f"one node trained run {training.run_id[:8]}, on {threads} threads of one process")
    if declared == 1:
        return not_met(f"config/charter.yaml says that one node trains, reports/network.json names {seen}")
    if seen < declared or network.run_id != training.run_id:
        raise Missing(f"the addresses and certificates of the {declared} nodes that trained run {training.run_id[:8]}")
    faults = ["a plain connection was taken"] if network.plain_refused is False else []
    faults += [words for node in network.nodes if (words := _in_the_clear(node, clock))]
    if faults:
        return not_met("; ".join(faults[:5]))
    need(network.plain_refused, "a plain connection that was tried, and refused")
    return met(f"{seen} nodes spoke by TLS alone, with certificates in their time, and refused a plain connection")


def _in_the_clear(node: TrainingNode, clock: Clock) -> str:
    """Say why what a node says could be read on its way; nothing where it could not."""
    if not node.address.startswith("tls://"):
        return f"{node.address} is no address of TLS"
    if node.not_before is None or node.not_after is None or not node.not_before <= clock.now < node.not_after:
        return f"the certificate of {node.address} is valid from {node.not_before} to {node.not_after}"
    return ""


@check(
    "MLSEC-10",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.RELEASE,
    fix="List `source.allowed` in config/data.yaml; find out what changed in the data; then `lifecycle run`.",
)
def poisoned_data_would_be_noticed(
    data: Data, params: Params, policy: Policy, landing: Landing, difference: Difference, parts: Parts,
    leakage: Leakage, comparison: ChampionComparison, training: Training, registry: Registry, ledger: Ledger,
    pipeline: Pipeline,
) -> Verdict:  # fmt: skip
    """Data comes from allowed files, lies near what was accepted, has no flipped labels, and both can be taken back."""
    version = registry.with_digest(training.model_digest)
    if version is None:
        raise Missing("a registered version with the bytes that were trained last")
    faults = [
        *_of_sources(data.source, landing),
        *strangeness(difference, parts, data, policy.bounds),
        *_never_compared(difference, registry),
        *_of_labels(leakage, landing),
        *_of_slices(comparison, version, params),
        *_of_return(version, registry, ledger),
        *_of_storage(pipeline),
    ]
    if faults:
        return not_met("; ".join(faults[:5]))
    before = "the first version" if difference.against is None else f"near the rows {difference.against[:12]}"
    against = f"compared with version {comparison.champion.version}" if comparison.champion else "no champion yet"
    return met(
        f"{len(landing.sources)} files, all allowed, {len(data.source.checksums)} of them pinned; {before}; labels and "
        f"far values looked at; {against}, in {sum(map(len, (comparison.slices or {}).values()))} slices; "
        "the snapshot lies read-only in DVC's cache"
    )


def _of_sources(source: Source, landing: Landing) -> Iterator[str]:
    for file in landing.sources:
        if not any(fnmatch(file.path, pattern) for pattern in source.allowed):
            yield f"{file.path} was landed and is not on the list"
        if source.checksums.get(file.path, file.sha256) != file.sha256 or not file.sha256:
            yield f"{file.path} has not the digest that was pinned"
    if not landing.sources or landing.sha256_on_disk != landing.sha256:
        yield "the landed rows are not those that the manifest describes"


def _never_compared(difference: Difference, registry: Registry) -> Iterator[str]:
    """Only the first data has nothing to be compared with: versions made of other rows give that away."""
    others = {v.tags["landed_sha256"] for v in registry.versions if v.tags.get("landed_sha256")}
    if difference.against is None and others - {difference.data_sha256}:
        yield "the data was compared with nothing, though versions were made from other rows before"


def _of_labels(leakage: Leakage, landing: Landing) -> Iterator[str]:
    if "flipped labels" not in leakage.checks or leakage.data_sha256 != landing.sha256:
        yield "nobody looked for flipped labels in these rows"
    found = (leak for leak in leakage.findings if leak.check == "flipped labels")
    yield from (leak.sentence for leak in found if not (leak.allowed or "").strip())


def _of_slices(comparison: ChampionComparison, version: ModelVersion, params: Params) -> Iterator[str]:
    """No slice is worse than the champion's; what cannot be compared at all, the champion gate refuses by itself."""
    if comparison.candidate.digest != version.tags.get("digest"):
        yield "the comparison is of another candidate"
    slices = comparison.slices or {}
    lacking = [column for column in params.slices if column not in slices]
    if comparison.verdict in COMPARED and lacking:
        yield f"no slice of {', '.join(lacking)} was compared with the champion"
    for column, values in slices.items():
        yield from (f"{column} {value} became worse" for value, seen in values.items() if seen.verdict == "worse")


def _of_return(version: ModelVersion, registry: Registry, ledger: Ledger) -> Iterator[str]:
    """There is a version to go back to, let in by a decision, once there was a champion before this one."""
    champions = {entry.body.get("version") for entry in ledger.decisions("champion")} - {version.version}
    target = registry.at("champion")
    if target is None or target.version == version.version:
        target = registry.at("previous")
    if champions and (target is None or target.version not in champions or not target.tags.get("digest")):
        yield "there were champions before, and no alias names one of them to go back to"


def _of_storage(pipeline: Pipeline) -> Iterator[str]:
    snapshot = pipeline.snapshots.get("data/landed")
    if snapshot is None or not snapshot.current or not snapshot.cached:
        yield "the landed rows are not in DVC's cache as they lie there"
    elif not snapshot.sealed:
        yield "the snapshot in DVC's cache can be written to"


@check(
    "MLSEC-08",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.OPERATION,
    fix="List `templates` and `work_pools` under `platform` in config/policy.yaml; `make test` on the commit.",
)
def the_platform_itself_is_governed(
    policy: Policy, premises: Premises, environment: Environment, registry: Registry, ledger: Ledger, runs: TestRuns
) -> Verdict:
    """The project comes from an approved template, its rules were tested, and only approved places run it."""
    version = delivery.at_hand(registry)
    faults = delivery.known(
        lambda: governance.of_template(policy.platform, premises),
        lambda: governance.of_pools(policy.platform, premises),
        lambda: governance.of_environment(environment, version),
        lambda: governance.of_record(ledger, version),
        lambda: delivery.of_tests(version, runs)[0],
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    places = ", ".join(sorted({pool for pool in premises.pools.values() if pool})) or "processes of its own"
    return met(
        f"made from {premises.template}, which is approved; the rules passed {runs.runs[version.tags['commit']].tests} "
        f"tests; it runs in {places}, in the environment of the lock; {len(ledger.entries)} entries on record"
    )
