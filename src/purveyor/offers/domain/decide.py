"""What somebody's answer makes of a cell, and why it cannot stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from purveyor.audit.secrecy import SHAPES
from purveyor.offers.domain.effective import Value, Word

LONGEST = 500
DEAREST = Decimal(100_000_000)
PLACES = 4


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as a person, a file or a machine gives it. ``row`` is the row's number in the workbook, ``delivery``
    the delivery's position, ``version`` the cell's as they saw it (None: whichever). None leaves a thing as it is;
    ``clear`` takes the whole answer back.

    A quantity alone is a yes, 0 a no. A yes alone keeps the stage's own quantity, else takes what the stage finds.
    """

    row: int
    delivery: int
    version: int | None = None
    verdict: bool | None = None
    quantity: int | None = None
    price: Decimal | None = None
    comment: str | None = None
    clear: bool = False


class Unfit(ValueError):
    """An answer that cannot stand; its text says why."""


def decide(given: Given, own: Word | None, finds: Value, asked: Value, *, mapped: bool) -> tuple[Value, str]:
    """What a stage's word would be, with its comment; a price that stands there anyway is none of its own.

    ``own`` is its word so far, ``finds`` what the stages before it left. Raises Unfit.
    """
    comment = _comment(given, own)
    quantity = _quantity(given, own, finds, asked)
    if quantity and not mapped:
        raise Unfit(_("The row waits for its product; until it is mapped it can only be declined."))
    return Value(quantity > 0, quantity, _price(given, own, finds)), comment


def agreed(own: Word | None, finds: Value) -> tuple[Value, str]:
    """The word that agrees with whatever the stage finds, with the comment it has."""
    return Value(finds.quantity > 0, finds.quantity, None), own.comment if own else ""


def _quantity(given: Given, own: Word | None, finds: Value, asked: Value) -> int:
    verdict = given.verdict
    if verdict is None and given.quantity is None:
        if own is None:
            raise Unfit(_("Say yes, no or how many pieces first."))
        return own.value.quantity
    if verdict is False:
        return 0
    found = given.quantity
    if found is None:
        found = (own.value.quantity if own else 0) or finds.quantity
    if not 0 <= found <= asked.quantity:
        words = {"quantity": found, "asked": asked.quantity}
        raise Unfit(_("%(quantity)d pieces are not between 0 and the %(asked)d asked for.") % words)
    if verdict and not found:
        raise Unfit(_("A yes needs a number of pieces above 0."))
    return found


def _price(given: Given, own: Word | None, finds: Value) -> Decimal | None:
    if given.price is None:
        return own.value.price if own else None
    _check_price(given.price)
    return None if given.price == finds.price else given.price


def _check_price(price: Decimal) -> None:
    if not price.is_finite() or not 0 < price < DEAREST:
        words = {"price": str(price)[:40], "most": f"{DEAREST:,f}"}
        raise Unfit(_("The price %(price)s is not between 0 and %(most)s.") % words)
    if -int(price.normalize().as_tuple().exponent) > PLACES:
        words = {"price": str(price)[:40], "places": str(PLACES)}
        raise Unfit(_("The price %(price)s has more than %(places)s decimal places.") % words)


def _comment(given: Given, own: Word | None) -> str:
    if given.comment is None:
        return own.comment if own else ""
    found = given.comment.strip()
    if len(found) > LONGEST:
        raise Unfit(_("A comment has at most %(most)d characters.") % {"most": LONGEST})
    if SHAPES.search(found):
        raise Unfit(_("This looks like a secret and is not written down. Leave it out."))
    return found
