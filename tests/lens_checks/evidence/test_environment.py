"""The interpreter and its packages are held against the lock."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import environment
from lens_checks.evidence.place import NoEvidence, Place

LOCK = """# made by uv
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via beta
Beta_Two==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:cc
beta-two==2.1 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
gamma==3.0
delta @ https://example.org/delta.whl \\
    --hash=sha256:ee
zeta @ wheels/zeta.whl \\
    --hash=sha256:ff
eta==1.0 --config-settings=mirror=https://example.org \\
    --hash=sha256:00
"""


def test_the_installed_packages_are_held_against_the_lock(
    tmp_path: Path, example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, other = tmp_path / "site", tmp_path / "other"
    pure = "alpha-1.0 beta_two-2.1 gamma-2.9 epsilon-1.0 pip-26.0 setuptools-80.0 uv-0.9 wheel-0.45 flights-0.1"
    for folder in (*(site / name for name in pure.split()), other / "iota-1.0"):
        folder.with_name(f"{folder.name}.dist-info").mkdir(parents=True)
    for name in ("gamma-2.9", "flights-0.1"):
        (site / f"{name}.dist-info" / "direct_url.json").write_text("{}")
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "Flights"\n')
    monkeypatch.setattr(environment.sysconfig, "get_path", {"purelib": str(site), "platlib": str(other)}.__getitem__)
    found = environment.environment(Place(tmp_path, example, datetime.now(UTC)))
    assert found.pins == 6
    assert found.unhashed == ("gamma",)
    assert found.with_urls == ("delta", "eta", "zeta")
    assert found.not_in_lock == ("epsilon", "iota")
    assert found.other_version == ("gamma 2.9, lock says 3.0",)
    assert found.installed == 10
    assert found.elsewhere == ("gamma",)


def test_without_a_lock_there_is_no_evidence(tmp_path: Path, example: Settings) -> None:
    with pytest.raises(NoEvidence, match=r"requirements\.lock is not there"):
        environment.environment(Place(tmp_path, example, datetime.now(UTC)))


@pytest.mark.parametrize(
    ("allowed", "counted", "cpus"),
    [
        pytest.param({0, 2, 3}, 8, 3, id="those that the process may use"),
        pytest.param(None, 8, 8, id="all, where the system tells no more"),
        pytest.param(None, None, 1, id="one, where it tells nothing"),
    ],
)
def test_processors_are_counted(
    allowed: set[int] | None, counted: int | None, cpus: int, tmp_path: Path, example: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if allowed is None:
        monkeypatch.delattr(os, "sched_getaffinity")
    else:
        monkeypatch.setattr(os, "sched_getaffinity", {0: allowed}.__getitem__)  # 0 is the process itself
    monkeypatch.setattr(os, "cpu_count", lambda: counted)
    (tmp_path / "requirements.lock").write_text(LOCK)
    assert environment.environment(Place(tmp_path, example, datetime.now(UTC))).cpus == cpus


TOLD = {
    "nothing is told": ({}, "", (environment.DEFAULT_INDEX,)),
    "a mirror, with a secret": ({"UV_INDEX_URL": "https://ada:x@m.example.org/simple/"}, "", ("https://m.example.org/simple",)),
    "a default of uv": ({"UV_DEFAULT_INDEX": "https://a.example.org"}, "", ("https://a.example.org",)),
    "one more of uv": ({"UV_EXTRA_INDEX_URL": "https://a.example.org"}, "", ("https://a.example.org",)),
    "one more of pip": ({"PIP_EXTRA_INDEX_URL": "https://a.example.org"}, "", ("https://a.example.org",)),
    "an index with a name, and another": (
        {"UV_INDEX": "ours=https://a.example.org https://b.example.org"}, "",
        ("https://a.example.org", "https://b.example.org"),
    ),
    "the lock names one": (
        {"PIP_INDEX_URL": "https://a.example.org"}, "--index-url https://b.example.org\n",
        ("https://a.example.org", "https://b.example.org"),
    ),
    "the same twice": ({name: "https://a.example.org" for name in environment.INDEX_VARIABLES}, "", ("https://a.example.org",)),
}  # fmt: skip


@pytest.mark.parametrize(("variables", "lock", "indexes"), TOLD.values(), ids=TOLD.keys())
def test_the_indexes_that_installers_are_told_of(
    variables: dict[str, str], lock: str, indexes: tuple[str, ...], tmp_path: Path, example: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in environment.INDEX_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "requirements.lock").write_text(lock + LOCK)
    assert environment.environment(Place(tmp_path, example, datetime.now(UTC))).indexes == indexes


def test_this_environment_is_the_locked_one(example: Settings) -> None:
    found = environment.environment(Place(Path(), example, datetime.now(UTC)))
    assert found.pins > 100
    assert (found.unhashed, found.with_urls) == ((), ())
    assert found.python == ".".join(map(str, sys.version_info[:3]))
