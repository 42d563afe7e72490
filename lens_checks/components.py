"""What shows that several models answer one problem without hanging on one another: purposes, imports, failures."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from config.settings import Charter, Recovery, Usage
from lens_checks.check import Missing
from lens_checks.evidence.records import Clock, ComponentTrials, Couplings, Registry, finite

SHOWN = 3
FEWEST = 20  # requests to the others while one is down
WHERE = "reports/components.json (docs/upkeep.md)"


def told(charter: Charter, registry: Registry, trials: ComponentTrials) -> set[str]:
    """Name every model that anything says to belong to the project: the charter, the registry, the trials."""
    return {registry.name, *registry.others, *charter.components, *trials.of}


def of_purposes(charter: Charter, registry: Registry, trials: ComponentTrials) -> list[str]:
    """Say which models nobody declared, which are declared and registered nowhere, and which do the same."""
    declared, names = charter.components, told(charter, registry, trials)
    faults = [
        f"{name} stands beside {registry.name}, and `components` in config/charter.yaml does not say what it answers"
        for name in sorted(names - declared.keys() - {registry.name})
    ]
    if declared and registry.name not in declared:
        faults.append(f"`components` in config/charter.yaml does not say what {registry.name} itself answers")
    faults += [f"{name} is registered nowhere" for name in sorted(declared.keys() - {registry.name, *registry.others})]
    alike = defaultdict(list)
    for name, one in declared.items():
        alike[" ".join(one.purpose.casefold().split())].append(name)
    return faults + [f"{' and '.join(names)} have one purpose" for names in alike.values() if len(names) > 1]


def of_imports(couplings: Couplings) -> list[str]:
    """Say where one component reaches into another (Missing where nothing was scanned)."""
    if not couplings.files:
        raise Missing("a scan of the code of the components")
    more = f" and {len(couplings.found) - SHOWN} more" if len(couplings.found) > SHOWN else ""
    told = f"code reaches inside another component: {', '.join(couplings.found[:SHOWN])}{more}"
    return [told] if couplings.found else []


def of_failures(charter: Charter, trials: ComponentTrials, clock: Clock, recovery: Recovery) -> list[str]:
    """Say what failed while another was down (Missing where one was never taken down)."""
    faults: list[str] = []
    if not charter.components:  # what is not declared is told as such
        return faults
    for name in charter.components:
        trial = trials.of.get(name)
        if trial is None or trial.asked < FEWEST:
            raise Missing(f"a trial in which {name} is down and the others are asked {FEWEST} times: {WHERE}")
        if trial.failed != 0:
            faults.append(f"while {name} was down, {trial.failed} of {trial.asked} requests to the others failed")
    age = None if trials.made is None else clock.now - trials.made
    if age is None or not timedelta(0) <= age <= timedelta(days=recovery.drill_days):
        when = f"are of {trials.made:%Y-%m-%d}" if trials.made else "say no date"
        faults.append(f"the trials {when}, {recovery.drill_days} days are accepted")
    return faults


def endpoints(charter: Charter, trials: ComponentTrials) -> Mapping[str, float]:
    """Give how busy each endpoint is: as much as any trial of its models says (Missing where one does not)."""
    busy: dict[str, float] = {}
    for name, one in charter.components.items():
        share = trials.of[name].busy if name in trials.of else None
        if not finite(share):
            raise Missing(f"how busy the endpoint of {name} is: {WHERE}")
        busy[one.endpoint] = max(busy.get(one.endpoint, share), share)
    return busy


def of_sharing(busy: Mapping[str, float], usage: Usage) -> list[str]:
    """Say which two endpoints would fit one, and which figure is no share of a CPU."""
    faults = [f"{at} is busy for {share:g} of its CPU" for at, share in busy.items() if not 0 <= share <= 1]
    least = sorted(busy, key=lambda at: busy[at])[:2]
    if len(least) == 2 and busy[least[0]] + busy[least[1]] <= usage.busiest:
        together = ", ".join(f"{at} ({busy[at]:.0%} busy)" for at in least)
        faults.append(f"one endpoint would do for {together}: up to {usage.busiest:.0%} is agreed")
    return faults
