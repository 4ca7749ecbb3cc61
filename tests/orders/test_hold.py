"""Orders on hold: by a person, by a check; once for each; counted on the order."""

from __future__ import annotations

import pytest

from cast import Cast, make_cast
from intake.papers import order as paper
from intake.papers import received
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, NotFound, Refused
from purveyor.orders.domain.hold import held, held_of, hold, let_go, place, release, words
from purveyor.orders.domain.receive import receive_orders
from purveyor.orders.models import Hold, Order

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
BY = "system:orders.check"


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


@pytest.fixture
def order(cast: Cast) -> Order:
    receive_orders(cast.profile, [received(paper())], backfilled=False, by="system:intake.new")
    return Order.objects.get()


def count(order: Order) -> int:
    return Order.objects.get(pk=order.pk).holds


def test_hold_and_release_count_on_the_order_and_are_told(cast: Cast, order: Order) -> None:
    who = cast.who("vendor_manager")
    made = hold(who, order, "  the price is odd ")
    assert (made.check_id, made.because, made.by, made.at) == ("PERSON", "the price is odd", who.name, clock.now())
    assert (count(order), order.holds, [h.pk for h in held(order)]) == (1, 1, [made.pk])
    assert words([made]) == ["On hold (PERSON): the price is odd"]
    release(who, order, made.pk, "settled")
    made.refresh_from_db()
    assert (made.released_at, made.released_by, made.released_because) == (clock.now(), who.name, "settled")
    assert (count(order), order.holds, held(order)) == (0, 0, [])
    told = Entry.objects.filter(action__in=("order.held", "order.hold_released")).order_by("pk")
    assert [(e.action, e.by, e.because) for e in told] == [
        ("order.held", who.name, "the price is odd"),
        ("order.hold_released", who.name, "settled"),
    ]


def test_each_check_holds_once_and_gets_the_newest_reason(order: Order) -> None:
    first = place(order, "one", check="PO-04", by=BY)
    again = place(order, "two", check="PO-04", by=BY)
    place(order, "three", check="PO-03", by=BY)
    assert (again.pk, count(order)) == (first.pk, 2)
    assert [(h.check_id, h.because) for h in held(order)] == [("PO-04", "two"), ("PO-03", "three")]


def test_same_reason_again_is_told_once(order: Order) -> None:
    place(order, "one", check="PO-04", by=BY)
    place(order, "one", check="PO-04", by=BY)
    assert Entry.objects.filter(action="order.held").count() == 1


def test_check_lets_go_of_its_own_hold_only(order: Order) -> None:
    place(order, "one", check="PO-04", by=BY)
    place(order, "two", check="PO-03", by=BY)
    assert (let_go(order, check="PO-04", by=BY, because="gone"), let_go(order, check="PO-04", by=BY, because="x")) == (
        True,
        False,
    )
    assert ([h.check_id for h in held(order)], count(order)) == (["PO-03"], 1)
    place(order, "again", check="PO-04", by=BY)
    assert count(order) == 2


def test_released_hold_is_not_released_again(cast: Cast, order: Order) -> None:
    who = cast.who("vendor_manager")
    made = hold(who, order, "one")
    release(who, order, made.pk)
    with pytest.raises(Conflict):
        release(who, order, made.pk)
    assert count(order) == 0


def test_hold_without_reason_is_refused(cast: Cast, order: Order) -> None:
    with pytest.raises(Refused) as error:
        hold(cast.who("vendor_manager"), order, "  ")
    assert [p.where for p in error.value.problems] == ["because"]
    assert not Hold.objects.exists()


@pytest.mark.parametrize("player", ["warehouse", "auditor", "stranger"])
def test_others_neither_hold_nor_release(cast: Cast, order: Order, player: str) -> None:
    made = hold(cast.who("vendor_manager"), order, "one")
    with pytest.raises(Denied):
        hold(cast.who(player), order, "two")
    with pytest.raises(Denied):
        release(cast.who(player), order, made.pk)
    made.refresh_from_db()
    assert (made.because, made.released_at, count(order)) == ("one", None, 1)


def test_hold_of_another_order_is_not_found(cast: Cast, order: Order) -> None:
    receive_orders(cast.profile, [received(paper("2ABCDEFG"))], backfilled=False, by="system:intake.new")
    other = Order.objects.get(number="2ABCDEFG")
    made = hold(cast.who("vendor_manager"), other, "one")
    with pytest.raises(NotFound):
        release(cast.who("vendor_manager"), order, made.pk)
    assert count(other) == 1


def test_holds_of_many_orders_are_one_question(cast: Cast, order: Order, django_assert_num_queries: object) -> None:
    receive_orders(cast.profile, [received(paper("2ABCDEFG"))], backfilled=False, by="system:intake.new")
    place(order, "one", check="PO-04", by=BY)
    rows = list(Order.objects.order_by("pk"))
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture has no public type
        found = held_of(rows)
    assert {key: [h.because for h in holds] for key, holds in found.items()} == {order.pk: ["one"]}
    with django_assert_num_queries(0):  # type: ignore[operator]  # as above
        assert held_of(rows[1:]) == {}
