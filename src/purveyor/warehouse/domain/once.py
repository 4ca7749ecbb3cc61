"""A pick result that somebody says of a list they have before them: once, however often it arrives, and only of the
list as it was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.base.db import is_postgres
from purveyor.common.errors import Conflict
from purveyor.people.who import Who
from purveyor.warehouse import queries, rules
from purveyor.warehouse.domain import said
from purveyor.warehouse.domain.take import take
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import PickLine, PickList, PickResult
from purveyor.warehouse.states import PickListState, PickResultState


def version_of(lines: Iterable[PickLine]) -> str:
    """A short name of what a list asks for, another one as soon as it asks for something else. The lines come with
    what they order."""
    told = "\n".join(f"{one.line.number} {one.product_id} {one.asked}" for one in lines)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def standing(pick_list: PickList) -> str:
    """The reference of the result that counts now; blank while there is none."""
    found = pick_list.results.filter(state=PickResultState.TAKEN).values_list("reference", flat=True).first()
    return found or ""


def take_once(
    who: Who, list_id: int, rows: Sequence[Said], *, reference: str, version: str, seen: str
) -> tuple[PickResult, bool]:
    """Take what was picked, unless this very result is here already; whether it was taken just now.

    ``reference`` names the rows: who says something else gives them another. ``version`` is the list that was shown
    (``version_of``), ``seen`` the reference of the result that stood then (``standing``), which this one replaces.
    Raises as ``take`` does, and Conflict where list or result are others by now or picking was stopped.
    """
    found = queries.one(who, list_id)
    who.require(rules.PICK, found.profile)
    with transaction.atomic():
        found = _locked(found.pk)
        arrived = found.results.filter(reference=reference).first()
        if arrived is not None:
            return arrived, False
        _check(found, version, seen)
        return take(who, found.profile, rows, way=PickResult.Way.SCREEN, reference=reference), True


def _locked(list_id: int) -> PickList:
    """The same words twice at once wait for each other; SQLite has one writer from the beginning."""
    rows = PickList.objects.filter(pk=list_id)
    return (rows.select_for_update(of=("self",)) if is_postgres() else rows).select_related("order__profile").get()


def _check(pick_list: PickList, version: str, seen: str) -> None:
    words = {"name": pick_list.number, "why": said.why(pick_list.reason)}
    if pick_list.state == PickListState.HELD:
        raise Conflict(_("Pick list %(name)s is on hold. %(why)s") % words, code="list-held")
    if pick_list.state == PickListState.CANCELLED:
        raise Conflict(_("Pick list %(name)s was taken back. %(why)s") % words, code="list-cancelled")
    if version_of(queries.lines_of(pick_list)) != version:
        raise Conflict(
            _("Pick list %(name)s asks for something else by now.") % words,
            hint=_("Load it again; what was picked is kept."),
            code="list-changed",
        )
    if standing(pick_list) != seen:
        raise Conflict(
            _("Another result for pick list %(name)s came meanwhile.") % words,
            hint=_("Send it again if this one shall take its place."),
            code="another-result",
        )
