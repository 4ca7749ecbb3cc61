"""What the rules of packing need to know of an order line and its product, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product as ``products.models.Product`` tells it: grams and millimetres of one each, null unknown."""

    id: int
    sku: str
    title: str = ""
    gtin: str = ""
    asin: str = ""
    case_pack: int | None = None
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    expiry_tracked: bool = False
    prep: str = ""

    @property
    def sides(self) -> tuple[int, ...]:
        """The sides that are known."""
        return tuple(one for one in (self.length_mm, self.width_mm, self.height_mm) if one)

    @property
    def volume(self) -> int:
        """Cubic millimetres of one; 0 where a side is not known."""
        sides = self.sides
        return sides[0] * sides[1] * sides[2] if len(sides) == 3 else 0


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order that has to do with a packing; all counts are eaches.

    ``ordered`` is 0 where Amazon cancelled it. ``acknowledged`` is what our standing answer accepts, None where there
    is none; ``on_its_way``: another answer has been decided and has not arrived. ``picked`` is None where nobody told
    what was picked of the order, ``prepared`` where nobody told it of this line. ``elsewhere`` lies in other packings.
    ``may_change``: Amazon still takes other quantities (FACTS §5.1). ``held``: something holds the order.
    """

    id: int
    number: str
    order_id: int
    order: str
    ordered: int
    ship_to: str = ""
    vendor_code: str = ""
    asin: str = ""
    vendor_product: str = ""
    acknowledged: int | None = None
    on_its_way: bool = False
    may_change: bool = False
    held: bool = False
    picked: int | None = None
    prepared: bool | None = None
    elsewhere: int = 0
    product: ProductFacts | None = None

    @property
    def most(self) -> int:
        """What may ship of it at all: acknowledged, else ordered, and never above ordered (PK-01, OPERATIONS §2.2)."""
        return self.ordered if self.acknowledged is None else min(self.acknowledged, self.ordered)

    @property
    def open(self) -> int:
        """What may lie in this packing: that without what lies in others."""
        return max(self.most - self.elsewhere, 0)

    @property
    def to_pack(self) -> int:
        """What is there to be packed here: of what may be, as much as was picked."""
        return self.open if self.picked is None else min(self.open, max(self.picked - self.elsewhere, 0))

    @property
    def sku(self) -> str:
        """The vendor's own number, or what the order calls the product."""
        return self.product.sku if self.product else self.vendor_product or self.asin

    @property
    def same(self) -> str:
        """What makes two lines the same article for Amazon: the ASIN, else the product (PK-04)."""
        asin = self.asin or (self.product.asin if self.product else "")
        return asin or (f"product {self.product.id}" if self.product else f"line {self.id}")
