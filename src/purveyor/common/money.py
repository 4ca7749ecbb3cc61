"""Amounts with a currency, in exact decimals; never floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")


def decimal_of(text: str) -> Decimal:
    """Read Amazon's decimal string (RFC 7159 number syntax, exponent allowed).

    Raises ValueError for anything that is not a finite number.
    """
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not found.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return found


def plain(amount: Decimal) -> str:
    """A decimal as Amazon wants it: digits and a point, no exponent, no trailing zeros beyond two places."""
    text = format(amount.normalize(), "f")
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217; empty where Amazon names none)."""

    amount: Decimal
    currency: str = ""

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency or 'no currency'} to {self.currency or 'no currency'}")
        return Money(self.amount + other.amount, self.currency)

    def times(self, count: int) -> Money:
        return Money(self.amount * count, self.currency)

    def rounded(self) -> Money:
        return Money(self.amount.quantize(CENT, ROUND_HALF_UP), self.currency)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}".strip()
