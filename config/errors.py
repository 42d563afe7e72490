"""The ways a command can end other than well, each with its exit code and its next step."""

from config.words import inert


class LifecycleError(Exception):
    """A failure told in words: what was seen, what was expected, the next command."""

    exit_code = 1

    def __init__(self, seen: str, *, expected: str = "", next_step: str = "") -> None:
        seen = inert(seen)
        super().__init__(seen)
        self.seen = seen
        self.expected = inert(expected)
        self.next_step = inert(next_step)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.seen, self.expected, self.next_step)


def _rebuild(kind: type[LifecycleError], seen: str, expected: str, next_step: str) -> LifecycleError:
    return kind(seen, expected=expected, next_step=next_step)


class ConfigError(LifecycleError):
    """A configuration file or an option is wrong: names file, key, what was seen and what is allowed."""

    exit_code = 2


class GateRefused(LifecycleError):
    """A gate said no; the refusal is in the ledger."""

    exit_code = 3


class Superseded(LifecycleError):
    """Another promotion came first: the champion is no longer the one this decision compared against."""

    exit_code = 4


class IntegrityAlarm(LifecycleError):
    """Stored bytes, records or aliases are not what the ledger says they are."""

    exit_code = 5
