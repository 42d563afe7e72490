"""How a record is read from JSON: strictly typed, finite numbers only, keys it does not know left aside."""

from dataclasses import dataclass

from pydantic import ConfigDict


@dataclass(frozen=True, kw_only=True)
class Record:
    """Something a run left behind, as the auditor reads it."""

    __pydantic_config__ = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")
