"""Settings travel with every flow run and are shown: no password goes along."""

import pytest

from config.settings import Runtime


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:secret@host/mlflow", "postgresql://me:***@host/mlflow"),
        ("http://host:5000/api", "http://host:5000/api"),
        ("sqlite:///mlflow.db", "sqlite:///mlflow.db"),
    ],
)
def test_addresses_are_shown_without_their_password(address: str, shown: str) -> None:
    runtime = Runtime(tracking_uri=address)
    assert runtime.model_dump(mode="json")["tracking_uri"] == shown
    assert runtime.tracking_uri == address
