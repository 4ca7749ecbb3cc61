"""The shapes of pick lists and of what was picked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict


class PickListRow(Open):
    id: int
    number: str
    order: str
    profile: str
    vendor_code: str
    ship_to: str
    ship_by: datetime | None
    state: Literal["released", "held", "picked", "cancelled"]
    reason: str | None = Field(description="Why it is on hold or was taken back")
    lines: int
    asked: int
    picked: int | None = Field(description="Null while nobody said anything")
    excess: int = Field(description="Picked beyond what is asked; never counts")
    released_at: datetime


class PickListsOut(Open):
    pick_lists: list[PickListRow]
    next: str


class PickListFull(PickListRow):
    items: list[dict[str, Any]] = Field(description="Its lines as they are walked, with every code")
    results: list[dict[str, Any]]
    history: list[dict[str, Any]]


class ReleaseAsk(Strict):
    order: str
    profile: str = Field("", description="Needed where several have an order of this number")
    version: int | None = Field(None, description="Refuse if the order has another version by now")


class PrintAsk(Strict):
    pick_lists: list[str] = Field(description="Their numbers, or those of their orders, at most 200")
    profile: str = Field("", description="Needed where several have a list of this number")


class Why(Strict):
    because: str = Field("", description="The reason, for everybody who meets the list")


class PickedLine(Strict):
    line: str | None = Field(None, description="Amazon's line number; or name the product")
    ean: str | None = Field(None, description="EAN, UPC or GTIN-14, also a case's own")
    sku: str | None = None
    asin: str | None = None
    quantity: int = Field(description="Pieces, or cases where the unit says so")
    unit: Literal["each", "case"] | None = None
    picked_at: datetime | None = None
    lot: str | None = None
    expiry: str | None = Field(None, description="A day such as 2026-12-31")
    reason: str | None = Field(None, description="Why it is less: missing, damaged, expired, blocked, other")
    prepared: bool | None = Field(None, description="Whether what Amazon wants done to it is done")


class PickResultAsk(Strict):
    order: str
    profile: str = Field("", description="Needed where several have an order of this number")
    reference: str = Field("", description="The same adds up, another replaces; none is one of its own")
    picked_at: datetime | None = None
    lines: list[PickedLine]


class PicksAsk(Strict):
    results: list[PickResultAsk]


class PickOut(Open):
    order: str
    profile: str | None
    ok: bool
    pick_list: str | None
    reference: str | None
    error: dict[str, Any] | None


class PicksOut(Open):
    results: list[PickOut]
    taken: int
    refused: int
