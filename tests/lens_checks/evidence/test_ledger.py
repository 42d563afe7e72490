"""The auditor recomputes the ledger by itself and names what does not hold."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from lens_checks.evidence.ledger import ledger
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from tasks.files import canonical
from tasks.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    written = Ledger(tmp_path / "ledger", tmp_path / ".lifecycle/keys")
    for number in range(3):
        written.append("decision", {"gate": "data", "outcome": "passed", "ä": [number, 0.1, None]})
    return Place(tmp_path, example, datetime.now(UTC))


def entry(place: Place, number: int) -> tuple[Path, dict[str, Any]]:
    path = place.root / f"ledger/{number:06d}.json"
    return path, json.loads(path.read_bytes())


def test_a_sound_ledger_has_no_breaks(place: Place) -> None:
    read = ledger(place)
    assert [e.number for e in read.entries] == [1, 2, 3]
    assert read.breaks == ()
    assert len(read.decisions("data")) == 3


def test_an_edited_entry_is_found_though_its_hash_was_made_anew(place: Place) -> None:
    import hashlib

    path, raw = entry(place, 2)
    raw["body"]["outcome"] = "refused"
    raw["hash"] = hashlib.sha256(canonical({k: v for k, v in raw.items() if k != "hash"})).hexdigest()
    path.write_bytes(canonical(raw))
    breaks = " ".join(ledger(place).breaks)
    assert "entry 2 is not signed" in breaks
    assert "entry 3 does not carry the hash" in breaks


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"body": {}}, "entry 2 was edited", id="another body"),
        pytest.param({"previous": "0" * 64}, "entry 2 does not carry", id="another entry before it"),
        pytest.param({"number": 7}, "stands where entry 2 should", id="another number"),
        pytest.param({"signature": "AAAA"}, "entry 2 is not signed", id="another signature"),
        pytest.param({"signature": "A"}, "entry 2 is not signed", id="a signature that is no base 64"),
        pytest.param({"time": "2020-01-01T00:00:00+00:00"}, "entry 2 was edited", id="another time"),
    ],
)
def test_an_edited_entry_is_found(place: Place, change: dict[str, Any], words: str) -> None:
    path, raw = entry(place, 2)
    path.write_bytes(canonical(raw | change))
    assert any(words in reason for reason in ledger(place).breaks)


def test_another_layout_of_the_same_entry_is_found(place: Place) -> None:
    path, raw = entry(place, 2)
    path.write_text(json.dumps(raw, indent=2))
    assert any("entry 2 was edited" in reason for reason in ledger(place).breaks)


def test_another_order_of_the_same_entry_is_found(place: Place) -> None:
    path, raw = entry(place, 2)
    turned = {key: raw[key] for key in reversed(raw)}
    path.write_bytes(json.dumps(turned, separators=(",", ":"), ensure_ascii=False).encode())
    assert ledger(place).breaks == ("entry 2 was edited: its hash is not that of its content",)


def test_a_signature_with_other_letters_between_is_none(place: Place) -> None:
    path, raw = entry(place, 2)
    path.write_bytes(canonical(raw | {"signature": "!" + raw["signature"]}))
    assert any("entry 2 is not signed" in reason for reason in ledger(place).breaks)


def test_an_entry_under_another_name_is_found(place: Place) -> None:
    path, _ = entry(place, 3)
    path.rename(path.with_name("000009.json"))
    assert ledger(place).breaks == ("000009.json stands where entry 3 should",)


def test_a_key_of_another_kind_is_malformed(place: Place) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (place.root / ".lifecycle/keys/signing.pub").write_bytes(other)
    with pytest.raises(Malformed, match="is not an elliptic-curve key"):
        ledger(place)


def test_a_removed_entry_is_found(place: Place) -> None:
    entry(place, 2)[0].unlink()
    assert any("stands where entry 2 should" in reason for reason in ledger(place).breaks)


def test_without_the_key_nothing_is_signed(place: Place) -> None:
    (place.root / ".lifecycle/keys/signing.pub").unlink()
    assert sum("is not signed" in reason for reason in ledger(place).breaks) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_an_entry_that_is_no_object_is_malformed(place: Place, text: str) -> None:
    entry(place, 3)[0].write_text(text)
    with pytest.raises(Malformed):
        ledger(place)


def test_an_empty_ledger_is_no_evidence(tmp_path: Path, example: Settings) -> None:
    with pytest.raises(NoEvidence, match="no entry yet"):
        ledger(Place(tmp_path, example, datetime.now(UTC)))
