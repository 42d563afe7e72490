"""The review at the terminal: kept under a name, compared with one, with the exit code that was asked for."""

import json
from pathlib import Path

import pytest

from cli import main


def ended(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(["review", *arguments])
    return int(end.value.code or 0)


def answer(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, object]:
    assert ended([*arguments, "--json"]) == code
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_review_is_kept_and_what_came_after_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = answer(["--milestone", "go-live"], capsys)
    assert kept["milestone"]["name"] == "go-live" and len(kept["practices"]) == 105  # type: ignore[index, arg-type]
    assert answer(["--since", "go-live", "--fail-on", "medium"], capsys)["counts"] == {
        "new": 0, "fixed": 0, "regressed": 0
    }  # fmt: skip
    (project / "config" / "attestations.yaml").write_text("attestations: []\n")
    told = answer(["--since", "go-live", "--fail-on", "regressed"], capsys, code=3)
    assert told["failed"] and told["failed"] == [moved["id"] for moved in told["regressed"]]  # type: ignore[attr-defined]
    assert ended(["--since", "go-live"]) == 0
    assert "regressed" in capsys.readouterr().out
    assert [m["name"] for m in answer(["--milestones"], capsys)["milestones"]] == ["go-live"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--since", "go-live"], id="a milestone that is not there"),
        pytest.param(["--milestone", "ab"], id="a name too short"),
        pytest.param(["--milestone", "abc", "--since", "abc"], id="two questions"),
        pytest.param(["--fail-on", "regressed"], id="regressed since nothing"),
    ],
)
def test_a_wrong_question_is_a_usage_error(project: Path, arguments: list[str]) -> None:
    assert ended(arguments) == 2
