"""The model card: a tree of sections in Markdown, of what charter, data, training and evaluation say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.settings import Settings
from tasks.parity import Parity
from tasks.scoring import Contract

Row = Sequence[object]
MOST = 10  # rows of a table that may be long


def card(
    training: Mapping[str, Any], evaluation: Mapping[str, Any], contract: Contract, parity: Parity, settings: Settings
) -> str:
    """Write the card of a model."""
    parts = (
        _purpose(settings), _owners(settings), _data(training, settings), _made(training), _metrics(evaluation),
        _limits(evaluation, contract, settings), _fairness(evaluation, settings), _use(contract, parity),
        _sources(training),
    )  # fmt: skip
    lines = [f"# {safe(settings.charter.project)}", *(line for part in parts for line in part)]
    return "\n\n".join(lines) + "\n"


def safe(value: object) -> str:
    """Give a value as text that Markdown, HTML and a terminal show as it is."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return re.sub(r"([\\`*_{}\[\]<>|#&~])", r"\\\1", text)


def table(head: Row, rows: Sequence[Row]) -> str:
    """Write a table."""
    lines = [[safe(cell) for cell in row] for row in (head, *rows)]
    lines.insert(1, ["---"] * len(head))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _purpose(settings: Settings) -> Iterator[str]:
    charter = settings.charter
    yield "## Purpose"
    yield safe(charter.goal)
    yield f"Kind of problem: {charter.problem_type.value}."
    head = ("business measure", "stands for it", "without a model", "least accepted", "aim", "largest error")
    yield table(head, [(k.name, k.metric, k.baseline, k.floor, k.target, k.max_error) for k in charter.kpis])


def _owners(settings: Settings) -> Iterator[str]:
    yield "## Owners"
    yield table(("answers for", "who"), list(settings.charter.owners.model_dump().items()))


def _data(training: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    data = settings.data
    yield "## Data"
    about = [("purpose", data.source.purpose), ("licence", data.source.licence), ("owner", data.source.owner)]
    about += [("window", f"{data.window.start} to {data.window.end}")] if data.window else []
    about += [(f"SHA-256 of the {name} rows", digest) for name, digest in training["data_sha256"].items()]
    yield table(("data", ""), about)
    yield "### Features"
    columns = [(name, data.columns[name]) for name in training["features"] if name in data.columns]
    head = ("column", "type", "unit", "sensitivity", "meaning")
    yield table(head, [(n, c.type.value, c.unit, c.sensitivity.value, c.description) for n, c in columns])


def _made(training: Mapping[str, Any]) -> Iterator[str]:
    yield "## Training"
    study = training["study"]
    about = [("family", training["family"]), *sorted(training["params"].items()), ("seed", training["seed"])]
    about += [("search", f"{study['trials']} trials by {study['sampler']}"), ("CPU seconds", training["cpu_seconds"])]
    yield table(("training", ""), about)


def _metrics(evaluation: Mapping[str, Any]) -> Iterator[str]:
    yield "## Evaluation"
    yield f"On {evaluation['rows']} rows that neither training nor tuning saw."
    beside = [evaluation.get(name) or {} for name in ("rule", "dummy")]
    rows = [(name, *_interval(found), *(_value(one.get(name)) for one in beside))
            for name, found in sorted(evaluation["metrics"].items())]  # fmt: skip
    yield table(("metric", "value", "from", "to", "rule", "dummy"), rows)
    yield "### Slices"
    yield from _slices(evaluation.get("slices") or {})


def _slices(slices: Mapping[str, Any]) -> Iterator[str]:
    for column, found in sorted(slices.items()):
        told = found.items() if isinstance(found, Mapping) else ()
        rows = [
            (value, one.get("rows"), _number(one.get("primary"))) for value, one in told if isinstance(one, Mapping)
        ]
        if rows:
            yield f"By {safe(column)}, the first {min(MOST, len(rows))} of {len(rows)}:"
            yield table(("value", "rows", "primary metric"), rows[:MOST])
    if not slices:
        yield "None were asked for (`slices` in config/params.yaml)."


def _limits(evaluation: Mapping[str, Any], contract: Contract, settings: Settings) -> Iterator[str]:
    yield "## Limits"
    yield "\n".join(f"- {safe(words)}" for words in _said_limits(evaluation, contract, settings))


def _said_limits(evaluation: Mapping[str, Any], contract: Contract, settings: Settings) -> Iterator[str]:
    yield from (f"{kpi.name}: {kpi.max_error}" for kpi in settings.charter.kpis)
    if contract.threshold is not None:
        yield f"A row counts as a case from a probability of {contract.threshold:g}; costs decide, not the model."
    if (error := evaluation.get("calibration_error")) is not None:
        yield f"Probabilities are off by {error:.3g} on average (calibration error)."
    drop = (evaluation.get("robustness") or {}).get("drop")
    if drop is not None:
        yield f"Noise on its inputs costs {drop:.3g} of the primary metric."
    yield "A category that training has not seen is answered as a missing value or a rare one."
    yield "Rows from after the window are drift until monitoring says otherwise."


def _fairness(evaluation: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    charter = settings.charter.fairness
    yield "## Fairness"
    if not charter.attributes:
        yield f"No attribute is protected: {safe(charter.reason)}"
        return
    yield f"Protected: {safe(', '.join(charter.attributes))}; a gap of {charter.max_gap:g} is accepted."
    found = evaluation.get("fairness")
    gaps = (found.get("gaps") if isinstance(found, Mapping) else None) or {}
    yield table(("gap by", "value"), [(name, _number(gap)) for name, gap in sorted(gaps.items())])


def _use(contract: Contract, parity: Parity) -> Iterator[str]:
    yield "## Use"
    rows = [(c.name, c.type, "may be null" if c.nullable else "needed") for c in contract.columns]
    yield table(("column of a request", "type", "null"), rows)
    yield f"Answered by {parity.served.value}: {safe(parity.reason)}."


def _sources(training: Mapping[str, Any]) -> Iterator[str]:
    yield "## Provenance"
    names = ("run_id", "model_digest", "source_commit", "source_dirty", "lock_sha256", "made")
    yield table(("what", ""), [(name, training.get(name)) for name in names])


def _interval(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_number(found.get(name)) for name in ("value", "low", "high"))


def _value(found: Any) -> str:
    return _number(found.get("value") if isinstance(found, Mapping) else found)


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "-"
