"""What is asked of bias, whichever practice asks: rows before training and answers after it keep their bounds."""

from collections.abc import Iterator

from config.settings import Charter, Policy
from lens_checks.check import Missing
from lens_checks.evidence.records import AttributeBias, BiasBefore, Evaluation, Profile, at_most, finite


def faults(charter: Charter, policy: Policy, profile: Profile, before: BiasBefore, evaluation: Evaluation) -> list[str]:
    """Say what is beyond its bound, in the rows to train on and in the answers, by protected attribute."""
    fairness = charter.fairness
    gaps = {name: evaluation.fairness.gaps.get(name) for name in fairness.attributes}
    wide = [f"{n} {g:.3g}" for n, g in gaps.items() if finite(g) and not at_most(g, fairness.max_gap)]
    found = [f"gap between groups above {fairness.max_gap}: {', '.join(wide)}"] if wide else []
    if before.data_sha256 != profile.data_sha256:
        return [*found, "bias before training was measured on other rows than were profiled"]
    for name, told in before.attributes.items():
        if name in fairness.attributes:
            found += [f"{name} before training: {words}" for words in _beyond(told, policy)]
    return found


def _beyond(told: AttributeBias, policy: Policy) -> Iterator[str]:
    bounds = policy.bounds
    pairs = (
        ("class imbalance", told.imbalance, bounds.group_imbalance),
        ("gap of an outcome's share", told.label_gap, bounds.label_gap),
        ("conditional disparity", told.conditional_disparity, bounds.conditional_disparity),
    )
    for what, figure, bound in pairs:
        if finite(figure) and not at_most(figure, bound):
            yield f"{what} {figure:.3g}, {bound} is accepted"


def need_told(charter: Charter, before: BiasBefore, evaluation: Evaluation) -> None:
    """Ask that every protected group could be told, before training and after it (Missing)."""
    fairness, smallest = charter.fairness, f"(each of {charter.fairness.minimum_group} rows or more)"
    after = [name for name in fairness.attributes if not finite(evaluation.fairness.gaps.get(name))]
    if after:
        raise Missing(f"a gap between the groups of {', '.join(after)} {smallest}")
    if before.conditioned_on != fairness.conditioned_on:
        raise Missing(f"bias before training within {fairness.conditioned_on}, as config/charter.yaml asks")
    untold = [name for name in fairness.attributes if not _told(before.attributes.get(name), before.conditioned_on)]
    if untold:
        raise Missing(f"bias before training by {', '.join(untold)} {smallest}")
    if small := [*_small(evaluation), *_rare(before)]:
        raise Missing(f"what becomes of {', '.join(dict.fromkeys(small[:5]))} {smallest}")


def _told(told: AttributeBias | None, conditioned_on: str) -> bool:
    if told is None or not (finite(told.imbalance) and finite(told.label_gap)):
        return False
    return not conditioned_on or finite(told.conditional_disparity)


def _small(evaluation: Evaluation) -> Iterator[str]:
    groups = evaluation.fairness.attributes.items()
    return (f"{name} {group}" for name, told in groups for group, seen in told.items() if seen.rate is None)


def _rare(before: BiasBefore) -> Iterator[str]:
    groups = before.attributes.items()
    return (f"{name} {group}" for name, told in groups for group, seen in told.groups.items() if seen.outcomes is None)


def in_words(charter: Charter, before: BiasBefore, evaluation: Evaluation) -> str:
    """Say how unlike the groups are, attribute by attribute."""
    told = (
        f"{name}: outcome {before.attributes[name].label_gap:.3g} apart before training, "
        f"answers {evaluation.fairness.gaps[name]:.3g}"
        for name in charter.fairness.attributes
    )
    return "; ".join(told)
