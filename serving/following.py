"""Follows the champion: the alias says that something may have moved, the signed ledger says what may serve."""

import logging
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import LifecycleError
from config.settings import Notify
from serving.alarms import Alarms
from serving.canary import Canaries
from serving.kept import Admission, Shelf
from serving.options import Options
from serving.served import Standing, load
from serving.taking import take
from tasks import aliases, history
from tasks.ledger import Entry, Ledger

ALIAS = "champion"
log = logging.getLogger("serving")


@dataclass(frozen=True)
class Signs:
    """What is cheap to look at: where the alias points, the head that the registry remembers, the ledger's length."""

    alias: int | None
    head: str | None
    entries: int
    silent: str = ""  # why the registry does not answer


@dataclass(eq=False)
class Follower:
    """Looks every few seconds, and swaps the one reference when another champion is let in, verified and tried."""

    options: Options
    options_file: Path
    standing: Standing
    notify: Notify = field(default_factory=Notify)
    done: Signs | None = None
    serving: Admission | None = None
    ending: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    alarms: Alarms = field(init=False)
    canaries: Canaries = field(init=False)
    shelf: Shelf = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        keys = Path(self.options.keys)
        self.alarms = Alarms(self.options.home / "told", self.notify)
        self.canaries = Canaries(self.options, self.options_file, self.standing, self.notify)
        self.shelf = Shelf(self.options.home / "models", keys)
        self.shelf.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.ledger = Ledger(Path(self.options.ledger), keys)

    def start(self, *, patience_seconds: float) -> None:
        """Go on looking in a thread until told to end; wait so long for the first look to be done."""
        threading.Thread(target=self._follow, name="follow", daemon=True).start()
        self.begun.wait(patience_seconds)

    def _follow(self) -> None:
        self.step()
        self.begun.set()
        while not self.ending.wait(self.options.serving.poll_seconds):
            self.step()

    def step(self) -> None:
        """Look once; whatever is wrong, the last good model goes on, and the reason is told."""
        signs = self._look()
        if signs != self.done:
            self._follow_up(signs)
        self.canaries.tell()
        self.alarms.look(self.standing.reason)

    def _follow_up(self, signs: Signs) -> None:
        try:
            self.standing.reason = self._settle(signs)
            self.done = signs
        except LifecycleError as error:
            self._go_on(error.seen)
        except Exception as error:  # the thread must live: a server that follows no more would serve on unnoticed
            log.exception("the champion could not be followed")
            self._go_on(f"the champion could not be followed: {type(error).__name__}")

    def _look(self) -> Signs:
        if self.done is not None and self.done.silent and (length := self._length()) != self.done.entries:
            return replace(self.done, entries=length)  # what the ledger says waits for no registry that hangs
        try:
            seen, silent = aliases.read_aliases(self.options.tracking_uri, self.options.model), ""
        except LifecycleError as error:
            seen, silent = aliases.Aliases(), error.seen
        return Signs(seen.versions.get(ALIAS), seen.ledger_head, self._length(), silent)

    def _length(self) -> int:
        return max(self.ledger.numbers(), default=0)

    def _settle(self, signs: Signs) -> str:
        """Let what the ledger says serve, and give the reason why that is not all right; empty where it is."""
        entries = self.ledger.trusted(signs.head)
        standing = history.standing(entries, ALIAS)
        if standing is None:
            if signs.alias is not None or history.moves(entries, ALIAS) == []:
                raise LifecycleError("no version was let in as champion by the ledger")
            self._withdraw()
            self.canaries.let_go()
            return "champion was withdrawn: nobody serves"
        self._take_up(standing, entries)
        self.canaries.follow(entries)
        if signs.silent:
            return f"the ledger is followed, the registry does not answer: {signs.silent}"
        if signs.alias != standing:
            if (debt := history.owed(entries)) and signs.alias in debt.may_name[ALIAS]:
                return f"version {standing} serves; the registry is owed the alias since entry {debt.entry}"
            return f"the alias names version {signs.alias}, the ledger let version {standing} in, which serves"
        return ""

    def _take_up(self, version: int, entries: list[Entry]) -> None:
        move = history.moves(entries, ALIAS)[-1].number
        admission = Admission.of(version, entries, move=move)
        if self.serving == admission and self.standing.served is not None:
            return
        self._swap(admission, self.shelf.find(admission) or take(admission, self.options_file, self.shelf))

    def _swap(self, admission: Admission, package: Path) -> None:
        served = load(
            package, digest=admission.digest, version=admission.version,
            decision=admission.move or admission.decision.number,
        )  # fmt: skip
        self.standing.served, self.serving = served, admission
        self.shelf.used(admission)
        self.shelf.trim(self.options.serving.keep)

    def _withdraw(self) -> None:
        self.standing.served, self.serving = None, None

    def _go_on(self, reason: str) -> None:
        """Serve what served last; at a cold start that is what the disk has kept."""
        self.canaries.let_go()
        if self.standing.served is None and (found := self.shelf.newest()):
            self._swap(*found)
        if self.standing.reason != reason:
            log.warning("not followed: %s", reason)
        self.standing.reason = reason
