"""Faults of data, each refused in words, at the front door, or shown to do no harm."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Column, ColumnType, Data, Split
from tasks import drift, files, flips, landing, parsing, preparing, splitting, tables, training
from tasks.audit import audit
from tasks.distributions import distribution
from tests.tasks.rows import columns, data, rows

Spoil = Callable[[pd.DataFrame], pd.DataFrame]
WHERE = Path("data/rows.csv")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Data:
    """A folder with the rows as CSV, current until the test ends, and their declaration."""
    monkeypatch.chdir(tmp_path)
    Path("data/incoming").mkdir(parents=True)
    rows().to_csv(WHERE, index=False)
    return data(columns=columns(place=Column(type=ColumnType.CATEGORY)))


def refused(declared: Data) -> str:
    """Land, read back and audit; give the words of the refusal."""
    try:
        manifest = landing.land(declared, window=None, destination=Path("landed"))
    except LifecycleError as error:
        return error.seen if error.expected and error.next_step else "no words to go on by"
    found = audit(preparing.read_landed(Path("landed")).rows, declared, data_sha256=manifest.sha256, docs=None)
    told = found.validation
    assert not told.success, "nothing was refused"
    return "; ".join([*(rule.sentence for rule in told.broken), *told.exceptions])


def write(spoil: Spoil) -> None:
    spoil(rows()).to_csv(WHERE, index=False)


def last(column: str, value: object, n: int = 3) -> Spoil:
    """Put a value into the last rows of a column."""
    return lambda f: f.assign(**{column: [*f[column].astype(object).iloc[:-n], *([value] * n)]})


def cell(old: str, new: str) -> Callable[[], object]:
    """Replace text in the file."""
    return lambda: WHERE.write_text(WHERE.read_text().replace(old, new, 1))


FAULTS = {
    "D1 no rows": (lambda: write(lambda f: f.head(0)), "no rows"),
    "D1 one row": (lambda: write(lambda f: f.head(1)), "1 rows, at least 100 expected"),
    "D1 fewer than the minimum": (lambda: write(lambda f: f.head(99)), "99 rows, at least 100 expected"),
    "D3 a column without a value": (lambda: write(last("size", None, 400)), "size misses"),
    "D3 a column with one value in a hundred": (lambda: write(last("size", None, 396)), "size misses"),
    "D4 plus infinity": (lambda: write(last("size", np.inf)), "size holds finite numbers: not so in 3"),
    "D4 minus infinity": (lambda: write(last("size", -np.inf)), "size holds finite numbers: not so in 3"),
    "D4 1e308": (lambda: write(last("size", 1e308)), "size holds finite numbers: not so in 3"),
    "D4 1e39": (lambda: write(last("size", 1e39)), "size holds finite numbers: not so in 3"),
    "D4 1e400, which no float holds": (cell("0.", "1e400"), "size"),
    "D5 no target": (lambda: write(lambda f: f.drop(columns="late")), "lack late"),
    "D5 one class": (lambda: write(last("late", True, 400)), "late has at least two different values"),
    "D5 a new label": (lambda: write(last("late", "perhaps")), "late holds values of type boolean: not so in 3"),
    "D6 a column missing": (lambda: write(lambda f: f.drop(columns="size")), "lack size"),
    "D6 a column added": (lambda: write(lambda f: f.assign(more=1)), "add more"),
    "D6 a column renamed": (lambda: write(lambda f: f.rename(columns={"size": "Size"})), "lack size and add Size"),
    "D6 a doubled header": (cell("size", "count"), "names count more than once"),
    "D7 a decimal comma": (lambda: write(last("size", "1,5", 1)), "(row 399)"),
    "D7 an integer beyond 64 bits": (lambda: write(last("count", "99999999999999999999", 1)), "(row 399)"),
    "D7 a ragged row": (cell("\nr7,", "\nr7,more,"), "row 7"),
    "D7 a NUL byte": (cell("r7,", "r\x007,"), "NUL byte in row 7, column id"),
    "D8 a last row cut short": (lambda: WHERE.write_text(WHERE.read_text()[:-20]), "Expected 6 columns"),
    "D9 a time to come": (lambda: write(last("when", "2999-01-01T00:00:00Z")), "when lies between 1970 and today"),
    "D9 a time before 1970": (lambda: write(last("when", "1969-12-31T23:59:59Z")), "when lies between 1970 and today"),
    "D9 times with a zone and without": (
        lambda: write(last("when", "2020-01-01T00:00:00")),
        "when holds values of type",
    ),
    "D9 an hour that is none": (lambda: write(last("when", "2020-03-29T25:00:00Z", 1)), "(row 399)"),
    "D10 a key with two labels": (lambda: write(lambda f: pd.concat([f, f.tail(1).assign(late=~f["late"])])), "key"),
}


@pytest.mark.parametrize(("spoil", "words"), FAULTS.values(), ids=FAULTS)
def test_faulty_data_is_refused_in_words(spoil: Callable[[], object], words: str, project: Data) -> None:
    spoil()
    begun = time.process_time()
    assert words in refused(project)
    assert time.process_time() - begun < 5


def test_d5_a_class_that_vanished_or_has_one_row_is_refused(project: Data) -> None:
    params = Split(strategy="time", tune=0.2, promotion=0.2)
    kinds = project.columns | {"late": project.columns["late"].model_copy(update={"type": ColumnType.CATEGORY})}
    declared = project.model_copy(update={"columns": kinds})
    from tasks.parts import weaknesses

    frame = rows().assign(late=[*["a", "b"] * 199, "a", "c"])
    assert weaknesses(splitting.split(frame, declared, params), declared, params) == [
        "the train part has 240 rows, none of class c",
        "the tune part has 80 rows, none of class c",
    ]


LONG = "n" * 10_000
NAMES = ["größe", "размер", "大きさ", "size 📏", LONG[:200]]


@pytest.mark.parametrize("name", NAMES, ids=["umlaut", "cyrillic", "kanji", "emoji", "two hundred letters"])
def test_d6_names_in_any_script_come_through(name: str, project: Data) -> None:
    import unicodedata

    given = rows().rename(columns={"size": unicodedata.normalize("NFD", name)})
    WHERE.write_bytes(b"\xef\xbb\xbf" + given[given.columns[::-1]].to_csv(index=False).encode())
    kinds = {unicodedata.normalize("NFC", name) if n == "size" else n: c for n, c in project.columns.items()}
    declared = project.model_copy(update={"columns": kinds})
    manifest = landing.land(declared, window=None, destination=Path("landed"))
    found = audit(preparing.read_landed(Path("landed")).rows, declared, data_sha256=manifest.sha256, docs=None)
    assert found.validation.success, found.validation.broken
    assert list(found.accepted.columns) == list(kinds)


def test_d6_a_name_of_ten_thousand_letters_is_one_column_too_many(project: Data) -> None:
    write(lambda f: f.assign(**{LONG: 1}))
    assert "add nnn" in refused(project)


def test_d7_na_is_a_country(project: Data) -> None:
    write(last("place", "NA"))
    landing.land(project, window=None, destination=Path("landed"))
    assert list(preparing.read_landed(Path("landed")).rows["place"].tail(3)) == ["NA"] * 3


@pytest.mark.parametrize("cut", [1, 100, 5000])
def test_d8_landed_rows_that_were_cut_are_an_alarm(cut: int, project: Data) -> None:
    landing.land(project, window=None, destination=Path("landed"))
    whole = Path("landed/rows.parquet").read_bytes()
    Path("landed/rows.parquet").write_bytes(whole[:-cut])
    with pytest.raises(IntegrityAlarm, match="its record says"):
        preparing.read_landed(Path("landed"))


def test_d9_offsets_of_summer_and_winter_are_understood() -> None:
    cells = pd.DataFrame({"t": ["2020-10-25T02:30:00+02:00", "2020-10-25T02:30:00+01:00", "2020-10-25"]}, dtype="str")
    typed = parsing.conform(cells, {"t": Column(type=ColumnType.TIMESTAMP)})["t"]
    assert [str(t) for t in typed] == [f"2020-10-25 {hour}+00:00" for hour in ("00:30:00", "01:30:00", "00:00:00")]


def sure_rows(seed: int, n: int = 40_000) -> pd.DataFrame:
    """Rows of four places whose numbers tell the label well (AUC 0.95)."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    frame = pd.DataFrame(x, columns=list("abc")).assign(place=random.choice(list("wxyz"), n))
    return frame.assign(late=random.random(n) < 1 / (1 + np.exp(-3.5 * x.sum(axis=1))))


@pytest.mark.parametrize(
    ("share", "seeds", "caught"), [(0.05, 20, 20), (0.0, 5, 0)], ids=["one label in twenty", "no label"]
)
def test_d11_flipped_labels_of_a_segment_are_caught_on_every_seed(share: float, seeds: int, caught: int) -> None:
    found = 0
    for seed in range(seeds):
        frame = sure_rows(seed)
        flip = (frame["place"] == "x").to_numpy() & (np.random.default_rng(seed).random(len(frame)) < share)
        frame["late"] ^= flip
        told = list(flips.flipped(frame, np.zeros(len(frame), dtype=np.int64), list("abc"), ["place"], "late"))
        assert {one.value for one in told} <= {"x"}
        found += any(0.02 < one.share < 0.1 for one in told)
    assert found == caught


def test_d12_slow_drift_is_caught_against_the_frozen_reference_and_not_from_batch_to_batch() -> None:
    random = np.random.default_rng(0)
    batches = [pd.DataFrame({"x": random.normal(0.1 * n, 1, 3000)}) for n in range(11)]
    frozen = {"x": distribution(batches[0]["x"], ColumnType.NUMBER)}
    against_frozen = [drift.measure_drift(batch, frozen, bound=0.2)["x"].drifted for batch in batches[1:]]
    before = [{"x": distribution(batch["x"], ColumnType.NUMBER)} for batch in batches]
    against_last = [
        drift.measure_drift(batch, last, bound=0.2)["x"].drifted
        for last, batch in zip(before, batches[1:], strict=False)
    ]
    assert against_frozen[-1] and not against_frozen[0]
    assert not any(against_last)


EVIL = ("<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "=cmd|'/C calc'!A0", "../../etc/passwd")


def test_d13_markup_of_the_data_is_inert_in_the_docs(tmp_path: Path) -> None:
    name = EVIL[1]
    frame = rows().assign(place=[*EVIL, *rows()["place"][len(EVIL) :]], **{name: EVIL[0]})
    declared = data(columns=columns(**{name: Column(type=ColumnType.CATEGORY, allowed=("a",))}))
    audit(frame, declared, data_sha256="0" * 64, docs=tmp_path / "docs")
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "docs").rglob("*.html")]
    assert len(pages) >= 3
    assert not any(raw in page for page in pages for raw in EVIL[:2])
    policy = re.compile(r"<head>\s*<meta http-equiv=.Content-Security-Policy. content=.default-src 'none'")
    assert all(policy.search(page) for page in pages)
    assert any("&lt;script&gt;alert(1)" in page for page in pages)


def test_d15_a_batch_handed_in_twice_is_refused_by_its_bytes_or_by_its_keys(project: Data) -> None:
    batch = rows(50).assign(id=[f"new{i}" for i in range(50)])
    batch.to_csv("data/incoming/a.csv", index=False)
    batch.to_csv("data/incoming/b.csv", index=False)
    assert "a batch was handed in twice" in refused(project)
    batch.to_parquet("data/incoming/b.parquet")
    Path("data/incoming/b.csv").unlink()
    assert "No two rows have the same key: not so in 100" in refused(project)


def test_d15_the_order_of_batches_changes_no_part_and_a_withdrawal_brings_the_snapshot_back(project: Data) -> None:
    def parts() -> dict[str, pd.DataFrame]:
        read = preparing.read_landed(Path("landed")).rows
        return dict(splitting.split(read, project, Split(strategy="time", tune=0.2, promotion=0.2)))

    before = landing.land(project, window=None, destination=Path("landed"))
    batches = [rows(60).iloc[n : n + 20].assign(id=lambda f: "new" + f["id"]) for n in (0, 20, 40)]
    seen = []
    for order in ((0, 1, 2), (2, 0, 1)):
        for place, number in enumerate(order):
            batches[number].to_csv(f"data/incoming/{place}.csv", index=False)
        landing.land(project, window=None, destination=Path("landed"))
        seen.append(parts())
    for name, part in seen[0].items():
        pd.testing.assert_frame_equal(part, seen[1][name])
    for place in range(3):
        Path(f"data/incoming/{place}.csv").unlink()
    assert landing.land(project, window=None, destination=Path("landed")) == before


def test_d16_rows_swapped_after_the_audit_never_reach_a_fit(project: Data) -> None:
    folder = training.PREPARED
    folder.mkdir(parents=True)
    good, bad = rows(), rows().assign(late=True)
    digest = tables.write_parquet(good, folder / "train.parquet")
    files.write_json(folder / "split.json", {"parts": {"train": {"sha256": digest}}})
    whole, other = (folder / "train.parquet").read_bytes(), folder / "other"
    bad.to_parquet(other)
    swapped = other.read_bytes()
    reached = 0
    for number in range(100):
        other.write_bytes(swapped if number % 2 else swapped[: len(swapped) - number])
        os.replace(other, folder / "train.parquet")
        try:
            training.read_part("train")
            reached += 1
        except IntegrityAlarm:
            pass
    assert reached == 0
    (folder / "train.parquet").write_bytes(whole)
    pd.testing.assert_frame_equal(training.read_part("train")[0], good)


def test_d16_a_source_that_changes_while_it_is_read_is_not_landed(project: Data, monkeypatch) -> None:
    read = landing.read_rows

    def torn(declared: Data, *, window: object) -> pd.DataFrame:
        found = read(declared, window=None)
        WHERE.write_text(WHERE.read_text() + "r400,2020-01-01T00:00:00Z,1,1,north,True\n")
        return found

    monkeypatch.setattr(landing, "read_rows", torn)
    assert "changed while they were read" in refused(project)
    assert not Path("landed/manifest.json").exists()
