"""Read how changes are delivered and taken back: runs, commits, the endpoint, what tasks do on failure, backups."""

import ast
import contextlib
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from lens_checks.evidence import orchestration
from lens_checks.evidence.place import NoEvidence, Place, read_record, sha256_of
from lens_checks.evidence.records.delivery import (
    Backup,
    CommittedSource,
    Endpoint,
    KnownRuns,
    TaskPolicies,
    TaskPolicy,
)
from lens_checks.evidence.records.proofs import Drill
from lens_checks.evidence.repository import ask_git
from lens_checks.evidence.tracking import opened, registry

DATA_FLOW = "flows/data_preparation.py"
SIGNATURE = "model.sig"


def backup(place: Place) -> Backup:
    """Read the account of the last backup, and look whether it still lies there."""
    account = read_record(Drill, place.root / "reports/backups/last.json", "run `lifecycle backup`")
    folder = str(account.about.get("folder", ""))
    seen = sha256_of(Path(folder) / "manifest.json") if folder else None
    return Backup(account=account, folder=folder, intact=seen is not None and seen == account.about.get("manifest"))


def task_policies(place: Place) -> TaskPolicies:
    """Read what each task of data preparation declares, from the flow's source."""
    path = place.root / DATA_FLOW
    if not path.is_file():
        raise NoEvidence(f"{DATA_FLOW} is not there: it is the definition of how data is prepared")
    return TaskPolicies(tasks=tuple(_tasks(ast.parse(path.read_text(encoding="utf-8")))))


def _tasks(tree: ast.Module) -> Iterator[TaskPolicy]:
    """Give every task that Prefect's `task` makes here: as a decorator, bare or with arguments, or on a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if _is_task(mark):
                    yield _policy([], node.name)
                elif isinstance(mark, ast.Call) and _is_task(mark.func):
                    yield _policy(mark.keywords, node.name)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and _is_task(node.func.func):
            yield _policy(node.func.keywords, ast.unparse(node.args[0]) if node.args else "nothing")
        elif isinstance(node, ast.Call) and _is_task(node.func) and node.args:
            yield _policy(node.keywords, ast.unparse(node.args[0]))


def _policy(keywords: list[ast.keyword], wraps: str) -> TaskPolicy:
    words = {word.arg: word.value for word in keywords if word.arg}
    seconds = _literal(words.get("timeout_seconds"))
    return TaskPolicy(
        file=DATA_FLOW,
        name=str(_literal(words.get("name")) or wraps),
        wraps=wraps,
        retries=int(_literal(words.get("retries")) or 0),
        timeout_seconds=None if seconds is None else float(seconds),
        conditional="retry_condition_fn" in words,
    )


def _is_task(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "task"


def _literal(node: ast.expr | None) -> str | int | float | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str | int | float) else None


def known_runs(place: Place) -> KnownRuns:
    """Give the ids of the flow runs that Prefect knows: of those that this project's records name, where it runs."""
    url = orchestration.address(place)
    if not url:
        return KnownRuns(ids=place.once(orchestration.stored)[1])
    named = (*_of_versions(place), *orchestration.metered(place))
    return KnownRuns(ids=frozenset(str(row["id"]) for row in orchestration.runs(url, named)))


def _of_versions(place: Place) -> tuple[str, ...]:
    """Name the flow runs that registered the versions on the ladder; none where there is no registry."""
    with contextlib.suppress(NoEvidence):
        return tuple(v.tags.get("flow_run_id", "") for v in place.once(registry).versions if v.aliases)
    return ()


def committed_source(place: Place) -> CommittedSource:
    """Ask git for the commits that versions name, and what lock each of them has."""
    if ask_git(place.root, "rev-parse", "--verify", "HEAD") is None:
        raise NoEvidence("there is no git commit: run `git init`, add the project and commit it")
    return CommittedSource(
        locks=locks_of(place.root, {v.tags.get("commit", "") for v in place.once(registry).versions})
    )


def locks_of(root: Path, commits: Iterable[str]) -> dict[str, str | None]:
    """Give the SHA-256 of the lock of each commit that the repository has; git is asked once, however many they are."""
    asked = sorted(commit for commit in commits if re.fullmatch("[0-9a-f]{7,64}", commit))
    names = [name for commit in asked for name in (f"{commit}^{{commit}}", f"{commit}:./requirements.lock")]
    found = iter(objects(root, names))
    pairs = {commit: (next(found), next(found)) for commit in asked}
    return {
        c: None if lock is None else hashlib.sha256(lock).hexdigest()
        for c, (commit, lock) in pairs.items()
        if commit is not None
    }


def objects(root: Path, names: list[str]) -> Iterator[bytes | None]:
    """Give the content of each of git's objects that are named, None for one that is not there."""
    command = ["git", "-C", str(root), "cat-file", "--batch"]
    told = subprocess.run(command, input="\n".join(names).encode(), capture_output=True, timeout=30, check=True).stdout
    at = 0
    for _ in names:
        line = told[at : told.index(b"\n", at)]
        at += len(line) + 1
        if line.endswith(b"missing"):
            yield None
            continue
        size = int(line.split()[-1])
        yield told[at : at + size]
        at += size + 1


def endpoint(place: Place) -> Endpoint:
    """Read what the champion alias names, and digest its package anew where it lies in reach."""
    from mlflow.exceptions import MlflowException

    name = place.settings.charter.project
    with opened(place) as store:
        try:
            found = store.get_model_version_by_alias(name, "champion")
        except MlflowException as error:
            raise NoEvidence(f"there is no champion ({error.error_code}): run `lifecycle run`") from None
    tags = {key: str(value) for key, value in found.tags.items()}
    folder = Path(str(found.source).removeprefix("file://"))
    return Endpoint(
        version=int(found.version),
        package=tags.get("package"),
        digest=tags.get("digest"),
        on_disk=_digest(folder) if folder.is_dir() else None,
    )


def _digest(folder: Path) -> str:
    """Digest a package as its maker does: path, size and SHA-256 of every file but the signature, as canonical JSON."""
    paths = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())
    named = [(path.relative_to(folder).as_posix(), path) for path in paths]
    listed = [[name, path.stat().st_size, sha256_of(path)] for name, path in named if name != SIGNATURE]
    return hashlib.sha256(json.dumps(listed, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
