"""Deletes what nothing names any more or what is kept beyond its time, and looks for what stands idle."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from config.settings import Housekeeping
from tasks import files
from tasks.runlog import LOGS
from tasks.tracking import STATE, Tracking, in_words

REPORT = Path("reports/housekeeping.json")
CACHE = Path(".dvc/cache/files/md5")
DIGEST = re.compile(rb"\b[0-9a-f]{32}\b")
WORKPLACES = ("**/.fetch-*", "**/.compare-*")  # of downloads and comparisons; a killed process leaves its own
RUN, MODEL = re.compile(r"[0-9a-f]{32}"), re.compile(r"m-[0-9a-f]{32}")
SERVICES = {"scoring server": "-m serving", "MLflow": "mlflow server", "Prefect": "prefect server"}
SECONDS = 300.0


@dataclass(frozen=True)
class Removed:
    """How much of one kind was deleted, and how much is still there that should not be."""

    files: int
    bytes: int
    left: int


@dataclass(frozen=True)
class Idle:
    """A process of this project that stands idle."""

    kind: str
    pid: int
    minutes: float


@dataclass(frozen=True)
class Kept:
    """What housekeeping did and saw: reports/housekeeping.json."""

    made: datetime
    flow_run_id: str | None
    removed: dict[str, Removed]
    idle: tuple[Idle, ...]
    schema: int = field(default=1)


def keep_house(rules: Housekeeping, store: Tracking, *, flow_run_id: str | None, root: Path = Path(".")) -> Kept:
    """Delete what is beyond its time, look for what is idle, and write both down."""
    before = files.now() - timedelta(days=rules.orphan_days)
    removed = {
        "rows": _expire(rules, root),
        "logs": _expire_logs(rules, root),
        "cache": _clear_cache(store, before, root),
        "workplaces": _clear_workplaces(before, root),
    }
    removed |= {"deleted runs": _purge(store, rules, before), "artefacts": _clear_artefacts(store, before, root)}
    kept = Kept(files.now(), flow_run_id, removed, tuple(_idle(rules, root)))
    files.write_json(root / REPORT, kept)
    return kept


def _expire(rules: Housekeeping, root: Path) -> Removed:
    late = []
    for name, keep in rules.keep.items():
        before = files.now() - timedelta(days=keep.days)
        found = (path for path in (root / "data" / name).rglob("*") if path.is_file()) if keep.delete else ()
        late += [path for path in found if _is_older(path, before)]
    return _remove(late)


def _expire_logs(rules: Housekeeping, root: Path) -> Removed:
    before = files.now() - timedelta(days=rules.log_days)
    return _remove([path for path in (root / LOGS).glob("*.jsonl") if _is_older(path, before)])


def _clear_workplaces(before: datetime, root: Path) -> Removed:
    return _remove(p for words in WORKPLACES for p in (root / STATE).glob(words) if _is_older(p, before))


def _clear_cache(store: Tracking, before: datetime, root: Path) -> Removed:
    """Delete objects of DVC's cache that no commit, no lock at hand and no run of MLflow names."""
    if not (root / CACHE).is_dir():
        return Removed(0, 0, 0)
    old = [path for path in (root / CACHE).glob("??/*") if _is_older(path, before)]
    named = _named(store, root) if old else frozenset()
    return _remove(path for path in old if path.parent.name + path.name.removesuffix(".dir") not in named)


def _named(store: Tracking, root: Path) -> frozenset[str]:
    """Collect every digest that is named, and what the folders among them hold."""
    texts = [path.read_bytes() for path in (root / "dvc.lock", *(root / "data").glob("*.dvc")) if path.is_file()]
    log = ["git", "log", "--all", "-p", "--format=", "--", "dvc.lock", "*.dvc"]
    texts.append(subprocess.run(log, cwd=root, capture_output=True, timeout=SECONDS, check=False).stdout)
    texts += [value.encode() for value in _revisions(store)]
    named = {found.decode() for text in texts for found in DIGEST.findall(text)}
    folders = [root / CACHE / digest[:2] / f"{digest[2:]}.dir" for digest in named]
    return frozenset(named | {d.decode() for f in folders if f.is_file() for d in DIGEST.findall(f.read_bytes())})


def _revisions(store: Tracking) -> Iterator[str]:
    from mlflow.entities import ViewType

    with in_words(store.uri):
        for version in store.client.search_model_versions(max_results=1000):
            yield from (str(value) for value in version.tags.values())
        token = None
        while token != "":
            page = store.client.search_runs([store.experiment_id], run_view_type=ViewType.ALL, page_token=token)
            yield from (run.data.tags.get("lifecycle.data_revision", "") for run in page)
            token = page.token or ""


def _purge(store: Tracking, rules: Housekeeping, before: datetime) -> Removed:
    """Let MLflow forget the runs that were deleted long ago."""
    late = _deleted(store, before)
    if late:
        command = [sys.executable, "-m", "mlflow", "gc", "--older-than", f"{rules.orphan_days}d"]
        command += ["--backend-store-uri", store.uri, "--run-ids", ",".join(late)]
        environment = os.environ | {"MLFLOW_TRACKING_URI": store.uri}
        subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=False)
    left = len(_deleted(store, before)) if late else 0
    return Removed(len(late) - left, 0, left)


def _deleted(store: Tracking, before: datetime) -> list[str]:
    from mlflow.entities import ViewType

    with in_words(store.uri):
        found = store.client.search_runs([store.experiment_id], run_view_type=ViewType.DELETED_ONLY, max_results=1000)
    limit = before.timestamp() * 1000
    return [run.info.run_id for run in found if (run.info.end_time or run.info.start_time) < limit]


def _clear_artefacts(store: Tracking, before: datetime, project: Path) -> Removed:
    """Delete the project's own folders of artefacts of runs or models that MLflow does not know; no shared ones."""
    with in_words(store.uri):
        place = urlsplit(store.client.get_experiment(store.experiment_id).artifact_location)
    root = Path(unquote(place.path))
    if place.scheme not in ("", "file") or not root.resolve().is_relative_to(project.resolve()):
        return Removed(0, 0, 0)
    kinds = ((root, RUN, store.client.get_run), (root / "models", MODEL, store.client.get_logged_model))
    return _remove(folder for at, name, ask in kinds for folder in _orphans(at, name, ask, store, before))


def _orphans(
    at: Path, name: re.Pattern[str], ask: Callable[[str], object], store: Tracking, before: datetime
) -> Iterator[Path]:
    from mlflow.exceptions import MlflowException

    for folder in at.iterdir() if at.is_dir() else ():
        if not name.fullmatch(folder.name) or folder.is_symlink() or not _is_older(folder, before):
            continue
        try:
            ask(folder.name)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                yield folder


def _remove(paths: Iterable[Path]) -> Removed:
    """Delete files and folders, and count what could not be."""
    chosen = list(paths)
    size = sum(_size(path) for path in chosen)
    for path in chosen:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    left = [path for path in chosen if path.exists()]
    return Removed(len(chosen) - len(left), size - sum(map(_size, left)), len(left))


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) if path.is_dir() else path.stat().st_size


def _is_older(path: Path, before: datetime) -> bool:
    return path.stat().st_mtime < before.timestamp()


def _idle(rules: Housekeeping, root: Path) -> Iterator[Idle]:
    """Find servers that were started in this project, are old enough, and used next to nothing of a CPU since."""
    import psutil

    for process in psutil.process_iter():
        try:
            command, place = " ".join(process.cmdline()), process.cwd()
            age, used = files.now().timestamp() - process.create_time(), sum(process.cpu_times()[:2])
        except (psutil.Error, OSError):
            continue  # it has ended, or is another user's
        kind = next((kind for kind, words in SERVICES.items() if words in command), None)
        old = age >= rules.idle_minutes * 60 and used < rules.idle_share * age
        if kind and old and Path(place).resolve() == root.resolve():
            yield Idle(kind, process.pid, round(age / 60, 1))
