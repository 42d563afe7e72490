"""What a planted defect asks for: the right refusal by the right gate, whole, with nothing moved."""

from collections.abc import Callable
from typing import Any

import pytest

from proving.commands import COMPLETE, Ended, Left, LetThrough

REASON = {"practice": None, "bound": "leakage", "because": "rows lie in an earlier part", "fix": "mend"}
BODY = dict.fromkeys(COMPLETE, "said") | {
    "gate": "data",
    "outcome": "refused",
    "promotable": False,
    "blocking": [REASON],
}


def ended(body: dict[str, Any], *, code: int = 3, champion: int | None = 1) -> Ended:
    entry = {"kind": "decision", "body": body}
    after = Left({} if champion is None else {"champion": champion}, [entry])
    return Ended("lifecycle run", code, "", "seen: x", "data gate: leakage", Left({"champion": 1}, []), after)


def test_the_right_refusal_is_caught() -> None:
    ended(BODY).refused("earlier part")


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (lambda: ended(BODY, code=1), "ended with 1"),
        (lambda: ended(BODY, champion=2), "version 2 is champion"),
        (lambda: ended(BODY, champion=None), "version None is champion"),
        (lambda: ended(BODY | {"gate": "staging"}), "no refusal of the data gate"),
        (lambda: ended(BODY | {"outcome": "passed"}), "no refusal of the data gate"),
        (lambda: ended(BODY | {"blocking": [REASON | {"bound": "thresholds"}]}), "another reason"),
        (lambda: ended(BODY | {"blocking": [REASON | {"because": "too few rows"}]}), "another reason"),
        (lambda: ended(BODY | {"commit": None}), "without commit"),
        (lambda: ended({n: v for n, v in BODY.items() if n != "actor"}), "without actor"),
    ],
)
def test_whatever_else_happens_is_let_through(end: Callable[[], Ended], words: str) -> None:
    with pytest.raises(LetThrough, match=words):
        end().refused("earlier part")


def test_a_decision_on_a_wrong_configuration_is_let_through() -> None:
    with pytest.raises(LetThrough, match="a gate decided"):
        ended(BODY, code=2).misconfigured()
