"""The drill of scaling on the champion: the real server, told to follow the policy of config/runtime.yaml in haste."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import LifecycleError
from config.settings import Settings
from config.settings.serving import Serving
from flows import progress
from tasks import drills_scale, files, history, load, settlement
from tasks.drills import Practised

if TYPE_CHECKING:
    from tasks.stores import Stores


def scale(place: Path, stores: "Stores", settings: Settings) -> Practised:
    """Let the server on the champion grow and shrink, with everything that it writes in a scratch place."""
    entries = stores.trusted()
    standing = history.standing(entries, "champion")
    if standing is None:
        raise LifecycleError("there is no champion to serve", expected="a promoted model", next_step="lifecycle run")
    from tasks.candidates import read_contract

    golden = read_contract(settlement.fetch_standing(standing, entries, stores))[1]
    usage, serving = settings.charter.usage, settings.runtime.serving
    requests = load.requests_of(golden.records, rows=usage.rows_per_request if usage else 1)
    told = _options(place, serving, stores, settings)
    command = [sys.executable, "-m", "serving", "--options", str(told), "--parent", str(os.getpid())]
    return drills_scale.scale(command, requests, serving=serving, version=standing, tell=progress.tell)


def _options(place: Path, serving: Serving, stores: "Stores", settings: Settings) -> Path:
    """Write what the server is told: the policy in force, on loopback, without keys, log and capture, in haste."""
    from serving.options import Options

    own = serving.model_copy(
        update={
            "host": "127.0.0.1", "allowed_hosts": (), "ask_keys": False, "access_log": "", "certificate": "",
            "limits": serving.limits.model_copy(update={"per_minute": 0}),
            "capture": serving.capture.model_copy(update={"share": 0.0}),
            "scaling": serving.scaling.model_copy(update=drills_scale.CLOCK),
        }
    )  # fmt: skip
    options = Options(
        model=stores.registry.model, tracking_uri=settings.runtime.tracking_uri, ledger=settings.runtime.ledger,
        keys=str(stores.ledger.keys), state=str(place), serving=own,
    )  # fmt: skip
    return files.write_bytes_atomically(place / "options.json", options.model_dump_json().encode(), mode=0o600)
