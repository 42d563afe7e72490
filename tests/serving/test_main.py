"""The server takes a verified package on a loopback address, or says why not."""

import socket
from pathlib import Path

import pytest

from serving.__main__ import main
from tests.tasks.release_world import package_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    return package_folder(root, strength=1.0, keys_folder=root / "keys")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--host", "0.0.0.0"], 2, "loopback"),
        (["--host", "example.org"], 2, "loopback"),
        (["--digest", "0" * 64], 5, "digest"),
        (["--keys", "nowhere"], 5, "public key"),
        (["--model-dir", "nowhere"], 5, "not there"),
        (["--parent", "1"], 1, "gone"),
    ],
    ids=["an open address", "a name that may be open", "other bytes", "no key", "no package", "no parent"],
)
def test_what_is_wrong_is_told_and_nothing_is_served(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, words: str
) -> None:
    given = ["--model-dir", str(folder), "--keys", str(folder.parent / "keys"), *options]
    assert main(given) == code
    assert words in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert main(["--model-dir", str(folder), "--port", str(listener.getsockname()[1])]) == 2
    assert "cannot be used" in capsys.readouterr().err
