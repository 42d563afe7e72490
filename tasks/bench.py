"""Great Expectations set up for one contract: asks its rules about rows and writes the Data Docs."""

import html
import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig

from config.settings import Data
from tasks import contract, files

# The pages of the Data Docs may show, and do nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline' 'self' file:; font-src 'self' file:; img-src 'self' file: data:"
INERT = f"<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}; base-uri 'none'; form-action 'none'\">"


@dataclass(frozen=True)
class Answer:
    """What one rule answered; `broken_by` are the positions of the rows that break it, None if it speaks of no row."""

    number: int
    rule: str
    sentence: str
    columns: tuple[str, ...]
    success: bool
    raised: str
    broken_by: tuple[int, ...] | None
    observed: str

    @property
    def column(self) -> str | None:
        """The one column that the rule is about, if it is about one."""
        return self.columns[0] if len(self.columns) == 1 else None


@dataclass(frozen=True)
class Answers:
    """What all rules answered."""

    success: bool
    evaluated: int
    all: tuple[Answer, ...]

    @property
    def failed(self) -> tuple[Answer, ...]:
        """Those that do not hold."""
        return tuple(answer for answer in self.all if not answer.success)


class Bench:
    """A context of Great Expectations in memory, with the contract as its suite."""

    def __init__(self, data: Data) -> None:
        """Build the rules and the context; nothing is read."""
        logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
        self.data = data
        self.rules = contract.rules(data)
        self.context = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = self.context.data_sources.add_pandas("landed").add_dataframe_asset("rows")
        self.batches = asset.add_batch_definition_whole_dataframe("all")
        suite = self.context.suites.add(gx.ExpectationSuite(name="contract", expectations=self.rules))
        self.definition = self.context.validation_definitions.add(
            gx.ValidationDefinition(name="audit", data=self.batches, suite=suite)
        )

    def ask(self, rows: pd.DataFrame, detail: Literal["BOOLEAN_ONLY", "BASIC"]) -> Answers:
        """Ask every rule about the rows; the result goes into the docs."""
        return _answers(self.definition.run(batch_parameters={"dataframe": rows}, result_format=detail))

    def ask_again(self, rows: pd.DataFrame, failed: tuple[Answer, ...]) -> Answers:
        """Ask the failed rules again, for every row that breaks them."""
        numbers = {answer.number for answer in failed}
        again = [rule for rule in contract.rules(self.data) if (rule.meta or {})["number"] in numbers]
        batch = self.batches.get_batch({"dataframe": rows})
        return _answers(batch.validate(gx.ExpectationSuite("failed", again), result_format="COMPLETE"))

    def write_docs(self, folder: Path) -> None:
        """Replace the folder by the Data Docs of all that was asked: a site of HTML pages."""
        shutil.rmtree(folder, ignore_errors=True)
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}
        site: Any = {
            "class_name": "SiteBuilder",
            "store_backend": store,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        self.context.add_data_docs_site("data_docs", site)
        self.context.build_data_docs()
        told: Any = self.context.validation_results_store
        results = [told.get(key).to_json_dict() for key in sorted(told.list_keys(), key=str)]
        files.write_json(folder / "results.json", {"results": results})
        _disarm(folder, set(_texts(results)))


def _disarm(folder: Path, told: set[str]) -> None:
    """Make pages inert: Great Expectations writes names and values of the data into them as they are.

    What holds markup is escaped, and a policy at the head of each page lets no script of it run, whatever came through.
    """
    armed = sorted((text for text in told if "<" in text), key=len, reverse=True)
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for raw in armed:
            text = text.replace(raw, html.escape(raw))
        page.write_text(text.replace("<head>", f"<head>{INERT}", 1), encoding="utf-8")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _texts(part))


def _answers(result: Any) -> Answers:
    told = sorted((_answer(one) for one in result.results), key=lambda answer: answer.number)
    return Answers(bool(result.success), int(result.statistics["evaluated_expectations"]), tuple(told))


def _answer(one: Any) -> Answer:
    asked, seen = one.expectation_config, one.result
    index = seen.get("unexpected_index_list")
    return Answer(
        number=asked.meta["number"],
        rule=asked.meta["rule"],
        sentence=asked.meta["sentence"],
        columns=tuple(asked.meta["columns"]),
        success=bool(one.success),
        raised=_raised(one.exception_info or {}),
        broken_by=None if index is None else tuple(index),
        observed=str(seen.get("observed_value"))[:200],
    )


def _raised(info: dict[str, Any]) -> str:
    """Give the message of the exception that a rule raised, or nothing."""
    entries = [info] if "raised_exception" in info else list(info.values())
    return next((str(e["exception_message"])[:200] for e in entries if e.get("raised_exception")), "")
