"""Every question about orders that is asked at more than one door. Only what somebody may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from purveyor.base.db import is_postgres, together
from purveyor.centers.domain.resolve import zones_of
from purveyor.common import clock
from purveyor.common.errors import Ambiguous, NotFound, Problem, Refused
from purveyor.common.lenient import identifier, trimmed
from purveyor.orders.models import Finding, Hold, Line, Order, Snapshot
from purveyor.orders.states import FindingState, OrderState
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name

WAITING = (OrderState.NEW, OrderState.FAILED)
"""States in which Amazon waits for an answer of ours."""
MOST_KEYS = 5_000
"""So many orders found by a search are named one by one in the question that follows."""


def visible_to(who: Who, permission: str = "orders.view") -> QuerySet[Order]:
    """The orders of the profiles on which somebody holds a permission, newest first, with their profile at hand.

    The profiles are asked for at once: databases find their way by keys, not by a question within a question. Who may
    see every profile there is needs no condition at all, so that the list is read in the order of one index.
    """
    mine = list(who.profiles(permission).order_by().values_list("pk", flat=True))
    rows = Order.objects.select_related("profile", "assigned_to", "offer")
    return rows if len(mine) == Profile.objects.count() else rows.filter(profile_id__in=mine)


def zoned(rows: Iterable[Order], size: int = 500) -> Iterator[Order]:
    """The same orders, the zones of their centers looked up for many at once."""
    left = iter(rows)
    while part := list(islice(left, size)):
        zones = zones_of((order.ship_to, order.profile.marketplace) for order in part)
        for order in part:
            order.zone = zones[order.ship_to, order.profile.marketplace]
        yield from part


def find(who: Who, number: str, profile: str = "") -> Order:
    """One order by its number. Raises NotFound, also where it is not for the asker to see, and Ambiguous."""
    found = visible_to(who).filter(number=identifier(number)).order_by("profile__name")
    rows = list(found.filter(profile=by_name(who, profile, "orders.view")) if profile else found)
    if not rows:
        raise NotFound(_("There is no order %(number)s.") % {"number": number})
    if len(rows) > 1:
        profiles = [order.profile.name for order in rows]
        said = _("Several profiles have an order %(number)s: %(profiles)s.")
        words = {"number": number, "profiles": ", ".join(profiles)}
        raise Ambiguous(said % words, profiles, hint=_("Say which profile you mean."))
    return rows[0]


def waiting(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Those Amazon waits for an answer to; what is cancelled as a whole is in another state."""
    few = Order.objects.filter(state__in=WAITING).order_by().values("pk")
    return rows.filter(pk__in=few, eaches__gt=0)


def overdue(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Those waiting beyond Amazon's 24 hours (OPERATIONS §1.3)."""
    return waiting(rows).filter(due_at__lte=clock.now())


def came_late(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Those whose time was over before they were first seen (``Order.came_late``)."""
    return rows.filter(due_at__lte=F("first_seen_at"))


def held(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Those something holds; few are asked for by their keys, many in one question."""
    keys = set(Hold.objects.filter(released_at=None).order_by().values_list("order_id", flat=True)[: MOST_KEYS + 1])
    return rows.filter(pk__in=together(keys)) if len(keys) <= MOST_KEYS else rows.filter(holds__gt=0)


def with_finding(rows: QuerySet[Order], rule: str) -> QuerySet[Order]:
    """Those with an open finding of a rule. Few are asked for by their keys, many in one question (``search``)."""
    found = Finding.objects.filter(state=FindingState.OPEN, rule=rule).order_by()
    keys = set(found.values_list("order_id", flat=True)[: MOST_KEYS + 1])
    if len(keys) <= MOST_KEYS:
        return rows.filter(pk__in=together(keys))
    return rows.filter(Exists(found.filter(order=OuterRef("pk"))))


NEAREST = 5


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Orders of one profile that wait for an answer: how many, how many overdue, and those that are due first."""

    count: int = 0
    overdue: int = 0
    nearest: Sequence[Order] = ()


def deadlines(who: Who, profiles: Iterable[Profile]) -> dict[int, Deadlines]:
    """The deadlines of profiles by their key, as far as somebody may see them: two questions for all of them."""
    rows = waiting(visible_to(who)).filter(profile__in=list(profiles)).order_by()
    late = Count("pk", filter=Q(due_at__lte=clock.now()))
    sums = {key: found for key, *found in rows.values_list("profile").annotate(count=Count("pk"), late=late)}
    place = Window(RowNumber(), partition_by="profile", order_by=["due_at", "pk"])
    nearest: dict[int, list[Order]] = {}
    for order in rows.annotate(place=place).filter(place__lte=NEAREST).order_by("due_at", "pk"):
        nearest.setdefault(order.profile_id, []).append(order)
    return {key: Deadlines(count, overdue, nearest.get(key, ())) for key, (count, overdue) in sums.items()}


def narrow(
    rows: QuerySet[Order],
    *,
    state: str = "",
    profile: str = "",
    q: str = "",
    waits: bool = False,
    late: bool = False,
    on_hold: bool = False,
    finding: str = "",
    **same: str,
) -> QuerySet[Order]:
    """What a machine's list is narrowed by; ``same`` are other fields. Raises Refused for an unknown state."""
    if state and state not in set(OrderState):
        words = {"state": state, "states": ", ".join(OrderState)}
        said = _("There is no state %(state)s; there are %(states)s.") % words
        raise Refused(said, [Problem(said, where="state")])
    equal = {"state": state, "profile__name": profile} | same
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    rows = waiting(rows) if waits else rows
    rows = overdue(rows) if late else rows
    rows = held(rows) if on_hold else rows
    rows = with_finding(rows, finding.upper()) if finding else rows
    return search(rows, q) if q.strip() else rows


def search(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Orders by what a person may hold in hand: how a PO number begins, or an ASIN, EAN or SKU of a line as a whole.

    What is found is asked for at once, table by table, and only what is too much for that in one question: no database
    finds a good way through "this or that" over two tables.
    """
    text = trimmed(text)
    orders, lines = Order.objects.filter(_begins(identifier(text))).order_by(), _lines_with(text)
    found: set[int] = set()
    for keys in (orders.values_list("pk", flat=True), *(part.values_list("order_id", flat=True) for part in lines)):
        found.update(keys[: MOST_KEYS + 1])
    if len(found) <= MOST_KEYS:
        return rows.filter(pk__in=together(found))
    either = Q(pk__in=orders.values("pk"))
    for part in lines:
        either |= Q(pk__in=part.values("order_id"))
    return rows.filter(either)


def _lines_with(text: str) -> list[QuerySet[Line]]:
    """The lines with this product, by each of its names; shelf by shelf, as their indexes begin with it."""
    last = Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lines = Line.objects.filter(shelf__in=range(last // Line.SHELF, -1, -1)).order_by()
    return [lines.filter(asin=text.upper()), lines.filter(vendor_product=text)]


def _begins(text: str) -> Q:
    """As typed and in capitals. SQLite uses its index for a range only, PostgreSQL for a LIKE."""
    starts = sorted({text, text.upper()})
    if is_postgres():
        return Q(*[("number__startswith", start) for start in starts], _connector=Q.OR)
    return Q(*[Q(number__gte=start, number__lt=start + "\U0010ffff") for start in starts], _connector=Q.OR)


def version(order: Order, number: int, kind: str = "order") -> Snapshot:
    """One version of an order, or of its status, as received. Raises NotFound."""
    found = order.snapshots.filter(kind=kind, version=number).first()
    if found is None:
        words = {"number": order.number, "version": number}
        raise NotFound(_("Order %(number)s has no version %(version)s.") % words)
    return found


def versions(orders: Iterable[Order]) -> QuerySet[Snapshot]:
    """The versions of orders without their bytes, oldest first."""
    return Snapshot.objects.filter(order__in=list(orders)).defer("raw").order_by("order", "kind", "version")
