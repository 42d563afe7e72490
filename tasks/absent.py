"""What stands in for a registry that does not answer: the ledger says where its aliases stand, this disk has models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import aliases, history, packaging, stores, tracking
from tasks.ledger import Entry, Kind, Ledger
from tasks.registry import Registry, Version
from tasks.stores import Stores

LADDER = ("champion", "previous")


@dataclass(frozen=True)
class Absent(Registry):
    """A registry to which every move of an alias is owed until it answers again."""

    client: Any
    ledger: Ledger
    state: Path
    why: str  # it does not answer
    stands: dict[str, int | None] = field(default_factory=dict)
    may_name: dict[str, set[int | None]] = field(default_factory=dict)

    def aliases(self) -> dict[str, int]:
        """Give the aliases as the ledger has them, and as they were moved since."""
        return {name: version for name, version in self.stands.items() if version is not None}

    def point(self, alias: str, version: int | None) -> None:
        """Owe a move."""
        self.stands[alias] = version

    def swap(self, alias: str, *, before: int | None, after: int | None) -> bool:
        """Owe a move."""
        self.point(alias, after)
        return True

    def owed(self) -> dict[str, Any]:
        """Say what the aliases may name in the registry until a move that is made now is made good."""
        return {"owed": {name: sorted(named, key=lambda v: v or 0) for name, named in self.may_name.items()}}

    def version(self, number: int) -> Version:
        """Find a version as it was let in, where this disk keeps it (LifecycleError; IntegrityAlarm: not as it was)."""
        unsound = []
        for folder in self._kept(number):
            try:
                self._verify(folder, number)
            except LifecycleError as error:
                unsound.append(error.seen)
            else:
                return Version(number, "", str(folder), {})
        kind, how = (IntegrityAlarm, f" as it was let in ({'; '.join(unsound)})") if unsound else (LifecycleError, "")
        raise kind(
            f"version {number} is not kept on this disk{how}, and the registry does not answer: {self.why}",
            expected=f"its signed package in {self.state}", next_step="start the registry, then the same command again",
        )  # fmt: skip

    def _kept(self, number: int) -> Iterator[Path]:
        """Walk through the server's own models, then what was last fetched for a promotion or a batch."""
        yield from sorted((self.state / "serving" / "models").glob(f"{number}-*/package"))
        if (fetched := self.state / "models" / str(number)).is_dir():
            yield fetched

    def _verify(self, folder: Path, number: int) -> None:
        """See that a folder is the one package that was decided on: a project begun anew counts versions anew."""
        package = packaging.verify(folder, digest=None, keys_folder=self.ledger.keys)
        entry = history.let_in_by(self.ledger.entries(), number)
        if entry is None or package.package_digest != entry.body["figures"].get("package_digest"):
            raise IntegrityAlarm(f"{folder} is signed, but is not the package that was decided on")

    def fetch(self, source: str, destination: Path) -> Path:
        """Give the folder where it lies: it is only read."""
        return Path(source)

    def remembered_head(self) -> str | None:
        """Give the ledger's own head: nobody else can be asked."""
        head = self.ledger.head()
        return None if head is None else head.head

    def remember_head(self, entry: Entry) -> None:
        """Leave it: the next entry that is recorded with the registry there is remembered."""

    def begin(self, held: Stores) -> Sequence[Entry]:
        """Take the aliases from the ledger, and close what was interrupted on its way to champion."""
        entries = held.trusted()
        interrupted = [intent for intent in history.open_intents(entries) if intent.body["alias"] == "champion"]
        debt = history.owed(entries)
        for name in LADDER:
            self.stands[name] = history.expected(entries, name)
            self.may_name[name] = {self.stands[name], *(debt.may_name.get(name, ()) if debt else ())}
        for intent in interrupted:
            self.may_name["champion"] |= {intent.body["from"], intent.body["version"]}
            self.may_name["previous"] |= {intent.body["from"]}
            because = f"where the alias stands is not known, for the registry does not answer: {self.why}"
            held.record(Kind.ABORTED, {**intent.body, **self.owed(), "intent": intent.number, "because": because})
        return held.trusted()


def open_stores(settings: Settings) -> Stores:
    """Open registry and ledger; where the registry does not answer, with what stands in for it."""
    uri, model = tracking.address(settings.runtime), settings.charter.project
    try:
        if uri.startswith(("sqlite:///", "http://", "https://")):
            aliases.read_aliases(uri, model)
        else:
            return stores.open_stores(settings)
    except LifecycleError as error:
        ledger, state = Ledger(Path(settings.runtime.ledger)), tracking.STATE
        return Stores(Absent(None, model, uri, ledger, state, error.seen), ledger, state)
    return stores.open_stores(settings)


def why_absent(stores: Stores) -> str:
    """Say why the registry of these stores does not answer; empty where it does."""
    return stores.registry.why if isinstance(stores.registry, Absent) else ""
