"""The windows in which the live model is watched: how they are named, what was found in each, which comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.errors import ConfigError
from config.settings import Window
from tasks import files

WINDOWS = Path("reports/monitoring")
OK, ALARM, UNKNOWN = "ok", "alarm", "unknown"


@dataclass(frozen=True)
class FeatureDrift:
    """Effect size (PSI) of one column; None where the column is gone, which counts as drift."""

    psi: float | None
    drifted: bool


@dataclass(frozen=True, kw_only=True)
class WindowReport:
    """What was found in one window: reports/monitoring/<window>.json."""

    made: datetime
    window: Window
    rows: int
    version: int | None
    digest: str | None
    baseline_sha256: str | None
    verdict: str
    because: str
    features: Mapping[str, FeatureDrift]
    prediction_psi: float | None
    performance: Mapping[str, Any] | None
    labels_share: float | None
    service: Mapping[str, Any] | None
    alarms: tuple[str, ...]
    action: Mapping[str, Any] | None
    sides: Mapping[str, Any] | None = None  # attribution, bias, returns and effort, as tasks/living.py tells them
    schema: int = 1

    @property
    def drifted(self) -> tuple[str, ...]:
        """The features that have drifted."""
        return tuple(name for name, drift in self.features.items() if drift.drifted)

    @property
    def dropped(self) -> bool:
        """Whether the realised performance fell."""
        return bool(self.performance and self.performance.get("dropped"))

    @property
    def moved(self) -> bool:
        """Whether what the model looks at, or how it treats groups, has moved past its bound."""
        told, bias = ((self.sides or {}).get(name) or {} for name in ("attribution", "bias"))
        other = told.get("agreement") is not None and told["agreement"] < told["bound"]
        return bool(other or (bias.get("gap") is not None and bias["gap"] > bias["bound"]))


def read_windows(folder: Path) -> list[WindowReport]:
    """Read the report of every window, oldest first; a broken one is told (LifecycleError)."""
    found = [_read(files.read_json(path)) for path in folder.glob("*.json")]
    return sorted(found, key=lambda report: (report.window.end, report.window.start))


def _read(stored: dict[str, Any]) -> WindowReport:
    features = {name: FeatureDrift(**drift) for name, drift in stored["features"].items()}
    window, made = Window.model_validate(stored["window"]), datetime.fromisoformat(stored["made"])
    own = {"window": window, "made": made, "features": features, "alarms": tuple(stored["alarms"])}
    return WindowReport(**{**stored, **own})


def name_of(window: Window) -> str:
    """Name a window: 2013-09 for a month, 2013-09-01_2013-09-15 for other spans (the end excluded)."""
    if window == month_from(window.start) and window.start.day == 1:
        return f"{window.start:%Y-%m}"
    return f"{window.start}_{window.end}"


def parse_window(text: str) -> Window:
    """Read a window from what people write: 2013-09, or 2013-09-01..2013-09-15 (ConfigError)."""
    try:
        first, separator, last = text.strip().partition("..")
        if separator:
            return Window(start=date.fromisoformat(first), end=date.fromisoformat(last))
        return month_from(date.fromisoformat(f"{first}-01"))
    except ValueError as error:
        raise ConfigError(
            f"WINDOW is {text!r}",
            expected="a month such as 2013-09, or two days such as 2013-09-01..2013-09-15 (the end excluded)",
            next_step="lifecycle monitor 2013-09",
        ) from error


def month_from(start: date) -> Window:
    """Give the span from a day to the same day of the next month (or that month's last)."""
    first_of_next = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first_of_next + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Window(start=start, end=min(first_of_next.replace(day=min(start.day, last.day)), last))


def next_window(trained_until: date, watched: list[WindowReport]) -> Window:
    """Give the month after all that was trained on or watched."""
    return month_from(max([trained_until, *(report.window.end for report in watched)]))
