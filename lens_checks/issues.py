"""The improvement plan as issues for GitHub: one a practice, with a file name and a mark that stay the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lens_checks.catalogue import Catalogue
from lens_checks.review import PlanItem


@dataclass(frozen=True)
class Issue:
    """An issue as GitHub's API takes it: `gh api repos/OWNER/NAME/issues --input -`."""

    title: str
    labels: tuple[str, ...]
    body: str


def issues(items: Iterable[PlanItem], catalogue: Catalogue) -> dict[str, Issue]:
    """Give an issue for each open practice by the name of its file, in the order of the plan."""
    return {f"{item.id.lower()}.md": _issue(item, catalogue) for item in items}


def mark(practice: str) -> str:
    """Give the line by which a program finds the issue of a practice again."""
    return f"<!-- lifecycle-lens: {practice} -->"


def _issue(item: PlanItem, catalogue: Catalogue) -> Issue:
    practice = catalogue.practices[item.id]
    labels = (
        "lens", f"pillar: {practice.pillar.value}", f"phase: {practice.phase.value}", f"risk: {item.risk.value}",
        f"verdict: {item.verdict.value.replace('_', ' ')}", f"effort: {item.effort.value}",
    )  # fmt: skip
    held = ", ".join(gate.value for gate in item.gates)
    told = (
        mark(item.id),
        f"{item.title}.",
        f"**Seen** ({item.verdict.value.replace('_', ' ')}):\n\n{_quoted(item.because)}",
        f"**To do:** {item.fix}",
        f"**Would show it:** {practice.evidence}." if practice.evidence else "",
        f"**Gates it holds:** {held or 'none'}. `lifecycle explain {item.id}` says more.",
        f"[{practice.id_2025} of the AWS Machine Learning Lens]({practice.page})" if practice.page else "",
    )
    return Issue(f"{item.id}: {item.title}", labels, "\n\n".join(filter(None, told)) + "\n")


def _quoted(text: str) -> str:
    """Fence what data may have written: GitHub reads no mention, link or markup in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def page(issue: Issue) -> str:
    """Write an issue as Markdown with title and labels before its body, as GitHub's own templates have them."""
    head = [f'title: "{_escaped(issue.title)}"', "labels:", *(f'  - "{_escaped(label)}"' for label in issue.labels)]
    return "\n".join(("---", *head, "---", "", issue.body))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
