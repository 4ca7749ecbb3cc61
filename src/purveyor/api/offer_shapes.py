"""The shapes of bulk-buy offers, their answers and deputies."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict

_SEEN = "Refuse if the offer has another version by now"


class OfferRow(Open):
    id: int
    number: str
    profile: str
    title: str
    program: str
    unsold: str = Field(description="What becomes of pieces Amazon does not sell: none, return or keep")
    vendor_code: str
    currency: str
    state: Literal["open", "completed", "withdrawn"]
    stage: str | None = Field(description="The stage whose turn it is")
    stage_state: str | None
    expires_at: datetime | None
    time_zone: str
    expired: bool
    rows: int
    unmapped: int = Field(description="Rows whose product nobody knows")
    asked: int
    approved: int
    consumed: int = Field(description="What orders have used")
    open: int
    value: str
    version: int


class OffersOut(Open):
    offers: list[OfferRow]
    next: str


class OfferFull(OfferRow):
    deliveries: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    liability: dict[str, Any]
    history: list[dict[str, Any]]


class BoardOut(Open):
    number: str
    version: int
    state: str
    currency: str
    stage: str | None
    asked: dict[str, Any]
    stages: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    counts: dict[str, int]
    rows: list[dict[str, Any]]
    next: int | None = Field(description="The first row of the next page; null at the end")


class CellHistory(Open):
    cell: dict[str, Any]
    history: list[dict[str, Any]]


class DeliveryAsk(Strict):
    name: str | None = None
    first_day: date | None = None
    last_day: date | None = None


class OfferChange(Strict):
    """What is not named stays as it is."""

    number: str | None = None
    title: str | None = None
    program: str | None = None
    unsold: str | None = None
    vendor_code: str | None = None
    currency: str | None = None
    expires_at: datetime | str | None = Field(None, description="Without an offset it is local time of the zone")
    zone: str | None = Field(None, description="A name of the IANA list")
    deliveries: dict[str, DeliveryAsk] | None = Field(None, description="By position")
    version: int | None = Field(None, description=_SEEN)


class AnswerAsk(Strict):
    row: int = Field(description="The row's number in the workbook")
    delivery: int = Field(description="The delivery's position")
    version: int | None = Field(None, description="The cell's as you saw it; a newer answer of another is then told")
    verdict: bool | None = None
    quantity: int | None = Field(None, description="Eaches; alone it is a yes, 0 a no")
    price: Decimal | None = Field(None, description="For one each, as text")
    comment: str | None = None
    clear: bool = Field(False, description="Take the whole answer back")


class AnswersAsk(Strict):
    stage: str
    answers: list[AnswerAsk] = Field(max_length=20_000)
    because: str = Field("", max_length=500)


class TakenOut(Open):
    cells: list[dict[str, Any]] = Field(description="What was taken, as it is now")
    clashes: list[dict[str, Any]] = Field(description="Answers to a state that is over: both sides; nothing was kept")
    problems: list[dict[str, str]] = Field(description="What cannot be taken, by place")


class ApproveAsk(Strict):
    stage: str
    undecided_only: bool = Field(True, description="Never over an answer that is there")
    version: int | None = Field(None, description=_SEEN)


class SeenAsk(Strict):
    version: int | None = Field(None, description=_SEEN)


class ReasonAsk(Strict):
    reason: str = Field(max_length=500)


class StageReasonAsk(ReasonAsk):
    stage: str


class CompleteAsk(SeenAsk):
    reason: str = Field("", max_length=500, description="Needed once the offer has expired")
    leave_unmapped: bool = Field(False, description="Leave rows without a product unanswered")


class RowMapAsk(Strict):
    sku: str = Field("", description="The SKU or ASIN of a product there is")
    new: dict[str, Any] | None = Field(None, description="Or a new product, as POST /products takes it")


class RowMappedOut(Open):
    row: int
    sku: str


class DeputyAsk(Strict):
    profile: str
    stage: str
    absent: str = Field(description="The user name of who is away")
    deputy: str = Field(description="The user name of who answers instead")
    begins_at: datetime
    ends_at: datetime


class DeputyOut(Open):
    id: int
    profile: str
    stage: str
    absent: str
    deputy: str
    begins_at: datetime
    ends_at: datetime


class DeputiesOut(Open):
    deputies: list[DeputyOut]
