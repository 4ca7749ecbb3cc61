"""The shapes of fulfillment centers."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Field

from purveyor.api.shape_bases import Open, Strict


class AddressAsk(Strict):
    name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    county: str | None = None
    district: str | None = None
    state_or_region: str | None = None
    postal_code: str | None = None
    country_code: str | None = Field(None, description="Two letters, such as DE")
    phone: str | None = None


class CenterAsk(Strict):
    """What is not named stays as it is, an empty text wipes it."""

    address: AddressAsk | None = None
    time_zone: str | None = Field(None, description="A name of the IANA list, such as Europe/Berlin")
    internal_reference: str | None = None
    valid_from: date | None = Field(None, description="Since when the address holds; today unless said")
    source_note: str = Field("", description="Where the address is from")
    version: int | None = Field(None, description="Refuse if the center has another version by now")
    because: str = ""


class CenterOut(Open):
    code: str
    address: dict[str, str]
    time_zone: str | None = Field(description="null while nobody has said it")
    internal_reference: str | None
    source: str = Field(description="Whose word the address is: seed, order, person or file")
    source_note: str
    valid_from: date
    offered: dict[str, Any] | None = Field(description="What an order says against a person's or a file's address")
    version: int


class CenterFull(CenterOut):
    history: list[dict[str, Any]]


class CentersOut(Open):
    centers: list[CenterOut]
    next: str
