"""The demo's catalogue: what the stand-in's buyer orders, so that most lines match; a few do not, and of a few
the agreed cost is another, so that there is something to mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from purveyor.base.filekinds import Loading, Row
from purveyor.common import clock
from purveyor.common.gs1 import gtin14
from purveyor.products.domain.load import take
from purveyor.products.domain.load_more import take_costs
from purveyor.products.models import Product
from purveyor.simulator.catalogue import Product as Sold
from purveyor.simulator.catalogue import catalogue

UNKNOWN_EVERY = 17
WITHOUT_ASIN_EVERY = 5
DEARER_EVERY = 19
STOCK = 400
AISLES = "ABCDE"
PREP, PREP_EVERY = "poly bag", 23
FILE = "demo"


def fill(seed: int, marketplace: str, by: str) -> int:
    """Fill an empty catalogue; answers how many products there are then."""
    if not Product.objects.exists():
        loading = Loading(by, FILE, dry_run=False)
        sold = list(enumerate(catalogue(seed, marketplace), 1))
        take([Row(number, facts(number, one)) for number, one in sold if number % UNKNOWN_EVERY], loading)
        take_costs(list(_costs(sold, marketplace)), loading)
    return Product.objects.count()


def facts(number: int, one: Sold) -> dict[str, Any]:
    """A product of the buyer's as the house knows it: by its own SKU, with the EAN the buyer orders it by."""
    return {
        "sku": f"ART-{number:04d}",
        "asin": one.asin if number % WITHOUT_ASIN_EVERY else "",
        "gtin": gtin14(one.sku),
        "title": one.name,
        "case_pack": one.case,
        "location": f"{AISLES[number % len(AISLES)]}-{number // len(AISLES) + 1:02d}",
        "prep": PREP if number % PREP_EVERY == 0 else "",
        "on_hand": STOCK * (number % 7),
    }


def _costs(sold: list[tuple[int, Sold]], marketplace: str) -> Iterator[Row]:
    begins: date = clock.now().date() - timedelta(days=365)
    for number, one in sold:
        if number % UNKNOWN_EVERY:
            amount = one.cost if number % DEARER_EVERY else one.cost * 2
            told = {"marketplace": marketplace, "amount": amount, "valid_from": begins}
            yield Row(number, {"sku": f"ART-{number:04d}"} | told)
