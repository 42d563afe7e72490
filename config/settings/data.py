"""data.yaml: sources and columns."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, Name, Share


class Role(StrEnum):
    """What a column is for."""

    FEATURE = "feature"
    TARGET = "target"
    KEY = "key"  # identifies a row; never a feature
    TIME = "time"  # when the row came to be; orders the split
    GROUP = "group"  # the entity a row belongs to; stays on one side of a group split
    IGNORED = "ignored"  # landed for the record, dropped before training


class ColumnType(StrEnum):
    """How a column is stored and checked."""

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


class Sensitivity(StrEnum):
    """How a column must be protected."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SPECIAL = "special"


class Column(Closed):
    """One column: what it is for, what values it may take, how it is protected."""

    role: Role = Field(default=Role.FEATURE, description="feature, target, key, time, group or ignored.")
    type: ColumnType = Field(description="integer, number, category, timestamp or boolean.")
    sensitivity: Sensitivity = Field(default=Sensitivity.INTERNAL, description="public, internal, personal, special.")
    treatment: Literal["none", "drop", "hash"] = Field(
        default="none", description="What is done to a sensitive column."
    )
    known_at_prediction: bool = Field(default=True, description="False: a feature that the future would have to tell.")
    minimum: float | None = Field(default=None, description="Smallest accepted value.")
    maximum: float | None = Field(default=None, description="Largest accepted value.")
    allowed: tuple[str, ...] | None = Field(default=None, description="Accepted categories; none: any.")
    max_missing: Share = Field(default=0.0, description="Largest accepted share of missing values.")
    unit: str = Field(default="", description="Unit of the values.")
    description: str = Field(default="", description="What the column says.")

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Column":
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class Source(Closed):
    """Where rows come from."""

    reader: Name = Field(description="A function of tasks/sources.py.")
    path: str = Field(default="", description="File or folder the reader reads; empty where it needs none.")
    incoming: str = Field(default="data/incoming", description="Folder whose files are appended when data is landed.")
    allowed: tuple[Name, ...] = Field(
        default=(), description="Files that may be landed, as patterns of their names in the manifest; none: any."
    )
    checksums: dict[Name, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=dict, description="SHA-256 of files that never change; one with other bytes is not landed."
    )
    licence: Name = Field(description="Licence or terms under which the data may be used.")
    purpose: Name = Field(description="What the data may be used for.")
    owner: Name = Field(description="Who answers for the source.")
    legal_basis: str = Field(default="", description="Why data of people may be used; needed where there are such.")
    permitted_until: date | None = Field(default=None, description="Last day of the permission; none: it has no end.")


class LeakSearch(StrEnum):
    """What the leakage gate searches for; each is a function of tasks/."""

    SAME_PARTS = "same parts"
    SAME_ROWS = "same rows"
    NEAR_DUPLICATES = "near duplicates"
    FUTURE_ROWS = "future rows"
    SHARED_ENTITIES = "shared entities"
    UNKNOWN_AT_PREDICTION = "unknown at prediction"
    TELLING_FEATURES = "telling features"
    IDENTIFIERS = "identifiers"
    CONFLICTING_LABELS = "conflicting labels"
    FLIPPED_LABELS = "flipped labels"
    UNSEEN_CATEGORIES = "unseen categories"
    FLOODING = "flooding"
    SCALED_OUTSIDE = "scaled outside"
    ENCODED_OUTSIDE = "encoded outside"
    IMPUTED_OUTSIDE = "imputed outside"


OF_ROWS = (LeakSearch.SAME_PARTS, LeakSearch.SAME_ROWS, LeakSearch.NEAR_DUPLICATES)  # no column answers for these


class Allowance(Closed):
    """What of one column the leakage gate lets pass, and why."""

    searches: tuple[LeakSearch, ...] = Field(min_length=1, description="The searches whose findings may pass.")
    reason: Name = Field(description="Why they may.")

    @model_validator(mode="after")
    def _speaks_of_a_column(self) -> "Allowance":
        if rows := [search.value for search in self.searches if search in OF_ROWS]:
            raise ValueError(f"searches: {', '.join(rows)} speak of whole rows, which no column can allow")
        return self


class Window(Closed):
    """The time span that a first run lands; later runs land what retraining asks for."""

    start: date = Field(description="First day, included.")
    end: date = Field(description="Last day, excluded.")

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.start >= self.end:
            raise ValueError(f"start {self.start} is not before end {self.end}")
        return self


class Privacy(Closed):
    """What is promised of people in the data."""

    impact_assessment: str = Field(default="", description="Link or path to the privacy impact assessment.")
    k_anonymity: int | None = Field(
        default=None, ge=2, description="Least size of a group of people alike, if promised."
    )
    epsilon: float | None = Field(default=None, gt=0, description="Budget of differential privacy, if promised.")


class Data(Closed):
    """Sources and columns."""

    source: Source = Field(description="Where rows come from.")
    window: Window | None = Field(default=None, description="Rows to land, by the time column; none: all rows.")
    columns: dict[Name, Column] = Field(
        default_factory=dict, description="Every column; empty: the first run describes the file and fills it in."
    )
    positive: str | None = Field(default=None, description="Binary target: the value that counts as positive.")
    target: Name = Field(description="The column to predict.")
    labels: Literal["unstated", "system-of-record", "people"] = Field(
        default="unstated", description="Where the target comes from: recorded by a system, or labelled by people."
    )
    minimum_rows: int = Field(default=100, ge=20, description="Fewer rows than this are refused.")
    quarantine_limit: Share = Field(default=0.0, description="Largest share of rows that may be set aside.")
    retention_days: int | None = Field(default=None, ge=1, description="Rows older than this are not landed.")
    privacy: Privacy = Field(default_factory=Privacy, description="What is promised of people in the data.")
    leakage_allowances: dict[Name, Allowance] = Field(
        default_factory=dict, description="Columns, and which searches of the leakage gate let them pass, and why."
    )
    shift_allowances: dict[Name, str] = Field(
        default_factory=dict, description="Columns known to move between the parts of a split, each with the reason."
    )

    difference_allowances: dict[Name, str] = Field(
        default_factory=dict,
        description="Columns known to move from one data version to the next, each with the reason.",
    )

    @model_validator(mode="after")
    def _target_is_declared(self) -> "Data":
        if self.columns and self.target not in self.columns:
            raise ValueError(f"target {self.target!r} is not among columns: {', '.join(list(self.columns)[:20])}")
        if self.columns and self.columns[self.target].role is not Role.TARGET:
            raise ValueError(f"column {self.target!r} is the target, so its role must be 'target'")
        others = [n for n, c in self.columns.items() if c.role is Role.TARGET and n != self.target]
        if others:
            raise ValueError(f"role 'target' on {', '.join(others)}, but target is {self.target!r}")
        if self.window and self.columns and not self.time_column:
            raise ValueError("window needs one column with role 'time'")
        return self

    @property
    def time_column(self) -> str | None:
        """The column that orders rows in time, if there is one."""
        return next((n for n, c in self.columns.items() if c.role is Role.TIME), None)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a model may read: features known at prediction time and not dropped."""
        return tuple(
            n
            for n, c in self.columns.items()
            if c.role is Role.FEATURE and c.known_at_prediction and c.treatment != "drop"
        )

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Columns that together identify a row."""
        return tuple(n for n, c in self.columns.items() if c.role is Role.KEY)
