"""The restore drill: the endpoint of an earlier version, built from registry, source, lock and settings alone."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from config.errors import LifecycleError
from config.settings import Recovery
from tasks import candidates, checkouts, files, history, trial
from tasks.drills import Practised, Tell, copy_code
from tasks.ledger import Entry
from tasks.registry import Version
from tasks.rollback import ALIAS
from tasks.settlement import fetch_standing
from tasks.stores import Stores
from tasks.trial import Trial

LOCK = "requirements.lock"
DEADLINE_SECONDS = 120.0
# The code of that commit reads the settings of that commit: a later model of the settings might see other values.
PARAMS = "from config.load import load; from tasks import files; print(files.sha256_json(load().params))"


@dataclass(frozen=True)
class Source:
    """Where code, lock and settings of a version were had from, and whether they are those it was made with."""

    origin: str  # "commit <id>" or "the working tree"
    lock: bool
    settings: bool
    installed: bool  # the environment at hand is that of this lock


def restore(place: Path, *, stores: Stores, policy: Recovery, tell: Tell) -> Practised:
    """Build the endpoint of the version before the champion afresh, start it, and ask it the golden rows."""
    entries = stores.trusted()
    number = version_to_restore(entries)
    start = time.monotonic()
    tell(f"Take code, lock and settings of version {number}")
    with rebuilt(stores.registry.version(number), place / "source") as (root, source):
        tell("Fetch the package and verify it")
        package = fetch_standing(number, entries, replace(stores, state=place))
        contract, golden = candidates.read_contract(package)
        tell("Start the scoring server and ask it the golden rows")
        seen = trial.try_server(
            package, contract, golden, keys_folder=stores.ledger.keys, deadline_seconds=DEADLINE_SECONDS,
            requests=trial.FEWEST, code=root,
        )  # fmt: skip
        seconds = time.monotonic() - start
    faults = [*_of_server(seen), *_of_source(source)]
    if seconds > policy.rto_seconds:
        faults.append(f"it took {seconds:.1f} s, {policy.rto_seconds:g} s are allowed")
    about = {
        "champion": history.standing(entries, ALIAS), "digest": package.digest,
        "package_digest": package.package_digest, "signature_verified": package.signature_verified,
        "golden": asdict(seen.golden), "server_started": seen.server.started, "source": asdict(source),
        "rto_seconds": policy.rto_seconds,
    }  # fmt: skip
    done = f"version {number} served again from {source.origin}, {seen.golden.rows} golden rows matched"
    return Practised(not faults, "; ".join(faults) or done, number, round(seconds, 3), about)


def version_to_restore(entries: Sequence[Entry]) -> int:
    """Give the version that served before the champion, or the champion where nothing did (LifecycleError)."""
    number = next(iter(history.served_before(entries)), history.standing(entries, ALIAS))
    if number is None:
        raise LifecycleError(
            "nothing was ever promoted, so there is no endpoint to restore", expected="a champion",
            next_step="lifecycle run",
        )  # fmt: skip
    return number


@contextlib.contextmanager
def rebuilt(version: Version, place: Path) -> Iterator[tuple[Path, Source]]:
    """Lay out code, lock and settings of a version's commit; of the tree where it was made from changes to it."""
    commit = version.tags.get("commit", "")
    if commit and version.tags.get("dirty") == "false":
        with checkouts.worktree(commit, place) as root:
            yield root, _compare(version, root, f"commit {commit[:12]}")
    else:
        copy_code(place)
        yield place, _compare(version, place, "the working tree")


def _compare(version: Version, root: Path, origin: str) -> Source:
    lock = files.sha256_file(root / LOCK) if (root / LOCK).is_file() else None
    here = files.sha256_file(LOCK) if Path(LOCK).is_file() else None
    return Source(
        origin=origin,
        lock=lock is not None and lock == version.tags.get("lock_sha256"),
        settings=_params(root) == version.tags.get("params_sha256"),
        installed=lock == here,
    )


def _params(root: Path) -> str | None:
    told = subprocess.run(
        [sys.executable, "-c", PARAMS], cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    return told.stdout.strip() if told.returncode == 0 else None


def _of_server(seen: Trial) -> list[str]:
    faults = [] if seen.server.started else [f"the server did not start: {seen.server.words}"]
    if seen.server.errors:
        faults.append(f"{seen.server.errors} of {seen.server.requests} requests failed")
    if not (seen.golden.matched and seen.golden.rows):
        faults.append(f"{seen.golden.rows} golden rows, answered {seen.golden.max_difference} apart")
    return faults


def _of_source(source: Source) -> list[str]:
    faults = [] if source.lock else [f"{LOCK} of {source.origin} is not the one it was made with"]
    return faults if source.settings else [*faults, f"the settings of {source.origin} are not those it was made with"]
