"""runtime.yaml: where the tools are."""

import re
from typing import Literal

from pydantic import Field, field_serializer

from config.settings.base import Closed


class Runtime(Closed):
    """Where the tools are."""

    tracking_uri: str = Field(default="sqlite:///mlflow.db", min_length=1, description="MLflow tracking and registry.")
    artifact_location: str = Field(
        default="mlartifacts", min_length=1, description="Folder or URL of MLflow's artefacts."
    )
    prefect_api_url: str = Field(default="", description="A running Prefect server; empty: one is started for the run.")
    ledger: str = Field(default="ledger", min_length=1, description="Folder of the promotion ledger.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="WARNING", description="How much is said.")

    @field_serializer("tracking_uri", "artifact_location", "prefect_api_url", "ledger", when_used="json")
    def _without_password(self, address: str) -> str:
        """Settings are shown, and kept with every flow run: a password in an address is not."""
        return re.sub(r"(://[^/@:]*):[^/@]+@", r"\1:***@", address)
