"""Write, audit, publish: prepared data takes its place whole, after it was judged, or not at all."""

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from config.errors import LifecycleError
from config.settings import ColumnType, Data, Role, Settings
from tasks import bias, files, landing, sensitivity, splitting, tables
from tasks.failpoints import failpoint
from tasks.fingerprints import rows_sha256
from tasks.landing import Manifest
from tasks.leakage import Leakage
from tasks.parts import effects, segments
from tasks.personal import protect
from tasks.profiling import profile, reference
from tasks.splitting import Parts

if TYPE_CHECKING:
    from tasks.audit import Audit

LANDED = Path("data/landed")
ATTEMPT = Path("data/attempt")
PREPARED = Path("data/prepared")
QUARANTINE = Path("data/quarantine")
DOCS = Path("reports/data_docs")
KEY = Path(".lifecycle/keys/pseudonyms.key")


@dataclass(frozen=True, eq=False)
class Landed:
    """The snapshot, and its rows, read once and held against its digest."""

    manifest: Manifest
    rows: pd.DataFrame


def read_landed(folder: Path = LANDED) -> Landed:
    """Read the landed snapshot; other bytes than the manifest's are an IntegrityAlarm."""
    manifest = landing.landed(folder)
    if manifest is None:
        raise LifecycleError(
            f"{folder}/manifest.json is not there", expected="a landed snapshot", next_step="run `lifecycle run`"
        )
    return Landed(manifest, tables.read_parquet(folder / "rows.parquet", sha256=manifest.sha256))


def begin_attempt(audit: "Audit", data: Data) -> None:
    """Clear the workplace, write the audit's answer and the profile there, set the offending rows aside for good."""
    shutil.rmtree(ATTEMPT, ignore_errors=True)
    sha256 = audit.validation.data_sha256
    files.write_json(ATTEMPT / "validation.json", audit.validation)
    files.write_json(ATTEMPT / "profile.json", profile(audit.accepted, data, data_sha256=sha256))
    if len(audit.caught):
        tables.write_parquet(_storable(audit.caught), quarantine(sha256))


def quarantine(data_sha256: str) -> Path:
    """Name the file of the rows that were set aside when these data were audited."""
    return QUARANTINE / f"{data_sha256[:12]}.parquet"


def part_rows(audit: "Audit", settings: Settings) -> Parts:
    """Treat protected columns as declared, and part the rows that passed."""
    data = settings.data
    kept = settings.charter.fairness.attributes
    return splitting.split(protect(audit.accepted, data, kept=kept, key=KEY), data, settings.params.split)


def write_attempt(audit: "Audit", parts: Parts, leakage: Leakage, settings: Settings) -> None:
    """Write parts, leaks, split and baseline; the same rows give the same bytes."""
    data, columns = settings.data, published_columns(settings)
    digests = {n: tables.write_parquet(part[columns], ATTEMPT / f"{n}.parquet") for n, part in parts}
    sha256 = audit.validation.data_sha256
    split = {
        "schema": 1,
        "data_sha256": sha256,
        "strategy": parts.strategy,
        "parts": {
            n: _about(part, data) | {"sha256": digests[n], "rows_sha256": rows_sha256(part[columns])}
            for n, part in parts
        },
        "left_out": {why: len(rows) for why, rows in parts.left_out.items()},
        "effects": effects(parts, data),
        "segments": segments(parts, settings.params.slices, settings.params.split.required),
        "overlap_rows": leakage.overlap_rows,
        "landed_rows": audit.validation.rows + audit.validation.quarantined,
        "dropped_rows": audit.validation.quarantined,
        "readmitted_rows": readmitted(audit.accepted, audit.caught),
    }
    files.write_json(ATTEMPT / "split.json", split)
    files.write_json(ATTEMPT / "leakage.json", leakage)
    told = sensitivity.derived(parts, columns, data, data_sha256=sha256)
    files.write_json(ATTEMPT / sensitivity.FILE, told)
    charter, train = settings.charter, parts.train
    before = bias.before_training(train, data, rules=charter.fairness, problem=charter.problem_type, data_sha256=sha256)
    files.write_json(ATTEMPT / bias.FILE, before)
    files.write_json(ATTEMPT / "reference.json", _known(asdict(reference(train, data))))


def readmitted(accepted: pd.DataFrame, caught: pd.DataFrame) -> int:
    """Count the rows that go on although a row that equals them was set aside."""
    names = [name for name in accepted.columns if name in caught.columns]
    left = accepted
    for name in names if len(caught) else ():  # column by column: few rows are left after the first
        left = left[left[name].astype("str").isin(caught[name].astype("str"))]
    if caught.empty or left.empty:
        return 0
    aside = set(caught[names].astype("str").itertuples(index=False, name=None))
    return sum(row in aside for row in left[names].astype("str").itertuples(index=False, name=None))


def published_columns(settings: Settings) -> list[str]:
    """Name the columns of the parts: none that is dropped, ignored or known only later, unless it is measured by."""
    charter, data = settings.charter, settings.data
    measured = {*charter.fairness.attributes, *settings.params.slices, charter.rule_baseline.column}
    plain = {n for n, c in data.columns.items() if c.treatment != "drop" and c.role is not Role.IGNORED}
    known = {n for n, c in data.columns.items() if c.known_at_prediction or c.role is Role.TARGET}
    return [name for name in data.columns if name in measured or (name in plain and name in known)]


def publish() -> dict[str, int]:
    """Put the attempt in the place of what was published, in two renames; give the rows of each part."""
    old = PREPARED.with_name(".prepared.old")
    shutil.rmtree(old, ignore_errors=True)
    if PREPARED.exists():
        os.rename(PREPARED, old)
    failpoint("prepare.publishing")
    os.rename(ATTEMPT, PREPARED)
    files.sync_folder(PREPARED.parent)
    shutil.rmtree(old, ignore_errors=True)
    return {name: part["rows"] for name, part in files.read_json(PREPARED / "split.json")["parts"].items()}


def recover_published() -> None:
    """Bring back what was published last, if a crash came between the two renames."""
    old = PREPARED.with_name(".prepared.old")
    if old.exists() and not PREPARED.exists():
        os.rename(old, PREPARED)


def _about(part: pd.DataFrame, data: Data) -> dict[str, Any]:
    """Describe a part: rows, span of time, and how many rows are positive where the target is binary."""
    times = part[data.time_column] if data.time_column else None
    kind, classes = data.columns[data.target].type, data.columns[data.target].allowed or ()
    positive = data.positive or ("True" if kind is ColumnType.BOOLEAN else classes[-1] if len(classes) == 2 else None)
    positives = None if positive is None else int((part[data.target].astype("str") == positive).sum())
    return {
        "rows": len(part),
        "start": times.min().isoformat() if times is not None else None,
        "end": times.max().isoformat() if times is not None else None,
        "positives": positives,
    }


def _known(value: Any) -> Any:
    """Leave out what is not known, so that a reader sees no null edges beside categories."""
    if not isinstance(value, dict):
        return value
    return {name: _known(item) for name, item in value.items() if item is not None}


def _storable(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({name: "str" for name in rows.columns if rows[name].dtype == object})
