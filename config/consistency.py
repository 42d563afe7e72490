"""What the files must agree on, checked before a row is read."""

from collections.abc import Iterable, Iterator, Mapping

from config.problems import Problem, dotted, nearest, source
from config.settings import ProblemType, Role, Settings
from config.yaml_text import Key

Sources = Mapping[str, Mapping[Key, str]]


def contradictions(settings: Settings, sources: Sources) -> Iterator[Problem]:
    """Find values that are well-formed alone and wrong together."""
    for name, key, seen, allowed in (*_columns(settings), *_split(settings), *_framing(settings), *_crons(settings)):
        yield Problem(f"{source(name, key, sources[name])}: {dotted(key)}", seen, allowed)


Found = Iterable[tuple[str, Key, str, str]]


def _columns(settings: Settings) -> Found:
    """Every column that is named somewhere is declared in data.yaml."""
    known = settings.data.columns
    if not known:
        return
    named: list[tuple[str, Key, str]] = [
        *(("params", ("slices", i), name) for i, name in enumerate(settings.params.slices)),
        *(("charter", ("fairness", "attributes", i), n) for i, n in enumerate(settings.charter.fairness.attributes)),
        *(("data", ("leakage_allowances", name), name) for name in settings.data.leakage_allowances),
        *(("data", ("shift_allowances", name), name) for name in settings.data.shift_allowances),
        *(("params", ("split", "required", name), name) for name in settings.params.split.required),
    ]
    if settings.charter.fairness.conditioned_on:
        named.append(("charter", ("fairness", "conditioned_on"), settings.charter.fairness.conditioned_on))
    if settings.charter.rule_baseline.column:
        named.append(("charter", ("rule_baseline", "column"), settings.charter.rule_baseline.column))
    for file, key, name in named:
        if name not in known:
            yield file, key, f"saw {name!r}, which is no column of config/data.yaml", nearest(name, known)


def _split(settings: Settings) -> Found:
    """A split has the columns it goes by, and asks for no value that the contract or the treatment rules out."""
    data, params = settings.data, settings.params.split
    roles = [column.role for column in data.columns.values()]
    for needs, role in (("time", Role.TIME), ("group", Role.GROUP)):
        if needs in params.criteria and data.columns and role not in roles:
            seen = f"saw {params.strategy!r}, but no column of config/data.yaml has role {needs!r}"
            yield "params", ("split", "strategy"), seen, "give one column that role, or split by fingerprint"
    for name, column in ((n, data.columns[n]) for n in params.required if n in data.columns):
        if column.treatment == "drop" and name not in settings.charter.fairness.attributes:
            seen = f"saw {name!r}, which config/data.yaml drops before rows are parted"
            yield "params", ("split", "required", name), seen, "a column that is kept"
        for value in (v for v in params.required[name] if column.allowed and v not in column.allowed):
            seen = f"saw {value!r}, which {name} may not hold"
            yield "params", ("split", "required", name, value), seen, nearest(value, column.allowed or ())


def _framing(settings: Settings) -> Found:
    """Fairness is either asked for or reasoned away; a binary target says what is positive."""
    fairness = settings.charter.fairness
    if not fairness.attributes and len(fairness.reason.split()) < 4:
        seen = f"saw {fairness.reason!r} and no protected attributes"
        yield "charter", ("fairness", "reason"), seen, "attributes to protect, or a sentence why there are none"
    if settings.charter.problem_type is not ProblemType.BINARY and settings.data.positive is not None:
        seen = f"saw {settings.data.positive!r}, but problem_type is {settings.charter.problem_type}"
        yield "data", ("positive",), seen, "null, unless charter.yaml says problem_type: binary"


def _crons(settings: Settings) -> Found:
    """A schedule has the five fields of cron."""
    for room, text in (
        ("monitoring", settings.policy.monitoring.cron),
        ("retraining", settings.policy.retraining.cron),
    ):
        if len(text.split()) != 5:
            yield "policy", (room, "cron"), f"saw {text!r}", 'five fields: minute hour day month weekday ("0 6 1 * *")'
