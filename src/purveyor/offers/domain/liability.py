"""What a vendor is bound to by an offer, and what unsold pieces may cost (OPERATIONS §1.4). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from purveyor.offers.models.offer import Offer

RISK = {
    str(Offer.Unsold.NONE): Decimal(0),
    str(Offer.Unsold.RETURN): Decimal("1.10"),
    str(Offer.Unsold.KEEP): Decimal("0.25"),
}
"""What of its cost a piece costs the vendor that Amazon does not sell: returned, all of it and a tenth for handling;
kept by Amazon, a quarter."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A cell as it was approved, in eaches with the price for one, and what orders have used of it."""

    approved: int
    price: Decimal | None
    consumed: int


@dataclass(frozen=True, slots=True)
class Liability:
    """Approved, ordered and still open, in eaches and in the offer's currency. ``risk`` is the most that ordered pieces
    can cost if Amazon sells none of them; ``unpriced`` counts approved eaches without a price, which no value holds."""

    approved: int
    approved_value: Decimal
    ordered: int
    ordered_value: Decimal
    open: int
    open_value: Decimal
    risk: Decimal
    unpriced: int


def liability(cells: Iterable[Frozen], unsold: str) -> Liability:
    """The sums over the cells of an offer; ``unsold`` is one of ``Offer.Unsold``."""
    approved = ordered = unpriced = 0
    approved_value = ordered_value = Decimal(0)
    for cell in cells:
        approved += cell.approved
        ordered += cell.consumed
        if cell.price is None:
            unpriced += cell.approved
            continue
        approved_value += cell.approved * cell.price
        ordered_value += cell.consumed * cell.price
    return Liability(
        approved=approved,
        approved_value=approved_value,
        ordered=ordered,
        ordered_value=ordered_value,
        open=approved - ordered,
        open_value=approved_value - ordered_value,
        risk=ordered_value * RISK[unsold],
        unpriced=unpriced,
    )
