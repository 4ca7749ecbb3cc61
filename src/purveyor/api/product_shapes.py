"""The shapes of products and files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field

from purveyor.api.shape_bases import Open, Strict

_FACT = {
    "gtin": "EAN, UPC or GTIN-14; blank takes it away",
    "weight_grams": "Grams of one each, or a text with its unit, such as 1.5 kg",
}


class ProductChange(Strict):
    """What is not named stays as it is; null empties a fact that can be empty."""

    sku: str | None = None
    asin: str | None = None
    gtin: str | None = Field(None, description=_FACT["gtin"])
    title: str | None = None
    case_pack: int | None = Field(None, description="Eaches in a case")
    inner_pack: int | None = None
    weight_grams: int | str | None = Field(None, description=_FACT["weight_grams"])
    length_mm: int | str | None = None
    width_mm: int | str | None = None
    height_mm: int | str | None = None
    expiry_tracked: bool | None = None
    active: bool | None = None
    version: int | None = Field(None, description="Refuse if it has another version by now")


class ProductNew(Strict):
    sku: str
    asin: str = ""
    gtin: str = Field("", description=_FACT["gtin"])
    title: str = ""
    case_pack: int | None = None
    inner_pack: int | None = None
    weight_grams: int | str | None = Field(None, description=_FACT["weight_grams"])
    length_mm: int | str | None = None
    width_mm: int | str | None = None
    height_mm: int | str | None = None
    expiry_tracked: bool = False
    active: bool = True


class AliasAsk(Strict):
    value: str


class CountAsk(Strict):
    on_hand: int = Field(description="Pieces there are, promised ones included")


class CostAsk(Strict):
    marketplace: str = Field(description="Country code, such as DE")
    amount: str = Field(description="For one each, as text")
    currency: str = Field("", description="The marketplace's own unless said")
    valid_from: date | None = Field(None, description="The first day; today unless said")
    valid_until: date | None = Field(None, description="The last day; until further notice unless said")


class CostOut(Open):
    marketplace: str
    amount: str
    currency: str
    valid_from: date
    valid_until: date | None


class ProductOut(Open):
    id: int
    sku: str
    asin: str
    gtin: str
    ean: str
    title: str
    case_pack: int | None
    on_hand: int | None = Field(description="null: never counted")
    reserved: int
    free: int | None
    active: bool
    version: int
    updated_at: datetime


class ProductFull(ProductOut):
    aliases: list[str]
    costs: list[CostOut]


class ProductsOut(Open):
    products: list[ProductOut]
    next: str


class FileOut(Open):
    id: int
    kind: str
    profile: str | None = Field(description="Of kinds that belong to one")
    facts: dict[str, str] = Field(description="What is said of the whole, by the fact's name")
    name: str
    state: Literal["kept", "taking", "done", "stopped"]
    dry_run: bool = Field(description="The counts are those of a dry run; nothing is taken yet")
    taken: int
    refused_rows: int
    effects: dict[str, int]
    repeats: int | None = Field(description="The file of the same content that was taken before")
    working: bool
    problem: str


class FileReport(FileOut):
    refused: list[dict[str, Any]] = Field(description="Each with row, column, value and reason")


class FilesOut(Open):
    files: list[FileOut]
    next: str


class ColumnsAsk(Strict):
    columns: dict[str, str] = Field(description="The head by the column's name")
    mark: Literal["", ".", ","] = Field("", description="The decimal mark, where 1.234 could mean either")
    headless: bool = Field(False, description="The first row holds values; heads are then 1, 2, 3 …")
    encoding: str = Field("", description="Such as utf-8 or cp1252; blank: as the file shows")
    separator: str = Field("", description="One sign, or tab; blank: as the file shows")
    dates: Literal["", "dmy", "mdy", "ymd"] = Field("", description="The order in which days are written")
    units: dict[str, str] = Field({}, description="By the column's name: g, kg, oz, lb; mm, cm, m, in")
    constants: dict[str, str] = Field({}, description="What a column holds where the file says nothing, by its name")

    @property
    def options(self) -> dict[str, Any]:
        """How the texts of the file are meant."""
        names = ("mark", "headless", "encoding", "separator", "dates", "units", "constants")
        return {name: getattr(self, name) for name in names}


class FileAsk(ColumnsAsk):
    profile: str = Field(
        "", description="The profile the file is for, of kinds that belong to one; as it is unless said"
    )
    facts: dict[str, str] = Field({}, description="What the file does not say of itself, by the fact's name")


class PreviewOut(Open):
    """The verdict on every row: taken, waits (for its product), refused or skipped."""

    problems: list[dict[str, str]] = Field(description="What stands in the way of all of it, by column or fact")
    notes: list[str]
    counts: dict[str, int]
    rows: list[dict[str, Any]]


class MappingAsk(ColumnsAsk):
    kind: str
    name: str


class MappingOut(Open):
    kind: str
    name: str
    columns: dict[str, str]
    mark: str
    headless: bool
    encoding: str
    separator: str
    dates: str
    units: dict[str, str]
    constants: dict[str, str]


class MappingsOut(Open):
    mappings: list[MappingOut]


class KindsOut(Open):
    kinds: list[dict[str, Any]] = Field(description="Each with its name, its columns and facts with their other heads")
