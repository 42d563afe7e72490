"""Planted in the records: decisions, stored scores, parts that were looked at, the ledger itself."""

import json
import shutil

from proving.commands import LetThrough
from proving.defect import Expected, Stage, planted, variant
from proving.defects.model import artifact, swapped
from proving.world import World


def held_at_champion(world: World) -> None:
    """Leave the candidate without the statements that the champion gate asks for, and run."""
    world.set("attestations", "attestations", [])
    world("run").ends(3, "champion gate refused")


@planted(5, "a stored decision edited from refused to passed", by="champion gate", at=Stage.EVALUATED)
def decision_edited(world: World) -> None:
    """Turn a refusal of the champion gate into its opposite, and ask for the promotion."""
    held_at_champion(world)
    stored = world.read("reports/decisions/champion.json")
    stored["decision"] |= {"outcome": "passed", "promotable": True, "blocking": []}
    world.write("reports/decisions/champion.json", stored)
    world("promote").refused("it was edited", code=5)


@planted(6, "champion and challenger are the same version", by="champion gate: comparison", at=Stage.CHALLENGED)
def compared_with_itself(world: World) -> None:
    """Let the challenger's bytes be the champion's."""
    place = world.model().parent
    shutil.rmtree(place)
    shutil.copytree(artifact(world, 1, "packages"), place.parent / "packages")
    package = next((place.parent / "packages").iterdir())
    package.rename(place)
    for name in ("serving.json", "golden.json", "model.sig"):
        (place / name).unlink()
    swapped(world)
    world("run").refused("there is no comparison")


@planted(7, "the champion's stored score comes from other rows", by="champion gate: comparison", at=Stage.CHALLENGED)
def stored_score(world: World) -> None:
    """Store a miserable score with the champion, and ask of a challenger that is no better to be better."""
    world.sql("UPDATE latest_metrics SET value = 0.01 WHERE key = 'promotion_average_precision'")
    world.sql("UPDATE metrics SET value = 0.01 WHERE key = 'promotion_average_precision'")
    world.set("policy", "comparison.test", "superiority")
    world("run").refused("")
    seen = world.read("reports/comparison.json")["difference"]
    if not seen["champion"] > 0.5:
        raise LetThrough(f"the champion was not scored again: {seen}")


@planted(8, "promotion asked for before evaluation", by="champion gate", at=Stage.EVALUATED)
def not_evaluated(world: World) -> None:
    """Ask for the promotion of a model that nobody evaluated."""
    shutil.rmtree(world.root / "reports" / "evaluation")
    world("promote").refused("no stored decision")


@variant(9, "the same file", by="champion gate: comparison", at=Stage.EVALUATED, quick=True)
def evaluated_on_its_own_rows(world: World) -> None:
    """Put as many train rows in the place of the promotion rows, and let every record speak of them."""
    replace_part(world, "promotion", "train")
    world("run").refused("trained or tuned on")


@planted(19, "tuning read the promotion set", by="champion gate: comparison", at=Stage.EVALUATED)
def promotion_tuned_on(world: World) -> None:
    """Put promotion rows in the place of those that tuning is scored on, and let every record speak of them."""
    replace_part(world, "tune", "promotion")
    world("run").refused("trained or tuned on")


def replace_part(world: World, name: str, by: str) -> None:
    """Let a part of the split consist of as many rows of another, in its own record and in DVC's as well."""
    from tasks import tables

    place = world.root / "data" / "prepared"
    split = world.read("data/prepared/split.json")
    rows = tables.read_parquet(place / f"{by}.parquet").tail(split["parts"][name]["rows"]).reset_index(drop=True)
    (place / f"{name}.parquet").unlink()
    split["parts"][name] |= {"sha256": tables.write_parquet(rows, place / f"{name}.parquet"), "rows": len(rows)}
    (place / "split.json").unlink()
    world.write("data/prepared/split.json", split)
    world.forge("prepare")


@planted(24, "any refusal", Expected.RECORDED, by="ledger", at=Stage.EVALUATED)
def refusal_recorded(world: World) -> None:
    """Refuse something, and read what the ledger keeps of it."""
    world.set("policy", "thresholds.0.floor", 0.999)
    body = world("run").ends(3).new("decision")[-1]
    figures = body["figures"].get("metrics", {}).get("average_precision", {})
    evidence = [figures.get("value"), body["blocking"][0]["fix"], body["commit"]]
    if body["outcome"] != "refused" or not all(evidence) or not body["data_version"]:
        raise LetThrough(f"the refusal is not whole: {json.dumps(body)[:400]}")
    world("verify").ok()


@planted(35, "a ledger line edited, removed, or the tail cut", by="lifecycle verify", at=Stage.CHAMPION)
def ledger_broken(world: World) -> None:
    """Break the ledger in three ways, one after the other."""
    world("verify").ok()
    entries = sorted((world.root / "ledger").glob("[0-9]*.json"))
    for victim, lost in ((entries[2], False), (entries[3], True), (entries[-1], True)):
        kept = victim.read_bytes()
        victim.unlink()
        if not lost:
            victim.write_bytes(kept.replace(b"passed", b"Passed"))
        ended = world("verify").ends(5)
        if str(int(victim.stem)) not in ended.out:
            raise LetThrough(f"`lifecycle verify` does not name entry {victim.stem}: {ended.out[:300]}")
        victim.write_bytes(kept)
    world("verify").ok()
