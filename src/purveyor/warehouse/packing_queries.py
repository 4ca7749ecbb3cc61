"""Every question about packings that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from purveyor.common.errors import Ambiguous, NotFound
from purveyor.common.lenient import identifier, trimmed
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name
from purveyor.warehouse.models import Carton, Content, Packing, Pallet
from purveyor.warehouse.rules import VIEW
from purveyor.warehouse.states import PackingState

STANDS = Q(differences__gt=0) | Q(blocks__gt=0)
"""Packings against which something stood when they were last weighed up."""


def visible_to(who: Who, permission: str = VIEW) -> QuerySet[Packing]:
    """The packings of the profiles on which somebody holds a permission, newest first, with their profile at hand."""
    return Packing.objects.select_related("profile").filter(profile__in=who.profiles(permission))


def counted(rows: QuerySet[Packing]) -> QuerySet[Packing]:
    """The same with how many pallets, cartons and pieces they have: ``pallet_count``, ``carton_count``, ``eaches``."""
    return rows.annotate(pallet_count=_count(Pallet), carton_count=_count(Carton), eaches=Coalesce(_sum("eaches"), 0))


def _count(model: type[Pallet | Carton]) -> Coalesce:
    rows = model._default_manager.filter(packing=OuterRef("pk")).order_by().values("packing")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


def _sum(field: str) -> Subquery:
    rows = Content.objects.filter(packing=OuterRef("pk")).order_by().values("packing")
    return Subquery(rows.annotate(sum=Sum(field)).values("sum"))


def one(who: Who, packing_id: int) -> Packing:
    """A packing by its key. Raises NotFound, also where it is not for the asker to see."""
    found = counted(visible_to(who)).filter(pk=packing_id).first()
    if found is None:
        raise NotFound(_("There is no such packing, or it is not yours to see."))
    return found


def find(who: Who, reference: str, profile: str = "") -> Packing:
    """One packing by its reference. Raises NotFound, also where it is not for the asker to see, and Ambiguous."""
    found = counted(visible_to(who)).filter(reference=trimmed(reference)).order_by("profile__name")
    rows = list(found.filter(profile=by_name(who, profile, VIEW)) if profile else found)
    if not rows:
        raise NotFound(_("There is no packing %(name)s.") % {"name": reference})
    if len(rows) > 1:
        profiles = [packing.profile.name for packing in rows]
        said = _("Several profiles have a packing %(name)s: %(profiles)s.")
        words = {"name": reference, "profiles": ", ".join(profiles)}
        raise Ambiguous(said % words, profiles, hint=_("Say which profile you mean."))
    return rows[0]


def search(rows: QuerySet[Packing], text: str) -> QuerySet[Packing]:
    """Packings by a part of the reference, or by a PO number or an SSCC as a whole."""
    text = trimmed(text)
    orders = Order.objects.filter(number=identifier(text).upper()).order_by().values("pk")
    wanted = Q(reference__icontains=text)
    wanted |= Q(pk__in=Content.objects.filter(line__order__in=orders).values("packing"))
    digits = identifier(text).removeprefix("(00)")
    digits = digits[2:] if len(digits) == 20 and digits.startswith("00") else digits
    if len(digits) == 18:
        wanted |= Q(pk__in=Carton.objects.filter(sscc=digits).values("packing"))
        wanted |= Q(pk__in=Pallet.objects.filter(sscc=digits).values("packing"))
    return rows.filter(wanted)


def known_by(rows: QuerySet[Packing], text: str) -> QuerySet[Packing]:
    """Packings by their reference as a whole, or by an SSCC: what somebody holds in hand."""
    whole = Q(reference__iexact=trimmed(text))
    return rows.filter(whole) if len(trimmed(text)) != 18 else search(rows, text)


def standing(rows: QuerySet[Packing]) -> QuerySet[Packing]:
    """Open or closed packings against which something stands."""
    return rows.filter(STANDS).exclude(state=PackingState.DROPPED)
