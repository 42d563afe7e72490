"""Reads and writes the configuration files of a world; comments are not kept, values are."""

from pathlib import Path
from typing import Any


def read(root: Path, name: str) -> dict[str, Any]:
    """Read config/<name>.yaml."""
    import yaml

    values: dict[str, Any] = yaml.safe_load((root / "config" / f"{name}.yaml").read_text(encoding="utf-8"))
    return values


def write(root: Path, name: str, values: dict[str, Any]) -> None:
    """Write config/<name>.yaml, every value in full."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text = yaml.dump(values, Dumper=Plain, sort_keys=False, allow_unicode=True)
    (root / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")


def put(place: Any, key: list[str], value: Any) -> None:
    """Set a value deep inside, at a key whose parts are names or numbers."""
    *way, last = key
    for word in way:
        place = place[int(word)] if isinstance(place, list) else place.setdefault(word, {})
    place[int(last) if isinstance(place, list) else last] = value
