"""Security while the business goal is identified: data and software that may lawfully be used."""

from config.settings import Data, Policy
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Baseline, Clock, Landing, LicenceInventory, Profile

LEARNING = ("learning", "model", "predict", "training", "any purpose")


@check(
    "MLSEC-01",
    phase=Phase.BUSINESS_GOAL,
    judged_at=Checkpoint.DATA,
    fix="State licence, purpose and legal basis under `source` in config/data.yaml, licences in config/policy.yaml.",
)
def data_and_software_may_be_used(
    data: Data,
    policy: Policy,
    landing: Landing,
    profile: Profile,
    baseline: Baseline,
    licences: LicenceInventory,
    clock: Clock,
) -> Verdict:
    """The data may be used for machine learning, and every package has a licence that is accepted."""
    source = data.source
    if (landing.licence, landing.purpose, landing.owner) != (source.licence, source.purpose, source.owner):
        return not_met("the landed snapshot states other terms than config/data.yaml: land it again")
    if not any(word in source.purpose.casefold() for word in LEARNING):
        return not_met(f"the permitted purpose is {source.purpose!r}, which does not name machine learning")
    if source.permitted_until and source.permitted_until < clock.now.date():
        return not_met(f"the permission ended on {source.permitted_until}")
    outside = licences.outside(frozenset(policy.licences.accepted))
    if refused := [f"{n} ({says})" for n, says in outside.items() if not policy.licences.allowances.get(n, "").strip()]:
        return not_met(f"licences not accepted: {', '.join(refused[:5])}")
    if not licences.licences:
        raise Missing("the licence of any installed package")
    people = profile.personal_in(baseline)
    if people and not source.legal_basis.strip():
        return not_met(f"no legal basis is stated, yet {', '.join(people[:5])} describe people")
    if people:
        raise Missing("a record of who withdrew consent, and that none of their rows is left")
    return met(
        f"{source.licence} from {source.owner} for {source.purpose}; {_dropped(profile)}; "
        f"{len(licences.licences)} packages under accepted licences, {len(outside)} allowed with a reason"
    )


def _dropped(profile: Profile) -> str:
    people = ", ".join(profile.personal_columns[:5])
    return f"{people} describe people and are dropped before training" if people else "no column describes people"
