"""A commit and a data revision laid out in a folder of their own, and cleared away however the work there ends."""

import contextlib
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from tasks import files, versioning

if TYPE_CHECKING:
    from dvc.repo import Repo

SECONDS = 300


@contextlib.contextmanager
def worktree(commit: str, place: Path) -> Iterator[Path]:
    """Check a commit out as a git worktree and give the project's folder in it; it is gone afterwards (GateRefused)."""
    if _git("cat-file", "-e", f"{commit}^{{commit}}") is None:
        raise GateRefused(
            f"commit {commit[:12]} is not in this repository", expected="the commit that the version was trained from",
            next_step="fetch it: git fetch --all --unshallow, or from the clone where it was trained",
        )  # fmt: skip
    clear(place)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # Without hooks: what a checkout runs here is nobody's business.
        added = _run("git", "-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", "--quiet", place, commit)
        if added.returncode != 0:
            raise LifecycleError(f"git worktree: {added.stderr.strip()[-300:]}", expected="a checkout of the commit")
        yield place / (_git("rev-parse", "--show-prefix") or "").strip()
    finally:
        clear(place)


def clear(place: Path) -> None:
    """Remove a worktree, or what a killed process left of one."""
    if place.exists():
        _git("worktree", "remove", "--force", "--force", str(place))
    shutil.rmtree(place, ignore_errors=True)
    _git("worktree", "prune")


def _git(*arguments: str) -> str | None:
    answer = _run("git", *arguments)
    return answer.stdout if answer.returncode == 0 else None


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS, check=False)


def lay_out(revision: str, destination: Path) -> None:
    """Copy a folder's DVC revision from cache or remote, each file held against its digest (GateRefused on a gap)."""
    with versioning.repository() as repo:
        listing = _object(repo, revision, revision)
        for item in json.loads(listing):
            target = destination / item["relpath"]
            if not target.resolve().is_relative_to(destination.resolve()):
                raise IntegrityAlarm(f"data revision {revision} names a file outside of it: {item['relpath']}")
            files.write_bytes_atomically(target, _object(repo, item["md5"], revision))


def _object(repo: "Repo", oid: str, revision: str) -> bytes:
    """Read one object of the cache, fetched from the remote if need be, and see that it is what its name says."""
    path = Path(repo.cache.local.oid_to_path(oid))
    if not path.is_file():
        _fetch(repo, revision)
    if not path.is_file():
        raise GateRefused(
            f"data revision {revision} is not whole: {oid} is neither in DVC's cache nor in a remote",
            expected="the rows that the version was trained on",
            next_step="bring the cache back (`lifecycle backup` and DVC remotes keep it), or `dvc pull`",
        )
    content = path.read_bytes()
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != oid.removesuffix(".dir"):
        raise IntegrityAlarm(
            f"{path} in DVC's cache was changed: it is not what its name says",
            expected=f"an object with the MD5 {oid}",
            next_step=f"remove {path}, then `dvc pull`, or bring the cache back from a backup",
        )
    return content


def _fetch(repo: "Repo", revision: str) -> None:
    from dvc.exceptions import DvcException
    from dvc_data.hashfile.hash_info import HashInfo

    wanted: list[Any] = [HashInfo("md5", revision)]
    with contextlib.suppress(DvcException):  # no remote, or none that has it: the caller looks again
        repo.cloud.pull(wanted)
