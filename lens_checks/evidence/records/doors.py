"""What the trial of a release saw of the server's doors and of its API, and who is on the list of consumers."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class RateTrial(Record):
    """A consumer that may ask so often a minute, and asked more: what was answered, and what refused."""

    per_minute: int
    sent: int
    answered: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ProbeTrial(Record):
    """Requests that were nearly the same; how many consumers the server said to probe, before and after them."""

    sent: int
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class DoorTrial(Record):
    """Statuses without a key, with one that nobody has, with one; whose name the log has; lines that mark a prober."""

    anonymous: int
    unknown: int
    known: int
    consumer: str
    logged: str | None
    marked: int
    limited: RateTrial
    probed: ProbeTrial


@dataclass(frozen=True, kw_only=True)
class ApiKept(Record):
    """A version of the API: the digest of its document, how often it was asked, and what of it was broken."""

    api: str
    sha256: str
    calls: int
    broken: tuple[str, ...]

    @property
    def major(self) -> int:
        """The first number of the version; -1 where it has none."""
        first = self.api.partition(".")[0]
        return int(first) if first.isdecimal() else -1


@dataclass(frozen=True, kw_only=True)
class ApiSignature(Record):
    """The columns of the contract, and which the model's signature, or the server, has otherwise (None: no such)."""

    columns: int
    model: tuple[str, ...] | None
    server: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class ApiTrial(Record):
    """Both versions of the API against the candidate; `changes` take something away from the released one."""

    current: ApiKept
    released: ApiKept
    changes: tuple[str, ...]
    signature: ApiSignature


@dataclass(frozen=True, kw_only=True)
class ApiDocuments(Record):
    """The digests of the API's documents as they lie in the project: of this version, and of the released one."""

    current: str
    released: str


@dataclass(frozen=True, kw_only=True)
class ListedConsumer(Record):
    """Who may ask, since when, and the day from which the key does not count."""

    name: str
    added: str
    expires: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConsumerList(Record):
    """The consumers that have a key; none where nobody was given one."""

    consumers: tuple[ListedConsumer, ...]
