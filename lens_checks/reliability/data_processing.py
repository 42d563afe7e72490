"""Reliability while data is processed: every input has an entry that says what it is."""

from config.settings import Data
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Landing, Profile


@check(
    "MLREL-03",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DATA,
    fix="Describe every column of the source in config/data.yaml, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def every_input_is_catalogued(data: Data, landing: Landing, profile: Profile) -> Verdict:
    """Every input has an entry with schema, owner, classification, freshness and licence that fits what was landed."""
    if not landing.sources or not all(source.sha256 for source in landing.sources):
        return not_met("the manifest names no source file, or one without a digest")
    if (landing.licence, landing.owner) != (data.source.licence, data.source.owner):
        return not_met("licence or owner in the manifest differ from config/data.yaml")
    if strange := sorted(set(landing.columns) ^ set(data.columns)):
        return not_met(f"seen or declared, not both: {', '.join(strange[:5])}")
    if profile.data_sha256 != landing.sha256_on_disk:
        return not_met("the entry describes other rows than those that lie in data/landed")
    classes = {name: column.sensitivity.value for name, column in data.columns.items()}
    if differing := [n for n, c in profile.columns.items() if c.sensitivity != classes.get(n)]:
        return not_met(f"classified otherwise than declared: {', '.join(differing[:5])}")
    newest = landing.window.end if landing.window else landing.newest_row
    if not newest:
        raise Missing("freshness: the data has neither a window nor a newest row")
    return met(f"{len(landing.sources)} files, {len(landing.columns)} columns as declared, fresh up to {newest}")
