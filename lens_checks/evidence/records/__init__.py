"""The records that checks read; a check names a record as a parameter and gets it, or is answered for."""

from lens_checks.evidence.records.benchmark import Benchmark, Contestant, FitSetting, Margin
from lens_checks.evidence.records.bias import AttributeBias, BiasBefore, LabelledGroup
from lens_checks.evidence.records.components import ComponentTrial, ComponentTrials, Couplings
from lens_checks.evidence.records.data import (
    Baseline,
    BaselineColumn,
    Landing,
    Leak,
    Leakage,
    Part,
    Parts,
    PersonalData,
    Profile,
    ProfiledColumn,
    Rule,
    SourceFile,
    Span,
    Validation,
)
from lens_checks.evidence.records.declared import BaseModel, TrainingNetwork, TrainingNode
from lens_checks.evidence.records.delivery import (
    Backup,
    CommittedPipeline,
    CommittedSource,
    Endpoint,
    KnownRuns,
    TaskPolicies,
    TaskPolicy,
)
from lens_checks.evidence.records.difference import ColumnDifference, Difference, LabelDifference
from lens_checks.evidence.records.doors import (
    ApiDocuments,
    ApiKept,
    ApiSignature,
    ApiTrial,
    ConsumerList,
    DoorTrial,
    ListedConsumer,
    ProbeTrial,
    RateTrial,
)
from lens_checks.evidence.records.evaluation import (
    ChampionComparison,
    ComparedVersion,
    CostComparison,
    Energy,
    Evaluation,
    ExplainedRow,
    Explanation,
    FairnessResult,
    Group,
    Interval,
    LocalExplanation,
    OperatingPoint,
    Replacement,
    Robustness,
    Slice,
    SliceComparison,
    ThresholdResult,
)
from lens_checks.evidence.records.features import FeatureRegistry, RegisteredFeature, Twins
from lens_checks.evidence.records.figures import at_least, at_most, better, finite
from lens_checks.evidence.records.findings import Finding, Findings
from lens_checks.evidence.records.ground import (
    Authorship,
    Clock,
    Deployment,
    Environment,
    Exposure,
    FlowRun,
    LicenceInventory,
    Orchestration,
    PathMode,
    Pipeline,
    Repository,
    Retrieval,
    SecretFinding,
    Stage,
    StageFile,
    Storage,
    StoredFile,
)
from lens_checks.evidence.records.housekeeping import Housekeeping, Idle, Removed
from lens_checks.evidence.records.lineage import Lineage, LineageEdge, LineageNode
from lens_checks.evidence.records.load import AlarmRehearsal, AlarmRule, Exported, LoadCurve, LoadStep
from lens_checks.evidence.records.metering import LogOfRun, MeteredPhase, Metering, TriedAlarm
from lens_checks.evidence.records.model import (
    Beside,
    Candidate,
    CrossValidation,
    Leaderboard,
    Likeness,
    ModelVersion,
    Reading,
    Registry,
    Study,
    TrackedRun,
    Tracking,
    Training,
)
from lens_checks.evidence.records.operation import (
    Agreement,
    Backend,
    FeatureDrift,
    Golden,
    Ledger,
    LedgerEntry,
    Malformed,
    MonitoringHistory,
    MonitoringWindow,
    Parity,
    Release,
    ReleasedFile,
    Replay,
    RunPhase,
    RunReport,
    Server,
    Side,
)
from lens_checks.evidence.records.premises import Address, Premises
from lens_checks.evidence.records.privacy import Copies, Copy, Derived, Expired, Expiry
from lens_checks.evidence.records.proofs import (
    Drill,
    Drills,
    Reproduction,
    Reproductions,
    SeenInput,
    SeenMetric,
    TestRun,
    TestRuns,
)
from lens_checks.evidence.records.sides import (
    Attribution,
    Bias,
    Effort,
    Returns,
    WindowSides,
)
from lens_checks.evidence.records.upkeep import (
    Access,
    AccessAudit,
    CostLine,
    CostReport,
    Exploration,
    FeatureSet,
    HumanReview,
    Load,
    Utilisation,
)
from lens_checks.evidence.records.workload import Current, Target, Workload

__all__ = [
    "Access", "AccessAudit", "Address", "Agreement", "AlarmRehearsal", "AlarmRule", "ApiDocuments", "ApiKept",
    "ApiSignature", "ApiTrial", "AttributeBias", "Attribution", "Authorship", "Backend", "Backup", "BaseModel",
    "Baseline", "BaselineColumn", "Benchmark", "Beside", "Bias", "BiasBefore", "Candidate", "ChampionComparison",
    "Clock", "ColumnDifference", "CommittedPipeline", "CommittedSource", "ComparedVersion", "ComponentTrial",
    "ComponentTrials", "ConsumerList", "Contestant", "Copies", "Copy", "CostComparison", "CostLine", "CostReport",
    "Couplings", "CrossValidation", "Current", "Deployment", "Derived", "Difference", "DoorTrial", "Drill", "Drills",
    "Effort", "Endpoint", "Energy", "Environment", "Evaluation", "Expired", "Expiry", "ExplainedRow", "Explanation",
    "Exploration", "Exported", "Exposure", "FairnessResult", "FeatureDrift", "FeatureRegistry", "FeatureSet", "Finding",
    "Findings", "FitSetting", "FlowRun", "Golden", "Group", "Housekeeping", "HumanReview", "Idle", "Interval",
    "KnownRuns", "LabelDifference", "LabelledGroup", "Landing", "Leaderboard", "Leak", "Leakage", "Ledger",
    "LedgerEntry", "LicenceInventory", "Likeness", "Lineage", "LineageEdge", "LineageNode", "ListedConsumer", "Load",
    "LoadCurve", "LoadStep", "LocalExplanation", "LogOfRun", "Malformed", "Margin", "MeteredPhase", "Metering",
    "ModelVersion", "MonitoringHistory", "MonitoringWindow", "OperatingPoint", "Orchestration", "Parity", "Part",
    "Parts", "PathMode", "PersonalData", "Pipeline", "Premises", "ProbeTrial", "Profile", "ProfiledColumn", "RateTrial",
    "Reading", "RegisteredFeature", "Registry", "Release", "ReleasedFile", "Removed", "Replacement", "Replay",
    "Repository", "Reproduction", "Reproductions", "Retrieval", "Returns", "Robustness", "Rule", "RunPhase",
    "RunReport", "SecretFinding", "SeenInput", "SeenMetric", "Server", "Side", "Slice", "SliceComparison", "SourceFile",
    "Span", "Stage", "StageFile", "Storage", "StoredFile", "Study", "Target", "TaskPolicies", "TaskPolicy", "TestRun",
    "TestRuns", "ThresholdResult", "TrackedRun", "Tracking", "Training", "TrainingNetwork", "TrainingNode",
    "TriedAlarm", "Twins", "Utilisation", "Validation", "WindowSides", "Workload", "at_least", "at_most", "better",
    "finite",
]  # fmt: skip
