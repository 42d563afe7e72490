"""Looks for personal data by the names of columns and the form of their values, and treats what is declared."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from config.errors import ConfigError
from config.settings import Data

SCANNED = 2_000  # different values of a column that are looked at
LEAST = 0.05  # share of those that must look alike

# Words of a column's name, and what they are a sign of.
NAMES = {
    "name of a person": r"(first|last|sur|middle|maiden|given|family|full|user|customer|patient|client)_?name",
    "e-mail address": r"e_?mail",
    "telephone number": r"phone|mobile|telephone|msisdn",
    "postal address": r"address|street|post_?code|zip_?code|zip",
    "date of birth": r"birth|dob|born",
    "identity number": r"ssn|social_security|passport|national_id|tax_id|licen[cs]e_number|nino|nhs_number",
    "bank or card number": r"iban|credit_?card|card_number|account_number|bic",
    "online identifier": r"ip_?address|cookie|device_id|advertising_id|username|login",
    "special category": r"gender|sex|religion|ethnic\w*|race|nationality|political\w*|sexual\w*|disability|diagnosis",
}
# The form of values, and what it is a sign of.
FORMS = {
    "e-mail address": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "telephone number": r"\+?\d{1,3}[ -]\(?\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}|\+\d{9,14}|\(\d{3}\) ?\d{3}-\d{4}",
    "identity number": r"\d{3}-\d{2}-\d{4}",
    "bank or card number": r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?|(?:\d{4}[ -]){3}\d{4}",
    "online identifier": r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)",
}
SPECIAL = "special category"


@dataclass(frozen=True)
class Sign:
    """A sign of personal data: the column, what it looks like, and the share of its values that do."""

    column: str
    pattern: str
    share: float


def scan(rows: pd.DataFrame) -> list[Sign]:
    """Find signs of personal data in the names and values of columns; no value is kept."""
    return [sign for name in rows.columns for sign in (*_in_name(str(name)), *_in_values(rows[name]))]


def _in_name(name: str) -> list[Sign]:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).lower()
    return [Sign(name, what, 1.0) for what, sign in NAMES.items() if re.search(rf"(^|_)({sign})(_|$)", words)]


def _in_values(values: pd.Series) -> list[Sign]:
    if not pd.api.types.is_string_dtype(values.dtype):
        return []
    seen = pd.Series(values.dropna().unique()[:SCANNED]).astype("str")
    shares = {what: float(seen.str.fullmatch(form).mean()) if len(seen) else 0.0 for what, form in FORMS.items()}
    return [Sign(str(values.name), what, share) for what, share in shares.items() if share >= LEAST]


def protect(rows: pd.DataFrame, data: Data, *, kept: tuple[str, ...], key: Path) -> pd.DataFrame:
    """Drop and hash columns as config/data.yaml declares; `kept` are needed to measure fairness, and stay.

    Hashing is HMAC-SHA-256 with the secret in the file `key`, made on first use, so that no list of names undoes it.
    """
    treatments = {name: column.treatment for name, column in data.columns.items() if name in rows.columns}
    dropped = [name for name, treatment in treatments.items() if treatment == "drop" and name not in kept]
    hashed = [name for name, treatment in treatments.items() if treatment == "hash"]
    if features := [name for name in hashed if name in data.features]:
        raise ConfigError(
            f"config/data.yaml: columns.{features[0]}.treatment: saw 'hash' on a feature",
            expected="'hash' on a key, a group or an ignored column only: a served model gets plain values",
            next_step="drop the column, or give it another role",
        )
    secret = _secret(key) if hashed else b""
    return rows.drop(columns=dropped).assign(**{name: _hashed(rows[name], secret) for name in hashed})


def _hashed(values: pd.Series, secret: bytes) -> pd.Series:
    marks = {v: hmac.new(secret, str(v).encode(), hashlib.sha256).hexdigest() for v in values.dropna().unique()}
    return values.map(marks).astype("str").where(values.notna())


def _secret(path: Path) -> bytes:
    import secrets

    from tasks import files

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.write_bytes_atomically(path, secrets.token_bytes(32), mode=0o600)
    return path.read_bytes()
