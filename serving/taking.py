"""Brings a champion onto the server's own disk, in a process of its own: fetched, verified, loaded, asked, then kept.

Nothing of the registry's client, and nothing of a model that may crash or hang, comes into the process that answers.
"""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from config.errors import IntegrityAlarm, LifecycleError
from serving.kept import Admission, Shelf, verify
from serving.options import Options
from tasks import files, locks
from tasks.ledger import Entry

SECONDS = 120


def take(admission: Admission, options_file: Path, shelf: Shelf) -> Path:
    """Give the kept package of an admission, bringing it there first where it is not (LifecycleError)."""
    with locks.held(shelf.folder / ".lock", patience_seconds=SECONDS, by="another worker taking up a model"):
        if (found := shelf.find(admission)) is not None:
            return found
        asked = {"version": admission.version, "entry": files.plain(admission.decision), "move": admission.move}
        asked |= {"shelf": shelf.folder.name}
        command = [sys.executable, "-m", "serving.taking", str(options_file)]
        try:
            done = subprocess.run(
                command, input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS, start_new_session=True
            )
        except subprocess.TimeoutExpired as error:
            raise IntegrityAlarm(f"version {admission.version} was not loaded and asked in {SECONDS} s") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"signal {-done.returncode}"]
            raise IntegrityAlarm(f"version {admission.version} was not taken up: {said[0][:500]}")
        if (found := shelf.find(admission)) is None:
            raise IntegrityAlarm(
                f"version {admission.version} was kept, and does not verify here: it was changed, or other libraries "
                "made it than this server has loaded: start it anew"
            )
        return found


def main(options_file: Path) -> int:
    """Fetch, verify, try and keep the version that standard input names."""
    options = Options.read(options_file)
    asked = json.load(sys.stdin)
    admission = Admission(asked["version"], Entry(**asked["entry"]), asked["move"])
    shelf = Shelf(options.home / asked["shelf"], Path(options.keys))
    place = options.home / "fetched" / f"{asked['shelf']}-{admission.version}"  # the next try clears what a crash left
    try:
        from tasks import isolation

        folder = _nearby(admission, options) or _fetch(admission, options, place)
        verify(folder, admission, shelf.keys)
        isolation.limit(SECONDS, isolation.MEMORY_BYTES)  # this process may crash or hang: nobody else does
        isolation.compare(folder)
        shelf.put(folder, admission)
    except LifecycleError as error:
        print(error.seen, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return 0


def _nearby(admission: Admission, options: Options) -> Path | None:
    """Find the package that the promotion on this machine has fetched and left."""
    folder = Path(options.state) / "models" / str(admission.version)
    with contextlib.suppress(LifecycleError, OSError):
        verify(folder, admission, Path(options.keys))
        return folder
    return None


def _fetch(admission: Admission, options: Options, place: Path) -> Path:
    import mlflow

    from tasks.registry import Registry

    mlflow.set_tracking_uri(options.tracking_uri)
    client = mlflow.MlflowClient(options.tracking_uri, options.tracking_uri)
    registry = Registry(client, options.model, options.tracking_uri)
    return registry.fetch(registry.version(admission.version).source, place)


if __name__ == "__main__":
    from config import environment

    environment.prepare()
    sys.exit(main(Path(sys.argv[1])))
