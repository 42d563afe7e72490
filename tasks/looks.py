"""How many candidates have looked at a promotion set: what is looked at often enough lets something through by luck."""

from collections.abc import Iterator, Sequence
from typing import Any

from tasks.ledger import Entry, Kind
from tasks.registry import Registry
from tasks.tracking import in_words

SHORT = 12


def count_look(registry: Registry, entries: Sequence[Entry], *, promotion_sha256: str, digest: str) -> int:
    """Note that a candidate looks at these promotion rows; give how many candidates ever have.

    The registered model remembers in a tag, the ledger in its decisions: taking either away lowers nothing that the
    other holds, and looking again with the same bytes adds nothing.
    """
    registry.ensure()
    name = f"looks_{promotion_sha256[:16]}"
    with in_words(registry.uri):
        told = registry.client.get_registered_model(registry.model).tags.get(name, "").split()
        looked = dict.fromkeys([*told, *recorded(entries, promotion_sha256), digest[:SHORT]])
        if list(looked) != told:
            registry.client.set_registered_model_tag(registry.model, name, " ".join(looked))
    return len(looked)


def recorded(entries: Sequence[Entry], promotion_sha256: str) -> Iterator[str]:
    """Give the starts of the digests that decisions in the ledger saw measured on a promotion set."""
    for entry in entries:
        if entry.kind == Kind.DECISION:
            for sha256, digest in _measured(entry.body.get("figures") or {}):
                if sha256 == promotion_sha256 and isinstance(digest, str):
                    yield digest[:SHORT]


def _measured(figures: dict[str, Any]) -> Iterator[tuple[object, object]]:
    looked, compared = figures.get("looked_at") or {}, figures.get("comparison") or {}
    yield looked.get("promotion_sha256"), looked.get("digest")
    yield compared.get("promotion_sha256"), (compared.get("candidate") or {}).get("digest")
