"""What waits for a word is asked in the order of the plan; what only an example answers comes last."""

from dataclasses import replace

from config.settings import Settings
from lens_checks.catalogue import load
from lens_checks.check import Outcome
from lens_checks.checkpoint import By
from lens_checks.question import sheet, waiting
from lens_checks.review import review
from tests.lens_checks.small import NOW, result, said
from tests.lens_checks.test_render import printed

WORDLESS = {"attested": Outcome.UNKNOWN, "verdict": Outcome.UNKNOWN, "by": By.ATTESTED}


def test_only_what_lacks_a_word_is_asked(example: Settings) -> None:
    results = (
        result("MLSEC-01", attested=Outcome.MET, by=By.ATTESTED),
        result("MLSEC-02", measured=Outcome.UNKNOWN),
        result("MLSEC-03", **WORDLESS),
        result("MLSEC-04", measured=Outcome.NOT_MET, **(WORDLESS | {"verdict": Outcome.NOT_MET})),
    )
    found = review(
        results, project="flights", catalogue=load(), policy=example.policy, statements=said(), champion=True, now=NOW
    )
    assert {one.id for one in waiting(found)} == {"MLSEC-03", "MLSEC-04"}
    assert [one.id for one in waiting(replace(found, example_statements=("MLSEC-01",)))][-1] == "MLSEC-01"


def test_the_question_says_why_what_counts_and_what_was_seen() -> None:
    practice = load().practices["MLOE-01"]
    text = " ".join(printed(sheet(result("MLOE-01"), load(), number=3, of=14), 160).split())
    assert all(
        part in text for part in ("3 of 14", practice.title, practice.evidence[:40], "High:", "seen for MLOE-01")
    )
