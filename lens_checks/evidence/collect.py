"""Which collector reads which record; each record is read once, when the first check asks for it."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from config.settings import Attestations, Charter, Data, Params, Policy, Runtime, Settings, Waivers
from lens_checks.evidence import (
    committed,
    components,
    data,
    declared,
    delivery,
    doors,
    environment,
    exposure,
    housekeeping,
    ledger,
    licences,
    metering,
    model,
    operation,
    orchestration,
    pipeline,
    premises,
    privacy,
    proofs,
    repository,
    retrieval,
    storage,
    tracking,
    upkeep,
)
from lens_checks.evidence import records as r
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.steps import Cut, step, warnings_count

R = TypeVar("R")

COLLECTORS: Mapping[type, Callable[[Place], object]] = {
    r.AccessAudit: upkeep.accesses,
    r.ApiDocuments: doors.documents,
    r.Authorship: repository.authorship,
    r.Backup: delivery.backup,
    r.BaseModel: declared.base_model,
    r.Baseline: data.baseline,
    r.Benchmark: model.benchmark,
    r.BiasBefore: data.bias,
    r.ChampionComparison: model.comparison,
    r.Clock: lambda place: r.Clock(now=place.now),
    r.CommittedPipeline: committed.committed_pipeline,
    r.CommittedSource: delivery.committed_source,
    r.ComponentTrials: components.trials,
    r.ConsumerList: doors.consumers,
    r.Copies: privacy.copies,
    r.Couplings: components.couplings,
    r.Derived: privacy.derived,
    r.CostReport: upkeep.costs,
    r.Difference: data.difference,
    r.Drills: proofs.drills,
    r.Endpoint: delivery.endpoint,
    r.Environment: environment.environment,
    r.Evaluation: model.evaluation,
    r.Expiry: privacy.expiry,
    r.Explanation: model.explanation,
    r.Exploration: upkeep.exploration,
    r.Exposure: exposure.exposure,
    r.HumanReview: upkeep.human_review,
    r.FeatureRegistry: operation.features,
    r.Findings: proofs.findings,
    r.Housekeeping: housekeeping.housekeeping,
    r.KnownRuns: delivery.known_runs,
    r.Landing: data.landing,
    r.Leaderboard: model.leaderboard,
    r.Leakage: data.leakage,
    r.Ledger: ledger.ledger,
    r.LicenceInventory: licences.licences,
    r.Lineage: operation.lineage,
    r.Metering: metering.metering,
    r.MonitoringHistory: operation.monitoring,
    r.Orchestration: orchestration.orchestration,
    r.Parts: data.parts,
    r.Pipeline: pipeline.pipeline,
    r.Premises: premises.premises,
    r.Profile: data.profile,
    r.Registry: tracking.registry,
    r.Release: operation.release,
    r.Repository: repository.repository,
    r.Reproductions: proofs.reproductions,
    r.Retrieval: retrieval.retrieval,
    r.RunReport: operation.run_report,
    r.Storage: storage.storage,
    r.TaskPolicies: delivery.task_policies,
    r.TestRuns: proofs.test_runs,
    r.Tracking: tracking.tracking,
    r.Training: model.training,
    r.TrainingNetwork: declared.network,
    r.Utilisation: upkeep.utilisation,
    r.Validation: data.validation,
    r.Workload: operation.workload,
}
SETTINGS: Mapping[type, Callable[[Settings], object]] = {
    Attestations: lambda settings: settings.attestations,
    Charter: lambda settings: settings.charter,
    Data: lambda settings: settings.data,
    Params: lambda settings: settings.params,
    Policy: lambda settings: settings.policy,
    Runtime: lambda settings: settings.runtime,
    Waivers: lambda settings: settings.waivers,
}
OURS = r"lens_checks\."  # what the tools warn of is theirs
KINDS = frozenset({*COLLECTORS, *SETTINGS})


class Evidence:
    """What the project left behind, read on demand; hand-made records may take the place of collected ones."""

    def __init__(self, place: Place, given: Mapping[type, object] | None = None) -> None:
        self._place = place
        self._found: dict[type, object] = dict(given or {})

    def get(self, kind: type[R]) -> R:
        """Give the record of a type, or say why it cannot be had (NoEvidence, Malformed)."""
        if kind not in self._found:
            self._found[kind] = self._collect(kind)
        if isinstance(self._found[kind], NoEvidence | Malformed):
            raise cast(Exception, self._found[kind])
        return cast(R, self._found[kind])

    def _collect(self, kind: type) -> object:
        if kind in SETTINGS:
            return SETTINGS[kind](self._place.settings)
        if kind not in COLLECTORS:
            return Malformed(f"no collector reads {getattr(kind, '__name__', kind)}: a check named it as its evidence")
        try:
            with step(f"reading {kind.__name__}"), warnings_count(OURS):
                return _only_a_record(kind, self._place.once(COLLECTORS[kind]))
        except (NoEvidence, Malformed) as reason:
            return reason
        except Cut as reason:
            return Malformed(str(reason))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what cannot be read is broken for all who need it
            return Malformed(f"reading {kind.__name__} raised {type(error).__name__}: {error}")


def _only_a_record(kind: type, found: object) -> object:
    if isinstance(found, kind):
        return found
    return Malformed(f"reading {kind.__name__} gave {found!r} of type {type(found).__name__}")
