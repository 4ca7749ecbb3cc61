"""What the warehouse asks of people today: lists to pick, and lists on hold."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.people.who import Who
from purveyor.warehouse import packing_work as _packing_work  # registers its own
from purveyor.warehouse import queries, rules
from purveyor.warehouse.domain import said
from purveyor.warehouse.models import PickList
from purveyor.warehouse.states import PickListState

__all__ = ["_packing_work"]


def _lists(who: Who, scope: str, state: str) -> QuerySet[PickList]:
    rows = queries.visible_to(who).filter(state=state)
    return rows.filter(order__profile__name=scope) if scope else rows


def _to_pick(who: Who, scope: str) -> Found:
    """Those first whose order is due first."""
    rows = _lists(who, scope, PickListState.RELEASED)
    found = queries.counted(rows.order_by("order__window_end", "pk")[:SHOWN])
    return Found([_pick(one) for one in found], rows.order_by().count())


def _pick(one: PickList) -> Item:
    words = {"center": one.order.ship_to}
    return _item(one, _("Pick it: it goes to %(center)s.") % words)


def _held(who: Who, scope: str) -> Found:
    rows = _lists(who, scope, PickListState.HELD)
    found = queries.counted(rows.order_by("state_at", "pk")[:SHOWN])
    return Found([_item(one, _hold(one)) for one in found], rows.order_by().count())


def _hold(one: PickList) -> str:
    return _("Let it go on or take it back. %(why)s") % {"why": said.why(one.reason)}


def _item(one: PickList, sentence: str) -> Item:
    sums = one.figures
    lines = ngettext("%(count)s line", "%(count)s lines", sums.lines) % {"count": sums.lines}
    pieces = _("%(count)s ea") % {"count": number_format(sums.asked, force_grouping=True)}
    return Item(
        subject=one.number,
        sentence=sentence,
        link=("pick-list", one.pk),
        profile=one.order.profile,
        facts=f"{lines} · {pieces}",
        due=one.order.ship_end or one.order.delivery_end,
        state=("pick_list", str(one.state)),
    )


register(
    Source(
        "warehouse.pick",
        gettext_lazy("Lists to pick"),
        rules.VIEW,
        rules.PICK,
        _to_pick,
        ("warehouse", "state=released"),
    )
)
register(
    Source(
        "warehouse.held",
        gettext_lazy("Pick lists on hold"),
        rules.VIEW,
        rules.RELEASE,
        _held,
        ("warehouse", "state=held"),
    )
)
