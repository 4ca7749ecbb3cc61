"""What Amazon sent and nobody understood: kept word for word with the reason, so that nothing is lost."""

from __future__ import annotations

import zlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from purveyor.base.listing import Column, Listing, Sort
from purveyor.common.errors import NotFound
from purveyor.intake.models import Aside
from purveyor.intake.queries import new_names
from purveyor.web.lists import show
from purveyor.web.pages.order import readable
from purveyor.web.render import frame_of, page, who_of

ASIDES: Listing[Aside] = Listing(
    name="asides",
    columns=(Column("at", gettext_lazy("When"), lambda one: one.at, sort="-at"),),
    sorts=(Sort("-at", gettext_lazy("When"), ("-at",)), Sort("at", gettext_lazy("When"), ("at",))),
)
UNKNOWN_SHOWN = 20


def _rows(request: HttpRequest) -> Any:
    return Aside.objects.filter(profile__in=frame_of(request).within("orders.view")).select_related("profile")


@require_safe
def asides(request: HttpRequest) -> HttpResponse:
    """Those nobody understood yet, and the latest names never seen before; their values may be another profile's."""
    who_of(request).require_somewhere("orders.view")
    listing = show(request, ASIDES, _rows(request).filter(resolved_at=None).defer("raw"))
    return page(request, "asides", "orders", listing=listing, unknown=new_names()[:UNKNOWN_SHOWN])


@require_safe
def aside(request: HttpRequest, aside_id: int) -> HttpResponse:
    """One of them, word for word."""
    found = Aside.objects.filter(profile__in=who_of(request).profiles("orders.view"), pk=aside_id).first()
    if found is None:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    return page(request, "aside", "orders", aside=found, body=readable(_unpacked(bytes(found.raw))))


def _unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw
