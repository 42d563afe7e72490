"""The canary in the trial: the real server on champion and candidate, real requests, and the rule that ends it."""

import contextlib
import http.client
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from config.errors import LifecycleError
from config.settings.release import Release
from tasks import canary, scoring, shadow
from tasks.canary import Shown
from tasks.packaging import Package
from tasks.servers import Running, started
from tasks.shadow import Contender

SECONDS = 120.0
TOO_FEW, UNANSWERED = "too-few", "unanswered"


@dataclass(frozen=True)
class Side:
    """One of the two: what answers, and the package that the server is started on."""

    contender: Contender
    package: Package


def run(
    candidate: Side, champion: Side, *, captured: Path, held_out: Callable[[], pd.DataFrame], rule: Release,
    keys_folder: Path, code: Path | None = None,
) -> Shown:  # fmt: skip
    """Send requests to a server of both until so many went to the candidate; a server that fails is a result too.

    `code` is the folder whose serving/ is started, where that is not the current directory.
    """
    versions = candidate.contender.version, champion.contender.version
    source, rows = shadow.requests_of(captured, candidate.contender, champion.contender, held_out, rule.shadow)
    try:
        fit = shadow.fitting(rows, champion.contender)
        records = scoring.to_records(rows.to_pandas()[fit], champion.contender.inference.contract)
    except LifecycleError as error:
        return Shown(UNANSWERED, f"the champion does not read these rows: {error.seen}", *versions, source)
    if len(records) < rule.shadow.minimum_rows:
        words = f"{len(records)} requests fit the champion, {rule.shadow.minimum_rows} are needed"
        return Shown(TOO_FEW, words, *versions, source)
    try:
        command = _command(candidate, champion, rule, keys_folder)
        with started(command, deadline_seconds=SECONDS, code=code) as server:
            return replace(_ask(server, records, candidate.contender.version, rule), source=source)
    except (LifecycleError, OSError, http.client.HTTPException, ValueError) as error:
        return Shown(UNANSWERED, str(error)[:1000], *versions, source)


def _command(candidate: Side, champion: Side, rule: Release, keys_folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "serving", "--model-dir", str(champion.package.folder.resolve()), "--keys",
        str(keys_folder.resolve()), "--digest", champion.package.digest, "--parent", str(os.getpid()),
        "--model-version", str(champion.contender.version), "--beside", str(candidate.package.folder.resolve()),
        "--beside-version", str(candidate.contender.version), "--beside-digest", candidate.package.digest,
        "--release", rule.model_dump_json(),
    ]  # fmt: skip


def _ask(server: Running, records: Sequence[Any], version: int, rule: Release) -> Shown:
    """Ask until the ids of enough requests are the candidate's, count who answered, and hear what the server says."""
    answered = unanswered = 0
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)) as connection:
        for name, record in zip(_names(rule), itertools.cycle(records)):
            body, headers = json.dumps({"dataframe_records": [record]}), {"X-Request-Id": name}
            connection.request("POST", "/invocations", body, headers | {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            unanswered += response.status != 200
            answered += response.headers["X-Model-Version"] == str(version)
        connection.request("GET", "/version")
        said = json.loads(connection.getresponse().read())["canary"]
    known = {field.name for field in fields(Shown)}
    shown = Shown(**{name: value for name, value in said.items() if name in known})
    return replace(_whole(shown, rule), answered=answered, unanswered=unanswered)


def _names(rule: Release) -> Iterator[str]:
    """Name requests until enough of them are the candidate's, or the time is over."""
    until, left = time.monotonic() + SECONDS, rule.canary.requests
    for number in itertools.count():
        if not left or time.monotonic() > until:
            return
        name = f"canary-{number}"
        left -= canary.takes(name, rule.canary.share)
        yield name


def _whole(shown: Shown, rule: Release) -> Shown:
    if shown.verdict != canary.RUNNING:
        return shown
    words = f"{shown.asked} requests went to it in {SECONDS:g} s, {rule.canary.requests} are needed"
    return replace(shown, verdict=TOO_FEW, because=words)
