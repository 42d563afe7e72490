"""What shows that the hand-made project spends little: its case, its tags, its search, one run a trial."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from config.settings import BusinessCase, Charter
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW

TAGS = {
    "lifecycle.project": "flights", "lifecycle.unit": "services", "lifecycle.environment": "development",
    "lifecycle.owner": "Mo", "lifecycle.compute_target": "local", "lifecycle.region": "on premises",
}  # fmt: skip
COSTS = ("development", "training", "serving", "upkeep")
CASE: dict[str, Any] = {
    "horizon_months": 10,
    "costs": [{"name": kind, "kind": kind, "once": 100.0, "monthly": 10.0} for kind in COSTS],
    "benefits": [{"name": "fewer missed connections", "monthly": 120.0}], "roi": 0.5, "opportunity": "another model",
    "risks": ["schedules change"], "requests_per_month": 30_000, "reassess": NOW.date(),
}  # fmt: skip


def case(**change: Any) -> dict[type, dict[str, object]]:
    """Let the charter make another case."""
    return {Charter: {"business_case": BusinessCase.model_validate(CASE | change)}}


def left(kind: str) -> dict[type, dict[str, object]]:
    """Let housekeeping have left something of a kind."""
    from tests.lens_checks.world import GOOD

    known = GOOD.get(r.Housekeeping).removed
    return {r.Housekeeping: {"removed": known | {kind: replace(known[kind], left=2)}}}


def frugal(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what shows what it costs, and who pays."""
    charter, tracking, board = records[Charter], records[r.Tracking], records[r.Leaderboard]
    winner = replace(tracking.winner, tags=tracking.winner.tags | TAGS)
    tried = [each for each in board.candidates if each.trial >= 0]
    trials = tuple(replace(winner, run_id=f"trial {each.trial}", name=each.family) for each in tried)
    candidates = tuple(replace(c, run_id=f"trial {c.trial}") if c in tried else c for c in board.candidates)
    stated = {
        "business_case": BusinessCase.model_validate(CASE),
        "region": charter.region.model_copy(update={"on_premises": "a machine in the cellar"}),
        "allocation": charter.allocation.model_copy(update={"unit": "services", "environment": "development"}),
    }
    repository = r.Repository(
        commit="abc", dirty=False, changed=(), tracked=frozenset({"cli.py", ".ci/run"}), author="Mo",
        ci_files=(".ci/run",), ci_commands="make test", ignored_secrets=True,
    )  # fmt: skip
    kept = ("rows", "cache", "artefacts", "deleted runs")
    sizes = {"data/landed/rows.parquet": 400, "data/prepared/train.parquet": 200, "data/quarantine/q.parquet": 10}
    sizes |= {"data/prepared/tune.parquet": 50, "data/prepared/promotion.parquet": 50}
    stored = tuple(
        r.StoredFile(path=path, size=size, sha256=path, modified=NOW - timedelta(days=30), compression="ZSTD")
        for path, size in sizes.items()
    )
    added: list[object] = [
        r.Storage(files=stored, source_bytes=1000),
        r.Housekeeping(
            made=NOW, flow_run_id="flow", removed={kind: r.Removed(files=1, bytes=9, left=0) for kind in kept}, idle=()
        ),
        repository,
        charter.model_copy(update=stated),
        replace(tracking, winner=winner, trials=trials),
        replace(board, candidates=candidates),
    ]
    return {**records, **{type(record): record for record in added}}
