"""Changes in words: one sentence each, with units, currency and zone named, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext_noop

from purveyor.base.phrase import Moment, Phrase, _, at_most
from purveyor.common.units import CASES
from purveyor.orders.domain.changes import Change

MOST_SENTENCES = 40


def sentences(changes: Iterable[Change], zone: tzinfo = UTC) -> list[str]:
    """What changed, one sentence each. That a cancelled order's lines are cancelled too goes without saying."""
    found = list(changes)
    whole = {change.field for change in found if not change.line}
    implied = {"line_cancelled"} if "cancelled" in whole else {"line_restored"} if "uncancelled" in whole else set()
    return [sentence(change, zone) for change in found if change.field not in implied]


def in_short(changes: Iterable[Change], zone: tzinfo = UTC) -> Phrase:
    """The sentences as one text for an alert or a hold; of very many the first."""
    return at_most(MOST_SENTENCES, sentences(changes, zone))


def sentence(change: Change, zone: tzinfo = UTC) -> Phrase:
    """One change in words; one of a kind this version does not know by its field's name."""
    text, say = _SENTENCES.get(change.field, (_OTHER, _plain))
    words = {"line": change.line, "field": change.field}
    return Phrase(text) % (words | {"old": say(change.old, zone), "new": say(change.new, zone)})


def _plain(value: Any, zone: tzinfo) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(inner, zone) for inner in value.values() if inner) or "–"
    return "–" if value in (None, "") else str(value)


def _moment(value: Any, zone: tzinfo) -> str | Moment:
    return Moment(datetime.fromisoformat(value), str(zone)) if value else "…"


def _window(value: Any, zone: tzinfo) -> str:
    if not value:
        return _("none")
    return Phrase("%(start)s – %(end)s") % {name: _moment(value[name], zone) for name in ("start", "end")}


def _quantity(value: Any, zone: tzinfo) -> str:
    words = {"eaches": value["eaches"], "amount": value["amount"], "size": value["unit_size"]}
    if value["unit"] == CASES:
        return _("%(eaches)d pieces (%(amount)d cases of %(size)d)") % words
    return _("%(eaches)d pieces") % words


def _cost(value: Any, zone: tzinfo) -> str:
    if not value:
        return _("none")
    words = {"amount": value["amount"], "currency": value["currency"], "per": value["per"]}
    return (_("%(amount)s %(currency)s per %(per)s") if value["per"] else _("%(amount)s %(currency)s")) % words


def _line(value: Any, zone: tzinfo) -> str:
    if not value:
        return ""
    product = value["asin"] or value["vendor_product"] or "–"
    words = {"product": product, "quantity": _quantity(value["quantity"], zone), "cost": _cost(value["cost"], zone)}
    return _("%(product)s, %(quantity)s at %(cost)s") % words


def _allowed(value: Any, zone: tzinfo) -> str:
    return _("allowed") if value else _("not allowed")


_Say = Callable[[Any, tzinfo], str | Moment]
_OTHER = gettext_noop("%(field)s: from %(old)s to %(new)s.")
_SENTENCES: dict[str, tuple[str, _Say]] = {
    "cancelled": (gettext_noop("Amazon cancelled the whole order (%(old)s pieces)."), _plain),
    "uncancelled": (gettext_noop("Amazon took the cancellation back: %(new)s pieces are ordered again."), _plain),
    "ship_window": (gettext_noop("Ship window: from %(old)s to %(new)s."), _window),
    "delivery_window": (gettext_noop("Delivery window: from %(old)s to %(new)s."), _window),
    "ship_to": (gettext_noop("Ship to: from %(old)s to %(new)s."), _plain),
    "ship_to_address": (gettext_noop("Address of the ship-to: from %(old)s to %(new)s."), _plain),
    "type": (gettext_noop("Amazon's order type: from %(old)s to %(new)s."), _plain),
    "ordered_at": (gettext_noop("Order date: from %(old)s to %(new)s."), _moment),
    "vendor_code": (gettext_noop("Vendor code: from %(old)s to %(new)s."), _plain),
    "payment_method": (gettext_noop("Payment method: from %(old)s to %(new)s."), _plain),
    "deal_code": (gettext_noop("Deal code: from %(old)s to %(new)s."), _plain),
    "freight": (gettext_noop("Freight and import terms: from %(old)s to %(new)s."), _plain),
    "parties": (gettext_noop("Buying or billing party: from %(old)s to %(new)s."), _plain),
    "line_added": (gettext_noop("Line %(line)s is new: %(new)s."), _line),
    "line_gone": (gettext_noop("Line %(line)s is gone: it was %(old)s."), _line),
    "line_cancelled": (gettext_noop("Line %(line)s was cancelled: it was %(old)s."), _quantity),
    "line_restored": (gettext_noop("Line %(line)s is no longer cancelled: %(new)s."), _quantity),
    "quantity": (gettext_noop("Line %(line)s: quantity from %(old)s to %(new)s."), _quantity),
    "cost": (gettext_noop("Line %(line)s: cost from %(old)s to %(new)s."), _cost),
    "list_price": (gettext_noop("Line %(line)s: list price from %(old)s to %(new)s."), _cost),
    "asin": (gettext_noop("Line %(line)s: ASIN from %(old)s to %(new)s."), _plain),
    "vendor_product": (gettext_noop("Line %(line)s: your product number from %(old)s to %(new)s."), _plain),
    "backorder": (gettext_noop("Line %(line)s: backorder was %(old)s, is %(new)s."), _allowed),
}
