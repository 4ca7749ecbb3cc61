"""Reading what people type: numbers as either language writes them, days as the browser sends them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from purveyor.common import money
from purveyor.common.lenient import trimmed

_WHOLE = re.compile(r"[0-9]{1,12}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'\s][0-9]{3})+")


class Unreadable(ValueError):
    """What was typed is not what the field wants; the message says so to the one who typed it."""


def whole(text: str) -> int:
    """A whole number of pieces; empty is none. Thousands may be grouped. Raises Unreadable."""
    text = trimmed(text)
    if not text:
        return 0
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[^0-9]", "", text)
    if not _WHOLE.fullmatch(text):
        raise Unreadable(_("“%(text)s” is not a whole number of pieces.") % {"text": text[:40]})
    return int(text)


def decimal_of(text: str) -> Decimal | None:
    """An amount with a decimal point or comma; empty is None. Raises Unreadable."""
    text = trimmed(text)
    if not text:
        return None
    if "," in text:
        text = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
    try:
        return money.decimal_of(text)
    except ValueError:
        raise Unreadable(_("“%(text)s” is not an amount.") % {"text": text[:40]}) from None


def day_of(text: str) -> date | None:
    """A day; empty is None. Raises Unreadable."""
    text = trimmed(text)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a day such as 2026-03-31.") % {"text": text[:40]}) from None
