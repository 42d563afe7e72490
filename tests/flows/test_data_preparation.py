"""Write, audit, publish: good data takes its place, bad data never does, and nothing is lost."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from config.errors import ConfigError, GateRefused, LifecycleError
from config.load import load
from config.settings import Settings
from flows import data_preparation
from tasks import files, preparing, versioning
from tasks.ledger import Ledger

ROOT = Path(__file__).parents[2]
INCOMING = Path("data/incoming/more.parquet")
Change = Callable[[str, str, str], Settings]


def published() -> dict[str, str]:
    """Digest what is published."""
    return {path.name: files.sha256_file(path) for path in sorted(preparing.PREPARED.glob("*"))}


def run(settings: Settings, until: date | None = None) -> data_preparation.Prepared:
    """Land and prepare, as the lifecycle does."""
    data_preparation.land_snapshot(settings, until)
    return data_preparation.prepare(settings)


@pytest.fixture(scope="module")
def prepared(project_template: Path, tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Path:
    """A project whose data was prepared and recorded."""
    root = tmp_path_factory.mktemp("prepared") / "project"
    shutil.copytree(project_template, root, symlinks=True)
    with contextlib.chdir(root):
        run(load(root))
        versioning.record_stage("prepare")
    return root


@pytest.fixture
def good(prepared: Path, project: Path) -> Settings:
    """A copy of it, current directory until the test ends."""
    shutil.copytree(prepared, project, symlinks=True, dirs_exist_ok=True)
    INCOMING.parent.mkdir(exist_ok=True)
    return load(project)


def test_good_data_is_published_and_dvc_has_nothing_to_do(good: Settings) -> None:
    split = files.read_json("data/prepared/split.json")
    assert sum(part["rows"] for part in split["parts"].values()) + split["left_out"]["horizon"] == 15_549
    assert len({part["rows_sha256"] for part in split["parts"].values()}) == 3
    assert split["landed_rows"] == 15_549
    assert files.read_json("data/prepared/leakage.json")["passed"]
    assert files.read_json("data/prepared/validation.json")["success"]
    assert set(pd.read_parquet("data/prepared/train.parquet").columns).isdisjoint({"arr_delay", "air_time", "month"})
    assert Path("reports/data_docs/index.html").exists()
    assert not preparing.ATTEMPT.exists()
    assert "prepare" not in versioning.status()
    told = subprocess.run([sys.executable, "-m", "dvc", "repro", "prepare"], capture_output=True, text=True, check=True)
    assert "Stage 'prepare' didn't change, skipping" in told.stdout


def test_the_same_rows_give_the_same_bytes(good: Settings) -> None:
    before = published()
    shutil.rmtree("data/prepared")
    data_preparation.prepare(good)
    assert published() == before


def test_a_later_month_is_landed_when_asked_and_stays(good: Settings) -> None:
    assert data_preparation.land_snapshot(good, date(2013, 10, 1)).rows == 17_475
    assert data_preparation.land_snapshot(good).rows == 17_475


def september(spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[], None]:
    """Hand in September, spoilt."""

    def hand_in() -> None:
        sample = pd.read_parquet("proving/sample/flights.parquet")
        month = sample[sample["time_hour"] >= pd.Timestamp("2013-09-01", tz="UTC")]
        spoil(month[month["time_hour"] < pd.Timestamp("2013-10-01", tz="UTC")]).to_parquet(INCOMING)

    return hand_in


REFUSED = {
    "target renamed": (september(lambda month: month.rename(columns={"late": "Late"})), "ColumnsAsDeclared"),
    "mixed types": (september(lambda month: month.assign(dep_delay="soon")), "ValuesOfDeclaredType(dep_delay)"),
}
if (BAD_MONTH := ROOT / "examples/flights-2013-09-bad.parquet").exists():  # it is the example's, not the template's
    REFUSED["the shipped bad month"] = (lambda: shutil.copy(BAD_MONTH, INCOMING), "dep_delay")


@pytest.mark.parametrize(("hand_in", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_bad_month_is_refused_and_the_last_good_data_stays(
    hand_in: Callable[[], object], rule: str, good: Settings
) -> None:
    before = published()
    hand_in()
    with pytest.raises(GateRefused, match="the data was refused") as refused:
        run(good)
    assert published() == before
    assert "data_docs" in refused.value.next_step
    caught = pd.read_parquet(preparing.quarantine(files.read_json("data/landed/manifest.json")["sha256"]))
    assert caught["rule"].str.contains(rule, regex=False).any()
    entry = Ledger(Path("ledger")).entries()[-1]
    assert (entry.body["gate"], entry.body["outcome"]) == ("data", "refused")
    assert any(blocking["bound"] == "data contract" for blocking in entry.body["blocking"])
    INCOMING.unlink()
    data_preparation.land_snapshot(good)
    assert versioning.stage_is_current("prepare")


def test_one_class_in_a_part_is_refused(good: Settings) -> None:
    before = published()
    rows = pd.read_parquet("proving/sample/flights.parquet")
    rows = rows.assign(late=rows["late"] & (rows["time_hour"] < pd.Timestamp("2013-06-01", tz="UTC")))
    rows.to_parquet("proving/sample/flights.parquet")
    with pytest.raises(GateRefused, match="none of class True"):
        run(good)
    assert published() == before


def test_a_leak_is_refused_until_it_is_allowed(good: Settings, configure: Change) -> None:
    known = "air_time:       {type: number, sensitivity: public, minimum: 10, maximum: 800, known_at_prediction: false"
    rows = pd.read_parquet("proving/sample/flights.parquet")
    rows.assign(air_time=rows["late"] * 100 + 50).to_parquet("proving/sample/flights.parquet")
    leaking = configure("data", known, known.replace("false", "true"))
    with pytest.raises(GateRefused, match="air_time alone predicts late"):
        run(leaking)
    allowance = "{air_time: {searches: [telling features], reason: known by agreement}}"
    allowed = configure("data", "leakage_allowances: {}", f"leakage_allowances: {allowance}")
    assert run(allowed).rows["train"] > 0


def test_too_few_rows_of_a_required_segment_are_refused(good: Settings, configure: Change) -> None:
    before = published()
    demanding = configure("params", "EWR: 200", "EWR: 900")
    with pytest.raises(GateRefused, match=r"the promotion part has \d+ rows where origin is EWR, 900 are required"):
        run(demanding)
    assert published() == before


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        pytest.param(None, ConfigError, "there is no such file", id="no data file"),
        pytest.param(b"", LifecycleError, "cannot be read as Parquet", id="empty file"),
    ],
)
def test_a_source_that_cannot_be_read_is_told(
    content: bytes | None, kind: type[LifecycleError], words: str, good: Settings
) -> None:
    before = published()
    source = Path("proving/sample/flights.parquet")
    source.unlink() if content is None else source.write_bytes(content)
    with pytest.raises(kind, match=words) as refused:
        run(good)
    assert refused.value.expected and refused.value.next_step
    assert published() == before


def test_a_crash_between_the_renames_is_repaired(good: Settings) -> None:
    before = published()
    preparing.PREPARED.rename(preparing.PREPARED.with_name(".prepared.old"))
    preparing.recover_published()
    assert published() == before


def test_columns_that_nobody_declared_are_described_once(good: Settings) -> None:
    text = Path("config/data.yaml").read_text()
    bare = text[: text.index("shift_allowances:")].replace("window: {start: 2013-01-01, end: 2013-09-01}\n", "")
    Path("config/data.yaml").write_text(f"{bare}columns: {{}}\n")
    params = Path("config/params.yaml")
    text = params.read_text().replace("strategy: time", "strategy: fingerprint")
    params.write_text(text.replace("horizon_hours: 24", "horizon_hours: 0"))
    described = data_preparation.describe_source(load())
    assert described == load()
    assert described.data.columns["late"].role.value == "target"
    assert data_preparation.describe_source(described) is described
