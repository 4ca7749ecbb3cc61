"""What the invented vendors sell. Products, makers and numbers are made up; only their manner is real."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from purveyor.common.money import plain

_ASIN = "0123456789BCDFGHJKLMNPQRSTVWXYZ"

# (name, variants, cheapest and dearest cost in cents, usual case sizes); a case size of 1 is ordered in eaches only.
_GERMAN = (
    ("Holzlöffel", ("Buche", "Kirsche", "Olive"), 180, 690, (12, 24)),
    ("Schneidebrett", ("20 × 30", "25 × 40", "30 × 45"), 790, 2890, (4, 6)),
    ("Salatschüssel", ("1 l", "2,5 l", "4 l"), 990, 3190, (4, 6)),
    ("Kräutertee", ("Minze", "Salbei", "Fenchel", "Kamille"), 145, 320, (10, 12)),
    ("Bienenwachstuch", ("klein", "mittel", "groß"), 420, 1190, (8, 12)),
    ("Kehrbesen", ("Rosshaar", "Kokos"), 890, 1990, (1, 6)),
    ("Gießkanne", ("1,5 l", "5 l", "10 l"), 1290, 3890, (1, 4)),
    ("Filzgleiter", ("Satz 24", "Satz 96"), 160, 480, (24, 48)),
    ("Wollsocken", ("36–38", "39–42", "43–46"), 480, 1120, (6, 10)),
    ("Brotkasten", ("Birke", "Metall"), 1990, 4990, (1, 2)),
)
_AMERICAN = (
    ("Cast Iron Skillet", ("8 in", "10 in", "12 in"), 990, 2990, (2, 4)),
    ("Canvas Tote", ("Natural", "Navy", "Olive"), 340, 890, (12, 24)),
    ("Maple Rolling Pin", ("Tapered", "Straight"), 890, 1890, (6, 8)),
    ("Oat Bar", ("Honey", "Cocoa", "Berry"), 95, 260, (12, 18)),
    ("Trail Mug", ("12 oz", "20 oz"), 690, 1590, (6, 12)),
    ("Garden Trowel", ("Narrow", "Wide"), 540, 1290, (6, 10)),
    ("Cotton Rope", ("50 ft", "100 ft"), 620, 1490, (4, 8)),
    ("Beeswax Candle", ("Pillar", "Taper Pair", "Votive 6"), 480, 1690, (6, 12)),
    ("Porch Lantern", ("Small", "Large"), 1690, 4690, (1, 2)),
    ("Wool Throw", ("Gray", "Rust"), 2290, 5490, (1, 4)),
)
_MAKERS = {"DE": ("Waldhaus", "Kornblick", "Lindental"), "US": ("Harborline", "Maplecrest", "Fernwell")}


@dataclass(frozen=True, slots=True)
class Product:
    """One sellable thing. ``case`` is eaches per carton; ``by_case`` says that Amazon orders it in cartons."""

    name: str
    asin: str
    sku: str
    cost: Decimal
    case: int
    by_case: bool
    backorder: bool

    @property
    def list_price(self) -> str:
        return plain((self.cost * 2).quantize(Decimal("1")) - Decimal("0.01"))


def check_digit(digits: str) -> str:
    """The last digit of an EAN (modulo 10, OPERATIONS §5.1) for the twelve before it."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return str(-total % 10)


def catalogue(seed: int, marketplace: str, size: int = 120) -> list[Product]:
    """The products of one seed: the same seed always gives the same ones."""
    rng = random.Random(f"{seed}:catalogue:{marketplace}")
    american = marketplace in {"US", "CA"}
    kinds, makers = (_AMERICAN, _MAKERS["US"]) if american else (_GERMAN, _MAKERS["DE"])
    return [_product(rng, kinds, makers, number) for number in range(size)]


def _product(
    rng: random.Random,
    kinds: tuple[tuple[str, tuple[str, ...], int, int, tuple[int, ...]], ...],
    makers: tuple[str, ...],
    number: int,
) -> Product:
    name, variants, low, high, cases = rng.choice(kinds)
    case = rng.choice(cases)
    body = f"40991{rng.randrange(100):02d}{number:05d}"
    return Product(
        name=f"{rng.choice(makers)} {name} {rng.choice(variants)}",
        asin="B0" + "".join(rng.choice(_ASIN) for _ in range(8)),
        sku=body + check_digit(body),
        cost=Decimal(rng.randrange(low, high)) / 100,
        case=case,
        by_case=case > 1 and rng.random() < 0.55,
        backorder=rng.random() < 0.4,
    )
