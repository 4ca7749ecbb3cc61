"""What packings ask of people today: solve what differs, close what adds up."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.common.errors import Remedy
from purveyor.people.who import Who
from purveyor.warehouse import packing_queries as queries
from purveyor.warehouse import rules
from purveyor.warehouse.models import Packing
from purveyor.warehouse.states import PackingState


def _find(who: Who, scope: str) -> Found:
    """Packings with differences, and open ones that came whole and wait for a person all the same. What somebody is at
    work on without anything being wrong is no work item."""
    rows = queries.visible_to(who).exclude(state=PackingState.DROPPED).filter(queries.STANDS | _WAITS)
    rows = rows.filter(profile__name=scope) if scope else rows
    rows = rows.order_by("state_at", "pk")
    return Found([_item(packing) for packing in rows[:SHOWN]], rows.order_by().count())


_WAITS = Q(state=PackingState.OPEN, by_itself=True, weighed_at__isnull=False)


def _item(packing: Packing) -> Item:
    stands = packing.differences or packing.blocks
    if packing.state == PackingState.PACKED and stands:
        sentence = _("Something changed after it was closed: solve it before anything ships.")
    elif stands:
        sentence = _("Packed, picked and acknowledged differ, or a limit is broken: solve it.")
    elif packing.warnings:
        sentence = _("It adds up, with warnings: close it with a reason.")
    else:
        sentence = _("It adds up: close it.")
    return Item(
        subject=packing.reference,
        sentence=sentence,
        link=("packing", packing.pk),
        profile=packing.profile,
        remedy=str(Remedy.MEND_DATA),
        facts=_counts(packing),
        state=("packing", str(packing.state)),
    )


def _counts(packing: Packing) -> str:
    parts = []
    if count := packing.differences:
        parts.append(ngettext("%(count)d difference", "%(count)d differences", count) % {"count": count})
    if count := packing.blocks:
        parts.append(ngettext("%(count)d block", "%(count)d blocks", count) % {"count": count})
    if count := packing.warnings:
        parts.append(ngettext("%(count)d warning", "%(count)d warnings", count) % {"count": count})
    return " · ".join(parts)


register(
    Source(
        "warehouse.packings",
        gettext_lazy("Packings that do not add up"),
        rules.VIEW,
        rules.PACK,
        _find,
        ("packings", "stands=yes"),
    )
)
