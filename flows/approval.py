"""Approval in Prefect's interface: the run waits at a form, a person fills it in, and the champion is let in or not."""

from prefect import flow
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from pydantic import Field

from config.errors import GateRefused
from config.load import load
from config.settings import Settings
from flows import ladder
from tasks import approvals, decisions
from tasks.approvals import Approvals
from tasks.ledger import Decision, Entry
from tasks.stores import Stores, open_stores

WAIT_SECONDS = 7 * 24 * 3600
POLL_SECONDS = 5


class Answer(RunInput):
    """What the person fills in; the form in Prefect's interface is made of these fields."""

    approver: str = Field(description="Your name, as `owners.approver` of config/charter.yaml has it.")
    let_in: bool = Field(default=False, description="Let this version become champion.")
    reason: str = Field(default="", description="Why; it stands in the ledger.")


@flow(name="Approval", persist_result=False)
def ask_for_approval(wait_seconds: int = WAIT_SECONDS, poll_seconds: int = POLL_SECONDS) -> ladder.Moved:
    """Show the decision that waits, wait for a person's answer, record it, and promote (GateRefused)."""
    settings = load()
    stores = open_stores(settings)
    decided = waiting(settings, stores)
    form = Answer.with_initial_data(description=question(Decision.read(decided.body), decided))
    said = pause_flow_run(wait_for_input=form, timeout=wait_seconds, poll_interval=poll_seconds)
    take_down(said, decided, settings, stores)
    return ladder.promote(settings, "champion", cause=f"approved by {said.approver}")


def waiting(settings: Settings, stores: Stores) -> Entry:
    """Find the decision that waits for a person (GateRefused where none does)."""
    stores.trusted()
    decided = decisions.stored("champion", stores)
    if not Approvals.of(settings).required:
        raise GateRefused(
            "no person is asked: `approval` in config/policy.yaml is `policy`", expected="approval: person",
            next_step="lifecycle promote --to champion",
        )  # fmt: skip
    if not Decision.read(decided.body).lets_through:
        raise GateRefused(f"decision {decided.number} refused: no person lets it through", next_step="lifecycle plan")
    return decided


def question(decision: Decision, entry: Entry) -> str:
    """Say in Markdown what is to be decided, and on which figures."""
    metrics = decision.figures.get("metrics") or {}
    figures = [f"- {name}: {found['value']:.4g}" for name, found in metrics.items() if found.get("value") is not None]
    waived = [f"- waived until {w['expires']}: {w['practice']}, {w['reason']}" for w in decision.waivers]
    return "\n".join([
        f"**Version {decision.version} of {decision.model}** passed the champion gate (ledger entry {entry.number}).",
        f"It would take the place of {f'version {decision.base_champion}' if decision.base_champion else 'nobody'}.",
        "", *figures, *waived,
    ])  # fmt: skip


def take_down(said: Answer, decided: Entry, settings: Settings, stores: Stores) -> Entry:
    """Record the answer; a no is a refusal (GateRefused)."""
    rules = Approvals.of(settings)
    if said.let_in is not True:
        raise approvals.decline(decided, by=said.approver, reason=said.reason, rules=rules, stores=stores)
    return approvals.approve(decided, by=said.approver, rules=rules, stores=stores, reason=said.reason)
