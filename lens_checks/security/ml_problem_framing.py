"""Security while the problem is framed: what is planned for fields that describe people."""

from config.settings import Data, Sensitivity
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Baseline, Landing, Leakage, Profile, Validation

CLASSES = frozenset(sensitivity.value for sensitivity in Sensitivity)


@check(
    "MLSEC-02",
    phase=Phase.PROBLEM_FRAMING,
    judged_at=Checkpoint.DATA,
    fix="Give each personal column `sensitivity: personal` and `treatment: drop` in config/data.yaml.",
)
def every_personal_field_has_a_treatment(
    data: Data, landing: Landing, profile: Profile, baseline: Baseline, validation: Validation, leakage: Leakage
) -> Verdict:
    """Every column has a sensitivity class, and fields that describe people leave no value in what is prepared."""
    if profile.data_sha256 != landing.sha256:
        return not_met("the scan for personal data is of other rows than those landed")
    unclassed = [name for name in landing.columns if name not in profile.columns]
    unclassed += [name for name, column in profile.columns.items() if column.sensitivity not in CLASSES]
    if unclassed or not profile.columns:
        return not_met(f"no sensitivity class for {', '.join(unclassed[:5]) or 'any column'}")
    treatment = {name: column.treatment for name, column in data.columns.items()}
    raw = [name for name in profile.personal_columns if treatment.get(name, "none") == "none"]
    if raw:
        return not_met(f"{', '.join(raw[:5])} describe people and are left as they are")
    if hashed := [name for name in profile.personal_columns if treatment[name] == "hash"]:
        raise Missing(f"the key and its rotation date for the hashed columns {', '.join(hashed[:5])}")
    if kept := [name for name in profile.personal_columns if name in baseline.columns]:
        return not_met(f"{', '.join(kept[:5])} should be dropped and are still in the prepared data")
    if shown := _shown(frozenset(profile.personal_columns), validation, leakage):
        return not_met(f"the audit's reports show values of {', '.join(shown[:5])}")
    return met(f"{len(profile.columns)} columns classed; {len(profile.personal_columns)} describe people, all dropped")


def _shown(personal: frozenset[str], validation: Validation, leakage: Leakage) -> list[str]:
    named = [rule.column for rule in validation.rules if rule.examples]
    named += [name for leak in leakage.findings if leak.examples for name in leak.columns]
    return sorted(personal.intersection(named))
