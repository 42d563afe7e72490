"""What every settings model shares: closed, frozen, and a few bounded kinds of value."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
PracticeId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,15}-\d{2,4}$")]  # the lens's, or one's own


class Closed(BaseModel):
    """Frozen, strict, and closed: an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=())
