"""Seeded mutations of a decision's records, and the trial of each: none may ever be accepted."""

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from tasks import files, keys
from tasks.registry import HEAD_TAG
from tasks.release import promote
from tests.tasks.release_world import BY_POLICY, World

Mutation = Callable[[bytes, random.Random, "Records"], bytes]


@dataclass(frozen=True)
class Records:
    """Where a decision is kept, and the records of other decisions that might be put in its place."""

    ledger: Path
    report: Path
    artifact: Path
    others: dict[str, list[bytes]]
    forger: Path  # a folder of keys that are not ours

    def paths(self) -> dict[str, Path]:
        """Give each place by its name."""
        return {"ledger": self.ledger, "report": self.report, "artifact": self.artifact}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk through every place of a JSON value, the inner ones after their holders."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def holder(value: Any, path: tuple[Any, ...]) -> Any:
    """Give what holds the value at a path."""
    for key in path[:-1]:
        value = value[key]
    return value


def another(value: Any, dice: random.Random) -> Any:
    """Give another value of the same type."""
    match value:
        case bool():
            return not value
        case int():
            return value + dice.choice((-1, 1, 1000))
        case float():
            return value * 2 + 1
        case str():
            return value[:-1] if value and dice.random() < 0.5 else value + dice.choice(" x0")
        case None:
            return dice.choice((0, "", False, "none"))
        case list():
            return [*value, dice.choice(value) if value else "x"]
        case _:
            return value | {"x": 1}


def retyped(value: Any, dice: random.Random) -> Any:
    """Give a value of another type that looks alike."""
    choices = [str(value), [value], None, {"value": value}, True, 1, 0, ""]
    return dice.choice([c for c in choices if type(c) is not type(value)])


def on_value(change: Callable[[Any, tuple[Any, ...], random.Random], None]) -> Mutation:
    """Make a mutation of the JSON at a random place of it."""

    def mutate(data: bytes, dice: random.Random, records: Records) -> bytes:
        value = json.loads(data)
        change(value, dice.choice(list(places(value))), dice)
        return like(data, value)

    return mutate


def like(data: bytes, value: Any) -> bytes:
    """Write a value in the form that the data had."""
    return files.canonical(value) if b"\n" not in data else files.pretty(value)


def change_value(value: Any, path: tuple[Any, ...], dice: random.Random) -> None:
    inside = holder(value, path)
    inside[path[-1]] = another(inside[path[-1]], dice)


def retype_value(value: Any, path: tuple[Any, ...], dice: random.Random) -> None:
    inside = holder(value, path)
    inside[path[-1]] = retyped(inside[path[-1]], dice)


def remove(value: Any, path: tuple[Any, ...], dice: random.Random) -> None:
    del holder(value, path)[path[-1]]


def add(value: Any, path: tuple[Any, ...], dice: random.Random) -> None:
    inside = holder(value, path)
    if isinstance(inside, dict):
        inside[dice.choice(("approved", "outcome2", "waivers_", "schema2"))] = dice.choice((True, 1, [], "passed"))
    else:
        inside.append({"practice": "MLSEC-01"})


def rename(value: Any, path: tuple[Any, ...], dice: random.Random) -> None:
    inside = holder(value, path)
    if isinstance(inside, dict):
        inside[f"{path[-1]}_"] = inside.pop(path[-1])
    else:
        inside.reverse()


def old_schema(data: bytes, dice: random.Random, records: Records) -> bytes:
    value = json.loads(data)
    value["schema"] = dice.choice((0, 2, None, "1", 1.0, True))
    return like(data, value)


def shuffle(value: Any, dice: random.Random) -> Any:
    """Put the keys of every object into another order."""
    if isinstance(value, dict):
        items = [(key, shuffle(item, dice)) for key, item in value.items()]
        dice.shuffle(items)
        return dict(items)
    return [shuffle(item, dice) for item in value] if isinstance(value, list) else value


def reorder(data: bytes, dice: random.Random, records: Records) -> bytes:
    shape: dict[str, Any] = {"indent": 2} if b"\n" in data else {"separators": (",", ":")}
    shuffled = json.dumps(shuffle(json.loads(data), dice), ensure_ascii=False, **shape)
    return shuffled.encode() + data[len(data.rstrip()) :]


def space(data: bytes, dice: random.Random, records: Records) -> bytes:
    return json.dumps(json.loads(data), sort_keys=True, indent=dice.choice((None, 1, 4))).encode()


def give_twice(data: bytes, dice: random.Random, records: Records) -> bytes:
    value = json.loads(data)
    key = dice.choice(list(value))
    forged = json.dumps({key: dice.choice((value[key], another(value[key], dice)))})[1:-1].encode()
    return b"{" + forged + b"," + data.lstrip()[1:]


def cut(data: bytes, dice: random.Random, records: Records) -> bytes:
    return data[: dice.randrange(len(data))]


def flip(data: bytes, dice: random.Random, records: Records) -> bytes:
    changed = bytearray(data)
    changed[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def replace_whole(data: bytes, dice: random.Random, records: Records) -> bytes:
    return dice.choice(records.others["pretty" if b"\n" in data else "canonical"])


def forge(data: bytes, dice: random.Random, records: Records) -> bytes:
    """Change a value of the body and make the hash fit, with a signature of somebody else, or as it was."""
    value = json.loads(data)
    body = value.get("decision") or value["body"]
    change_value(body, dice.choice(list(places(body))), dice)
    if "body" in value:
        bare = {k: v for k, v in value.items() if k not in ("hash", "signature")}
        if dice.random() < 0.5:
            value["signature"] = keys.sign(records.forger, files.canonical(bare))
        value["hash"] = files.sha256_json({**bare, "signature": value["signature"]})
    return like(data, value)


MUTATIONS: dict[str, Mutation] = {
    "a value changed": on_value(change_value),
    "a value of another type": on_value(retype_value),
    "a key removed": on_value(remove),
    "a key added": on_value(add),
    "a key renamed": on_value(rename),
    "an old schema": old_schema,
    "keys reordered": reorder,
    "spaced otherwise": space,
    "a key given twice": give_twice,
    "cut short": cut,
    "a bit flipped": flip,
    "the record of another decision": replace_whole,
    "forged, with a hash that fits": forge,
}


def prepare(world: World) -> Records:
    """Let version 2 wait for its promotion to champion, with a decision that passed."""
    world.champion(1.0)
    second = world.register(0.5)
    world.promote("staging", world.decide("staging", second).number)
    refused = world.decide("champion", world.register(0.2), outcome="refused")
    entry = world.decide("champion", second)
    ledger = world.root / "ledger"
    report = world.root / "reports/decisions/champion.json"
    artifacts = sorted((world.root / "mlartifacts").rglob(f"champion-{entry.number:06d}.json"))
    strangers = [p for p in (world.root / "mlartifacts").rglob("*-0*.json") if p not in artifacts]
    others = {
        "canonical": [p.read_bytes() for p in sorted(ledger.glob("*.json")) if p.stem != f"{entry.number:06d}"],
        "pretty": [p.read_bytes() for p in sorted(strangers)],
    }
    assert others["pretty"] and refused.number < entry.number
    return Records(ledger / f"{entry.number:06d}.json", report, artifacts[0], others, world.root / "forger")


def is_accepted(world: World, records: Records, place: str, mutation: str, seed: int) -> bool:
    """Mutate one record, ask for the promotion, put everything back; tell whether anything moved."""
    path, dice = records.paths()[place], random.Random(f"{place} {mutation} {seed}")
    original = path.read_bytes()
    mutated = original
    while mutated == original:
        mutated = MUTATIONS[mutation](original, dice, records)
    before = set((world.root / "ledger").iterdir())
    head = world.stores.registry.remembered_head()
    path.write_bytes(mutated)
    try:
        with contextlib.suppress(LifecycleError):
            return promote_stored(world)
        return world.alias() != 1
    finally:
        path.write_bytes(original)
        for extra in set((world.root / "ledger").iterdir()) - before:
            extra.unlink()
        world.stores.registry.client.set_registered_model_tag(world.model, HEAD_TAG, head)


def promote_stored(world: World) -> bool:
    """Ask for the promotion by the stored decision."""
    return promote(
        "champion", decision=None, stores=world.stores, current=world.facts(), approvals=BY_POLICY, actor="test",
        cause="hand", patience_seconds=5,
    ).changed  # fmt: skip
