"""Planted in the configuration: settings that would make a gate toothless."""

from proving.defect import Stage, planted, variant
from proving.world import World


@planted(
    1,
    "no champion yet, candidate under the absolute floor",
    by="development gate: average_precision >= 0.99",
    at=Stage.EVALUATED,
)
def under_the_floor(world: World) -> None:
    """Ask for more than the candidate reaches."""
    world.change("policy", lambda policy: policy.update(thresholds=[{"metric": "average_precision", "floor": 0.99}]))
    world("run").refused("average_precision is 0.")


@planted(4, "a dry-run or warn-only setting in the policy of champion", by="configuration")
def warn_only(world: World) -> None:
    """Let the champion gate block on nothing; then add a switch."""
    world.set("policy", "gates.champion.measured", [])
    world("run").misconfigured("config/policy.yaml", "gates.champion", "warn-only")
    world.set("policy", "gates.champion", {"measured": ["high"], "attested": ["high"], "dry_run": True})
    world("run").misconfigured("config/policy.yaml", "dry_run", "not a known key")


@planted(11, "an empty list of thresholds", by="configuration")
def no_thresholds(world: World) -> None:
    """Bound nothing."""
    world.set("policy", "thresholds", [])
    world("run").misconfigured("config/policy.yaml", "thresholds")


@variant(1, "of a number", by="development gate: r2 >= 0.99", at=Stage.EVALUATED, problem="diabetes")
def under_the_floor_of_a_number(world: World) -> None:
    """Ask for more than the candidate reaches."""
    world.set("policy", "thresholds.0.floor", 0.99)
    world("run").refused("r2 is 0.")


@variant(1, "of several classes", by="development gate: log_loss <= 0.0001", at=Stage.EVALUATED, problem="wine")
def under_the_floor_of_classes(world: World) -> None:
    """Ask for more than the candidate reaches."""
    world.change("policy", lambda policy: policy["thresholds"].append({"metric": "log_loss", "ceiling": 0.0001}))
    world("run").refused("log_loss is 0.")
