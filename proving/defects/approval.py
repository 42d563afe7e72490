"""Planted in what people say: approvals and waivers that do not count."""

from datetime import UTC, datetime, timedelta
from typing import Any

from proving import configs
from proving.control import approver
from proving.defect import Stage, planted
from proving.world import World

TODAY = datetime.now(UTC).date()


@planted(21, "an approval written by the run itself", by="approval", at=Stage.WAITING)
def approves_itself(world: World) -> None:
    """Let the process of a run give the word that it waits for."""
    world("run").ends(3, "waits for")
    world("approve", "--by", approver(world)).ends(3, "a run does not approve itself")
    world("promote").ends(3, "waits for").unmoved()


@planted(22, "approver missing, or equal to the author", by="approval", at=Stage.WAITING)
def approver_is_author(world: World) -> None:
    """Let the author approve; then name nobody."""
    author = configs.read(world.root, "charter")["owners"]["model"]
    world("approve", "--by", author).ends(3, "may not approve").unmoved()
    world.set("charter", "owners.approver", author)
    world("approve", "--by", author).ends(3, "may not approve").unmoved()
    world.change("charter", lambda charter: charter["owners"].pop("approver"))
    world("promote").misconfigured("owners.approver")


@planted(23, "a waiver without expiry, expired, self-approved, or for another model", at=Stage.EVALUATED,
         by="champion gate")  # fmt: skip
def void_waivers(world: World) -> None:
    """Waive what the champion gate asks for with four waivers, none of which counts."""
    said = configs.read(world.root, "attestations")["attestations"]
    waivers = [
        waiver(said[0]["practice"], made=str(TODAY - timedelta(days=30)), expires=str(TODAY - timedelta(days=1))),
        waiver(said[1]["practice"], approver="data scientist on duty"),
        waiver(said[2]["practice"], model="another-model"),
    ]
    world.set("attestations", "attestations", said[3:])
    world.set("waivers", "waivers", waivers)
    ended = world("run")
    for practice, words in zip(
        (s["practice"] for s in said), ("it ended on", "approved it alone", "another-model"), strict=False
    ):
        ended.refused(practice, words)
    world.set("waivers", "waivers", [{k: v for k, v in waivers[0].items() if k != "expires"}])
    world("run").misconfigured("expires")


def waiver(practice: str, **changes: Any) -> dict[str, Any]:
    """Write a waiver that would count, but for what is changed in it."""
    said = {
        "practice": practice,
        "model": "flight-delays",
        "versions": [1, 9],
        "reason": "It is accepted for a while, as tried.",
        "owner": "data scientist on duty",
        "approver": "model risk manager",
        "made": str(TODAY),
        "expires": str(TODAY + timedelta(days=30)),
        "evidence": "docs/proof.md",
    }
    return said | changes
