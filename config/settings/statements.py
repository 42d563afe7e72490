"""attestations.yaml and waivers.yaml: what people vouch for, and what they accept as unmet."""

from datetime import date
from typing import Literal

from pydantic import Field

from config.settings.base import Closed, Name, PracticeId


class Attestation(Closed):
    """A dated, expiring statement by a named person about what no code can measure."""

    practice: PracticeId = Field(description="The practice it speaks of.")
    statement: str = Field(min_length=20, description="What is attested, in a sentence.")
    owner: Name = Field(description="Who states it.")
    approver: Name = Field(description="Who checked it; not the owner.")
    made: date = Field(description="When it was stated.")
    expires: date = Field(description="When it must be renewed; at most a year later.")
    evidence: str = Field(min_length=1, description="Link or path to what backs it.")


class NotApplicable(Closed):
    """A claim that a practice does not apply, with one of the WA Tool's reasons."""

    practice: PracticeId = Field(description="The practice it speaks of.")
    reason: Literal["OUT_OF_SCOPE", "BUSINESS_PRIORITIES", "ARCHITECTURE_CONSTRAINTS", "OTHER", "NONE"] = Field(
        description="One of the WA Tool's reasons."
    )
    note: str = Field(min_length=20, max_length=250, description="Why, in a sentence.")
    owner: Name = Field(description="Who claims it.")
    expires: date = Field(description="When it must be renewed.")


class Attestations(Closed):
    """All statements."""

    attestations: tuple[Attestation, ...] = Field(default=(), description="What people vouch for.")
    not_applicable: tuple[NotApplicable, ...] = Field(default=(), description="What does not apply, and why.")


class Waiver(Closed):
    """A named, approved, scoped, expiring acceptance of one unmet practice."""

    practice: PracticeId = Field(description="The practice that is accepted as unmet.")
    model: Name = Field(description="The registered model it holds for.")
    versions: tuple[int, int] = Field(description="First and last version it holds for.")
    reason: str = Field(min_length=20, description="Why it is acceptable, in a sentence.")
    owner: Name = Field(description="Who asks for it.")
    approver: Name = Field(description="Who accepts it; not the owner.")
    made: date = Field(description="When it was accepted.")
    expires: date = Field(description="When it ends.")
    evidence: str = Field(min_length=1, description="Link or path to the decision.")


class Waivers(Closed):
    """All waivers."""

    waivers: tuple[Waiver, ...] = Field(default=(), description="What is accepted as unmet, by whom, until when.")
