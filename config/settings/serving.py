"""The `serving` section of runtime.yaml: where the server listens, what it takes, what it keeps."""

from typing import Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, PositiveShare, Share


class Limits(Closed):
    """What one request, one consumer and all together may ask of the server."""

    body_bytes: int = Field(default=1 << 20, ge=1_000, le=1 << 28, description="Largest body.")
    header_bytes: int = Field(default=32_768, ge=1_024, le=1 << 20, description="Largest head of a request.")
    rows: int = Field(default=1_000, ge=1, le=100_000, description="Most rows of one request.")
    read_seconds: float = Field(default=10.0, gt=0, le=300, description="Time for a request to arrive whole.")
    predict_seconds: float = Field(default=5.0, gt=0, le=300, description="Time for the model to answer.")
    at_once: int = Field(default=64, ge=1, le=10_000, description="Requests in work; more are told to come again.")
    connections: int = Field(default=1_000, ge=10, le=100_000, description="Open connections; more are closed.")
    per_minute: int = Field(
        default=0, ge=0, le=10_000_000, description="Requests of one consumer a minute and worker; 0: no limit."
    )
    grace_seconds: int = Field(default=15, ge=1, le=600, description="Time to answer what is in work when told to end.")
    drain_seconds: float = Field(
        default=0.0, ge=0, le=60, description="Time between saying 'not ready' and taking no more connections."
    )


class Capture(Closed):
    """Which requests and answers are kept for monitoring and late labels."""

    share: Share = Field(default=1.0, description="Share of requests that are kept.")
    folder: str = Field(default=".lifecycle/captured", min_length=1, description="Folder of the Parquet files, by day.")
    buffer_rows: int = Field(default=50_000, ge=1, le=10_000_000, description="Rows that may wait; more are counted.")
    file_seconds: float = Field(default=30.0, gt=0, le=3_600, description="Longest time that a row waits for its file.")


class Scaling(Closed):
    """When a worker is added or ended: by the share of a CPU that the workers use on average."""

    most: int = Field(default=1, ge=1, le=64, description="Most workers; `workers` is the least.")
    metric: Literal["cpu"] = Field(default="cpu", description="What is looked at: the CPU that the workers use.")
    above: PositiveShare = Field(default=0.6, description="Share of a CPU a worker, from which one is added.")
    below: PositiveShare = Field(default=0.2, description="Share of a CPU a worker, under which one is ended.")
    window_seconds: float = Field(default=5.0, gt=0, le=600, description="Span over which use is looked at.")
    cooldown_seconds: float = Field(default=30.0, ge=0, le=3_600, description="Time from one change to the next.")

    @model_validator(mode="after")
    def _apart(self) -> "Scaling":
        if self.below >= self.above / 2:
            raise ValueError("below is less than half of above: what was just added would be ended again")
        return self


class Probing(Closed):
    """When a consumer is said to probe the model: rows that resemble earlier ones of the same consumer."""

    least: int = Field(
        default=50, ge=0, le=200, description="Rows that resemble an earlier one, at least; 0: not looked for."
    )
    share: Share = Field(default=0.5, description="Share of the consumer's last rows that they are, at least.")
    seconds: float = Field(default=60.0, gt=0, le=3_600, description="Time within which they come.")


class Serving(Closed):
    """The scoring server."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address; any but loopback needs keys.")
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="Names by which it may be called; none: those of loopback, where it listens there."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Processes that share the port; the least.")
    scaling: Scaling = Field(default_factory=Scaling, description="When workers are added and ended.")
    poll_seconds: float = Field(default=2.0, gt=0, le=60, description="How often the champion is asked for.")
    levels_seconds: float = Field(
        default=60.0, gt=0, le=3_600, description="Span over which the levels of the charter's `usage` are watched."
    )
    keep: int = Field(default=3, ge=3, le=100, description="Last good models kept on the server's own disk.")
    ask_keys: bool | None = Field(default=None, description="Whether a key is asked for; null: outside loopback.")
    keys_file: str = Field(default=".lifecycle/consumers.json", min_length=1, description="Consumers' hashed keys.")
    access_log: str = Field(default=".lifecycle/access.log", description="One line of JSON a request; empty: none.")
    certificate: str = Field(default="", description="PEM file of its certificate; with one it speaks TLS alone.")
    certificate_key: str = Field(default="", description="PEM file of the certificate's key; empty: in the same file.")
    encryption: str = Field(
        default="", description="What encrypts the traffic in front of it, where it listens outside loopback."
    )
    key_days: int = Field(
        default=183, ge=1, le=366, description="A key counts for so long: then it is looked at again."
    )
    limits: Limits = Field(default_factory=Limits, description="Bounds of size, time and number.")
    probing: Probing = Field(default_factory=Probing, description="When a consumer is said to probe the model.")
    capture: Capture = Field(default_factory=Capture, description="What is kept of requests and answers.")

    @model_validator(mode="after")
    def _scales_upward(self) -> "Serving":
        if 1 < self.scaling.most < self.workers:
            raise ValueError("scaling.most is no less than workers")
        return self

    @property
    def most_workers(self) -> int:
        """The workers that may run at once."""
        return max(self.workers, self.scaling.most)
