"""An issue says what is open, why, and what to do, and lets nothing that data wrote be read as markup."""

import re
from dataclasses import replace

import pytest
import yaml

from config.settings import Settings
from lens_checks import catalogue
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import judge
from lens_checks.issues import issues, mark, page
from lens_checks.review import PlanItem, plan
from tests.lens_checks.small import Given, result, said

KNOWN = catalogue.load()


@pytest.fixture(scope="module")
def every(example: Settings) -> tuple[PlanItem, ...]:
    results = judge(Checkpoint, catalogue=KNOWN, evidence=Given(), statements=said(), policy=example.policy)
    return plan(results, example.policy, champion=True)


def test_each_open_practice_has_one_issue_in_the_order_of_the_plan(every: tuple[PlanItem, ...]) -> None:
    made = issues(every, KNOWN)
    assert list(made) == [f"{item.id.lower()}.md" for item in every]
    assert len(made) == 105


def test_an_issue_says_what_is_open_and_what_to_do(every: tuple[PlanItem, ...]) -> None:
    for item, issue in zip(every, issues(every, KNOWN).values(), strict=True):
        wanted = (mark(item.id), item.because, item.fix, KNOWN.practices[item.id].page, f"lifecycle explain {item.id}")
        assert all(part in issue.body for part in wanted)
        assert issue.title.startswith(f"{item.id}: ")
        assert all(len(label) <= 50 for label in issue.labels)


def test_every_remedy_names_a_file_or_a_command(every: tuple[PlanItem, ...]) -> None:
    named = re.compile(
        r"`(lifecycle|make|dvc|git|python)\b|\b(config|tasks|lens_checks|docs|reports)/|\w\.(yaml|py|md)\b"
    )
    assert [(item.id, item.fix) for item in every if not named.search(item.fix)] == []


def test_the_head_of_the_page_is_yaml(every: tuple[PlanItem, ...]) -> None:
    (issue,) = issues((every[0],), KNOWN).values()
    head = yaml.safe_load(page(issue).split("---")[1])
    assert (head["title"], tuple(head["labels"])) == (issue.title, issue.labels)


@pytest.mark.parametrize("text", ["@everyone <b>x</b> #1", "a ``` fence", "```` four"])
def test_what_data_wrote_stands_behind_a_fence_longer_than_any_in_it(example: Settings, text: str) -> None:
    item = plan((result("MLSEC-06", measured=Outcome.NOT_MET),), example.policy, champion=False)[0]
    (issue,) = issues((replace(item, because=text),), KNOWN).values()
    fence = re.search(r"^(`+)text$", issue.body, re.MULTILINE)
    assert fence is not None and f"{fence[1]}text\n{text}\n{fence[1]}\n" in issue.body
    assert fence[1] not in text
