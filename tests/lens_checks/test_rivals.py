"""A candidate is refused unless it is better than what it would replace, or than the dummy and the rule."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Settings
from lens_checks.bounds import figures, unmet
from lens_checks.check import Outcome
from lens_checks.evidence.records import ChampionComparison, Evaluation, Ledger, Replacement
from tests.lens_checks.made import entry
from tests.lens_checks.small import Given, policy_of
from tests.lens_checks.test_bounds import (
    BUDGET,
    COMPARISON,
    DIGEST,
    EVALUATION,
    POLICY,
    PROMOTION,
    SOUND,
    SUBJECT,
    TRAINING,
    but,
    held,
    interval,
    read,
)

FIRST = replace(SUBJECT, champion=None)
NO_CHAMPION = but(COMPARISON, champion=None, verdict="no-champion", unseen_rows=0)
OLD = read(Evaluation, version=2, digest="c" * 64)
UNSCORABLE = but(
    COMPARISON, champion=OLD, verdict="unscorable", sentence="version 2 cannot be scored any more", unseen_rows=0,
    next_step="model risk manager runs `lifecycle approve`", replacement=None,
)  # fmt: skip
LET_GO = but(UNSCORABLE, replacement=Replacement(entry=7, approver="model risk manager", because="its files are lost"))
BODY = {
    "replaces": 2, "champion_digest": "c" * 64, "candidate_digest": DIGEST, "promotion_sha256": PROMOTION,
    "approver": "model risk manager", "because": "its files are lost", "process": "another",
}  # fmt: skip
OWNERS = read(Charter, approver="model risk manager", model="data scientist on duty")
CHARTER = read(Charter, owners=OWNERS, budget=BUDGET)


def told(number: int = 7, kind: str = "approval", breaks: tuple[str, ...] = (), **changed: object) -> Ledger:
    """Make a ledger of one entry that lets the champion go."""
    return Ledger(entries=(entry(number, kind, **BODY | changed),), breaks=breaks)


def evaluated(**changed: Any) -> Any:
    return but(EVALUATION, **changed)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        pytest.param([], [], id="better than rule and dummy by more than chance"),
        pytest.param([evaluated(uplift=interval(0.04))], ["over the rule"], id="less over the rule than is asked for"),
        pytest.param([evaluated(uplift=interval(0.0))], ["over the rule"], id="as good as the rule"),
        pytest.param([evaluated(uplift=replace(interval(0.2), low=-0.01))], ["over the rule"], id="better by chance"),
        pytest.param([evaluated(uplift=replace(interval(0.2), low=None))], ["no uplift"], id="no interval"),
        pytest.param([evaluated(uplift=interval(float("nan")))], ["no uplift"], id="an uplift that is no number"),
        pytest.param([evaluated(uplift_over_dummy=interval(0.0))], ["over the dummy"], id="as good as the dummy"),
        pytest.param([evaluated(uplift_over_dummy=None)], ["over the dummy"], id="never held against the dummy"),
        pytest.param([evaluated(rule={})], ["is not there"], id="no rule was measured"),
        pytest.param([evaluated(rule={"roc_auc": interval(0.0)})], ["is 0: that is no"], id="a baseline of zero"),
        pytest.param([evaluated(rule={"roc_auc": interval(float("inf"))})], ["is inf"], id="an infinite baseline"),
        pytest.param([but(NO_CHAMPION, looks=21)], ["21 looks"], id="the promotion set is worn out"),
    ],
)  # fmt: skip
def test_the_first_champion_is_better_than_rule_and_dummy(
    example: Settings, records: list[object], words: list[str]
) -> None:
    found = held(example, "champion", NO_CHAMPION, *records, subject=FIRST)
    assert len(found) == len(words)
    assert all(word in reason for word, reason in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        pytest.param(but(TRAINING, family="dummy"), "the winner is the dummy", id="the dummy won"),
        pytest.param(
            evaluated(metrics={"roc_auc": interval(0.9), "brier": replace(interval(None), reason="brier is constant")}),
            "brier is not there", id="a metric that does not depend on the model",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("gate", ["development", "staging", "champion"])
def test_a_dummy_and_a_constant_metric_are_refused_at_every_gate(
    example: Settings, gate: str, record: object, words: str
) -> None:
    assert words in held(example, gate, record)[0]


def test_a_guarded_metric_needs_no_threshold_to_be_asked_for(example: Settings) -> None:
    policy = policy_of(example, **POLICY | {"thresholds": [{"metric": "roc_auc", "floor": 0.8}]})
    broken = replace(interval(None), reason="brier is 0.05 for shuffled predictions too")
    source = Given(*SOUND, evaluated(metrics={"roc_auc": interval(0.9), "brier": broken}))
    (found,) = unmet("development", source, policy, SUBJECT)
    assert (found.bound, found.because) == ("no dummy", "brier is 0.05 for shuffled predictions too")


@pytest.mark.parametrize(
    ("test", "verdict", "opens"),
    [
        pytest.param("superiority", "better", True, id="superior"),
        pytest.param("superiority", "not-worse", False, id="superiority asks for more than not worse"),
        pytest.param("non-inferiority", "better", True, id="better is not inferior"),
        pytest.param("non-inferiority", "not-worse", True, id="not inferior"),
        pytest.param("non-inferiority", "worse", False, id="inferior"),
        pytest.param("non-inferiority", "unknown", False, id="not known"),
        pytest.param("non-inferiority", "unscorable", False, id="the champion cannot answer"),
        pytest.param("non-inferiority", "same-version", False, id="itself"),
    ],
)
def test_the_policy_says_what_is_good_enough(example: Settings, test: str, verdict: str, opens: bool) -> None:
    policy = policy_of(example, **POLICY | {"comparison": {"test": test}})
    source = Given(*SOUND, but(COMPARISON, verdict=verdict))
    assert [b.bound for b in unmet("champion", source, policy, SUBJECT)] == ([] if opens else ["comparison"])


@pytest.mark.parametrize(
    ("seen", "ledger", "words"),
    [
        pytest.param(LET_GO, told(), "", id="the approver lets it go"),
        pytest.param(UNSCORABLE, told(), "cannot be scored any more", id="nobody said so in the comparison"),
        pytest.param(LET_GO, told(number=8), "no sound approval 7", id="another entry"),
        pytest.param(LET_GO, told(kind="decision"), "no sound approval 7", id="an entry that is no approval"),
        pytest.param(LET_GO, told(breaks=("entry 3 was edited",)), "no sound approval 7", id="a broken ledger"),
        pytest.param(LET_GO, told(replaces=1), "another replaces", id="another champion"),
        pytest.param(LET_GO, told(champion_digest="0" * 64), "another champion digest", id="other bytes than serve"),
        pytest.param(LET_GO, told(candidate_digest="0" * 64), "another candidate digest", id="another candidate"),
        pytest.param(LET_GO, told(promotion_sha256="0" * 64), "another promotion sha256", id="another promotion set"),
        pytest.param(LET_GO, told(approver="data scientist on duty"), "another approver", id="the author's word"),
        pytest.param(but(LET_GO, champion=read(Evaluation, version=2, digest=None)), told(champion_digest=None),
                     "another champion digest", id="a champion without a digest"),
    ],
)  # fmt: skip
def test_a_champion_goes_by_the_word_of_the_approver_alone(
    example: Settings, seen: ChampionComparison, ledger: Ledger, words: str
) -> None:
    found = held(example, "champion", seen, ledger, CHARTER)
    assert found == [] if not words else words in found[0] and len(found) == 1


def test_an_author_who_approves_lets_nothing_go(example: Settings) -> None:
    same = but(CHARTER, owners=read(Charter, approver="model risk manager", model="model risk manager"))
    (found,) = held(example, "champion", LET_GO, told(), same)
    assert "the model's author" in found


def test_without_a_ledger_nothing_goes(example: Settings) -> None:
    assert held(example, "champion", LET_GO, CHARTER)[0].startswith(Outcome.UNKNOWN)


def test_what_takes_the_place_of_an_unscorable_champion_must_beat_the_rule(example: Settings) -> None:
    (found,) = held(example, "champion", LET_GO, told(), CHARTER, evaluated(uplift=interval(0.01)))
    assert "over the rule" in found


def test_the_refusal_says_the_next_command(example: Settings) -> None:
    (found,) = unmet("champion", Given(*SOUND, UNSCORABLE), policy_of(example, **POLICY), SUBJECT)
    assert found.fix == UNSCORABLE.next_step


@pytest.mark.parametrize(
    ("gate", "looks"), [("data", False), ("development", True), ("staging", True), ("champion", True)]
)
def test_every_decision_over_figures_says_which_rows_were_looked_at(example: Settings, gate: str, looks: bool) -> None:
    given = figures(gate, Given(*SOUND), policy_of(example, **POLICY))
    assert ("looked_at" in given) is looks
    if looks:
        assert given["looked_at"] == {"promotion_sha256": PROMOTION, "digest": DIGEST}
