"""Narrows a review to some pillars, phases, checkpoints, verdicts or risks, named by words, prefixes or ids."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields

from config.errors import ConfigError
from config.settings import Risk
from lens_checks.check import PILLAR_OF_PREFIX, Checkpoint, Outcome, Phase, Pillar
from lens_checks.checkpoint import By, PracticeResult

STATES = (*(outcome.value for outcome in Outcome), By.WAIVED.value)
# The ids by which AWS's tool knows the pillars.
AWS_PILLARS = {
    Pillar.OPERATIONAL_EXCELLENCE: "operationalExcellence",
    Pillar.SECURITY: "security",
    Pillar.RELIABILITY: "reliability",
    Pillar.PERFORMANCE_EFFICIENCY: "performance",
    Pillar.COST_OPTIMIZATION: "costOptimization",
    Pillar.SUSTAINABILITY: "sustainability",
}
ALIASES = {
    "pillar": {
        **{prefix: pillar.value for prefix, pillar in PILLAR_OF_PREFIX.items()},
        **{id: pillar.value for pillar, id in AWS_PILLARS.items()},
        "mlops": Pillar.OPERATIONAL_EXCELLENCE.value,
        "mlperf": Pillar.PERFORMANCE_EFFICIENCY.value,
    },
    "verdict": {"n/a": Outcome.NOT_APPLICABLE.value},
}
VALUES: dict[str, tuple[str, ...]] = {
    "pillar": tuple(pillar.value for pillar in Pillar),
    "phase": tuple(phase.value for phase in Phase),
    "checkpoint": tuple(checkpoint.value for checkpoint in Checkpoint),
    "verdict": STATES,
    "risk": tuple(risk.value for risk in Risk),
}
SHOWS: dict[str, Callable[[PracticeResult], str]] = {
    "pillar": lambda result: result.pillar.value,
    "phase": lambda result: result.phase.value,
    "checkpoint": lambda result: result.checkpoint.value,
    "verdict": lambda result: result.state,
    "risk": lambda result: result.risk.value,
}


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What of the lens is asked for; an empty part asks for all."""

    pillar: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    checkpoint: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        return ", ".join(f"{name} {' or '.join(words)}" for name, words in self._asked())

    def admits(self, result: PracticeResult) -> bool:
        """Tell whether a practice is among what is asked for."""
        return all(SHOWS[name](result) in words for name, words in self._asked())

    def _asked(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        parts = ((field.name, getattr(self, field.name)) for field in fields(self))
        return (part for part in parts if part[1])


WHOLE = Selection()


def select(**words: Iterable[str]) -> Selection:
    """Find the values that words stand for: the whole, its beginning, or that of one of its words (ConfigError)."""
    return Selection(**{name: tuple(dict.fromkeys(_find(name, word) for word in said)) for name, said in words.items()})


def _find(name: str, word: str) -> str:
    names = {value: value for value in VALUES[name]} | ALIASES.get(name, {})
    wanted = _tight(word)
    ways: tuple[Callable[[str], bool], ...] = (
        lambda known: _tight(known) == wanted,
        lambda known: _tight(known).startswith(wanted),
        lambda known: any(_tight(end).startswith(wanted) for end in _ends(known)),
    )
    for way in ways if wanted else ():
        if len(found := {value for known, value in names.items() if way(known)}) == 1:
            return found.pop()
    raise ConfigError(
        f"--{name}: saw {word!r}, which names none or several",
        expected=f"one of {', '.join(value.replace(' ', '-') for value in VALUES[name])}, or the beginning of one",
        next_step="say it again with one of these",
    )


def _tight(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _ends(text: str) -> Iterator[str]:
    words = text.replace("_", " ").split()
    return (" ".join(words[start:]) for start in range(1, len(words)))
