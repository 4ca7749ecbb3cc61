"""The house's own figures: orders and value per week, what share was confirmed, how long answers took, what is open.

Weeks begin on Monday, in UTC, and are told by that day. What is asked again within a minute is answered from memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.common.money import plain
from purveyor.orders import queries
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.people.who import Who
from purveyor.profiles.queries import named

WEEKS = (4, 13, 26, 52)
USUAL = 13
KEPT_SECONDS = 60
CENTERS = 15


@dataclass(frozen=True, slots=True)
class Week:
    """One week. ``values`` by currency; ``ordered`` and ``confirmed`` in eaches of the lines Amazon shows an answer
    for; ``median`` and ``p90`` in seconds from the order to our first answer, over ``answers`` orders."""

    begins: date
    orders: int = 0
    values: tuple[tuple[str, Decimal], ...] = ()
    ordered: int = 0
    confirmed: int = 0
    answers: int = 0
    median: int | None = None
    p90: int | None = None

    @property
    def rate(self) -> Decimal | None:
        """The share confirmed, in percent with one place; None where nothing is known."""
        return (Decimal(100 * self.confirmed) / self.ordered).quantize(Decimal("0.1")) if self.ordered else None


@dataclass(frozen=True, slots=True)
class Open:
    """Orders that wait for an answer, for one fulfillment center."""

    center: str
    orders: int
    eaches: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of them, as of a moment."""

    at: datetime
    weeks: tuple[Week, ...]
    open: tuple[Open, ...]

    def as_dict(self) -> dict[str, Any]:
        """As machines see it: amounts as text, shares in percent, times in seconds."""
        return {
            "at": self.at,
            "weeks": [_week_row(week) for week in self.weeks],
            "open_by_center": [asdict(one) for one in self.open],
        }


def _week_row(week: Week) -> dict[str, Any]:
    return {
        "week": week.begins.isoformat(),
        "orders": week.orders,
        "values": {currency: plain(value) for currency, value in week.values},
        "ordered_eaches": week.ordered,
        "confirmed_eaches": week.confirmed,
        "confirmation_rate": None if week.rate is None else str(week.rate),
        "answers": week.answers,
        "median_seconds": week.median,
        "p90_seconds": week.p90,
    }


def figures(who: Who, profile: str = "", weeks: int = USUAL) -> Figures:
    """The figures of the profiles somebody may see, or of one; the last so many weeks, this one included.

    Raises Denied, NotFound for a profile, Refused for a number of weeks that is not offered.
    """
    who.require_somewhere("orders.view")
    if weeks not in WEEKS:
        said = _("One of %(weeks)s weeks is expected.") % {"weeks": ", ".join(map(str, WEEKS))}
        raise Refused(said, [Problem(said, where="weeks")])
    rows = queries.visible_to(who).select_related(None)
    if name := named(who, profile, "orders.view"):
        rows = rows.filter(profile__name=name)
    mine = sorted(who.profiles("orders.view").values_list("pk", flat=True))
    key = f"figures:{name}:{weeks}:{','.join(map(str, mine))}"
    found: Figures | None = cache.get(key)
    if found is None or not timedelta(0) <= clock.now() - found.at < timedelta(seconds=KEPT_SECONDS):
        found = _count(rows, weeks)
        cache.set(key, found, KEPT_SECONDS)
    return found


def begin_of(now: datetime, weeks: int) -> datetime:
    """The Monday with which the first of so many weeks begins."""
    today = now.astimezone(UTC).date()
    return datetime.combine(today - timedelta(days=today.weekday(), weeks=weeks - 1), time.min, UTC)


def _count(rows: QuerySet[Order], weeks: int) -> Figures:
    now = clock.now()
    since = begin_of(now, weeks)
    recent = rows.filter(ordered_at__gte=since).order_by()
    orders, values = _orders(recent)
    confirmed, took = _confirmed(recent), _times(recent)
    days = [(since + timedelta(weeks=n)).date() for n in range(weeks)]
    found = []
    for day in days:
        money, (ordered, kept) = tuple(sorted(values.get(day, {}).items())), confirmed.get(day, (0, 0))
        answers, median, p90 = middle(took.get(day, ()))
        found.append(Week(day, orders.get(day, 0), money, ordered, kept, answers, median, p90))
    return Figures(now, tuple(found), _open(rows))


_WEEK = TruncWeek("ordered_at", tzinfo=UTC)


def _orders(rows: QuerySet[Order]) -> tuple[dict[date, int], dict[date, dict[str, Decimal]]]:
    counts: dict[date, int] = {}
    values: dict[date, dict[str, Decimal]] = {}
    sums = rows.annotate(week=_WEEK).values_list("week", "currency").annotate(n=Count("pk"), value=Sum("total"))
    for week, currency, n, value in sums:
        day = week.date()
        counts[day] = counts.get(day, 0) + n
        if currency:
            values.setdefault(day, {})[currency] = value
    return counts, values


def _confirmed(rows: QuerySet[Order]) -> dict[date, tuple[int, int]]:
    lines = Line.objects.filter(order__in=rows.values("pk"), accepted__isnull=False).order_by()
    week = TruncWeek("order__ordered_at", tzinfo=UTC)
    sums = lines.annotate(week=week).values_list("week").annotate(ordered=Sum("eaches"), confirmed=Sum("accepted"))
    return {week.date(): (ordered or 0, confirmed or 0) for week, ordered, confirmed in sums}


def _times(rows: QuerySet[Order]) -> dict[date, list[int]]:
    """Seconds from each order to our first answer, by week; no database knows percentiles like the other."""
    first = Acknowledgement.objects.filter(order__in=rows.values("pk"), revision=1).order_by()
    found: dict[date, list[int]] = {}
    for ordered, decided in first.values_list("order__ordered_at", "decided_at"):
        begins = (ordered - timedelta(days=ordered.weekday())).date()
        found.setdefault(begins, []).append(max(0, int((decided - ordered).total_seconds())))
    return found


def middle(values: Iterable[int]) -> tuple[int, int | None, int | None]:
    """How many, their median, and what nine of ten do not exceed."""
    found = sorted(values)
    if not found:
        return 0, None, None
    return len(found), at_share(found, 50), at_share(found, 90)


def at_share(found: Sequence[int], percent: int) -> int:
    """The smallest of sorted values that so many percent of them do not exceed."""
    return found[max(0, -(-len(found) * percent // 100) - 1)]


def _open(rows: QuerySet[Order]) -> tuple[Open, ...]:
    """The centers with most open orders; the others together under an empty name."""
    sums = queries.waiting(rows).order_by().values_list("ship_to").annotate(n=Count("pk"), eaches=Sum("eaches"))
    found = [Open(*one) for one in sums.order_by("-n", "ship_to")]
    rest = found[CENTERS:]
    if rest:
        found = [*found[:CENTERS], Open("", sum(o.orders for o in rest), sum(o.eaches for o in rest))]
    return tuple(found)
