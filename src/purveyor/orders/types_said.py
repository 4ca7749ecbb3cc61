"""Of which type an order is and why, in the reader's words and as machines see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.common.windows import zulu
from purveyor.orders.domain.classify import BULK, UNDEFINED, WEEKLY
from purveyor.orders.domain.deviation_said import shown
from purveyor.orders.domain.reasons import COMPLETED, DAYS, NEAR, PRICE, QUANTITY, SOON, WINDOW, Reason, read
from purveyor.orders.models import Order, Typed
from purveyor.orders.states import OVER, WAITING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

TYPES: dict[str, str | Lazy] = {
    BULK: gettext_lazy("bulk buy"),
    WEEKLY: pgettext_lazy("type of an order", "weekly"),
    UNDEFINED: pgettext_lazy("type of an order", "undefined"),
}
SENTENCES: dict[tuple[str, bool], str | Lazy] = {
    (COMPLETED, True): gettext_lazy("Its product stands in a completed offer, with %(approved)s pieces approved."),
    (COMPLETED, False): gettext_lazy("Its product stands in no completed offer with pieces left."),
    (WINDOW, True): gettext_lazy(
        "The window %(first)s to %(last)s lies within the delivery %(from)s to %(to)s, with %(slack)s days of slack."
    ),
    (WINDOW, False): gettext_lazy(
        "The window %(first)s to %(last)s is outside of the delivery %(from)s to %(to)s, with %(slack)s days of slack."
    ),
    (PRICE, True): gettext_lazy("%(cost)s %(currency)s is as approved (%(price)s %(price_currency)s)."),
    (PRICE, False): gettext_lazy(
        "%(cost)s %(currency)s is not the approved %(price)s %(price_currency)s; %(tolerance)s %% are tolerated."
    ),
    (QUANTITY, True): gettext_lazy("%(eaches)s pieces are ordered, %(left)s of %(approved)s were left."),
    (QUANTITY, False): gettext_lazy("%(eaches)s pieces are ordered, but only %(left)s of %(approved)s were left."),
    (DAYS, True): gettext_lazy("%(days)s days lie between its date and its window, at least %(needed)s are asked for."),
    (DAYS, False): gettext_lazy("Only %(days)s days lie between its date and its window, %(needed)s are needed."),
    (NEAR, True): gettext_lazy("No line's product stands in a near offer with pieces left."),
    (SOON, True): gettext_lazy("Its window begins %(days)s days after its date, within %(most)s."),
    (SOON, False): gettext_lazy("Its window begins %(days)s days after its date, later than %(most)s."),
}


def word(type_: str) -> str:
    """A type as a person reads it."""
    return str(TYPES.get(type_, type_))


def say(reason: Reason) -> str:
    """The sentence of a stored reason; the rule's name where an older version knew another rule."""
    sentence = SENTENCES.get((reason.rule, reason.ok))
    return str(sentence) % shown(reason.numbers) if sentence is not None else reason.rule


def decisions(order: Order) -> QuerySet[Typed]:
    """The decisions about an order's type, the newest first."""
    return Typed.objects.filter(order=order).select_related("offer").order_by("-pk")


def why_undecided(order: Order) -> str:
    """Why nobody said yet of which type an order is, and how that is mended."""
    if order.state in OVER:
        return _("It was over before anybody looked at its type.")
    if order.state not in WAITING:
        return _(
            "By themselves the rules look at orders that wait for an answer only; this one came answered. Say of which"
            " type it is, or let the rules say it."
        )
    return _("Nobody looked at its type yet; that happens within a minute.")


def type_row(order: Order) -> dict[str, Any]:
    """The type of an order with every decision about it, the newest first."""
    found = list(decisions(order))
    return {
        "number": order.number,
        "profile": order.profile.name,
        "type": order.type,
        "offer": order.offer.number if order.offer else None,
        "overruled": bool(found) and found[0].person,
        "undecided": None if found else why_undecided(order),
        "decisions": [decision_row(one) for one in found],
    }


def decision_row(one: Typed) -> dict[str, Any]:
    """One decision, with its reasons line by line; a person's word has none but ``because``."""
    reasons = read(one.reasons)
    return {
        "version": one.version,
        "type": one.type,
        "offer": one.offer.number if one.offer else None,
        "by": one.by,
        "person": one.person,
        "because": one.because or None,
        "at": zulu(one.at),
        "compared_with": reasons.offer or None,
        "rules": _said(reasons.rules),
        "lines": [
            {"line": line.line, "row": line.row, "delivery": line.delivery, "rules": _said(line.rules)}
            for line in reasons.said()
        ],
    }


def _said(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"rule": one.rule, "ok": one.ok, "message": say(one), "numbers": one.numbers} for one in reasons]
