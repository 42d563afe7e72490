"""The part of policy.yaml that says how a candidate is packaged and let in step by step."""

from typing import Annotated, Literal

from pydantic import Field

from config.settings.base import Closed, Share


class Shadow(Closed):
    """The replay of requests through champion and candidate, before the candidate answers anybody."""

    rows: int = Field(default=2_000, ge=100, le=100_000, description="Most requests that are replayed.")
    minimum_rows: int = Field(default=100, ge=20, description="Fewer comparable requests prove nothing.")
    disagreement: Share = Field(default=0.3, description="Largest share of requests that may be decided otherwise.")
    difference: float = Field(
        default=0.2, gt=0, description="Largest mean difference of an answer; of values, in standard deviations."
    )
    slower: float = Field(default=2.0, ge=1, description="How many times the champion's median latency is accepted.")
    slower_ms: float = Field(
        default=5.0, ge=0, description="Milliseconds above the champion's that are always accepted."
    )


class Load(Closed):
    """The short load of the trial: how many ask at once, step by step, and for how long."""

    connections: tuple[Annotated[int, Field(ge=1, le=256)], ...] = Field(
        default=(1, 4, 16), min_length=1, max_length=10, description="Connections of each step."
    )
    seconds: float = Field(default=0.5, gt=0, le=600, description="Seconds of each step.")


class Canary(Closed):
    """The share of requests that a staged version answers beside the champion; the bounds of `shadow` end it."""

    share: float = Field(default=0.05, gt=0, le=0.5, description="Share of requests, chosen by their ids.")
    requests: int = Field(
        default=200, ge=20, le=2_000, description="Requests over which it is judged; fewer prove nothing."
    )
    errors: Share = Field(
        default=0.01, description="Largest share of them that it may fail where the champion answers."
    )
    live_minutes: float = Field(
        default=0.0, ge=0, le=1_440,
        description="How long a run waits for the running server's requests; 0: those of the trial are enough.",
    )  # fmt: skip


class Release(Closed):
    """How a candidate is packaged and let in."""

    parity_tolerance: float = Field(
        default=1e-6, ge=0, le=1e-3, description="Largest difference of a fast form's answer from the model's own."
    )
    strategy: Literal["shadow", "canary"] = Field(
        default="shadow",
        description="Trial on the real server, replay beside the champion, staging, then the alias; `canary` also lets "
        "the candidate answer a share of the requests, in the trial and then on the running server.",
    )
    dearer: float = Field(
        default=2.0, ge=1, description="How many times the CPU of the cheapest exact way to answer is accepted."
    )
    threads: str = Field(
        default="", description="Why training or answering keeps its threads where a measurement speaks for others."
    )
    shadow: Shadow = Field(default_factory=Shadow, description="How the replay is judged.")
    load: Load = Field(default_factory=Load, description="The load that tells capacity, where the charter has `usage`.")
    canary: Canary = Field(default_factory=Canary, description="The share, where `strategy` is canary.")
