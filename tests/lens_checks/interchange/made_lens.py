"""Small custom lenses, made by hand."""

import json
from pathlib import Path
from typing import Any

from lens_checks.interchange.document import Lens, Question
from lens_checks.interchange.reading import accept

LENSES = Path(__file__).parent / "lenses"
ALL_OR_HIGH = (("aaa && bbb", "NO_RISK"), ("aaa", "MEDIUM_RISK"), ("default", "HIGH_RISK"))


def choice(id: str, **more: Any) -> dict[str, Any]:
    plan = {} if id.endswith("_no") else {"improvementPlan": {"displayText": f"Do {id}."}}
    return {"id": id, "title": f"Title of {id}", **plan, **more}


def question(id: str = "Q01", choices: str = "aaa bbb q_no", rules: Any = ALL_OR_HIGH, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "title": f"Title of {id}?",
        "description": "About it.",
        "choices": [choice(name) for name in choices.split()],
        "riskRules": [{"condition": condition, "risk": risk} for condition, risk in rules],
        **more,
    }


def lens(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    pillar = {"id": "SEC", "name": "Security", "questions": list(questions) or [question()]}
    return {"schemaVersion": "2021-11-01", "name": "House rules", "description": "Ours.", "pillars": [pillar], **more}


def data(value: Any) -> bytes:
    return json.dumps(value).encode()


def read(*questions: dict[str, Any]) -> Lens:
    return accept(data(lens(*questions))).lens


def asked(choices: str, *rules: tuple[str, str]) -> Question:
    return read(question(choices=choices, rules=rules)).questions[0]


def sample(name: str) -> bytes:
    return (LENSES / f"{name}.json").read_bytes()
