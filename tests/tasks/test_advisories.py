"""Vulnerabilities are looked up in OSV files or by an OSV query; what cannot be looked up is trouble, never clean."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tasks import advisories

PACKAGES = {"numpy": "2.4.6", "pandas": "3.1.1"}


@pytest.fixture(autouse=True)
def packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisories, "installed", lambda: PACKAGES)


def entry(name: str = "NumPy", *, ecosystem: str = "PyPI", **more: Any) -> dict[str, Any]:
    return {"id": "OSV-1", "affected": [{"package": {"ecosystem": ecosystem, "name": name}, **more}]}


def between(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param(entry(versions=["2.4.6"]), True, id="the very version"),
        pytest.param(entry(versions=["2.4.5"]), False, id="another version"),
        pytest.param(entry("scipy", versions=["2.4.6"]), False, id="a package that is not installed"),
        pytest.param(entry(ecosystem="npm", versions=["2.4.6"]), False, id="another ecosystem"),
        pytest.param(entry(versions=["2.4.6"]) | {"withdrawn": "2026-01-01T00:00:00Z"}, False, id="withdrawn"),
        pytest.param(entry(**between({"introduced": "0"})), True, id="every version"),
        pytest.param(entry(**between({"introduced": "0"}, {"fixed": "2.4.6"})), False, id="fixed in this one"),
        pytest.param(entry(**between({"introduced": "0"}, {"fixed": "2.10"})), True, id="fixed in a later one"),
        pytest.param(entry(**between({"introduced": "3"})), False, id="introduced later"),
        pytest.param(entry(**between({"introduced": "0"}, {"last_affected": "2.4.6"})), True, id="the last affected"),
        pytest.param(entry(**between({"introduced": "0"}, {"last_affected": "2.4.5"})), False, id="after the last"),
        pytest.param(
            entry(**between({"introduced": "0"}, {"fixed": "1"}, {"introduced": "2"})), True, id="introduced again"
        ),
    ],
)
def test_a_folder_of_osv_files(told: dict[str, Any], found: bool, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(told))
    looked = advisories.look_up(str(tmp_path))
    assert (looked.packages, dict(looked.found), looked.trouble) == (2, {"OSV-1": "numpy 2.4.6"} if found else {}, "")


@pytest.mark.parametrize(
    "text",
    [None, "{", '{"id": "x", "affected": [{"package": {"ecosystem": "PyPI", "name": "numpy"}, "ranges": [{}]}]}'],
)
def test_what_cannot_be_read_is_trouble(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "one.json").write_text(text)
    looked = advisories.look_up(str(tmp_path))
    assert looked.packages == 0 and looked.trouble


def test_no_source_is_trouble() -> None:
    assert advisories.look_up("").trouble


class Osv(BaseHTTPRequestHandler):
    """Answers OSV queries: the first package has a vulnerability; as many answers as the test wants."""

    answers = 2

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
        assert asked[0] == {"package": {"name": "numpy", "ecosystem": "PyPI"}, "version": "2.4.6"}
        body = json.dumps({"results": [{"vulns": [{"id": "OSV-2"}]}, {}][: self.answers]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Osv) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/v1/querybatch"
        running.shutdown()


def test_an_osv_query(server: str) -> None:
    looked = advisories.look_up(server)
    assert (looked.packages, dict(looked.found), looked.trouble) == (2, {"OSV-2": "numpy 2.4.6"}, "")


def test_fewer_answers_than_questions_are_trouble(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Osv, "answers", 1)
    assert "1 answers to 2 questions" in advisories.look_up(server).trouble
