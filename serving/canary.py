"""A staged version beside the champion: which requests it answers, what it showed, and what ends it."""

import contextlib
import logging
import os
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import LifecycleError
from config.settings import Notify
from config.settings.release import Release
from serving.kept import Admission, Shelf
from serving.options import Options
from serving.served import Served, Standing, load
from serving.taking import take
from tasks import alerts, canary, files, history, pairs
from tasks.alerts import Alert
from tasks.canary import Shown
from tasks.ledger import Entry
from tasks.pairs import Pair
from tasks.shadow import Contender

LOOKS = 10  # in each window
FEWEST = 20
log = logging.getLogger("serving")


@dataclass(eq=False)
class Canary:
    """What answers a share of the requests; the champion is asked before, and answers where it fails."""

    served: Served
    champion: Served
    rule: Release
    workers: int = 1
    asked: int = 0
    failed: int = 0
    shown: Shown = field(init=False)
    window: "deque[Pair]" = field(init=False)

    def __post_init__(self) -> None:
        self.window = deque(maxlen=max(FEWEST, -(-self.rule.canary.requests // self.workers)))
        self.shown = Shown(canary.RUNNING, "", *self._versions)

    @property
    def _versions(self) -> tuple[int, int]:
        return self.served.version or 0, self.champion.version or 0

    def takes(self, request_id: str, champion: Served) -> bool:
        """Tell whether a request that this champion answered is one of the canary's."""
        known = champion is self.champion and self.shown.verdict != canary.OUTSIDE
        return known and canary.takes(request_id, self.rule.canary.share)

    def note(self, pair: Pair) -> None:
        """Take what both answered, and judge as often as is cheap."""
        self.asked += 1
        self.failed += pair.candidate is None
        self.window.append(pair)
        most = self.window.maxlen or 1
        if self.asked >= most and (self.asked - most) % max(1, most // LOOKS) == 0:
            self._judge()

    def end(self, because: str) -> None:
        """End it at once."""
        self._tell(Shown(canary.OUTSIDE, because, *self._versions))

    def now(self) -> Shown:
        """Give what it has shown up to now."""
        share = self.rule.canary.share
        return replace(self.shown, source="live", share=share, asked=self.asked, failed=self.failed)

    def _judge(self) -> None:
        models = zip(self._versions, (self.served, self.champion), strict=True)
        sides = [Contender(version, one.inference) for version, one in models]
        self._tell(pairs.judge(list(self.window), *sides, rule=self.rule))

    def _tell(self, shown: Shown) -> None:
        if shown.verdict == canary.OUTSIDE and self.shown.verdict != canary.OUTSIDE:
            log.warning("the canary of version %s is ended: %s", self.served.version, shown.because)
        self.shown = shown


@dataclass(eq=False)
class Canaries:
    """Lets what stands on staging answer its share, and writes down what it shows."""

    options: Options
    options_file: Path
    standing: Standing
    notify: Notify
    shelf: Shelf = field(init=False)
    admission: Admission | None = None
    written: Shown | None = None

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.options.home / "staged", Path(self.options.keys))
        self.shelf.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def follow(self, entries: list[Entry]) -> None:
        """Begin, go on with, or let go the canary that the ledger says; one that cannot be taken up is told of."""
        admission, now = self._admitted(entries), self.standing.canary
        if now is not None and admission == self.admission and now.champion is self.standing.served:
            return
        self.let_go()
        canary.forget(self.options.home, [] if admission is None else [self._place(admission)])
        if admission is not None:
            self._begin(admission)

    def let_go(self) -> None:
        """Let the champion answer everything."""
        self.standing.canary, self.admission = None, None

    def _admitted(self, entries: list[Entry]) -> Admission | None:
        """Find what stands on staging since the champion moved last; what a rule has ended does not come back."""
        staged, champions = history.moves(entries, "staging")[-1:], history.moves(entries, "champion")[-1:]
        if self.options.release.strategy != "canary" or not staged or not champions or self.standing.served is None:
            return None
        version = staged[0].body["version"]
        if staged[0].number < champions[0].number or version in history.rolled_back_from(entries):
            return None
        admission = Admission.of(int(version), entries, move=staged[0].number)
        return None if canary.ended(self._place(admission)) else admission

    def _begin(self, admission: Admission) -> None:
        champion = self.standing.served
        try:
            package = self.shelf.find(admission) or take(admission, self.options_file, self.shelf)
        except LifecycleError as error:
            log.warning("no canary: %s", error.seen)
            return
        served = load(package, digest=admission.digest, version=admission.version, decision=admission.move)
        self.shelf.trim(1)
        if champion is not None:
            beside = Canary(served, champion, self.options.release, self.options.serving.workers)
            self.standing.canary, self.admission = beside, admission

    def tell(self) -> None:
        """Write down what the canary of this worker shows; one that a rule ended, here or elsewhere, is let go."""
        now, admission = self.standing.canary, self.admission
        if now is None or admission is None:
            return
        shown, folder = now.now(), self._place(admission)
        ended, elsewhere = shown.verdict == canary.OUTSIDE, canary.ended(folder) is not None
        if shown != self.written:
            with contextlib.suppress(LifecycleError):  # a full disk: it is written at another look
                files.write_json(folder / f"{os.getpid()}.json", shown)
                self.written = shown
        if elsewhere or (ended and shown == self.written):
            self.let_go()
        if ended and not elsewhere and shown == self.written:
            words = f"the canary of version {admission.version}"
            alerts.raise_alert(Alert("alarm", words, shown.because, "lifecycle status"), self.notify)

    def _place(self, admission: Admission) -> Path:
        return canary.place(self.options.home, admission.version, admission.package_digest)
