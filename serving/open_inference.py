"""The Open Inference Protocol, version 2: one tensor a column in, one tensor a part of the answer out."""

from typing import Any

from numpy.typing import NDArray

from serving.bodies import read_json
from serving.refusals import bad_rows
from tasks.scoring import BadRows, Contract
from tasks.strict import Checker

INTEGERS = frozenset({f"{sign}INT{size}" for sign in ("", "U") for size in (8, 16, 32, 64)})
NUMBERS = frozenset({"FP16", "FP32", "FP64"})
DATATYPES = {
    "number": NUMBERS | INTEGERS, "integer": INTEGERS, "boolean": frozenset({"BOOL"}), "category": frozenset({"BYTES"}),
    "timestamp": frozenset({"BYTES"}),
}  # fmt: skip
NAMES = {"number": "FP64", "integer": "INT64", "boolean": "BOOL", "category": "BYTES", "timestamp": "BYTES"}
KEYS = frozenset({"name", "shape", "datatype", "data", "parameters"})


def read_request(body: bytes) -> tuple[str | None, list[Any]]:
    """Give the request's own id, if it has one, and its tensors as they came (Refusal)."""
    value = read_json(body)
    if type(value) is not dict or not {"inputs"} <= value.keys() <= {"id", "inputs", "outputs", "parameters"}:
        raise bad_rows("the body has another shape", '{"inputs": [{"name", "shape", "datatype", "data"}, ...]}')
    given, inputs = value.get("id"), value["inputs"]
    if type(inputs) is not list or not (given is None or (type(given) is str and len(given) <= 200)):
        raise bad_rows("inputs is no list, or id is no short text", "a list of tensors, one a column")
    return given, inputs


def read_tensors(inputs: list[Any], checker: Checker) -> dict[str, Any]:
    """Give the checked columns of a request's tensors (Refusal)."""
    columns: dict[str, Any] = {}
    for number, tensor in enumerate(inputs):
        name, data = _column(number, tensor, checker)
        if name in columns:
            raise bad_rows(f"inputs[{number}] names a column that is there already", "one tensor a column")
        columns[name] = data
    try:
        return checker.of_columns(columns)
    except BadRows as bad:
        raise bad_rows(bad.seen, bad.expected) from None


def _column(number: int, tensor: Any, checker: Checker) -> tuple[str, list[Any]]:
    if type(tensor) is not dict or not KEYS - {"parameters"} <= tensor.keys() <= KEYS:
        raise bad_rows(f"inputs[{number}] is no tensor", "an object of name, shape, datatype and data")
    column = next((c for c in checker.columns if c.name == tensor["name"]), None)
    if column is None:
        raise bad_rows(f"inputs[{number}] names no column of the contract", "the names of GET /v2/models/NAME")
    kinds = DATATYPES[column.type]
    if type(tensor["datatype"]) is not str or tensor["datatype"] not in kinds:
        raise bad_rows(f"inputs[{number}] has another datatype", f"one of {', '.join(sorted(kinds))}")
    data = tensor["data"]
    if type(data) is list and tensor["shape"] == [len(data), 1] and all(type(v) is list and len(v) == 1 for v in data):
        data = [value for (value,) in data]
    if type(data) is not list or tensor["shape"] not in ([len(data)], [len(data), 1]):
        raise bad_rows(f"inputs[{number}] has another shape than its data", "[rows] or [rows, 1]")
    return column.name, data


def metadata(contract: Contract, version: int | None) -> dict[str, Any]:
    """Describe the model: its columns and the parts of its answer."""
    return {
        "name": contract.model, "versions": [str(version)], "platform": "lifecycle_lens",
        "inputs": [{"name": c.name, "datatype": NAMES[c.type], "shape": [-1]} for c in contract.columns],
        "outputs": _outputs(contract),
    }  # fmt: skip


def _outputs(contract: Contract) -> list[dict[str, Any]]:
    parts: dict[str, list[tuple[str, str, list[int]]]] = {
        "regression": [("value", "FP64", [-1])],
        "binary": [("positive", "BOOL", [-1]), ("probability", "FP64", [-1])],
    }
    many = [("label", "BYTES", [-1]), ("probabilities", "FP64", [-1, len(contract.labels)])]
    return [{"name": n, "datatype": d, "shape": s} for n, d, s in parts.get(contract.problem, many)]


def write_tensors(
    matrix: "NDArray[Any]", answers: list[dict[str, Any]], contract: Contract, about: dict[str, Any]
) -> dict[str, Any]:
    """Put answers into tensors."""
    outputs = []
    for part in _outputs(contract):
        name = part["name"]
        data = matrix.ravel().tolist() if name == "probabilities" else [answer[name] for answer in answers]
        outputs.append({**part, "shape": [len(answers), *part["shape"][1:]], "data": data})
    return {"model_name": contract.model, **about, "outputs": outputs}
