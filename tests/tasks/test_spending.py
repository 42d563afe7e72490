"""What a piece of work takes is measured for that work alone."""

import time

from tasks.spending import Spent, begin_peak, peak_rss_mib, spent_on


def test_the_answer_is_handed_on_with_what_it_took() -> None:
    answer, spent = spent_on(lambda: sum(range(200_000)))
    assert answer == 19999900000
    assert spent.cpu_seconds > 0 and spent.wall_seconds > 0 and spent.peak_rss_mib > 1


def test_waiting_is_no_work_of_the_processor() -> None:
    _, spent = spent_on(lambda: time.sleep(0.05))
    assert spent.wall_seconds >= 0.05 and spent.busy(1) < 0.5


def test_the_peak_is_that_of_the_work_where_it_can_begin_anew() -> None:
    _, large = spent_on(lambda: len(bytearray(64 << 20)))
    _, small = spent_on(lambda: None)
    assert large.peak_rss_mib >= 64 and large.peak_rss_mib >= small.peak_rss_mib
    assert small.grown_mib < large.grown_mib < large.peak_rss_mib


def test_work_that_is_measured_hides_no_peak_before_it() -> None:
    begin_peak()
    held = len(bytearray(64 << 20))
    before = peak_rss_mib()
    spent_on(lambda: None)
    assert held and peak_rss_mib() >= before
    begin_peak()
    assert peak_rss_mib() <= before


def test_half_of_two_threads() -> None:
    assert Spent(2.0, 2.0, 1.0, 0.0).busy(2) == 0.5


def test_no_time_at_all_is_not_busy() -> None:
    assert Spent(0.0, 0.0, 1.0, 0.0).busy(1) == 0.0
