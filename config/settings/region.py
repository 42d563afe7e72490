"""charter.yaml, `region` and `allocation`: where the project runs, how clean its electricity is, and who pays."""

from datetime import date

from pydantic import Field

from config.settings.base import Closed, Name


class Grid(Closed):
    """A region of low carbon intensity."""

    grams_co2e_per_kwh: float = Field(ge=0, le=2000, description="Carbon intensity of its grid.")
    as_of: date = Field(description="When that figure was looked up.")
    source: Name = Field(description="Where that figure is from.")


class Region(Closed):
    """Where the project runs."""

    name: str = Field(default="", description="Region of the cloud; empty: what the environment says, if anything.")
    on_premises: str = Field(default="", description="Why there is no region to choose, where there is none.")
    low_carbon: dict[Name, Grid] = Field(default_factory=dict, description="Regions that count as low in carbon.")
    grid_days: int = Field(
        default=366, ge=1, le=1100, description="A figure of the grid older than this shows nothing."
    )


class Allocation(Closed):
    """Whose budget pays, and where the work is small enough for one machine; every run carries it as tags."""

    unit: str = Field(default="", description="Who pays: cost centre, department or team.")
    environment: str = Field(default="", description="What the place is for: development, production or both.")
    local_rows: int = Field(default=10_000_000, ge=1, description="Rows up to which training runs on one machine.")
