"""What orders ask of people today: those to answer, those that Amazon changed, and those on hold."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.alerts import queries as alerts
from purveyor.base.db import together
from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.common.errors import Remedy
from purveyor.common.money import plain
from purveyor.orders import queries
from purveyor.orders.domain import changed, hold, mapping
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import in_short
from purveyor.orders.domain.hold_said import said
from purveyor.orders.models import Change, Hold, Order
from purveyor.orders.states import WAITING
from purveyor.people.who import Who


def _rows(who: Who, scope: str) -> QuerySet[Order]:
    rows = queries.visible_to(who)
    return rows.filter(profile__name=scope) if scope else rows


def _to_answer(who: Who, scope: str) -> Found:
    """Those Amazon waits for; what is on hold is asked for by itself."""
    rows = queries.waiting(_rows(who, scope)).filter(holds=0)
    found = rows.order_by("due_at", "pk")[:SHOWN]
    return Found([_answer(order) for order in found], rows.order_by().count())


def _answer(order: Order) -> Item:
    return Item(
        subject=order.number,
        sentence=_("Answer it: it goes to %(center)s.") % {"center": order.ship_to},
        link=("order", order.pk),
        profile=order.profile,
        due=order.due_at,
        facts=_facts(order),
        state=("order", str(order.state)),
    )


def _facts(order: Order) -> str:
    lines = ngettext("%(count)s line", "%(count)s lines", order.line_count) % {"count": order.line_count}
    pieces = _("%(count)s ea") % {"count": number_format(order.eaches, force_grouping=True)}
    places = len(plain(order.total).partition(".")[2])
    return f"{lines} · {pieces} · {number_format(order.total, places, force_grouping=True)} {order.currency}"


def _held(who: Who, scope: str) -> Found:
    rows = _rows(who, scope).filter(holds__gt=0)
    found = list(rows.order_by("due_at", "pk")[:SHOWN])
    reasons = hold.held_of(found)
    items = [_on_hold(order, [said(one) for one in reasons.get(order.pk, ())]) for order in found]
    return Found(items, rows.order_by().count())


def _changed(who: Who, scope: str) -> Found:
    """Orders Amazon changed that nobody has looked at; where the change holds the order, the hold tells it."""
    standing = alerts.in_state(alerts.visible_to(who), "standing").filter(kind=changed.KIND).order_by()
    keys = {int(cause.split(":")[1]) for cause in standing.values_list("cause", flat=True)}
    keys -= set(Hold.objects.filter(check_id=hold.CHANGED, released_at=None).values_list("order_id", flat=True))
    if not keys:
        return Found()
    rows = _rows(who, scope).filter(pk__in=together(keys))
    found = list(queries.zoned(rows.order_by("due_at", "pk")[:SHOWN]))
    told = changed.open_of([order.pk for order in found])
    return Found([_change(order, told.get(order.pk, ())) for order in found], rows.order_by().count())


def _change(order: Order, versions: Iterable[Change]) -> Item:
    found = [one for version in versions for one in read(version.changes)]
    return Item(
        subject=order.number,
        sentence=_("Amazon changed it. %(what)s") % {"what": in_short(found, order.zone.info)},
        link=("order", order.pk),
        profile=order.profile,
        due=order.due_at if order.state in WAITING else None,
        facts=_facts(order),
        state=("order", str(order.state)),
    )


def _unknown(who: Who, scope: str) -> Found:
    """Products nobody knows: each holds all orders it stands on, and naming it once lets them go on."""
    found = mapping.unmatched(who, scope=scope)
    return Found([_nobody_knows(one) for one in found[:SHOWN]], len(found))


def _nobody_knows(one: mapping.Unmatched) -> Item:
    held = ngettext("It stands in %(count)s order.", "It stands in %(count)s orders.", one.orders) % {
        "count": one.orders
    }
    return Item(
        subject=one.asin or one.vendor_product,
        sentence=_("Say which product this is. %(held)s") % {"held": held},
        link=("unmatched",),
        due=one.due_at,
        remedy=str(Remedy.MEND_DATA),
        facts=one.vendor_product if one.asin else "",
    )


def _on_hold(order: Order, reasons: Iterable[str]) -> Item:
    return Item(
        subject=order.number,
        sentence=_("On hold: %(reasons)s") % {"reasons": " · ".join(reasons)},
        link=("order", order.pk),
        profile=order.profile,
        due=order.due_at if order.state in WAITING else None,
        facts=_facts(order),
        state=("order", str(order.state)),
    )


register(
    Source(
        "orders.answer",
        gettext_lazy("Orders to answer"),
        "orders.view",
        "orders.acknowledge",
        _to_answer,
        ("orders", "state=waiting&held=no&sort=due"),
    )
)
register(
    Source(
        "orders.changed",
        gettext_lazy("Orders Amazon changed"),
        "orders.view",
        hold.PERMISSION,
        _changed,
        ("alerts", "state=standing"),
    )
)
register(
    Source(
        "orders.held",
        gettext_lazy("Orders on hold"),
        "orders.view",
        hold.PERMISSION,
        _held,
        ("orders", "held=yes&sort=due"),
    )
)
register(
    Source(
        "orders.unmatched",
        gettext_lazy("Products nobody knows"),
        "orders.view",
        "products.manage",
        _unknown,
        ("unmatched", ""),
        anywhere=True,
    )
)
