"""Answers are sent by the real boto3 to a real server, which keeps what it was sent."""

import builtins
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from config.errors import ConfigError, LifecycleError
from lens_checks.interchange import push as sender
from lens_checks.interchange.push import Answered, push

WORKLOAD = "0123456789abcdef" * 2
ARN = "arn:aws:wellarchitected:eu-west-1:123456789012:lens/8f0a"
BUILT_IN = "arn:aws:wellarchitected::aws:lens/machinelearning"
BODIES = [
    {
        "QuestionId": f"MLSEC0{number}", "SelectedChoices": [f"MLSEC0{number}_BP01"], "IsApplicable": True,
        "ChoiceUpdates": {f"MLSEC0{number}_BP01": {"Status": "SELECTED", "Notes": "seen"}}, "Notes": "flights",
    }
    for number in (1, 2, 3)
]  # fmt: skip


class WaTool(BaseHTTPRequestHandler):
    """As much of the WA Tool as an answer needs."""

    asked: list[tuple[str, str, Any]]
    lenses: list[dict[str, str]]
    refusals: dict[str, tuple[int, str]]

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(("PATCH", unquote(self.path), body))
        question = self.path.rsplit("/", 1)[1]
        status, kind = self.refusals.get(question, (200, ""))
        answer = (
            {"Answer": {"QuestionId": question, "Risk": "HIGH"}} if status == 200 else {"Message": f"no {question}"}
        )
        self.answer(status, answer, kind)

    def do_GET(self) -> None:
        self.asked.append(("GET", unquote(self.path), None))
        self.answer(200, {"WorkloadId": WORKLOAD, "LensReviewSummaries": self.lenses})

    def answer(self, status: int, body: dict[str, Any], kind: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if kind:
            self.send_header("x-amzn-ErrorType", kind)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def tool() -> Iterator[tuple[str, type[WaTool]]]:
    """A server on a free port of this machine."""
    kept = type("Kept", (WaTool,), {"asked": [], "lenses": [], "refusals": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kept)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Credentials that are nobody's, and no file of the user's."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def test_every_answer_is_one_request_as_it_stands_in_the_file(tool: tuple[str, type[WaTool]]) -> None:
    url, kept = tool
    sent = push(BODIES, workload=WORKLOAD, lens_alias=ARN, endpoint_url=url)
    assert sent.questions == tuple(Answered(body["QuestionId"], "HIGH") for body in BODIES)
    assert kept.asked == [
        ("PATCH", f"/workloads/{WORKLOAD}/lensReviews/{ARN}/answers/{body['QuestionId']}",
         {name: value for name, value in body.items() if name != "QuestionId"})
        for body in BODIES
    ]  # fmt: skip


def test_a_question_that_is_refused_does_not_keep_the_others_back(tool: tuple[str, type[WaTool]]) -> None:
    url, kept = tool
    kept.refusals["MLSEC02"] = (404, "ResourceNotFoundException")
    sent = push(BODIES, workload=WORKLOAD, lens_alias=ARN, endpoint_url=url)
    assert [question.question for question in sent.refused] == ["MLSEC02"]
    assert "no MLSEC02" in sent.refused[0].refused
    assert len(kept.asked) == 3


def test_what_concerns_every_question_ends_it(tool: tuple[str, type[WaTool]]) -> None:
    url, kept = tool
    kept.refusals["MLSEC01"] = (403, "AccessDeniedException")
    with pytest.raises(LifecycleError, match="AccessDenied"):
        push(BODIES, workload=WORKLOAD, lens_alias=ARN, endpoint_url=url)
    assert len(kept.asked) == 1


def test_without_an_alias_the_lens_is_found_by_its_name(tool: tuple[str, type[WaTool]]) -> None:
    url, kept = tool
    kept.lenses += [
        {"LensArn": BUILT_IN, "LensAlias": "machinelearning", "LensName": "Machine Learning Lens"},
        {"LensArn": ARN, "LensName": "Machine Learning Lens"},
    ]
    assert push(BODIES[:1], workload=WORKLOAD, lens_name="Machine Learning Lens", endpoint_url=url).lens == ARN
    assert [method for method, *_ in kept.asked] == ["GET", "PATCH"]


def test_a_lens_that_is_not_there_is_said_with_those_that_are(tool: tuple[str, type[WaTool]]) -> None:
    url, kept = tool
    kept.lenses.append({"LensArn": BUILT_IN, "LensAlias": "machinelearning", "LensName": "Machine Learning Lens"})
    with pytest.raises(ConfigError, match="machinelearning") as refused:
        push(BODIES, workload=WORKLOAD, lens_name="Machine Learning Lens", endpoint_url=url)
    assert "--lens-alias" in refused.value.next_step


@pytest.mark.parametrize(
    ("workload", "url", "words"),
    [
        pytest.param("short", "http://127.0.0.1:9", "WorkloadId", id="a workload id that is none"),
        pytest.param(WORKLOAD, "nonsense", "nonsense", id="an endpoint that is none"),
        pytest.param(WORKLOAD, "", "region", id="no region"),
    ],
)
def test_what_was_said_wrong_ends_in_words(workload: str, url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        push(BODIES, workload=workload, lens_alias=ARN, endpoint_url=url)


def test_nobody_there_ends_in_words(tool: tuple[str, type[WaTool]], monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.retries.standard

    monkeypatch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda *_: 0)
    with pytest.raises(ConfigError, match="Could not connect"):
        push(BODIES, workload=WORKLOAD, lens_alias=ARN, endpoint_url="http://127.0.0.1:1")


def test_no_credentials_end_in_words(monkeypatch: pytest.MonkeyPatch, tool: tuple[str, type[WaTool]]) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigError, match="credentials"):
        push(BODIES, workload=WORKLOAD, lens_alias=ARN, endpoint_url=tool[0])


def test_without_boto3_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "boto3":
            raise ModuleNotFoundError("No module named 'boto3'", name="boto3")
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match="boto3 is not installed") as refused:
        push(BODIES, workload=WORKLOAD, lens_alias=ARN)
    assert refused.value.next_step == sender.INSTALL and "pip install" in sender.INSTALL
