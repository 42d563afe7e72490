"""What the server says of itself is read, and told for the time between two looks."""

from dataclasses import replace

import pytest

from tasks.exported import Scraped, between, read

TEXT = """
# HELP lifecycle_requests_total Requests by path and status.
# TYPE lifecycle_requests_total counter
lifecycle_requests_total{path="/invocations",status="200"} 90.0
lifecycle_requests_total{path="/invocations",status="503"} 10.0
lifecycle_requests_total{path="/ping",status="200"} 7.0
# HELP lifecycle_request_seconds Time to answer.
# TYPE lifecycle_request_seconds histogram
lifecycle_request_seconds_bucket{le="0.01",path="/invocations"} 50.0
lifecycle_request_seconds_bucket{le="0.02",path="/invocations"} 100.0
lifecycle_request_seconds_bucket{le="+Inf",path="/invocations"} 100.0
lifecycle_request_seconds_bucket{le="0.01",path="/ping"} 7.0
# HELP lifecycle_worker_resident_bytes Resident memory of each worker.
# TYPE lifecycle_worker_resident_bytes gauge
lifecycle_worker_resident_bytes{pid="1"} 1048576.0
lifecycle_worker_resident_bytes{pid="2"} 3145728.0
# HELP lifecycle_worker_cpu_seconds CPU seconds that each worker has used.
# TYPE lifecycle_worker_cpu_seconds gauge
lifecycle_worker_cpu_seconds{pid="1"} 3.0
lifecycle_worker_cpu_seconds{pid="2"} 5.0
# HELP lifecycle_disk_free_bytes Free space where the server writes.
# TYPE lifecycle_disk_free_bytes gauge
lifecycle_disk_free_bytes 2097152.0
"""
NOTHING = Scraped(0.0, {}, {}, 2, 0.0, 0.0, 0.0)
SEEN = read(TEXT, when=10.0)


def test_only_predictions_are_read() -> None:
    assert (SEEN.statuses, SEEN.buckets) == ({"200": 90, "503": 10}, {0.01: 50, 0.02: 100, float("inf"): 100})


def test_figures_of_workers_are_told_for_one_of_them() -> None:
    told = between(NOTHING, SEEN)
    assert (told.rss_mib, told.busy, told.disk_free_mib) == (2.0, 0.4, 2.0)


def test_load_and_errors_are_told_of_the_time_between() -> None:
    earlier = replace(SEEN, when=5.0, statuses={"200": 40, "503": 0})
    told = between(earlier, SEEN)
    assert (told.requests, told.errors, told.per_second, told.error_rate) == (60, 10, 12.0, pytest.approx(1 / 6))


def test_what_is_wrong_with_a_request_is_no_error_of_the_server() -> None:
    assert between(NOTHING, replace(SEEN, statuses={"200": 1, "422": 9})).errors == 0


def test_percentiles_lie_straight_within_their_bucket() -> None:
    told = between(NOTHING, SEEN)
    assert (told.p50_ms, told.p95_ms, told.p99_ms) == (10.0, 19.0, 19.8)


def test_what_is_beyond_the_last_bound_is_told_as_that_bound() -> None:
    assert between(NOTHING, replace(SEEN, buckets={0.01: 0, float("inf"): 5})).p50_ms == 10.0


def test_what_is_not_exported_or_was_not_asked_is_not_told() -> None:
    told = between(NOTHING, read("", when=1.0))
    assert {told.error_rate, told.p50_ms, told.p99_ms, told.rss_mib, told.busy, told.disk_free_mib} == {None}
