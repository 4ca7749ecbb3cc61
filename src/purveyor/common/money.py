"""Amounts as exact decimals, read and written as Amazon does; never floats."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


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
