"""Changes in words: one sentence each, with units, currency and zone named, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.common.units import CASES
from purveyor.orders.domain.changes import Change

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

MOST_SENTENCES = 40


def sentences(changes: Iterable[Change], zone: tzinfo = UTC) -> list[str]:
    """What changed, one sentence each. That a cancelled order's lines are cancelled too goes without saying."""
    found = list(changes)
    whole = {change.field for change in found if not change.line}
    implied = {"line_cancelled"} if "cancelled" in whole else {"line_restored"} if "uncancelled" in whole else set()
    return [sentence(change, zone) for change in found if change.field not in implied]


def in_short(changes: Iterable[Change], zone: tzinfo = UTC) -> str:
    """The sentences as one text for an alert or a hold; of very many the first."""
    found = sentences(changes, zone)
    more = len(found) - MOST_SENTENCES
    rest = [_("And %(count)d more.") % {"count": more}] if more > 0 else []
    return " ".join([*found[:MOST_SENTENCES], *rest])


def sentence(change: Change, zone: tzinfo = UTC) -> str:
    """One change in words; one of a kind this version does not know by its field's name."""
    text, say = _SENTENCES.get(change.field, (_OTHER, _plain))
    words = {"line": change.line, "field": change.field}
    return str(text) % (words | {"old": say(change.old, zone), "new": say(change.new, zone)})


def _plain(value: Any, zone: tzinfo) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(inner, zone) for inner in value.values() if inner) or "–"
    return "–" if value in (None, "") else str(value)


def _moment(value: Any, zone: tzinfo) -> str:
    if not value:
        return "…"
    at = datetime.fromisoformat(value).astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M} {at.tzname()}"


def _window(value: Any, zone: tzinfo) -> str:
    return f"{_moment(value['start'], zone)} – {_moment(value['end'], zone)}" if value else _("none")


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


_Say = Callable[[Any, tzinfo], str]
_OTHER = gettext_lazy("%(field)s: from %(old)s to %(new)s.")
_SENTENCES: dict[str, tuple[str | Lazy, _Say]] = {
    "cancelled": (gettext_lazy("Amazon cancelled the whole order (%(old)s pieces)."), _plain),
    "uncancelled": (gettext_lazy("Amazon took the cancellation back: %(new)s pieces are ordered again."), _plain),
    "ship_window": (gettext_lazy("Ship window: from %(old)s to %(new)s."), _window),
    "delivery_window": (gettext_lazy("Delivery window: from %(old)s to %(new)s."), _window),
    "ship_to": (gettext_lazy("Ship to: from %(old)s to %(new)s."), _plain),
    "ship_to_address": (gettext_lazy("Address of the ship-to: from %(old)s to %(new)s."), _plain),
    "type": (gettext_lazy("Amazon's order type: from %(old)s to %(new)s."), _plain),
    "ordered_at": (gettext_lazy("Order date: from %(old)s to %(new)s."), _moment),
    "vendor_code": (gettext_lazy("Vendor code: from %(old)s to %(new)s."), _plain),
    "payment_method": (gettext_lazy("Payment method: from %(old)s to %(new)s."), _plain),
    "deal_code": (gettext_lazy("Deal code: from %(old)s to %(new)s."), _plain),
    "freight": (gettext_lazy("Freight and import terms: from %(old)s to %(new)s."), _plain),
    "parties": (gettext_lazy("Buying or billing party: from %(old)s to %(new)s."), _plain),
    "line_added": (gettext_lazy("Line %(line)s is new: %(new)s."), _line),
    "line_gone": (gettext_lazy("Line %(line)s is gone: it was %(old)s."), _line),
    "line_cancelled": (gettext_lazy("Line %(line)s was cancelled: it was %(old)s."), _quantity),
    "line_restored": (gettext_lazy("Line %(line)s is no longer cancelled: %(new)s."), _quantity),
    "quantity": (gettext_lazy("Line %(line)s: quantity from %(old)s to %(new)s."), _quantity),
    "cost": (gettext_lazy("Line %(line)s: cost from %(old)s to %(new)s."), _cost),
    "list_price": (gettext_lazy("Line %(line)s: list price from %(old)s to %(new)s."), _cost),
    "asin": (gettext_lazy("Line %(line)s: ASIN from %(old)s to %(new)s."), _plain),
    "vendor_product": (gettext_lazy("Line %(line)s: your product number from %(old)s to %(new)s."), _plain),
    "backorder": (gettext_lazy("Line %(line)s: backorder was %(old)s, is %(new)s."), _allowed),
}
