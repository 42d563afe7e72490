"""What shows that people are out of the data, and that no more is kept than is needed, for no longer."""

from datetime import datetime, timedelta

from config.settings import Charter, Data, Params, Role
from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Clock,
    Copies,
    Derived,
    Expiry,
    Explanation,
    Landing,
    ModelVersion,
    Parts,
    Profile,
    Storage,
    at_most,
    finite,
)

AGE = timedelta(days=45)  # of the log of removals: runs are monthly
KEPT = "data/quarantine/"


def of_raw(derived: Derived, charter: Charter) -> list[str]:
    """Name what looks like personal data and is published as it came; protected attributes are measured by."""
    allowed = {*charter.fairness.attributes, *derived.treated}
    raw = {finding.column: finding.pattern for finding in derived.found if finding.column not in allowed}
    raw |= {n: c for n, c in derived.columns.items() if c in ("personal", "special") and n not in allowed}
    return [f"published as they came: {', '.join(f'{n} ({what})' for n, what in list(raw.items())[:5])}"] if raw else []


def of_tag(derived: Derived, profile: Profile, version: ModelVersion) -> list[str]:
    """Say where a class got lost on the way from the landed column to the prepared one, and to the model."""
    lost = [n for n, c in derived.columns.items() if n not in profile.columns or profile.columns[n].sensitivity != c]
    faults = [f"classed otherwise than when landed: {', '.join(lost[:5])}"] if lost else []
    if (tag := version.tags.get("sensitivity", "")) != derived.highest:
        faults.append(f"version {version.version} is tagged {tag or 'nothing'}, its rows are {derived.highest}")
    return faults


def of_groups(derived: Derived, data: Data) -> list[str]:
    """Hold what was declared of anonymity against what was measured (Missing: nobody recorded it)."""
    privacy = data.privacy
    if privacy.epsilon is not None:
        raise Missing("the epsilon that training kept to: no estimator here records one")
    if privacy.k_anonymity is not None and derived.people:
        k = need(derived.smallest_group, "the smallest group of people")
        if k < privacy.k_anonymity:
            return [f"the smallest group has {k} rows, {privacy.k_anonymity} were declared"]
    return []


def of_impact(derived: Derived, profile: Profile, data: Data) -> list[str]:
    """Ask for an impact assessment where the prepared rows tell of people (Missing: there is none)."""
    people = {*derived.people, *(name for name in profile.personal_columns if name in derived.columns)}
    if people and not data.privacy.impact_assessment.strip():
        raise Missing(f"an impact assessment of {', '.join(sorted(people)[:5])}: `privacy` of config/data.yaml")
    return []


def of_columns(derived: Derived, data: Data, charter: Charter, params: Params) -> list[str]:
    """Name published columns that nothing needs (Missing: needed, and nobody said what for)."""
    measured = {*charter.fairness.attributes, *params.slices, charter.rule_baseline.column}
    declared = {n for n, c in data.columns.items() if c.role is not Role.IGNORED and c.treatment != "drop"}
    if idle := sorted(set(derived.columns) - declared - measured):
        return [f"published, and needed by nothing: {', '.join(idle[:5])}"]
    if silent := [n for n in derived.columns if not data.columns[n].description.strip()]:
        raise Missing(f"what {', '.join(silent[:5])} is needed for: `description` in config/data.yaml")
    return []


def of_age(parts: Parts, landing: Landing, data: Data) -> list[str]:
    """Name the parts that begin before the retention allows (Missing: no bound, or no time to tell by)."""
    days = need(data.retention_days, "how long rows may be kept: `retention_days` of config/data.yaml")
    newest = need(landing.window.end if landing.window else landing.newest_row, "the time of the newest row")
    first = _time(newest) - timedelta(days=days)
    starts = {name: need(part.start, f"the time of the oldest row of {name}") for name, part in parts.parts.items()}
    return [
        f"{name} begins on {start[:10]}, before {first:%Y-%m-%d}"
        for name, start in starts.items()
        if _time(start) < first
    ]


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else datetime.fromisoformat(f"{text[:10]}T00:00:00+00:00")


def of_expiry(expiry: Expiry, storage: Storage, data: Data, clock: Clock) -> list[str]:
    """Say whether removal ran lately, by the same rule, and whether anything is there that should have gone."""
    faults = []
    if clock.now - expiry.made > AGE:
        faults.append(f"what is too old was last removed on {expiry.made:%Y-%m-%d}")
    if expiry.retention_days != data.retention_days:
        faults.append(f"removal went by {expiry.retention_days} days, config/data.yaml says {data.retention_days}")
    there = {file.path for file in storage.files}
    if left := [gone.path for gone in expiry.removed if gone.path in there]:
        faults.append(f"on the log of what was removed, and still there: {', '.join(left[:5])}")
    aside, days = [file for file in storage.files if file.path.startswith(KEPT)], data.retention_days
    late = [file.path for file in aside if days and clock.now - file.modified > timedelta(days=days)]
    return faults + ([f"kept for too long: {', '.join(late[:5])}"] if late else [])


def of_copies(copies: Copies, landing: Landing, profile: Profile) -> list[str]:
    """Name the copies under version control that are no sample, or that tell of people."""
    whole = [copy.path for copy in copies.files if copy.rows >= landing.rows]
    faults = [f"a whole copy of the rows, under version control: {', '.join(whole[:5])}"] if whole else []
    people = [copy.path for copy in copies.files if set(copy.columns) & set(profile.personal_columns)]
    return faults + ([f"a copy with columns that tell of people: {', '.join(people[:5])}"] if people else [])


def idle_features(explanation: Explanation) -> tuple[str, ...]:
    """Name the features that carry nothing (Missing: an importance is not a number)."""
    figures = explanation.figures
    if not figures or not all(finite(value) for value in figures.values()):
        raise Missing("the importance of every feature")
    return tuple(name for name, value in figures.items() if at_most(value, 0))
