"""The shapes of packings: what is asked and answered about pallets, cartons and contents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict

_SEEN = "The packing's version as you saw it; 409 where there is another by now"
_EACHES = "So many eaches; all of them where none are said"
Grams = Field(None, description="Grams")
Millimetres = Field(None, description="Millimetres")


class PackingRow(Open):
    id: int
    profile: str
    reference: str
    ship_to: str = Field(description="The fulfillment center")
    state: Literal["open", "packed", "dropped"]
    state_at: datetime
    version: int
    differences: int = Field(description="Lines whose numbers differ, when last weighed up")
    blocks: int
    warnings: int
    weighed_at: datetime | None
    by: str
    created_at: datetime


class PackingListed(PackingRow):
    pallets: int | None
    cartons: int | None
    eaches: int | None


class PackingsOut(Open):
    packings: list[PackingListed]
    next: str


class BoxOut(Open):
    key: str
    position: int
    sscc: str
    weight_grams: int | None
    tare_grams: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


class CartonOut(BoxOut):
    pallet: str | None = Field(description="The key of the pallet it stands on")
    reckoned_grams: int | None = Field(description="What it weighs by its pieces, where nobody weighed it")


class ContentOut(Open):
    id: int
    line: int = Field(description="The `id` of the line, as in `lines`")
    carton: str | None
    pallet: str | None = Field(description="Neither: not placed yet")
    eaches: int
    lot: str
    expiry: date | None


class ComparedOut(Open):
    id: int
    order: str
    line: str
    sku: str
    ordered: int
    acknowledged: int | None = Field(description="null: not answered yet")
    picked: int | None = Field(description="null: nobody told")
    here: int
    placed: int
    elsewhere: int = Field(description="In other packings")
    packed: int
    to_pack: int
    differs: bool
    accepted: str | None = Field(description="Why a person let this difference stand")
    ways: list[Literal["cut", "move", "accept"]]
    message: str | None


class PackingFindingOut(Open):
    check: str
    severity: Literal["warn", "block"]
    box: str | None
    key: str | None
    line: int | None
    message: str
    way_out: str


class Judgement(Open):
    version: int
    state: str
    lines: list[ComparedOut]
    findings: list[PackingFindingOut]
    differences: int
    blocks: int
    warnings: int
    undo: str | None = Field(description="What the next undo takes back")


class PackingFull(PackingRow):
    pallets: list[BoxOut]
    cartons: list[CartonOut]
    contents: list[ContentOut]
    lines: list[ComparedOut]
    findings: list[PackingFindingOut]
    undo: str | None


class ChangedOut(Judgement):
    changed: dict[str, list[dict[str, Any]]] = Field(description="New rows and those that are other than before")
    gone: dict[str, list[Any]] = Field(description="Keys of pallets and cartons, ids of contents")


class StepsOut(Open):
    steps: list[dict[str, Any]]


class BeginAsk(Strict):
    profile: str
    reference: str
    orders: list[str] = Field(default=[], max_length=500, description="PO numbers whose pieces come in, not placed")
    ship_to: str = ""


class GivenContentAsk(Strict):
    order: str = Field(description="PO number")
    line: str = Field("", description="The order's line; else the product by one of its numbers")
    ean: str = ""
    sku: str = ""
    asin: str = ""
    quantity: int = Field(ge=1, le=1_000_000_000)
    unit: Literal["each", "case"] = "each"
    lot: str = Field("", max_length=60)
    expiry: date | None = None


class GivenBoxAsk(Strict):
    key: str = Field("", max_length=40, description="Its name; the SSCC where none is said")
    sscc: str = Field("", description="18 digits, or 20 with the barcode's 00")
    weight_grams: int | None = Grams
    tare_grams: int | None = Grams
    length_mm: int | None = Millimetres
    width_mm: int | None = Millimetres
    height_mm: int | None = Millimetres
    contents: list[GivenContentAsk] = []


class GivenPalletAsk(GivenBoxAsk):
    cartons: list[GivenBoxAsk] = []


class PutAsk(Strict):
    """All of a packing; what is there by now is replaced."""

    ship_to: str = ""
    version: int | None = Field(None, description="Refuse where the packing has another version by now")
    pallets: list[GivenPalletAsk] = Field(default=[], max_length=20_000)
    cartons: list[GivenBoxAsk] = Field(default=[], max_length=20_000, description="Loose cartons")


class PackingSeenAsk(Strict):
    version: int = Field(description=_SEEN)


class WhyAsk(PackingSeenAsk):
    because: str = Field("", max_length=500)


class LineAsk(WhyAsk):
    line: int = Field(description="The `id` of a line")


class AcceptAsk(LineAsk):
    because: str = Field(max_length=500)
    acknowledged: int | None = Field(None, description="The numbers as you saw them; say all three or none")
    picked: int | None = None
    packed: int | None = None


class MoveRestAsk(PackingSeenAsk):
    line: int
    reference: str = Field(description="The other packing, made where there is none")


class MoveOutAsk(PackingSeenAsk):
    reference: str = Field(description="The other packing, made where there is none")
    pallet: str | None = None
    carton: str | None = None
    content: int | None = None
    eaches: int | None = Field(None, description=_EACHES)


class StepAsk(PackingSeenAsk):
    """One step. Which names it wants is said by its kind: `add` (box, key, count, pallet and facts), `remove` (box,
    key), `place` (line, eaches, to), `move_content` (content, eaches, to), `split` (content, eaches), `move_carton`
    (carton, pallet), `move_pallet` (pallet, onto), `set_box` (box, key and facts), `set_content` (content, eaches, lot,
    expiry), `propose` (tare_grams), `clear`, `bring` (orders), `leave_out` (order, or line and eaches)."""

    kind: str
    box: Literal["pallet", "carton"] | None = None
    key: str | None = None
    count: int | None = None
    line: int | None = None
    content: int | None = None
    eaches: int | None = Field(None, description=_EACHES)
    to: dict[Literal["carton", "pallet"], str] | None = Field(None, description="One place; none: not placed")
    carton: str | None = None
    pallet: str | None = None
    onto: str | None = None
    order: str | None = None
    orders: list[str] | None = None
    lot: str | None = None
    expiry: date | None = None
    sscc: str | None = None
    weight_grams: int | None = None
    tare_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
