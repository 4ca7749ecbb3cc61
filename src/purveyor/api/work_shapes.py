"""The shapes of what is open about an order: holds, changes, deadlines, the proposed answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field

from purveyor.api.shape_bases import Open, Strict


class OrderHoldAsk(Strict):
    because: str = Field(description="Everybody who meets the order reads it")


class OrderHoldOut(Open):
    id: int
    check: str = Field(description="The rule that holds it; PERSON for a person")
    because: str
    by: str
    at: datetime
    released_at: datetime | None


class OrderWork(Open):
    changes: list[dict[str, Any]]
    holds: list[OrderHoldOut]
    deadlines: list[dict[str, Any]]
    differences: list[dict[str, Any]]


class SeenOut(Open):
    number: str
    profile: str
    seen: int = Field(description="How many versions were still unseen")


class ProposalOut(Open):
    number: str
    profile: str
    version: int
    proposal: dict[str, Any] | None = Field(
        description="rule, says, lines, compared, problems; null: nothing to answer"
    )
