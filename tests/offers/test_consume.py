"""What is used of a cell: never below zero, never above what was approved, in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.making import line, order
from orders.offered import consumed, offered
from products.making import product
from purveyor.common import clock
from purveyor.offers.domain.consume import Book, consume, follow, give_back, left_of, offering, used_by
from purveyor.offers.models import Cell, Consumption, Offer
from purveyor.orders.models import Line, Order
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def offer(profile: Profile) -> Offer:
    return offered(profile, (product("SPOON-1"), [10, 20]), deliveries=[(None, None), (None, None)])


@pytest.fixture
def lines(profile: Profile) -> list[Line]:
    """The lines of two orders, one each."""
    made = []
    for number in ("1AAAAAAA", "1BBBBBBB"):
        one = order(profile=profile, number=number)
        one.save()
        mine = line(order=one, shelf=0)
        mine.save()
        made.append(mine)
    return made


def cells() -> list[int]:
    return list(Cell.objects.order_by("pk").values_list("pk", flat=True))


def test_pieces_are_used_up_to_what_was_approved_and_given_back_down_to_none(offer: Offer) -> None:
    key = cells()[0]
    assert (consume(key, 7), consume(key, 4), consume(key, 3), consume(key, 0)) == (True, False, True, True)
    assert Cell.objects.get(pk=key).consumed == 10
    assert (give_back(key, 11), give_back(key, 10), give_back(key, 1), give_back(key, 0)) == (False, True, False, True)
    assert Cell.objects.get(pk=key).consumed == 0


@pytest.mark.parametrize("verb", [consume, give_back])
def test_number_below_zero_is_a_mistake(offer: Offer, verb: object) -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        verb(cells()[0], -1)  # type: ignore[operator]  # either of two verbs


def test_nothing_is_used_of_a_cell_that_was_never_approved(offer: Offer) -> None:
    Cell.objects.update(approved=None)
    assert not consume(cells()[0], 1)


def test_orders_follow_what_they_use(offer: Offer, lines: list[Line]) -> None:
    (one, other), (first, second) = lines, cells()
    after = {one.order_id: {(one.pk, first): 6, (one.pk, second): 1}, other.order_id: {(other.pk, second): 9}}
    assert follow({}, after)
    assert (used_by([one.order_id, other.order_id]), consumed(offer)) == (after, [6, 10])
    later = {one.order_id: {(one.pk, first): 10}}
    assert follow(after, later)
    assert (used_by([one.order_id, other.order_id]), consumed(offer)) == (later, [10, 0])
    assert follow(later, {})
    assert (Consumption.objects.count(), consumed(offer)) == (0, [0, 0])


def test_use_that_ends_leaves_the_others_of_the_same_lines_and_cells(offer: Offer, lines: list[Line]) -> None:
    (one, other), (first, second) = lines, cells()
    both = {line.order_id: {(line.pk, first): 1, (line.pk, second): 2} for line in lines}
    follow({}, both)
    later = {one.order_id: {(one.pk, first): 1}, other.order_id: {(other.pk, second): 2}}
    assert follow(both, later)
    assert (used_by([one.order_id, other.order_id]), consumed(offer)) == (later, [1, 2])
    assert follow(later, {one.order_id: {(one.pk, first): 0}})
    assert (Consumption.objects.count(), consumed(offer)) == (0, [0, 0])


def test_following_changes_nothing_where_one_cell_has_too_few(offer: Offer, lines: list[Line]) -> None:
    (one, _other), (first, second) = lines, cells()
    assert not follow({}, {one.order_id: {(one.pk, second): 5, (one.pk, first): 11}})
    assert (Consumption.objects.count(), consumed(offer)) == (0, [0, 0])


def test_giving_back_what_was_not_used_changes_nothing(offer: Offer, lines: list[Line]) -> None:
    (one, _other), (first, _second) = lines, cells()
    assert not follow({one.order_id: {(one.pk, first): 1}}, {})
    assert consumed(offer) == [0, 0]


def test_moment_of_use_stays_where_nothing_changes(offer: Offer, lines: list[Line]) -> None:
    (one, other), (first, second) = lines, cells()
    before = {one.order_id: {(one.pk, first): 6}}
    follow({}, before)
    was = Consumption.objects.get().at
    clock.turn(timedelta(minutes=1))
    follow(before, before | {other.order_id: {(other.pk, second): 2}})
    assert list(Consumption.objects.filter(line=one).values_list("at", flat=True)) == [was]


def test_book_has_the_cells_of_completed_offers_with_pieces_approved(profile: Profile, offer: Offer) -> None:
    spoon = offer.rows.get().product
    assert spoon is not None
    offered(profile, (spoon, [50]), number="BB-2", state="open")
    offered(profile, (spoon, [0]), number="BB-3")
    book = Book()
    found = book.open([profile.pk], [spoon.pk])
    assert [(one.offer_number, one.row, one.delivery, one.left) for one in found[profile.pk][spoon.pk]] == [
        ("BB-1", 2, 1, 10),
        ("BB-1", 2, 2, 20),
    ]
    consume(cells()[0], 4)
    assert left_of(found[profile.pk][spoon.pk]) == {cells()[0]: 6, cells()[1]: 20}
    assert (Book().open([profile.pk], [0]), Book().open([0], [spoon.pk])) == ({}, {})


def test_book_is_read_anew_where_an_offer_changed(profile: Profile, offer: Offer) -> None:
    spoon = offer.rows.get().product
    assert spoon is not None
    book = Book()
    book.open([profile.pk], [spoon.pk])
    Cell.objects.update(approved=50)
    assert [one.approved for one in book.open([profile.pk], [spoon.pk])[profile.pk][spoon.pk]] == [10, 20]
    Offer.objects.update(version=2)
    assert [one.approved for one in book.open([profile.pk], [spoon.pk])[profile.pk][spoon.pk]] == [50, 50]
    Offer.objects.update(state="open")
    assert (book.open([profile.pk], [spoon.pk]), left_of([])) == ({}, {})


def test_profiles_with_a_completed_offer_are_known(profile: Profile, offer: Offer) -> None:
    assert offering() == {profile.pk}
    Offer.objects.update(state="open")
    assert offering() == frozenset()


def test_order_that_is_deleted_leaves_nothing_dangling(offer: Offer, lines: list[Line]) -> None:
    one = lines[0]
    follow({}, {one.order_id: {(one.pk, cells()[0]): 6}})
    Order.objects.filter(pk=one.order_id).delete()
    assert Consumption.objects.count() == 0
