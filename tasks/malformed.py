"""Requests that a strict server must refuse, one mistake each."""

import json
import math
from collections.abc import Iterator
from typing import Any

from tasks.scoring import Contract, Golden


def malformed_requests(contract: Contract, golden: Golden) -> Iterator[bytes]:
    """Make requests that a strict server refuses, one mistake each."""
    good, first = golden.records[0], contract.names[0]

    def records(record: Any) -> bytes:
        return json.dumps({"dataframe_records": [record]}).encode()

    yield from (b"", b"{", b"[]", b"\xff", b'{"dataframe_records": []}', b'{"rows": [1]}')
    yield records({name: value for name, value in good.items() if name != first})
    yield records({**good, "a column that nobody asked for": 1})
    yield records({**good, first: {"not": "a value"}})
    yield records({**good, first: math.nan})  # json writes NaN, which is not JSON
    yield records(good).replace(b"[{", b"[{" + json.dumps(first).encode() + b": 1, ", 1)
    yield json.dumps({"dataframe_split": {"columns": golden.columns, "data": [golden.data[0][:-1]]}}).encode()
    yield json.dumps({"dataframe_split": {"columns": golden.columns, "data": []}}).encode()
    yield from (records({**good, c.name: None}) for c in contract.columns[:1] if not c.nullable)
