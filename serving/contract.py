"""The contract in serving/openapi.json, written from the routes; beside it lies that of the last release."""

from pathlib import Path
from typing import Any

from config.settings.serving import Serving

CONTRACT = Path(__file__).with_name("openapi.json")
RELEASED = Path(__file__).with_name("openapi.released.json")


def describe() -> dict[str, Any]:
    """Give the OpenAPI document of the routes."""
    from serving.app import create_app

    document: dict[str, Any] = create_app(None, Serving()).routes.openapi()
    return document


if __name__ == "__main__":
    from tasks.files import write_json

    write_json(CONTRACT, describe())
