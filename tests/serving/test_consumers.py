"""Keys name consumers, are compared as hashes, and each consumer has a share of its own."""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from config.errors import ConfigError
from config.settings.serving import Limits, Serving
from serving.consumers import LOOK_SECONDS, Consumers
from serving.refusals import Refusal
from tasks.consumers import add_consumer, read_consumers, renew_consumer, revoke_consumer


def scope(**headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"headers": named, "client": ("127.0.0.1", 1)}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "consumers.json"


def consumers(place: Path, *, per_minute: int = 0, keys: bool = True) -> Consumers:
    return Consumers.of(Serving(keys_file=str(place), limits=Limits(per_minute=per_minute)), keys=keys)


def test_a_key_names_its_consumer_in_either_header(place: Path) -> None:
    keys = {name: add_consumer(place, name) for name in ("shop", "desk")}
    known = consumers(place)
    assert known.admit(scope(authorization=f"Bearer {keys['shop']}")) == "shop"
    assert known.admit(scope(x_api_key=keys["desk"])) == "desk"


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer x"}, {"x_api_key": ""}, {"authorization": "Basic a"}]
)
def test_without_a_known_key_nobody_comes_in(place: Path, headers: dict[str, str]) -> None:
    add_consumer(place, "shop")
    with pytest.raises(Refusal) as refused:
        consumers(place).admit(scope(**headers))
    assert (refused.value.status, refused.value.code) == (401, "no_key")


def test_without_a_list_of_consumers_nobody_comes_in(place: Path) -> None:
    with pytest.raises(Refusal):
        consumers(place).admit(scope(x_api_key="anything"))


def test_a_revoked_key_is_refused_within_a_second(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = add_consumer(place, "shop")
    known = consumers(place)
    known.admit(scope(x_api_key=key))
    revoke_consumer(place, "shop")
    known.looked -= LOOK_SECONDS
    with pytest.raises(Refusal):
        known.admit(scope(x_api_key=key))


def test_a_key_ends_and_counts_again_when_it_is_renewed(place: Path) -> None:
    key = add_consumer(place, "shop", days=0)
    with pytest.raises(Refusal) as refused:
        consumers(place).admit(scope(x_api_key=key))
    assert (refused.value.status, refused.value.code) == (401, "key_ended")
    renew_consumer(place, "shop", days=1)
    assert consumers(place).admit(scope(x_api_key=key)) == "shop"


def test_a_key_from_before_keys_ended_goes_on(place: Path) -> None:
    key = add_consumer(place, "shop")
    told = json.loads(place.read_text())
    for lacking in ("expires", "per_minute"):
        del told["consumers"][0][lacking]
    place.write_text(json.dumps(told))
    assert consumers(place).admit(scope(x_api_key=key)) == "shop"


def test_a_list_with_a_day_that_is_none_lets_nobody_in(place: Path) -> None:
    key = add_consumer(place, "shop")
    place.write_text(place.read_text().replace(str(read_consumers(place)[0].expires), "some day"))
    with pytest.raises(Refusal):
        consumers(place).admit(scope(x_api_key=key))


def test_an_unknown_consumer_cannot_be_renewed(place: Path) -> None:
    with pytest.raises(ConfigError, match="no key"):
        renew_consumer(place, "shop", days=1)


def test_the_key_itself_is_kept_nowhere(place: Path) -> None:
    key = add_consumer(place, "shop")
    assert key not in place.read_text() and hashlib.sha256(key.encode()).hexdigest() in place.read_text()
    assert place.stat().st_mode & 0o077 == 0 and place.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["shop", "", " x", "a" * 65, "a\nb"], ids=["taken", "empty", "blank", "long", "lines"])
def test_a_name_that_will_not_do_is_refused(place: Path, name: str) -> None:
    add_consumer(place, "shop")
    with pytest.raises(ConfigError):
        add_consumer(place, name)
    assert [consumer.name for consumer in read_consumers(place)] == ["shop"]


def test_an_unknown_consumer_cannot_be_revoked(place: Path) -> None:
    with pytest.raises(ConfigError, match="no key"):
        revoke_consumer(place, "shop")


def test_each_consumer_has_a_share_of_its_own(place: Path) -> None:
    known = consumers(place, per_minute=2, keys=False)
    others = scope() | {"client": ("10.0.0.1", 1)}
    for _ in range(2):
        known.admit(scope())
    with pytest.raises(Refusal) as refused:
        known.admit(scope())
    assert refused.value.status == 429 and dict(refused.value.headers)[b"retry-after"] == b"30"
    assert known.admit(others) == "10.0.0.1"


@pytest.mark.parametrize(("own", "refused"), [(1, True), (0, False), (None, False)], ids=["one", "no limit", "none"])
def test_a_consumer_may_have_another_share(place: Path, own: int | None, refused: bool) -> None:
    key = add_consumer(place, "shop", per_minute=own)
    known = consumers(place, per_minute=2)
    known.admit(scope(x_api_key=key))
    with pytest.raises(Refusal) if refused else contextlib.nullcontext():
        known.admit(scope(x_api_key=key))


def test_a_share_fills_up_again(place: Path) -> None:
    known = consumers(place, per_minute=60, keys=False)
    known.admit(scope())
    known.buckets["127.0.0.1"].left = 0.0
    known.buckets["127.0.0.1"].at -= 1.5
    assert known.admit(scope()) == "127.0.0.1"


def test_a_broken_list_lets_nobody_in(place: Path) -> None:
    key = add_consumer(place, "shop")
    place.write_text("{")
    os.utime(place)
    with pytest.raises(Refusal):
        consumers(place).admit(scope(x_api_key=key))
