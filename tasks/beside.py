"""What a candidate shows beside the champion of the ledger: the replay, and the canary on the real server."""

from dataclasses import dataclass
from pathlib import Path

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import canary_trial, history, settlement, shadow
from tasks.canary import Shown
from tasks.canary_trial import Side
from tasks.candidates import read_contract
from tasks.inference import open_package
from tasks.packaging import Package
from tasks.registry import Version
from tasks.shadow import Contender, Replay
from tasks.stores import Stores
from tasks.training import read_part


@dataclass(frozen=True)
class Lost:
    """A champion whose files cannot be had, and why."""

    version: int
    because: str


def replay(version: Version, package: Package, *, settings: Settings, stores: Stores) -> Replay:
    """Replay requests through the candidate and the champion (IntegrityAlarm)."""
    champion = _champion(version, stores)
    if champion is None:
        return shadow.no_champion(version.number)
    if isinstance(champion, Lost):
        return shadow.champion_lost(version.number, champion.version, champion.because)
    return shadow.replay(
        _side(version.number, package).contender, champion.contender, captured=captured(settings),
        held_out=lambda: read_part("promotion")[0], bounds=settings.policy.release.shadow,
    )  # fmt: skip


def canary(version: Version, package: Package, *, settings: Settings, stores: Stores) -> Shown:
    """Let the candidate answer a share of requests to a real server on the champion (IntegrityAlarm)."""
    champion = _champion(version, stores)
    if champion is None:
        return Shown("no-champion", "nobody serves yet", version.number)
    if isinstance(champion, Lost):
        words = f"version {champion.version} cannot be had: {champion.because}"
        return Shown("champion-lost", words, version.number, champion.version)
    return canary_trial.run(
        _side(version.number, package), champion, captured=captured(settings),
        held_out=lambda: read_part("promotion")[0], rule=settings.policy.release, keys_folder=stores.ledger.keys,
    )  # fmt: skip


def captured(settings: Settings) -> Path:
    """Give the folder into which the server captures requests."""
    return Path(settings.runtime.serving.capture.folder)


def _champion(version: Version, stores: Stores) -> Side | Lost | None:
    """Fetch and verify the champion, if it is another version (IntegrityAlarm)."""
    entries = stores.trusted()
    standing = history.standing(entries, "champion")
    if standing is None or standing == version.number:
        return None
    try:
        return _side(standing, settlement.fetch_standing(standing, entries, stores))
    except IntegrityAlarm:
        raise
    except LifecycleError as error:
        return Lost(standing, error.seen)


def _side(number: int, package: Package) -> Side:
    return Side(Contender(number, open_package(package.folder, read_contract(package)[0])), package)
