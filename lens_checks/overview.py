"""The review in the terminal: the grid of the lens, what it comes to, what is open, and what was said."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lens_checks.check import Outcome, Phase, Pillar
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.render import GLYPHS, STYLES, practices_table, spelled
from lens_checks.review import Review

LINES = ((Outcome.MET, Outcome.NOT_APPLICABLE), (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.BROKEN, By.WAIVED))

HEADS = {
    Phase.BUSINESS_GOAL: "goal",
    Phase.PROBLEM_FRAMING: "framing",
    Phase.DATA_PROCESSING: "data",
    Phase.MODEL_DEVELOPMENT: "model",
    Phase.DEPLOYMENT: "deploy",
    Phase.MONITORING: "monitor",
}  # short enough for a terminal of 80 columns, and words that --phase takes


def review_table(review: Review, *, every: bool = False) -> RenderableType:
    """Show the grid and what is open; every practice, phase by phase, where that or a part of the lens is asked for."""
    asked = f", {review.selection}" if review.selection else ""
    head = Text(f"{review.project}, {review.made:%Y-%m-%d %H:%M} UTC{asked}\n", style="bold")
    listed = _by_phase(review) if every or review.selection else _open(review)
    return Group(head, grid(review.practices), summary(review), *listed, *statements(review))


def grid(practices: Iterable[PracticeResult]) -> Table:
    """Show pillars by phases, in each cell how many practices stand how."""
    practices = tuple(practices)
    phases = [phase for phase in Phase if any(r.phase is phase for r in practices)]
    rows = {pillar.split()[0]: [r for r in practices if r.pillar is pillar] for pillar in Pillar}
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for name in ("pillar", *(HEADS[phase] for phase in phases), "all"):
        table.add_column(name, no_wrap=name == "pillar")
    for name, row in (*rows.items(), ("all", list(practices))):
        if row:
            table.add_row(name, *(_cell([r for r in row if r.phase is phase]) for phase in phases), _cell(row))
    return table


def _cell(results: Iterable[PracticeResult]) -> Text:
    """Write ✓3 ✗1: how many stand how, in the order of the signs."""
    counts = Counter(result.state for result in results)
    known = ((name, sign) for name, sign in GLYPHS.items() if counts[name])
    return Text(" ").join(Text(f"{sign}{counts[name]}", style=STYLES[name]) for name, sign in known)


def markdown(review: Review) -> str:
    """Write the grid and what it comes to as Markdown, for pages that show no terminal."""
    phases = tuple(Phase)
    rows = [["pillar", *(phase.value for phase in phases)], ["---"] * (len(phases) + 1)]
    for pillar in Pillar:
        row = [r for r in review.practices if r.pillar is pillar]
        rows.append([pillar.value, *(_cell([r for r in row if r.phase is phase]).plain for phase in phases)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + f"\n\n{summary(review).plain.strip()}\n"


def summary(review: Review) -> Text:
    """Say the counts and what each rests on, coverage beside the score, and the risks of the questions."""
    counts = review.counts
    rests: dict[str, str] = {
        Outcome.MET: f" ({counts['measured']} measured, {counts['attested']} attested)",
        Outcome.NOT_APPLICABLE: f" ({counts['derived']} derived, {counts['claimed']} claimed)",
    }
    states = Counter(result.state for result in review.practices)
    told = [
        Text(" · ").join(spelled(name) + Text(f" {states[name]}{rests.get(name, '')}", style="none") for name in line)
        for line in LINES
    ]
    return Text("\n").join((Text(""), *told, Text(_score(review)), Text(f"{_risks(review)}\n")))


def _score(review: Review) -> str:
    """Say how much could be judged and how much of that is met; a choice of verdicts has no score."""
    if review.selection.verdict or not review.practices:
        return f"Practices that are like that: {len(review.practices)}."
    total = review.counts["total"]
    share = f"{review.met_share:.0%} of what applies is met" if review.met_share is not None else "nothing applies"
    judged = round(review.coverage * total)
    return f"Coverage {review.coverage:.0%}: {judged} of {total} could be judged; of these, {share}."


def _risks(review: Review) -> str:
    risks = Counter(question.risk.value.replace("_", " ") for question in review.questions)
    told = ", ".join(f"{count} {risk}" for risk, count in risks.most_common())
    return f"Risk of the questions, by the rules of AWS's own file: {told or 'none asked'}."


def _by_phase(review: Review) -> Iterator[RenderableType]:
    for phase in Phase:
        if results := [r for r in review.practices if r.phase is phase]:
            yield practices_table(phase.value, results)


def _open(review: Review) -> Iterator[RenderableType]:
    """Show what is open, in the order of the plan; what is not yet required is named alone."""
    results = {result.id: result for result in review.practices}
    required = [results[item.id] for item in review.plan if item.required]
    waiting = [item.id for item in review.plan if not item.required]
    if required:
        yield practices_table(f"open: {len(required)} of {len(results)} practices", required)
    else:
        yield Text("Nothing that is required is open.")
    if waiting:
        yield Text(f"\n{len(waiting)} are not yet required, nothing was seen of them yet: {', '.join(waiting)}")


def statements(review: Review) -> Iterator[Text]:
    """Say which statements do not count, which end soon, and which are those of an example."""
    for refused in review.refused_statements:
        yield Text(f"\n✗ {refused.kind} of {refused.practice} does not count: {refused.because}", style="red")
    for ending in review.ending_statements:
        yield Text(f"\n! {ending.kind} of {ending.practice} by {ending.owner} ends on {ending.expires}", style="yellow")
    if examples := review.example_statements:
        told = "Statements that begin with “Example:” are those of an example, and nobody vouches for them"
        yield Text(f"\n! {told}: {', '.join(examples)}. `lifecycle answer` asks for your own", style="yellow")
