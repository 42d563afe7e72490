"""Who pays for a run, where it takes place and on what: the tags that every run carries."""

import os

from config.settings import Charter

NAMES = ("lifecycle.project", "lifecycle.unit", "lifecycle.environment", "lifecycle.owner")  # what cost is told by
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION", "AZURE_REGION", "GOOGLE_CLOUD_REGION", "CLOUD_ML_REGION")
ON_PREMISES = "on premises"


def tags(charter: Charter) -> dict[str, str]:
    """Give the tags of a run; what nobody stated has no tag."""
    values = {
        "lifecycle.project": charter.project,
        "lifecycle.owner": charter.owners.model,
        "lifecycle.unit": charter.allocation.unit,
        "lifecycle.environment": charter.allocation.environment,
        "lifecycle.region": region(charter),
        "lifecycle.compute_target": "local" if charter.compute_nodes == 1 else "cluster",
    }
    return {name: value for name, value in values.items() if value}


def words(charter: Charter) -> list[str]:
    """Give the same as Prefect has its tags: one word each."""
    return [f"{name}={value}" for name, value in tags(charter).items()]


def region(charter: Charter) -> str:
    """Give the region that the environment or the charter names."""
    told = next((os.environ[name] for name in REGIONS if os.environ.get(name)), "")
    return told or charter.region.name or ON_PREMISES
