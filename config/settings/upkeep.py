"""What the live model is held to besides drift and score: cost, use, accesses, explorations, reviews by people."""

from pydantic import Field

from config.settings.base import Closed, Share


class Upkeep(Closed):
    """How old what is kept may be, and the bounds on it."""

    labels_share: Share = Field(default=0.5, description="Least share of a window's rows whose truth must be known.")
    answer_days: int = Field(default=14, ge=1, le=366, description="Time to answer a window that did not pay.")
    cost_days: int = Field(default=45, ge=1, le=366, description="A cost report older than this shows nothing.")
    cost_growth: float = Field(default=2.0, gt=1, description="Most that cost may grow from one period to the next.")
    untagged_share: Share = Field(default=0.05, description="Most of the cost that may belong to no activity.")
    effort_growth: float = Field(
        default=3.0, gt=1, description="Most that the CPU of an answer may grow against that at the promotion."
    )
    resize_days: int = Field(default=100, ge=1, le=366, description="A decision on the endpoint's size may be as old.")
    access_days: int = Field(default=45, ge=1, le=366, description="An audit of accesses older than this.")
    access_retention_days: int = Field(default=365, ge=1, description="Least time that accesses are kept.")
    review_days: int = Field(default=100, ge=1, le=366, description="A review by people older than this shows nothing.")
    reviewed_rows: int = Field(default=50, ge=1, description="Fewest answers that people look at.")
    review_agreement: Share = Field(default=0.8, description="Least share of them that people agree with.")


class Reviewing(Closed):
    """When the whole lens is asked by itself, and how early what ends is told."""

    cron: str = Field(default="0 4 * * 1", description="When the review runs.")
    warn_days: int = Field(default=14, ge=1, le=90, description="How many days before it blocks an end is told.")
