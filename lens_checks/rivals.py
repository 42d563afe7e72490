"""What a candidate must be better than: the champion on rows new to both, or, without one, the dummy and the rule."""

from collections.abc import Iterator

from config.settings import Charter, Params, Policy
from lens_checks.evidence.records import ChampionComparison, Evaluation, Interval, Ledger, Training, finite
from lens_checks.runner import Source
from lens_checks.statements import Subject

Found = Iterator[tuple[str, str, str]]  # as a bound gives them
GOOD_ENOUGH = {"superiority": ("better",), "non-inferiority": ("better", "not-worse")}
IMPROVE = "Improve features or data; where a rule does as well, use the rule."


def no_dummy(source: Source, policy: Policy, subject: Subject) -> Found:
    """The winner answers from its features, and every metric that decides depends on it."""
    training, metrics, params = source.get(Training), source.get(Evaluation).metrics, source.get(Params).metrics
    if training.family == "dummy":
        yield "no dummy", "the winner is the dummy: no candidate of the search was better than a constant", IMPROVE
    for name in dict.fromkeys((params.primary, *params.guarded)):
        figure = metrics.get(name)
        if figure is None or not finite(figure.value):
            why = (figure.reason if figure else "") or f"{name} was not measured"
            yield "no dummy", why, "Correct tasks/metrics.py, or `metrics` in config/params.yaml."


def comparison(source: Source, policy: Policy, subject: Subject) -> Found:
    """The candidate was compared with the champion that serves now, on enough unseen rows, and is good enough."""
    seen = source.get(ChampionComparison)
    against = seen.champion.version if seen.champion else None
    anew = "Run `lifecycle run`: it compares anew; `lifecycle plan` says what to improve."
    if subject.digest is None or seen.candidate.digest != subject.digest:
        yield "comparison", f"it speaks of {short(seen.candidate.digest)}, not of {short(subject.digest)}", anew
    if against != subject.champion:
        yield "comparison", f"it compared with version {against}, and version {subject.champion} serves", anew
    if seen.looks > policy.comparison.looks:
        words = f"{seen.looks} looks at one promotion set, at most {policy.comparison.looks}"
        yield "comparison", words, seen.next_step or "Land newer rows, then `lifecycle run`."
    if seen.verdict == "no-champion" and seen.champion is None:
        yield from _alone(source, policy)
    elif seen.verdict == "unscorable" and seen.replacement is not None:
        yield from (("comparison", words, seen.next_step or anew) for words in _not_let_go(seen, source, policy))
        yield from _alone(source, policy)
    else:
        yield from _against(seen, policy, seen.next_step or anew)


def _against(seen: ChampionComparison, policy: Policy, fix: str) -> Found:
    if seen.verdict not in GOOD_ENOUGH[policy.comparison.test]:
        yield "comparison", f"{seen.verdict}: {seen.sentence}", fix
    elif seen.unseen_rows < policy.comparison.minimum_rows:
        yield "comparison", f"{seen.unseen_rows} unseen rows, {policy.comparison.minimum_rows} are needed", fix


def _alone(source: Source, policy: Policy) -> Found:
    """Where no champion can be asked, the candidate beats the rule and the dummy by more than chance."""
    evaluation, primary = source.get(Evaluation), source.get(Params).metrics.primary
    rule = evaluation.rule.get(primary)
    if rule is None or not finite(rule.value) or rule.value == 0:
        figure = "not there" if rule is None or rule.value is None else f"{rule.value:g}"
        words = f"{primary} of the rule is {figure}: that is no baseline to be better than"
        yield "comparison", words, "Name a rule that finds something, `rule_baseline` in config/charter.yaml."
    for name, uplift, least in (
        ("rule", evaluation.uplift, policy.bounds.uplift),
        ("dummy", evaluation.uplift_over_dummy, 0.0),
    ):
        if words := _not_better(uplift, least):
            yield "comparison", f"there is no champion to compare with, and over the {name} {words}", IMPROVE


def _not_better(uplift: Interval | None, least: float) -> str:
    if uplift is None or not finite(uplift.value) or not finite(uplift.low):
        return "no uplift could be told"
    if uplift.low > 0 and uplift.low >= least:
        return ""
    return f"the uplift is {uplift.value:+.4g}, perhaps only {uplift.low:+.4g}; more than {least:g} is asked for"


def _not_let_go(seen: ChampionComparison, source: Source, policy: Policy) -> Iterator[str]:
    """Hold the word that lets a champion go against the ledger: the approver's, for these bytes, champion and rows."""
    ledger, owners, given = source.get(Ledger), source.get(Charter).owners, seen.replacement
    entry = next((e for e in ledger.of_kind("approval") if given is not None and e.number == given.entry), None)
    if ledger.breaks or entry is None:
        yield f"the ledger shows no sound approval {given.entry if given else ''} that lets the champion go"
        return
    champion = seen.champion
    wanted = {
        "replaces": champion.version if champion else None,
        "champion_digest": champion.digest if champion else None,
        "candidate_digest": seen.candidate.digest,
        "promotion_sha256": seen.promotion_sha256,
        "approver": owners.approver,
    }
    if other := [name for name, value in wanted.items() if value is None or entry.body.get(name) != value]:
        yield f"approval {entry.number} is not for this: another {', '.join(n.replace('_', ' ') for n in other)}"
    if owners.approver.casefold() == owners.model.casefold() and not policy.approver_may_be_author:
        yield f"approval {entry.number} was given by the model's author"


def short(digest: str | None) -> str:
    """Give the start of a digest, as people compare them."""
    return digest[:12] if digest else "nothing"
