"""The house's own figures: weeks, shares, percentiles, centers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import Cast, make_cast
from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.orders.figures import CENTERS, Open, Week, begin_of, figures
from purveyor.orders.models import Acknowledgement, Line, Order
from purveyor.profiles.models import Profile

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday
pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast() -> Iterator[Cast]:
    cache.clear()
    clock.hold(NOW)
    yield make_cast()
    cache.clear()


def ordered(profile: Profile, number: str, at: datetime, **more: Any) -> Order:
    told = {"state": "closed", "state_at": at, "due_at": at + timedelta(hours=24), "first_seen_at": at, "eaches": 10}
    told |= {"currency": "EUR", "total": Decimal(100), "raw_hash": "", "content_hash": ""}
    return Order.objects.create(profile=profile, number=number, ordered_at=at, **(told | more))


def line(order: Order, number: int, eaches: int, accepted: int | None) -> None:
    told = {"amount": eaches, "unit": "Eaches", "eaches": eaches, "accepted": accepted, "shelf": 0}
    Line.objects.create(order=order, number=str(number), position=number, **told)


def answered(order: Order, after: timedelta, revision: int = 1) -> None:
    told = {"by": "user:anna", "decided_at": order.ordered_at + after, "order_version": 1, "outcome": "verified"}
    Acknowledgement.objects.create(order=order, revision=revision, **told)


def test_weeks_begin_on_monday_and_the_last_one_is_this() -> None:
    assert begin_of(NOW, 1) == datetime(2026, 3, 2, tzinfo=UTC)
    assert begin_of(NOW, 4) == datetime(2026, 2, 9, tzinfo=UTC)
    assert begin_of(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), 1) == datetime(2026, 3, 2, tzinfo=UTC)


def test_orders_and_values_are_counted_by_week_and_currency(cast: Cast) -> None:
    ordered(cast.profile, "SUNDAY", datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC))
    ordered(cast.profile, "MONDAY", datetime(2026, 3, 2, tzinfo=UTC))
    ordered(cast.profile, "POUNDS", NOW, currency="GBP", total=Decimal("7.5"))
    ordered(cast.profile, "NOTHING", NOW, currency="", total=Decimal(0))
    ordered(cast.profile, "BEFORE", datetime(2026, 2, 8, 23, 59, tzinfo=UTC))
    found = figures(cast.who("vendor_manager"), weeks=4)
    assert [(week.begins, week.orders) for week in found.weeks] == [
        (date(2026, 2, 9), 0),
        (date(2026, 2, 16), 0),
        (date(2026, 2, 23), 1),
        (date(2026, 3, 2), 3),
    ]
    assert found.weeks[3].values == (("EUR", Decimal(100)), ("GBP", Decimal("7.5")))


def test_share_confirmed_is_of_the_lines_that_amazon_shows_an_answer_for(cast: Cast) -> None:
    order = ordered(cast.profile, "ONE", NOW)
    line(order, 1, 10, 7)
    line(order, 2, 20, 20)
    line(order, 3, 99, None)
    week = figures(cast.who("vendor_manager"), weeks=4).weeks[3]
    assert (week.ordered, week.confirmed, week.rate) == (30, 27, Decimal("90.0"))
    assert Week(date(2026, 3, 2)).rate is None


def test_time_to_acknowledge_counts_the_first_answer(cast: Cast) -> None:
    for number, hours in enumerate((1, 2, 3, 20)):
        order = ordered(cast.profile, f"N{number}", NOW)
        answered(order, timedelta(hours=hours))
        answered(order, timedelta(hours=40), revision=2)
    week = figures(cast.who("vendor_manager"), weeks=4).weeks[3]
    assert (week.answers, week.median, week.p90) == (4, 2 * 3600, 20 * 3600)


def test_open_orders_are_counted_by_center_the_rest_together(cast: Cast) -> None:
    for number in range(CENTERS + 2):
        ordered(cast.profile, f"N{number}", NOW, state="new", ship_to=f"FC{number:02}")
    ordered(cast.profile, "MORE", NOW, state="answer failed", ship_to="FC09", eaches=5)
    ordered(cast.profile, "DONE", NOW, ship_to="FC09")
    found = figures(cast.who("vendor_manager")).open
    assert (found[0], found[-1], len(found)) == (Open("FC09", 2, 15), Open("", 2, 20), CENTERS + 1)


def test_only_what_one_may_see_is_counted(cast: Cast) -> None:
    ordered(cast.profile, "MINE", NOW)
    ordered(cast.other, "THEIRS", NOW)
    ordered(cast.other, "THEIRS2", NOW)
    assert figures(cast.who("vendor_manager")).weeks[-1].orders == 1
    assert figures(cast.who("stranger")).weeks[-1].orders == 2
    assert figures(cast.who("administrator")).weeks[-1].orders == 3
    assert figures(cast.who("administrator"), cast.other.name).weeks[-1].orders == 2
    with pytest.raises(NotFound):
        figures(cast.who("stranger"), cast.profile.name)
    with pytest.raises(Refused):
        figures(cast.who("stranger"), weeks=5)


def test_figures_are_kept_for_a_minute(cast: Cast) -> None:
    ordered(cast.profile, "ONE", NOW)
    assert figures(cast.who("vendor_manager")).weeks[-1].orders == 1
    ordered(cast.profile, "TWO", NOW)
    assert figures(cast.who("vendor_manager")).weeks[-1].orders == 1
    clock.hold(NOW + timedelta(seconds=60))
    assert figures(cast.who("vendor_manager")).weeks[-1].orders == 2


def test_three_orders_cost_as_many_questions_as_one(cast: Cast) -> None:
    def count() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            figures(cast.who("vendor_manager"))
        return len(seen)

    line(ordered(cast.profile, "ONE", NOW, state="new"), 1, 10, 7)
    one = count()
    for number in ("TWO", "THREE"):
        order = ordered(cast.profile, number, NOW, state="new", ship_to=number)
        line(order, 1, 10, 7)
        answered(order, timedelta(hours=1))
    assert count() == one
