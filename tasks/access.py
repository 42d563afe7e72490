"""The trial of the doors: who is let in, how often, whose name the log has, and whether probing is noticed."""

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings.serving import Serving
from tasks import files
from tasks.consumers import add_consumer
from tasks.contracts import Call, Server
from tasks.scoring import Contract, Golden

KNOWN, BUSY, PROBER = "trial", "trial-busy", "trial-prober"
PER_MINUTE = 20  # of the consumer that asks too often
TOO_MANY = 5
WIDE = 6  # columns from which rows that agree in most of them are nearly the same
MARGIN = 10  # more probes than are needed, for the first of each kind resembles none
SUSPECTS = re.compile(rb"^lifecycle_probing_consumers\S* (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Limited:
    """A consumer that may ask so often a minute, and asked more: what was answered, and what refused."""

    per_minute: int
    sent: int
    answered: int
    refused: int


@dataclass(frozen=True)
class Probed:
    """Requests that were nearly the same, and how many consumers the server said to probe, before and after."""

    sent: int
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Access:
    """What the doors did: statuses without a key, with one that nobody has, and with one; and the log's own words."""

    anonymous: int
    unknown: int
    known: int
    consumer: str
    logged: str | None
    marked: int  # lines of the log that say that a consumer probes
    limited: Limited
    probed: Probed


@dataclass(frozen=True)
class Doors:
    """What a server under trial is told: to ask for keys, of whom, and where to write its log."""

    folder: Path
    keys: dict[str, str]

    @property
    def settings(self) -> Path:
        """The file of the settings."""
        return self.folder / "serving.json"

    @property
    def log(self) -> Path:
        """The access log."""
        return self.folder / "access.log"

    def headers(self, consumer: str = KNOWN) -> dict[str, str]:
        """Give what lets a consumer in."""
        return {"Authorization": f"Bearer {self.keys[consumer]}"}


@contextlib.contextmanager
def doors(serving: Serving) -> Iterator[Doors]:
    """Make a list of consumers of this trial alone, and settings that ask for their keys; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="trial-") as place:
        folder = Path(place)
        listed = folder / "consumers.json"
        shares = {KNOWN: 0, BUSY: PER_MINUTE, PROBER: 0}
        keys = {name: add_consumer(listed, name, days=2, per_minute=share) for name, share in shares.items()}
        made = Doors(folder, keys)
        told = serving.model_copy(
            update={"keys_file": str(listed), "access_log": str(made.log), "ask_keys": True, "certificate": ""}
        )
        files.write_bytes_atomically(made.settings, told.model_dump_json().encode(), mode=0o600)
        yield made


def try_doors(server: Server, made: Doors, contract: Contract, golden: Golden, serving: Serving) -> Access:
    """Knock without a key, with a false one and with a true one; ask too often; ask nearly the same (OSError)."""
    body = json.dumps({"dataframe_records": golden.records[:1]}).encode()

    def knock(headers: dict[str, str], body: bytes = body) -> int:
        kind = "application/json"
        return Server(server.connection, headers).ask(Call("", "post", "/invocations", kind, body))[0]

    busy = [knock(made.headers(BUSY)) for _ in range(PER_MINUTE + TOO_MANY)]
    before = _suspects(server)
    probes = list(_probes(contract, golden, serving.probing.least + MARGIN))
    for probe in probes:
        knock(made.headers(PROBER), probe)
    return Access(
        anonymous=knock({}), unknown=knock({"Authorization": "Bearer nobody-has-this-key"}),
        known=knock({**made.headers(), "X-Request-Id": KNOWN}), consumer=KNOWN, logged=None, marked=0,
        limited=Limited(PER_MINUTE, len(busy), busy.count(200), busy.count(429)),
        probed=Probed(len(probes), before, _suspects(server)),
    )  # fmt: skip


def read_log(made: Doors) -> tuple[str | None, int]:
    """Give whose name the log has beside the request of the known consumer, and how many lines say that one probes."""
    lines = made.log.read_bytes().splitlines() if made.log.is_file() else []
    told: list[dict[str, Any]] = [json.loads(line) for line in lines]
    mine = [str(line["consumer"]) for line in told if line["request"] == KNOWN]
    marked = sum(line.get("probing") is True and line["consumer"] == PROBER for line in told)
    return (mine[0] if len(mine) == 1 else None), marked


def _probes(contract: Contract, golden: Golden, number: int) -> Iterator[bytes]:
    """Move one number of a golden row by steps within its bounds; a row without one, or of few columns, is repeated."""
    row, wide = golden.records[0], len(contract.columns) >= WIDE
    moved = next((c for c in contract.columns if c.type == "number" and isinstance(row[c.name], float | int)), None)
    for n in range(number):
        changed = row
        if wide and moved is not None:
            value = row[moved.name] + n * 1e-3 * (1 + abs(row[moved.name]))
            inside = moved.maximum is None or value <= moved.maximum
            changed = {**row, moved.name: value if inside else row[moved.name]}
        yield json.dumps({"dataframe_records": [changed]}).encode()


def _suspects(server: Server) -> int | None:
    status, body = server.ask(Call("", "get", "/metrics"))
    found = SUSPECTS.findall(body) if status == 200 else []
    return int(sum(map(float, found))) if found else None
