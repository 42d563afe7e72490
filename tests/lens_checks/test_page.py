"""The page needs nothing but itself, hides nothing, and lets nothing through unescaped."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest

from config.settings import Settings
from lens_checks.bounds import spelled
from lens_checks.catalogue import load
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import judge
from lens_checks.evidence.records import (
    ChampionComparison,
    ComparedVersion,
    CostComparison,
    Evaluation,
    Interval,
    LedgerEntry,
    SliceComparison,
)
from lens_checks.page import Findings, _figure, code, figures, html
from lens_checks.review import Review, review
from lens_checks.selection import select
from lens_checks.statements import Ending, Refused
from tests.lens_checks.made import lineage, model
from tests.lens_checks.small import NOW, Given, said

BLOCKING = [{"practice": "MLSEC-06", "bound": None, "verdict": "not_met", "because": "<b>no</b>", "fix": "Mend it."},
            {"practice": None, "bound": "brier <= 0.12", "verdict": "alarm", "because": "0.3", "fix": ""}]  # fmt: skip
NOTHING = Findings(champion=None, decisions=(), evaluation=None, comparison=None, windows=())


def entry(number: int, gate: str, outcome: str, version: int | None = 3) -> LedgerEntry:
    body = {"gate": gate, "outcome": outcome, "version": version, "blocking": BLOCKING if outcome == "refused" else []}
    return LedgerEntry(number=number, kind="decision", time=NOW, previous=None, hash="a", body=body)


def reviewed(settings: Settings) -> Review:
    results = judge(
        Checkpoint, catalogue=load(), evidence=Given(), statements=said(), policy=settings.policy
    )  # fmt: skip
    return review(
        results, project="flights <&>", catalogue=load(), policy=settings.policy, champion=True, now=datetime.now(UTC),
        statements=said(refused=(Refused("waiver", "MLSEC-06", "it ended on 2026-01-01"),)),
    )  # fmt: skip


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        self.targets += [given["href"] or ""] if tag == "a" else []
        self.loaded += (
            [str(given.get("src") or given.get("href"))] if tag in ("script", "link", "img", "iframe") else []
        )


@pytest.fixture(scope="module")
def page(example: Settings) -> str:
    evaluation = model()[Evaluation]
    assert isinstance(evaluation, Evaluation)
    decisions = (entry(1, "champion", "refused"), entry(2, "data", "refused", None), entry(3, "data", "passed", None))
    findings = Findings(champion=2, decisions=decisions, evaluation=evaluation, comparison=None, windows=())
    return html(reviewed(example), findings, example.policy)


def compared(**changed: Any) -> ChampionComparison:
    """Make a comparison that found the candidate better, but not in every slice."""
    told = SliceComparison(rows=1200, value=-0.02, low=-0.04, high=0.01, verdict="open")
    small = SliceComparison(rows=7, value=None, low=None, high=None, verdict="unknown", reason="fewer than 200 rows")
    cost = CostComparison(
        applies=True, value=0.013, low=0.01, high=0.02, candidate=0.2, champion=0.213, currency="<EUR>", margin=0.06,
        passed=True,
    )  # fmt: skip
    side = ComparedVersion(version=2, digest="d" * 64)
    given: dict[str, Any] = {
        "made": NOW, "candidate": side, "champion": side, "promotion_sha256": "5" * 64, "rows": 9000,
        "unseen_rows": 8000, "test": "non-inferiority", "margin": 0.005, "verdict": "better",
        "difference": Interval(value=0.02, low=0.01, high=0.03), "guarded": {}, "sentence": "it is <b>better</b>",
        "looks": 3, "slices": {"size": {"small <&>": small, "large <&>": told}}, "slices_unknown": 1, "cost": cost,
    }  # fmt: skip
    return ChampionComparison(**given | changed)


def shown(settings: Settings, comparison: ChampionComparison) -> str:
    findings = Findings(champion=2, decisions=(), evaluation=None, comparison=comparison, windows=())
    return html(reviewed(settings), findings, settings.policy)


def test_the_way_from_the_source_is_shown_and_where_it_breaks(example: Settings) -> None:
    whole = lineage()
    broken = replace(whole, edges=(replace(whole.edges[0], source="<source>", read="0" * 64), *whole.edges[1:]))
    pages = [html(reviewed(example), replace(NOTHING, lineage=one), example.policy) for one in (whole, broken)]
    assert all("From the source to version 1" in page for page in pages)
    assert ">1 file<" in pages[0] and "the same" in pages[0] and "1 files" not in pages[0]
    assert "000000000000" not in pages[0] and "&lt;source&gt;" in pages[1] and "000000000000" in pages[1]


def test_a_comparison_shows_slices_and_cost(example: Settings) -> None:
    page = shown(example, compared())
    assert "size large &lt;&amp;&gt;" in page and "small &lt;&amp;&gt;" not in page
    assert "1 slice could not be told" in page and "-0.04 to 0.01" in page
    assert "0.2 &lt;EUR&gt; with the candidate and 0.213 with the champion" in page


def test_a_comparison_without_them_says_nothing_of_them(example: Settings) -> None:
    page = shown(example, compared(slices=None, cost=None, difference=None))
    assert "It is &lt;b&gt;better" in page
    assert "By slice" not in page and "A row's errors" not in page


def test_it_loads_nothing(page: str) -> None:
    assert Links(page).loaded == []
    assert not re.search(r"url\(|@import|src=", page)


def test_every_practice_is_there_and_every_link_leads_somewhere(page: str) -> None:
    links = Links(page)
    assert set(load().practices) <= links.ids
    assert {target.removeprefix("#") for target in links.targets} <= links.ids


def test_it_says_the_outcome_first(page: str) -> None:
    assert "Champion gate refused version 3." in page.split("<h2", 1)[0]
    assert "Version 2 still serves." in page.split("<h2", 1)[0]


def test_the_newest_decision_of_a_gate_counts(page: str) -> None:
    assert "Why the champion gate refused" in page
    assert "Why the data gate refused" not in page


def test_what_others_wrote_is_escaped(page: str) -> None:
    assert "&lt;b&gt;no&lt;/b&gt;" in page and "<b>no</b>" not in page
    assert "flights &lt;&amp;&gt;" in page


def test_no_meaning_rests_on_colour(page: str) -> None:
    for outcome, sign in {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.UNKNOWN: "?", Outcome.BROKEN: "!"}.items():
        assert f"{sign} {outcome.value.replace('_', ' ')}" in page


def test_figures_stand_beside_their_bounds(page: str, example: Settings) -> None:
    assert all(escape(spelled(threshold)) in page for threshold in example.policy.thresholds)


def test_a_bound_whose_metric_is_missing_is_shown_as_not_kept(example: Settings) -> None:
    evaluation = model()[Evaluation]
    assert isinstance(evaluation, Evaluation)
    laid = {figure.name: figure for figure in figures(replace(evaluation, metrics={}), example.policy)}
    assert set(laid) == {threshold.metric for threshold in example.policy.thresholds}
    assert not any(figure.kept for figure in laid.values())


def test_commands_are_set_as_code_and_stay_escaped() -> None:
    assert code("run `lifecycle run`, <b>") == "run <code>lifecycle run</code>, &lt;b&gt;"


@pytest.mark.parametrize(
    ("marks", "anchors"),
    [
        pytest.param({"rule": 0.5}, ["middle"], id="alone"),
        pytest.param({"rule": 0.5, "dummy": 0.52}, ["end", "start"], id="close together"),
        pytest.param({"rule": 0.5, "floor": 0.52}, ["middle", "middle"], id="a bound has its own side"),
        pytest.param({"rule": 0.0, "dummy": 1.0}, ["start", "end"], id="at the ends"),
        pytest.param({"rule": 0.5, "dummy": 0.5}, ["end", "end"], id="at one place"),
    ],
)
def test_names_of_marks_keep_out_of_each_others_way(marks: dict[str, float | None], anchors: list[str]) -> None:
    laid = _figure("roc_auc", Interval(value=1.0, low=0.0, high=1.0), marks, None)
    assert [mark.anchor for mark in laid.marks] == anchors


def test_statements_that_do_not_count_are_shown(page: str) -> None:
    assert "it ended on 2026-01-01" in page


def test_a_project_in_which_nothing_ran_has_a_page_too(example: Settings) -> None:
    page = html(reviewed(example), NOTHING, example.policy)
    assert "No gate has decided yet." in page
    assert "No candidate has been evaluated yet." in page


def test_statements_that_end_soon_or_are_an_example_are_named(example: Settings) -> None:
    ending = Ending("attestation", "MLOE-01", "<Ann>", date(2026, 3, 20))
    told = replace(reviewed(example), ending_statements=(ending,), example_statements=("MLSUS-02",))
    page = html(told, NOTHING, example.policy)
    assert "attestation by &lt;Ann&gt;, until 2026-03-20" in page
    assert "on 1 practices are those of an example" in page and "<Ann>" not in page


def test_a_part_of_the_lens_says_that_it_is_one(example: Settings) -> None:
    page = html(replace(reviewed(example), selection=select(pillar=["cost"])), NOTHING, example.policy)
    assert "only pillar cost optimization" in page
