"""The trial starts the real server in a process of its own, and ends it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from config.settings.release import Load
from config.settings.serving import Serving
from tasks import load, packaging, trial
from tasks.candidates import read_contract
from tasks.packaging import Package
from tests.tasks.release_world import package_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    root = tmp_path_factory.mktemp("tried")
    folder = package_folder(root, strength=1.0, keys_folder=root / "keys")
    return packaging.verify(folder, digest=None, keys_folder=root / "keys")


def run_trial(package: Package, seconds: float = 60.0, serving: Serving | None = None) -> trial.Trial:
    contract, golden = read_contract(package)
    keys_folder = package.folder.parent / "keys"
    return trial.try_server(
        package, contract, golden, keys_folder=keys_folder, deadline_seconds=seconds, requests=20, serving=serving
    )  # fmt: skip


@pytest.fixture(scope="module")
def tried(package: Package) -> trial.Trial:
    """A trial with doors and promises."""
    return run_trial(package, serving=Serving())


def test_behind_doors_it_is_served_answers_and_refuses_as_well(tried: trial.Trial) -> None:
    assert tried.server.started and tried.golden.matched and tried.server.errors == 0
    assert tried.server.malformed.sent == tried.server.malformed.refused


def test_only_a_known_consumer_is_let_in_and_the_log_has_its_name(tried: trial.Trial) -> None:
    assert tried.access is not None
    assert (tried.access.anonymous, tried.access.unknown, tried.access.known) == (401, 401, 200)
    assert tried.access.logged == tried.access.consumer


def test_who_asks_too_often_is_stopped(tried: trial.Trial) -> None:
    assert tried.access is not None
    limited = tried.access.limited
    assert limited.per_minute <= limited.answered < limited.sent == limited.answered + limited.refused


def test_who_asks_nearly_the_same_is_noticed(tried: trial.Trial) -> None:
    assert tried.access is not None
    probed = tried.access.probed
    assert probed.before is not None and probed.after == probed.before + 1
    assert probed.sent > 50 and tried.access.marked > 0


def test_both_versions_of_the_api_are_kept(tried: trial.Trial) -> None:
    assert tried.contract is not None
    for kept in (tried.contract.current, tried.contract.released):
        assert kept.calls > 15 and kept.broken == []
    assert tried.contract.changes == [] and tried.contract.signature.server == []


def test_a_sound_package_is_served_answers_and_refuses(package: Package) -> None:
    before = set(psutil.Process().children(recursive=True))
    seen = run_trial(package)
    assert seen.golden.matched and seen.golden.rows == 8
    assert seen.server.started and seen.server.errors == 0 and seen.server.requests == 20
    assert 0 < seen.server.malformed.sent == seen.server.malformed.refused
    assert 0 < (seen.server.p50_ms or 0) <= (seen.server.p95_ms or 0) <= (seen.server.p99_ms or 0)
    assert (seen.server.rss_mib or 0) > 10
    assert set(psutil.Process().children(recursive=True)) == before


def test_a_load_tells_what_a_worker_bears_and_what_it_exports(package: Package) -> None:
    plan = Load(connections=(1, 4), seconds=0.1)
    contract, golden = read_contract(package)
    seen = trial.try_server(
        package, contract, golden, keys_folder=package.folder.parent / "keys", deadline_seconds=60, requests=1,
        load=partial(load.measure, plan=plan, rows=2),
    )  # fmt: skip
    assert seen.load is not None and (seen.load.rows_per_request, len(seen.load.steps)) == (2, 2)
    for step in seen.load.steps:
        assert step.requests >= 20 and step.errors == 0 and 0 < (step.p50_ms or 0) <= (step.p99_ms or 0)
        assert step.cpu_seconds > 0 and step.rss_mib > 10 and step.disk_free_mib > 0
        assert (step.exported.requests, step.exported.errors) == (step.requests, 0)
        assert None not in vars(step.exported).values()


def test_other_golden_answers_do_not_match(package: Package) -> None:
    contract, golden = read_contract(package)
    other = replace(golden, expected=tuple({**answer, "probability": 0.5} for answer in golden.expected))
    seen = trial.try_server(
        package, contract, other, keys_folder=package.folder.parent / "keys", deadline_seconds=60, requests=1
    )
    assert seen.server.started and not seen.golden.matched


def test_a_server_that_does_not_start_is_a_result(package: Package) -> None:
    seen = run_trial(replace(package, digest="0" * 64))
    assert not seen.server.started and not seen.golden.matched and seen.access is seen.contract is None
    assert "digest" in seen.server.words


def test_a_server_that_is_late_is_ended(package: Package) -> None:
    seen = run_trial(package, seconds=0.05)
    assert not seen.server.started
    mine = ["--model-dir", str(package.folder.resolve())]
    assert not [p for p in psutil.Process().children(recursive=True) if set(mine) <= set(p.cmdline())]


def test_the_server_ends_with_the_process_that_started_it(package: Package) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "server = subprocess.Popen([sys.executable, '-m', 'serving', '--parent', str(os.getpid()), *sys.argv[1:]],"
        " start_new_session=True, stdout=subprocess.PIPE)\n"
        "print(server.stdout.readline().decode(), flush=True)\n"
        "time.sleep(60)"
    )
    options = ["--model-dir", str(package.folder), "--keys", str(package.folder.parent / "keys")]
    parent = subprocess.Popen([sys.executable, "-c", code, *options], stdout=subprocess.PIPE, cwd=ROOT, env=os.environ)
    assert parent.stdout is not None
    server = psutil.Process(json.loads(parent.stdout.readline())["pid"])
    parent.kill()
    parent.wait(10)
    parent.stdout.close()
    until = time.monotonic() + 10
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.05)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
