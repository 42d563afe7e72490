"""runtime.yaml: where the tools are."""

import re
from typing import Literal

from pydantic import Field, field_serializer

from config.settings.base import Closed
from config.settings.serving import Serving


class Notify(Closed):
    """Who is told when a run fails or is refused, when an alarm is raised, and when a drill fails."""

    webhook: str = Field(
        default="", pattern=r"^(https?://\S+)?$", description="Address to which each alert is posted as JSON."
    )
    command: tuple[str, ...] = Field(
        default=(), description="Program and arguments that get each alert as JSON on standard input; no shell."
    )

    @field_serializer("webhook", when_used="json")
    def _without_path(self, address: str) -> str:
        """The path of such an address is often its password."""
        return re.sub(r"^(\w+://)(?:[^/@]*@)?([^/]*).*", r"\1\2/***", address)


class Runtime(Closed):
    """Where the tools are."""

    tracking_uri: str = Field(default="sqlite:///mlflow.db", min_length=1, description="MLflow tracking and registry.")
    artifact_location: str = Field(
        default="mlartifacts", min_length=1, description="Folder or URL of MLflow's artefacts."
    )
    prefect_api_url: str = Field(default="", description="A running Prefect server; empty: one is started for the run.")
    ledger: str = Field(default="ledger", min_length=1, description="Folder of the promotion ledger.")
    backup: str = Field(default="", description="Folder that `lifecycle backup` writes to; best on another disk.")
    notify: Notify = Field(default_factory=Notify, description="Who is told of failures, refusals and alarms.")
    serving: Serving = Field(default_factory=Serving, description="The scoring server.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="WARNING", description="How much is said.")

    @field_serializer("tracking_uri", "artifact_location", "prefect_api_url", "ledger", when_used="json")
    def _without_password(self, address: str) -> str:
        """Settings are shown, and kept with every flow run: a password in an address is not."""
        return re.sub(r"(://[^/@:]*):[^/@]+@", r"\1:***@", address)
