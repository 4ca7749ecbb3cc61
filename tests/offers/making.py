"""Offers for tests: two deliveries, three rows, of which the third names a product nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from cast import make_user
from products.making import product
from purveyor.offers.domain.answer import Given, Taken, answer, approve
from purveyor.offers.domain.keep import NewDelivery, NewOffer, NewRow, take_in
from purveyor.offers.domain.stages import hand_on
from purveyor.offers.models import Cell, Offer, Stage
from purveyor.people.who import Who
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile

ROOT = Who.cli()
EXPIRES = datetime(2026, 3, 12, 16, 0, tzinfo=UTC)
DELIVERIES = (
    NewDelivery(1, "April", date(2026, 4, 6), date(2026, 4, 10)),
    NewDelivery(2, "May", date(2026, 5, 4), date(2026, 5, 8)),
)
KEYS = ("commerce", "manufacturing", "warehouse")


def price(text: str = "4.50") -> Decimal:
    return Decimal(text)


def rows(*extra: NewRow) -> list[NewRow]:
    return [
        NewRow(5, "B000000001", "4006381333931", "Spoon", {1: (100, price()), 2: (50, price())}),
        NewRow(6, "B000000002", "FORK-1", "Fork", {1: (200, price("2.00")), 2: (0, None)}),
        *extra,
    ]


UNKNOWN = NewRow(9, "B0NOBODY01", "", "Who knows", {1: (10, price("1.00"))})


def new(*extra: NewRow, **more: Any) -> NewOffer:
    told: dict[str, Any] = {
        "number": "BB-1",
        "title": "Easter",
        "currency": "EUR",
        "zone": "Europe/Berlin",
        "expires_at": EXPIRES,
        "deliveries": DELIVERIES,
        "rows": rows(*extra),
    }
    return NewOffer(**(told | more))


def known_products() -> tuple[Product, Product]:
    """The products of the first two rows."""
    return product("SPOON-1", asin="B000000001"), product("FORK-1", asin="B000000002", title="Fork")


def offer(profile: Profile, *extra: NewRow, products: bool = True, **more: Any) -> Offer:
    """An offer that just came in."""
    if products and not Product.objects.exists():
        known_products()
    return take_in(ROOT, profile, new(*extra, **more))


def people(profile: Profile) -> Mapping[str, Who]:
    """Somebody for each stage, by its key; asked anew for each question."""
    return _People({key: make_user(f"{key}-lead", key, profile) for key in KEYS})


class _People(dict[str, Any]):
    def __getitem__(self, key: str) -> Who:
        return Who.of(super().__getitem__(key))


def given(row: int = 5, delivery: int = 1, **more: Any) -> Given:
    return Given(row, delivery, **more)


def say(who: Who, to: Offer, key: str, *what: Given, **more: Any) -> Taken:
    """Answer, expecting that all of it is taken."""
    found = answer(who, to, key, what, **more)
    assert (found.clashes, found.problems) == ([], [])
    return found


def through(to: Offer, *keys: str) -> Offer:
    """Hand an offer through these stages, everybody agreeing with what is left."""
    for key in keys or [stage.key for stage in to.stages.order_by("position")]:
        approve(ROOT, to, key)
        to = hand_on(ROOT, to)
    return to


def states(of: Offer) -> list[str]:
    return [stage.state for stage in Stage.objects.filter(offer=of).order_by("position")]


def cell(of: Offer, row: int = 5, delivery: int = 1) -> Cell:
    return Cell.objects.get(row__offer=of, row__number=row, delivery__position=delivery)


def setting(profile: Profile, name: str, value: str) -> None:
    set_setting(ROOT, profile, f"offers.{name}", value)


def fresh(of: Offer) -> Offer:
    return Offer.objects.get(pk=of.pk)


def told(found: Sequence[Any]) -> list[tuple[str, str]]:
    return [(one.where, one.message) for one in found]
