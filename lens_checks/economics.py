"""What a business case says against what was measured, and which alternative to training a model was weighed how."""

from config.settings import Alternative, Budget, BusinessCase, Charter
from lens_checks.check import need
from lens_checks.evidence.records import Clock, Release, Training, at_least, at_most

KINDS = ("development", "training", "serving", "upkeep")
ROUNDING = 0.005  # of a stated return, that may come of its figures having been rounded
SECONDS_PER_HOUR = 3600


def of_case(case: BusinessCase, clock: Clock) -> list[str]:
    """Say what is wrong with a case by itself: a kind of cost left out, a return that is not so, a day gone by."""
    faults = [f"no cost of {kind} is stated" for kind in KINDS if not any(line.kind == kind for line in case.costs)]
    roi = case.benefit / case.cost - 1
    if not at_most(abs(roi - case.roi), ROUNDING * max(1.0, abs(roi))):
        faults.append(f"a return of {case.roi:g} is stated, its lines give {roi:.3g}")
    if not at_least(case.roi, 0.0):
        faults.append(f"it brings less than it costs: a return of {case.roi:g}")
    if case.reassess < clock.now.date():
        faults.append(f"it was to be looked at again by {case.reassess}")
    return faults


def of_measured(case: BusinessCase, budget: Budget, training: Training, release: Release) -> list[str]:
    """Hold what training and answering cost, at the charter's price, against what the case states for a month."""
    faults = []
    for kind, seen in measured(case, budget, training, release).items():
        stated = case.monthly(kind)
        if not at_most(seen, stated):
            faults.append(f"{kind} takes {seen:.3g} a month as measured, {stated:g} is stated")
    return faults


def measured(case: BusinessCase, budget: Budget, training: Training, release: Release) -> dict[str, float]:
    """Give what a month of training and of answers costs, as measured, in the charter's currency."""
    hours = training.cpu_seconds / SECONDS_PER_HOUR * case.trainings_per_month
    answering = (
        need(release.server.p50_ms, "how long the server took for an answer")
        / 1000
        / SECONDS_PER_HOUR
        * case.requests_per_month
    )
    return {"training": hours * budget.cpu_hour_price, "serving": answering * budget.cpu_hour_price}


def chosen(charter: Charter) -> Alternative | None:
    """Give the alternative that was taken, if it is just one."""
    taken = [each for each in charter.alternatives if each.chosen]
    return taken[0] if len(taken) == 1 else None


def of_choice(charter: Charter, taken: Alternative, licences: frozenset[str]) -> list[str]:
    """Say why the choice does not follow from the table: outside a limit, or a cheaper one within all of them."""
    if faults := outside(taken, charter, licences):
        return [f"{taken.name} was taken, and {fault}" for fault in faults]
    rivals = [each for each in charter.alternatives if not outside(each, charter, licences)]
    cheapest = min(rivals, key=lambda each: each.cost_monthly)
    if cheapest.cost_monthly < taken.cost_monthly:
        return [f"{cheapest.name} keeps every limit for {cheapest.cost_monthly:g} instead of {taken.cost_monthly:g}"]
    return []


def outside(each: Alternative, charter: Charter, licences: frozenset[str]) -> list[str]:
    """Say which limits of quality, latency, privacy and licence an alternative breaks."""
    kpi, budget = charter.kpis[0], charter.budget
    good = at_least(each.quality, kpi.floor) if kpi.target >= kpi.floor else at_most(each.quality, kpi.floor)
    faults = [] if good else [f"its {kpi.metric} of {each.quality:g} misses {kpi.floor:g}"]
    if not at_most(each.latency_ms, budget.latency_p95_ms):
        faults.append(f"it answers in {each.latency_ms:g} ms, {budget.latency_p95_ms:g} are granted")
    if not each.private:
        faults.append("its rows leave the place")
    if not any(each.licence.startswith(family) for family in licences):
        faults.append(f"its licence {each.licence} is not accepted")
    return faults
