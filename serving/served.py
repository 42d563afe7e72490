"""What is served: one loaded model with its contract and the decision that let it in, held by one reference."""

import functools
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from serving.refusals import Headers, not_ready
from tasks.encoding import Categories
from tasks.inference import Form, Inference
from tasks.scoring import Contract, Golden, row_checker
from tasks.strict import Checker

if TYPE_CHECKING:
    from serving.canary import Canary

INLINE_ROWS = 32  # so few rows of a fast form are answered at once: a thread would cost more than it frees


@dataclass(frozen=True, eq=False)
class Served:
    """A loaded model and what is known of it."""

    inference: Inference
    contract: Contract
    digest: str
    version: int | None = None
    decision: int | None = None  # number of the ledger's entry that let it in
    _checkers: dict[int, Checker] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def headers(self) -> Headers:
        """What every answer carries."""
        about = {"x-model-version": self.version, "x-model-digest": self.digest, "x-decision-id": self.decision}
        return tuple((name.encode(), str(value).encode()) for name, value in about.items() if value is not None)

    @functools.cached_property
    def categories(self) -> dict[str, Container[Any]]:
        """Give, for each column of categories, those known from training; empty where the form does not tell."""
        parts = self.inference.encoder.parts if self.inference.encoder is not None else ()
        return {part.column: part.rows for part in parts if isinstance(part, Categories)}

    def checker(self, most_rows: int) -> Checker:
        """Give the checks of its columns."""
        if most_rows not in self._checkers:
            self._checkers[most_rows] = row_checker(self.contract, most_rows)
        return self._checkers[most_rows]

    def is_quick(self, rows: int) -> bool:
        """Tell whether so many rows are answered faster than a thread is woken."""
        return self.inference.form is not Form.NATIVE and rows <= INLINE_ROWS

    def predict(self, columns: dict[str, Any]) -> NDArray[np.float64]:
        """Answer checked columns: probabilities (rows, classes) or values (rows, 1)."""
        return self.inference.predict(columns)


@dataclass
class Standing:
    """What the server answers with at this moment; replaced whole, never changed in parts."""

    served: Served | None = None
    reason: str = ""  # why it is not what it should be
    draining: bool = False
    canary: "Canary | None" = None

    @property
    def status(self) -> str:
        """Say how it stands: ok, degraded (an older model goes on), draining, or unready."""
        if self.draining:
            return "draining"
        if self.served is None:
            return "unready"
        return "degraded" if self.reason else "ok"

    @property
    def ready(self) -> bool:
        """Tell whether requests should come here."""
        return self.served is not None and not self.draining

    def now(self) -> Served:
        """Give the model that answers this request (Refusal)."""
        if self.served is None:
            raise not_ready(self.reason or "no model has been taken up yet")
        return self.served


def load(folder: Path, *, digest: str, version: int | None, decision: int | None) -> Served:
    """Load a package that the caller has verified, and warm it with its golden rows."""
    from tasks import inference, packaging
    from tasks.files import read_json

    contract = Contract.read(read_json(folder / packaging.CONTRACT))
    golden = Golden.read(read_json(folder / packaging.GOLDEN))
    served = Served(inference.open_package(folder, contract), contract, digest, version, decision)
    served.predict(row_checker(contract).of_records(golden.records))
    return served
