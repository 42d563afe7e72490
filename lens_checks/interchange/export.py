"""The 105 practices of this project as a custom lens that the WA Tool takes in."""

import json
from collections.abc import Iterable, Iterator

from config.settings import Risk
from lens_checks.catalogue import Catalogue, Practice, Question
from lens_checks.check import Pillar
from lens_checks.explain import explain
from lens_checks.interchange import conditions
from lens_checks.interchange.conditions import All, Chosen
from lens_checks.interchange.document import API_TEXT, NONE_OF_THESE, SCHEMA_VERSION, TITLE
from lens_checks.selection import AWS_PILLARS

NAME = "Lifecycle Lens: machine learning, judged from evidence"
DESCRIPTION = (
    "The 105 practices of the AWS Well-Architected Machine Learning Lens (ids of its 2023 edition) as Lifecycle Lens "
    "judges them: what each asks for as evidence, and how a project of that template meets it. A question is of high "
    "risk while a practice of high risk is missing, of medium risk while only others are."
)
NONE_TITLE = "None of these"
NONE_HELP = "Choose this if none of these practices is followed."


def text(catalogue: Catalogue) -> str:
    """Write the lens, as the file that the WA Tool imports."""
    return json.dumps(lens(catalogue), ensure_ascii=False, indent=2) + "\n"


def lens(catalogue: Catalogue) -> dict[str, object]:
    """Give the lens as the object that its file holds."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "name": NAME,
        "description": DESCRIPTION,
        "pillars": [
            {"id": id, "name": pillar.value.title(), "questions": list(_questions(catalogue, pillar))}
            for pillar, id in AWS_PILLARS.items()
        ],
    }


def choice_id(practice: Practice) -> str:
    """Give its id as a lens file can hold it: without hyphens."""
    return practice.id.replace("-", "_")


def members(catalogue: Catalogue, question: Question) -> list[Practice]:
    """Give the practices below a question, in the order of the 2025 edition."""
    mine = (p for p in catalogue.practices.values() if p.id_2025 and p.question == question.id)
    return sorted(mine, key=lambda practice: practice.id_2025)


def _questions(catalogue: Catalogue, pillar: Pillar) -> Iterator[dict[str, object]]:
    for question in catalogue.questions:
        practices = members(catalogue, question)
        if practices[0].pillar is pillar:
            yield {
                "id": question.id,
                "title": clipped(question.title, TITLE),
                "description": clipped(_about(practices), API_TEXT),
                "choices": [*(_choice(catalogue, practice) for practice in practices), _none(question)],
                "riskRules": list(_rules(practices)),
            }


def _about(practices: list[Practice]) -> str:
    phases = list(dict.fromkeys(practice.phase.value for practice in practices))
    high = [practice.id for practice in practices if practice.risk is Risk.HIGH]
    musts = f" A must: {', '.join(high)}." if high else " None of them is a must."
    return f"{len(practices)} practices of the phase {' and '.join(phases)}.{musts}"


def _choice(catalogue: Catalogue, practice: Practice) -> dict[str, object]:
    told = explain(practice, catalogue)
    link = {"url": practice.page}
    shows = f"{'; '.join(practice.points)}. What shows it: {practice.evidence}"
    return {
        "id": choice_id(practice),
        "title": clipped(practice.title, TITLE),
        "helpfulResource": {"displayText": clipped(shows, API_TEXT), **link},
        "improvementPlan": {"displayText": clipped(told.fix, API_TEXT), **link},
    }


def _none(question: Question) -> dict[str, object]:
    return {
        "id": none_of(question.id),
        "title": NONE_TITLE,
        "helpfulResource": {"displayText": NONE_HELP},
    }


def none_of(question: str) -> str:
    """Give the id of the choice that none of a question's practices is followed."""
    return question + NONE_OF_THESE


def _rules(practices: Iterable[Practice]) -> Iterator[dict[str, str]]:
    """No risk with all of them, medium where only practices of medium risk are missing, else the risk of a must."""
    ids = [choice_id(practice) for practice in practices]
    musts = [choice_id(practice) for practice in practices if practice.risk is Risk.HIGH]
    yield {"condition": _all(ids), "risk": "NO_RISK"}
    if musts and len(musts) < len(ids):
        yield {"condition": _all(musts), "risk": "MEDIUM_RISK"}
    yield {"condition": conditions.DEFAULT, "risk": "HIGH_RISK" if musts else "MEDIUM_RISK"}


def _all(ids: list[str]) -> str:
    parts = tuple(Chosen(id) for id in ids)
    return conditions.written(parts[0] if len(parts) == 1 else All(parts))


def clipped(text: str, most: int) -> str:
    """Cut text at a word where it is too long, and say so by three dots."""
    if len(text) <= most:
        return text
    kept, whole = text[: most - 1], any(map(str.isspace, text[most - 2 : most]))
    return (kept.rstrip() if whole or " " not in kept else kept.rsplit(None, 1)[0]) + "…"
