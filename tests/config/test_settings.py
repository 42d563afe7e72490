"""Settings travel with every flow run and are shown: no password goes along."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from config.settings import Runtime, Settings


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:" + "secret@host/mlflow", "postgresql://me:***@host/mlflow"),
        ("http://host:5000/api", "http://host:5000/api"),
        ("sqlite:///mlflow.db", "sqlite:///mlflow.db"),
    ],
)
def test_addresses_are_shown_without_their_password(address: str, shown: str) -> None:
    runtime = Runtime(tracking_uri=address)
    assert runtime.model_dump(mode="json")["tracking_uri"] == shown
    assert runtime.tracking_uri == address


def models(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Give a model of the settings and all that it is made of."""
    yield kind
    for field in kind.model_fields.values():
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models(inner)


def test_no_setting_is_called_as_python_calls_the_keys_of_a_mapping() -> None:
    """Prefect walks through settings by dict(model), which takes whatever has `keys` for a mapping."""
    assert [kind.__name__ for kind in models(Settings) if "keys" in kind.model_fields] == []
