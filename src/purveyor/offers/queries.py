"""Every question about offers that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from purveyor.audit.models import Entry
from purveyor.audit.write import kind_of
from purveyor.base.db import together
from purveyor.common import clock
from purveyor.common.errors import Ambiguous, NotFound
from purveyor.common.lenient import trimmed
from purveyor.offers.domain.liability import Frozen, Liability, liability
from purveyor.offers.models import Cell, Deputy, Offer, Row, Stage
from purveyor.offers.rules import VIEW
from purveyor.offers.states import OfferState
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When an offer expires of which nobody said it: sorted behind all others."""


@dataclass(slots=True)
class Figures:
    """Sums of an offer for lists. ``value`` is what was approved, or while it is open what is asked for; ``turn`` is
    the key of the stage whose turn it is."""

    rows: int = 0
    unmapped: int = 0
    asked: int = 0
    approved: int = 0
    consumed: int = 0
    value: Decimal = field(default_factory=Decimal)
    stages: list[Stage] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Eaches that were approved and no order has used."""
        return self.approved - self.consumed

    @property
    def turn(self) -> Stage | None:
        """The stage whose turn it is; None where all are done."""
        from purveyor.offers.domain.stages import turn_of

        return turn_of(self.stages)


def visible_to(who: Who, permission: str = VIEW) -> QuerySet[Offer]:
    """The offers of the profiles on which somebody holds a permission, newest first, with their profile at hand.

    ``until`` is when they expire, NEVER where nobody said it.
    """
    rows = Offer.objects.select_related("profile").filter(profile__in=who.profiles(permission))
    return rows.annotate(until=Coalesce("expires_at", Value(NEVER)))


def find(who: Who, number: str, profile: str = "") -> Offer:
    """One offer by its number. Raises NotFound, also where it is not for the asker to see, and Ambiguous."""
    found = visible_to(who).filter(number=trimmed(number)).order_by("profile__name")
    rows = list(found.filter(profile=by_name(who, profile, VIEW)) if profile else found)
    if not rows:
        raise NotFound(_("There is no offer %(number)s.") % {"number": number})
    if len(rows) > 1:
        profiles = [offer.profile.name for offer in rows]
        said = _("Several profiles have an offer %(number)s: %(profiles)s.")
        words = {"number": number, "profiles": ", ".join(profiles)}
        raise Ambiguous(said % words, profiles, hint=_("Say which profile you mean."))
    return rows[0]


def one(who: Who, offer_id: int) -> Offer:
    """An offer by its key. Raises NotFound, also where it is not for the asker to see."""
    found = visible_to(who).filter(pk=offer_id).first()
    if found is None:
        raise NotFound(_("There is no such offer, or it is not yours to see."))
    return found


def cell(offer: Offer, row: int, delivery: int) -> Cell:
    """One cell of an offer. Raises NotFound."""
    rows = Cell.objects.select_related("row__product", "delivery")
    found = rows.filter(row__offer=offer, row__number=row, delivery__position=delivery).first()
    if found is None:
        words = {"number": offer.number, "row": row, "delivery": delivery}
        raise NotFound(_("Offer %(number)s has no cell in row %(row)d, delivery %(delivery)d.") % words)
    return found


def search(rows: QuerySet[Offer], text: str) -> QuerySet[Offer]:
    """Offers by a part of number or title, or by an ASIN, product number or SKU of a row as a whole."""
    text = trimmed(text)
    named = Row.objects.filter(Q(asin=text.upper()) | Q(vendor_product=text) | Q(product__sku=text))
    wanted = Q(number__icontains=text) | Q(title__icontains=text) | Q(pk__in=named.values("offer"))
    return rows.filter(wanted)


def at_stage(rows: QuerySet[Offer], key: str) -> QuerySet[Offer]:
    """Open offers whose stage of this key is open or waits for a second person."""
    waiting = Stage.objects.filter(key=key, state__in=("open", "proposed")).values("offer")
    return rows.filter(state=OfferState.OPEN, pk__in=waiting)


def expired(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    """Open offers whose time is over."""
    return rows.filter(state=OfferState.OPEN, expires_at__lte=clock.now())


def figures(offers: Iterable[Offer]) -> dict[int, Figures]:
    """The sums of offers by their key; three questions for any number of them."""
    rows = list(offers)
    found = {offer.pk: Figures() for offer in rows}
    keys = together(found.keys())
    unmapped = Count("pk", filter=Q(product=None))
    rows_of = (
        Row.objects.filter(offer__in=keys).order_by().values("offer").annotate(count=Count("pk"), unmapped=unmapped)
    )
    for sums in rows_of:
        found[sums["offer"]].rows, found[sums["offer"]].unmapped = sums["count"], sums["unmapped"]
    completed = {offer.pk for offer in rows if offer.state == OfferState.COMPLETED}
    for cells in _cell_sums(keys):
        one = found[cells["row__offer"]]
        one.asked, one.approved, one.consumed = cells["pieces"], cells["approved_pieces"] or 0, cells["used"]
        one.value = cells["approved_value" if cells["row__offer"] in completed else "asked_value"] or Decimal(0)
    for stage in Stage.objects.filter(offer__in=keys).order_by("offer", "position"):
        found[stage.offer_id].stages.append(stage)
    return found


def _cell_sums(keys: Any) -> Iterable[Mapping[str, Any]]:
    sums = Cell.objects.filter(row__offer__in=keys).order_by().values("row__offer")
    return sums.annotate(
        pieces=Sum("asked"),
        approved_pieces=Sum("approved"),
        used=Sum("consumed"),
        asked_value=_amount("asked", "price"),
        approved_value=_amount("approved", "approved_price"),
    )


def _amount(eaches: str, price: str) -> Sum:
    whole = DecimalField(max_digits=30, decimal_places=4)
    return Sum(ExpressionWrapper(F(eaches) * F(price), output_field=whole))


def counted(rows: Iterable[Offer], size: int = 200) -> Iterator[Offer]:
    """The same offers with their ``figures``, looked up for many at once."""
    left = iter(rows)
    while part := list(islice(left, size)):
        found = figures(part)
        for offer in part:
            offer.figures = found[offer.pk]
        yield from part


def liability_of(offer: Offer) -> Liability:
    """What an offer binds to, as it was approved."""
    rows = Cell.objects.filter(row__offer=offer).exclude(approved=None).order_by()
    cells = rows.values_list("approved", "approved_price", "consumed")
    return liability((Frozen(approved or 0, price, used) for approved, price, used in cells), offer.unsold)


def entries(offer: Offer) -> QuerySet[Entry]:
    """What the audit tells of an offer and its stages, newest first."""
    stages = [str(key) for key in Stage.objects.filter(offer=offer).values_list("pk", flat=True)]
    mine = Q(object_kind=kind_of(offer), object_id=str(offer.pk))
    return Entry.objects.filter(mine | Q(object_kind=kind_of(Stage), object_id__in=stages)).order_by("-id")


def deputies(who: Who) -> QuerySet[Deputy]:
    """Who stands in for whom on the profiles whose offers somebody may see; those that are over stand last."""
    rows = Deputy.objects.select_related("profile", "absent", "deputy")
    return rows.filter(profile__in=who.profiles(VIEW)).order_by("-ends_at", "-pk")


def deputy(who: Who, deputy_id: int) -> Deputy:
    """One of them by its key. Raises NotFound."""
    found = deputies(who).filter(pk=deputy_id).first()
    if found is None:
        raise NotFound(_("There is no such deputy, or their time is over."))
    return found


def to_complete(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    """Open offers all of whose stages are done."""
    left = Stage.objects.exclude(state="done").values("offer")
    return rows.filter(state=OfferState.OPEN).exclude(pk__in=left)
