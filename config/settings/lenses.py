"""config/lenses/<ID>.yaml: what `lifecycle lens import` keeps beside a lens that an organisation brings along."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from config.settings.base import Closed, Name, PracticeId

LensId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,15}$")]
PillarName = Literal[
    "operational excellence", "security", "reliability", "performance efficiency", "cost optimization", "sustainability"
]
# Not monitoring: what is judged in operation holds a champion only where it was measured, and these are stated.
PhaseName = Literal[
    "business goal identification", "ML problem framing", "data processing", "model development", "deployment"
]


class ImportedLens(Closed):
    """An imported lens: which file it was, where its practices stand in the review, and the id of each for good."""

    id: LensId = Field(description="What the ids of its practices begin with.")
    name: str = Field(min_length=1, max_length=128, description="Its name, as its file has it.")
    version: str = Field(default="", max_length=32, description="Its version, where one is known.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Digest of the file beside this one.")
    imported: date = Field(description="When it was taken in.")
    phase: PhaseName = Field(default="deployment", description="The phase that its practices are judged in.")
    pillars: dict[Name, PillarName] = Field(default={}, description="For each of its pillars one of the review's.")
    practices: dict[str, PracticeId] = Field(description="QUESTION/CHOICE -> practice; an id is never given twice.")
