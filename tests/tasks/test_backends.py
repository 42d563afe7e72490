"""Every way to answer is measured on the same requests, and the one that serves is marked."""

from pathlib import Path

import numpy as np
import pytest

from config.settings import Budget, ProblemType
from tasks import files, packaging
from tasks.backends import Backend, measure, median_with_error
from tasks.inference import Form
from tasks.parity import Parity, prove
from tests.tasks.pipelines import made
from tests.tasks.release_world import made_here

ONE = made("linear", ProblemType.REGRESSION)
ROWS = ONE.rows.drop(index=[0, 1, 2, 3])


def measured(form: Form, root: Path) -> tuple[Backend, ...]:
    import skops.io

    skops.io.dump(ONE.pipeline, root / packaging.MODEL)
    made_here(root)
    (root / packaging.ONNX).write_bytes(prove(ONE.pipeline, {"some": ROWS}, ONE.contract, tolerance=1e-6).graph or b"")
    files.write_json(root / packaging.PARITY, Parity(form, "", 1e-6))
    return measure(root, ONE.contract, ROWS, budget=Budget(cpu_hour_price=3600.0))


@pytest.mark.parametrize(("form", "ways"), [(Form.ONNX, 4), (Form.ENCODED, 4), (Form.NATIVE, 2)], ids=str)
def test_each_way_is_measured_with_one_thread_and_with_several(form: Form, ways: int, tmp_path: Path) -> None:
    found = measured(form, tmp_path)
    assert len({(one.form, one.threads) for one in found}) == ways
    assert [(one.form, one.threads) for one in found if one.chosen] == [(form.value, 1)]
    assert all(one.cost_per_1k > 0 and one.largest_difference < 1e-9 for one in found)


def test_each_way_tells_what_it_takes(tmp_path: Path) -> None:
    for one in measured(Form.NATIVE, tmp_path):
        assert 0 < one.p50_ms <= one.p95_ms and one.peak_rss_mib > 10 and one.busy > 0
        assert one.kwh_per_1k == pytest.approx(one.cpu_seconds_per_1k * 4.2 / 3_600_000)
        assert 0 < one.kwh_error < one.kwh_per_1k


@pytest.mark.parametrize(
    ("disturbed", "least", "most"), [(0, 0.0, 1e-9), (1, 0.0, 1e-9), (3, 0.1, 0.3), (6, 0.1, 0.3), (10, 0.0, 1e-9)]
)
def test_what_a_busy_machine_did_to_some_rounds_shows_as_an_error(disturbed: int, least: float, most: float) -> None:
    taken, error = median_with_error(np.array([2.0] * disturbed + [1.0] * (10 - disturbed)))
    assert taken == (1.0 if disturbed < 5 else 2.0)
    assert least <= error <= most


def test_the_error_of_the_median_is_that_of_repeated_measurements() -> None:
    deal = np.random.default_rng(0).normal(10.0, 1.0, size=(4000, 10))
    told = np.array([median_with_error(rounds) for rounds in deal])
    assert told[:, 1].mean() == pytest.approx(told[:, 0].std(), rel=0.2)
