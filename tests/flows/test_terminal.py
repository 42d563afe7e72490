"""What others wrote reaches a terminal, a log or a page as text, and commands nothing (A11)."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
import skops.io
from rich.text import Text

import cli
from config.errors import ConfigError, IntegrityAlarm, LifecycleError
from config.words import inert
from flows import show
from flows.ladder import Fault, Verification
from flows.progress import Journal
from flows.terminal import Terminal
from serving.access import AccessLog
from serving.watching import Seen
from tasks import packaging
from tests.tasks.release_world import made_here

HOSTILE = [
    pytest.param("\x1b[2J\x1b]0;owned\x07", id="clears the screen and renames the window"),
    pytest.param("\x1b]8;;http://127.0.0.1/\x1b\\here\x1b]8;;\x1b\\", id="a link"),
    pytest.param("passed\rfailed", id="writes over what stands there"),
    pytest.param("\x9b31mred", id="the one-byte form"),
    pytest.param("file\u202egnp.exe", id="turns the direction of writing"),
    pytest.param("a\x08\x08b", id="goes back"),
]
MARKUP = "[red]x[/red] [link=http://127.0.0.1/]y[/link] [/] :warning:"


def commands(text: str) -> list[str]:
    """List the characters that would be commands."""
    return [c for c in text if not c.isprintable() and c != "\n"]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_terminal_shows_it_and_does_nothing(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = Verification(
        1, False, 1, (words,), (Fault(f"alias {words}", f"names {words}"),), (Fault(words, f"owes {words}"),)
    )
    show.show(found, show.verification, as_json=False)
    Journal().say(words)
    told = capsys.readouterr()
    assert commands(told.out + told.err) == []
    assert "next: restore" in told.out and told.err.endswith("\n")


def test_colours_are_richs_own_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with terminal.capture() as taken:
        terminal.print(Text("ours\x1b[31m", style="green"))
    assert taken.get() == "\x1b[32mours�[31m\x1b[0m\n"


def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show.show(None, lambda _: [MARKUP, show.table(("what",), [[MARKUP]], title=MARKUP)], as_json=False)
    assert capsys.readouterr().out.count(MARKUP) == 3


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("kind", [LifecycleError, ConfigError, IntegrityAlarm], ids=lambda k: k.__name__)
def test_an_error_says_it_and_does_nothing(kind: type[LifecycleError], words: str) -> None:
    error = kind(words, expected=words, next_step=words)
    for told in (error, copy.copy(error)):
        assert told.seen == told.expected == told.next_step == str(told) == inert(words) != words
    assert inert("two\nlines, ✓ – “ü” 雨") == "two\nlines, ✓ – “ü” 雨"


class Foreign:
    """A type that is on no list."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ()


def test_a_type_that_a_model_names_commands_nothing(tmp_path: Path) -> None:
    Foreign.__qualname__ = Foreign.__name__ = "F\x1b[2J"
    skops.io.dump(Foreign(), tmp_path / packaging.MODEL)
    made_here(tmp_path)
    with pytest.raises(IntegrityAlarm, match="does not load") as refused:
        packaging.open_model(tmp_path)
    assert commands(refused.value.seen) == []


def test_a_value_of_the_command_line_commands_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["explain", "MLOE\x1b[2J"])
    told = capsys.readouterr().err
    assert "MLOE" in told and commands(told) == []


def test_the_access_log_stays_one_line_a_request(tmp_path: Path) -> None:
    log = AccessLog(str(tmp_path / "log"))
    seen = Seen(0.0, "GET\x1b[2J", '/x\n{"status":200}\x1b[2J', "id", consumer="\x1b]0;x\x07")
    log.lines.append(b"")  # a full second has not gone by: nobody is asked to write later
    log.note(seen, 0.1)
    log.flush()
    (line,) = io.StringIO((tmp_path / "log").read_text()).readlines()
    assert commands(line) == [] and json.loads(line)["path"] == seen.path
