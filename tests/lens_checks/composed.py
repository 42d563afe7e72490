"""A problem that several models answer: what is declared of them, and how each fared alone."""

from typing import Any

from config.settings import Charter
from config.settings.charter import Component
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW
from tests.lens_checks.world import Changes

NAMES = ("flights", "cancellations")


def component(name: str, **change: Any) -> Component:
    """Declare one of the models."""
    told = {"purpose": f"Tells before departure about {name}.", "package": f"rooms.{name}", "endpoint": "http://one"}
    return Component.model_validate(told | change)


def several(
    *, others: tuple[str, ...] = ("cancellations",), declared: tuple[str, ...] = NAMES, found: tuple[str, ...] = (),
    files: int = 7, made: Any = NOW, trial: Any = None, busy: float = 0.3, **change: Any,
) -> Changes:  # fmt: skip
    """Let two models answer; `change` and `trial` are of the second, each is `busy` if not said otherwise."""
    components = {name: component(name) for name in declared} | (
        {"cancellations": component("cancellations", **change)} if change else {}
    )
    tried = {name: r.ComponentTrial(asked=40, failed=0, busy=busy) for name in NAMES}
    if trial is not None:
        tried["cancellations"] = r.ComponentTrial(**{"asked": 40, "failed": 0, "busy": 0.3, **trial})
    return {
        Charter: {"components": components},
        r.Registry: {"others": others},
        r.ComponentTrials: {"made": made, "of": tried},
        r.Couplings: {"files": files, "found": found},
    }


def undeclared() -> Changes:
    """Let a second model stand in the registry that nobody has written of."""
    return {r.Registry: {"others": ("cancellations",)}}
