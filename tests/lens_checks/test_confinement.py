"""A project keeps to itself: each fault of roles, modes, identity and of the access drill is told by itself."""

from datetime import timedelta
from typing import Any

import pytest

from config.settings import Data, Resource, Sensitivity
from lens_checks import confinement
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.delivered import drill
from tests.lens_checks.guarded import ROLES, TRIED, mode, platform
from tests.lens_checks.made import NOW
from tests.lens_checks.world import GOOD

DATA = GOOD.get(Data)
PRIVATE = DATA.model_copy(
    update={"columns": {n: c.model_copy(update={"sensitivity": Sensitivity.PERSONAL}) for n, c in DATA.columns.items()}}
)
KEY = mode(confinement.KEY)
ADMINISTRATOR = "The container holds nothing else."


def accessed(**about: object) -> r.Drill:
    """Let the access drill have come out otherwise."""
    return drill("access", **about)


@pytest.mark.parametrize(
    ("roles", "faults"),
    [
        pytest.param({}, [], id="each role has what it needs"),
        pytest.param(
            {"operations": {resource: ["read"] for resource in Resource}},
            ["operations may reach everything"],
            id="the holder of the keys may reach everything",
        ),
        pytest.param(
            {"operations": ROLES["operations"] | {"code": ["read"], "settings": ["read"], "data": []}},
            [],
            id="all but what it has no right to",
        ),
        pytest.param(
            {"business": {"settings": []}}, ["nobody may reach settings"], id="a resource that is named without a right"
        ),
    ],
)
def test_roles_give_no_more_than_a_role_needs(roles: dict[str, Any], faults: list[str]) -> None:
    assert confinement.of_roles(platform(roles=ROLES | roles)) == faults


@pytest.mark.parametrize(
    ("days", "faults"),
    [
        pytest.param(30, [], id="its last day"),
        pytest.param(31, [f"the review of the roles ended on {NOW.date() - timedelta(days=1)}"], id="the day after"),
    ],
)
def test_a_review_counts_to_its_last_day(days: int, faults: list[str]) -> None:
    reviewed = platform(reviewed=NOW.date() - timedelta(days=days), review_days=30)
    assert confinement.of_review(reviewed, r.Clock(now=NOW)) == faults


def test_the_mode_of_the_key_is_needed() -> None:
    seen = GOOD.but({r.Exposure: {"modes": (KEY,)}}).get(r.Exposure)
    assert confinement.of_modes(seen) == []
    without = GOOD.but({r.Exposure: {"modes": (mode("ledger"),)}}).get(r.Exposure)
    with pytest.raises(Missing, match="the mode of"):
        confinement.of_modes(without)


@pytest.mark.parametrize("door", ["key", "landed rows", "ledger", "database"])
def test_a_stranger_must_have_tried_every_door(door: str) -> None:
    tried = TRIED["stranger"] | {"tried": [name for name in TRIED["stranger"]["tried"] if name != door]}
    with pytest.raises(Missing, match=f"an attempt to get at {door}:"):
        confinement.of_trespass(platform(), accessed(stranger=tried))


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"stranger": {"entered": []}}, id="what a stranger tried"),
        pytest.param({"stranger": {"tried": TRIED["stranger"]["tried"]}}, id="what a stranger got at"),
        pytest.param({"stranger": "nothing"}, id="anything of a stranger"),
        pytest.param({"identity": {"uid": 1000}}, id="what the own identity may write to"),
    ],
)
def test_a_drill_that_does_not_tell_is_missing(about: dict[str, object]) -> None:
    with pytest.raises(Missing, match="lifecycle drill access"):
        confinement.of_trespass(platform(), accessed(**about))


def test_an_identity_may_write_above_its_station_only_with_a_reason() -> None:
    above = accessed(identity={"uid": 0, "above": ["/etc"]})
    assert confinement.of_trespass(platform(), above) == ["the own identity may write to /etc"]
    assert confinement.of_trespass(platform(administrator=ADMINISTRATOR), above) == []


@pytest.mark.parametrize(
    "snapshot",
    [
        pytest.param(None, id="no snapshot"),
        pytest.param({"cached": False, "sealed": True}, id="a snapshot in no store"),
        pytest.param({"cached": True, "sealed": False}, id="a snapshot that may be overwritten"),
    ],
)
def test_landed_rows_and_the_disk_are_each_told(snapshot: dict[str, bool] | None) -> None:
    kept = snapshot and {"data/landed": r.StageFile(path="data/landed", recorded="1", on_disk="1", **snapshot)}
    premises = GOOD.but({r.Premises: {"encrypted": False}}).get(r.Premises)
    pipeline = GOOD.but({r.Pipeline: {"snapshots": kept or {}}}).get(r.Pipeline)
    assert confinement.of_storage(premises, pipeline, PRIVATE, platform()) == [
        "the landed rows lie in no store that keeps every version read-only",
        "rows that are not public lie on a disk that is not encrypted",
    ]


def test_an_outside_that_the_drill_does_not_tell_of_is_missing() -> None:
    with pytest.raises(Missing, match="reach the outside"):
        confinement.of_egress(platform(), accessed(outside=None))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"trouble": "no answer"}, "no answer", id="there was trouble"),
        pytest.param({"packages": 0}, "no package was asked about", id="no package"),
        pytest.param({"found": None}, "nobody says what was found", id="it does not say what it found"),
        pytest.param({"found": "nothing"}, "nobody says what was found", id="it says so in words"),
    ],
)
def test_a_look_up_that_told_nothing_is_missing(change: dict[str, object], why: str) -> None:
    with pytest.raises(Missing, match=f"a look-up of known vulnerabilities: .*{why}"):
        confinement.of_vulnerabilities(platform(), accessed(advisories=TRIED["advisories"] | change))


@pytest.mark.parametrize(
    ("data", "place", "reached", "words"),
    [
        pytest.param(DATA, {}, False, "every column is public; example.org:443 is out of reach", id="public"),
        pytest.param(PRIVATE, {}, False, "the disk is encrypted; example.org:443 is out of reach", id="encrypted"),
        pytest.param(
            PRIVATE, {"at_rest": "The host encrypts."}, False, "The host encrypts.; example.org:443 is out of reach",
            id="encrypted by the host",
        ),
        pytest.param(
            DATA, {"egress": "For the alerts."}, True,
            "every column is public; example.org:443 may be reached: For the alerts.", id="open for a reason",
        ),
    ],
)  # fmt: skip
def test_what_lies_open_is_told_with_its_reason(data: Data, place: dict[str, str], reached: bool, words: str) -> None:
    seen = accessed(outside={"address": "example.org:443", "reached": reached})
    told = confinement.in_words(seen, data, platform(**place))
    assert told == f"{words}; 9 packages looked up, 0 vulnerabilities, all accepted"
