"""Orders coming in: new, changed, unchanged, older, cancelled, answered elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cast import make_profile
from intake.papers import item, order, received
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.orders.domain import keep
from purveyor.orders.domain.receive import receive_orders, settle
from purveyor.orders.models import Line, Order, Snapshot
from purveyor.orders.records import Counts, ReceivedLine, ReceivedOrder
from purveyor.orders.states import OrderState
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
BY = "system:intake.new"
LATER = "2026-03-02T08:30:00Z"


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    return make_profile()


def take(
    profile: Profile, *documents: dict[str, Any], backfilled: bool = False, again: list[str] | None = None
) -> Counts:
    return receive_orders(
        profile, [received(d) for d in documents], backfilled=backfilled, by=BY, seen_again=again or []
    )


def the_order() -> Order:
    return Order.objects.get()


def lines() -> dict[str, Line]:
    return {line.number: line for line in Line.objects.all()}


def test_new_order_is_written_whole(mine: Profile) -> None:
    document = order(items=[item("1"), item("2", 5)])
    assert take(mine, document) == Counts(seen=1, stored=1)
    found = the_order()
    assert (found.profile, found.number, found.state, found.state_at) == (mine, "1ABCDEFG", "new", clock.now())
    assert (found.amazon_state, found.vendor_code, found.ship_to, found.type) == ("New", "ACME1", "FRA1", "undefined")
    assert (found.line_count, found.eaches, found.total, found.currency) == (2, 15, Decimal("63.00"), "EUR")
    assert found.ordered_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.due_at == found.ordered_at + timedelta(hours=24)
    assert (found.parties["selling"], found.flags, found.elsewhere, found.import_details) == (
        {"id": "ACME1"},
        [],
        {},
        None,
    )
    assert (found.version, found.status_version, found.status_hash, found.answered_at) == (1, 0, "", None)
    assert (found.first_seen_at, found.window_end) == (clock.now(), datetime(2026, 3, 16, 7, tzinfo=UTC))


def test_new_lines_are_written_whole(mine: Profile) -> None:
    cases = {"amount": 5, "unitOfMeasure": "Cases", "unitSize": 12}
    take(mine, order(items=[item("1", orderedQuantity=cases), item("2", netCost=None)]))
    first, second = lines()["1"], lines()["2"]
    assert (first.position, first.asin, first.vendor_product) == (1, "B000000001", "4000000000001")
    assert (first.amount, first.unit, first.unit_size, first.eaches) == (5, "Cases", 12, 60)
    assert (first.net_cost, first.list_price, first.currency) == (Decimal("4.20"), Decimal("9.99"), "EUR")
    assert (first.gone, first.accepted, first.confirmation, first.receipt) == (False, None, "", "")
    assert first.shelf == first.order_id // first.SHELF
    assert (second.position, second.net_cost) == (2, None)


def test_every_version_is_kept_word_for_word(mine: Profile) -> None:
    first, second = order(), order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)
    take(mine, first)
    take(mine, second)
    kept = Snapshot.objects.order_by("version")
    assert [json.loads(s.document()) for s in kept] == [first, second]
    assert [(s.kind, s.version, s.at, s.request_id, s.source) for s in kept] == [
        ("order", 1, clock.now(), "request-1", "test"),
        ("order", 2, clock.now(), "request-1", "test"),
    ]


def test_same_page_twice_changes_nothing(mine: Profile) -> None:
    page = [order(f"P000000{n}") for n in range(5)]
    take(mine, *page)
    before = list(Order.objects.values())
    clock.turn(timedelta(hours=1))
    assert take(mine, *page) == Counts(seen=5, unchanged=5)
    assert list(Order.objects.values()) == before
    assert (Snapshot.objects.count(), Line.objects.count()) == (5, 5)


def test_same_content_in_other_words_changes_nothing(mine: Profile) -> None:
    take(mine, order())
    shuffled = dict(reversed(order().items()))
    assert take(mine, shuffled) == Counts(seen=1, unchanged=1)
    assert Snapshot.objects.count() == 1


def test_changed_order_is_written_and_keeps_what_is_ours(mine: Profile) -> None:
    take(mine, order())
    Order.objects.update(type="weekly", state=OrderState.ACKNOWLEDGED, answered_at=clock.now())
    Line.objects.update(accepted=10, confirmation="ACCEPTED")
    before, line = the_order(), lines()["1"]
    clock.turn(timedelta(hours=2))
    changed = order(
        items=[item(amount=4), item("2", 3)], shipToParty={"partyId": "LEJ1"}, purchaseOrderChangedDate=LATER
    )
    assert take(mine, changed) == Counts(seen=1, changed=1)
    found = the_order()
    assert (found.pk, found.ship_to, found.eaches, found.line_count, found.version) == (before.pk, "LEJ1", 7, 2, 2)
    assert (found.type, found.state, found.state_at, found.due_at) == (
        "weekly",
        "acknowledged",
        before.state_at,
        before.due_at,
    )
    assert (found.first_seen_at, found.answered_at) == (before.first_seen_at, before.answered_at)
    kept = lines()["1"]
    assert (kept.pk, kept.eaches, kept.accepted, kept.confirmation) == (line.pk, 4, 10, "ACCEPTED")
    assert lines()["2"].eaches == 3


def test_line_that_is_no_longer_there_is_gone_and_may_come_back(mine: Profile) -> None:
    take(mine, order("OTHER", items=[item("2")]), order(items=[item("1"), item("2")]))
    take(mine, order(items=[item("1")], purchaseOrderChangedDate=LATER))
    assert {(line.order.number, line.number): line.gone for line in Line.objects.select_related("order")} == {
        ("OTHER", "2"): False,
        ("1ABCDEFG", "1"): False,
        ("1ABCDEFG", "2"): True,
    }
    take(mine, order(items=[item("1"), item("2")], purchaseOrderChangedDate="2026-03-02T08:40:00Z"))
    assert not Line.objects.filter(gone=True).exists()


def test_older_document_never_overwrites_a_newer_one(mine: Profile) -> None:
    newer = order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)
    take(mine, newer)
    assert take(mine, order()) == Counts(seen=1, unchanged=1)
    found = the_order()
    assert (found.eaches, found.version, lines()["1"].eaches) == (4, 1, 4)
    assert [json.loads(s.document()) for s in Snapshot.objects.order_by("version")] == [newer, order()]
    # It is kept once only, and the next change gets a number of its own.
    take(mine, order())
    take(mine, order(items=[item(amount=3)], purchaseOrderChangedDate="2026-03-02T09:00:00Z"))
    assert list(Snapshot.objects.order_by("version").values_list("version", flat=True)) == [1, 2, 3]
    assert (the_order().eaches, the_order().version) == (3, 3)


def test_of_equal_or_unknown_age_the_one_received_later_counts(mine: Profile) -> None:
    take(mine, order())
    assert take(mine, order(items=[item(amount=4)])) == Counts(seen=1, changed=1)
    assert the_order().eaches == 4
    nameless = order(items=[item(amount=6)], purchaseOrderStateChangedDate=None)
    assert take(mine, nameless) == Counts(seen=1, changed=1)
    assert the_order().eaches == 6


def test_state_change_alone_is_newer(mine: Profile) -> None:
    take(mine, order())
    closed = order(state="Closed", purchaseOrderStateChangedDate=LATER)
    assert take(mine, closed) == Counts(seen=1, changed=1)
    assert take(mine, order()) == Counts(seen=1, unchanged=1)
    assert (the_order().state, the_order().amazon_state) == ("closed", "Closed")


def test_same_order_twice_in_a_page_is_two_versions(mine: Profile) -> None:
    first, second = order(), order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)
    assert take(mine, first, second, first) == Counts(seen=3, stored=1, changed=1, unchanged=1)
    assert (the_order().eaches, the_order().version, Snapshot.objects.count()) == (4, 2, 2)


@pytest.mark.parametrize(
    ("document", "state"),
    [
        (order(), "new"),
        (order(items=[item(amount=0)]), "cancelled"),
        (order(items=[item(amount=0), item("2")]), "new"),
        (order(state="Closed"), "closed"),
        (order(state="Acknowledged"), "answered elsewhere"),
        (order(state="Strange"), "new"),
    ],
)
def test_first_state(mine: Profile, document: dict[str, Any], state: str) -> None:
    take(mine, document)
    assert the_order().state == state


def test_order_first_seen_answered_shows_what_amazon_shows(mine: Profile) -> None:
    take(mine, order(state="Acknowledged"))
    assert the_order().elsewhere == {"amazon_state": "Acknowledged", "updated_at": "2026-03-02T08:00:00Z", "lines": []}


def test_state_follows_a_change_and_is_told(mine: Profile) -> None:
    take(mine, order())
    clock.turn(timedelta(hours=1))
    take(mine, order(items=[item(amount=0)], purchaseOrderChangedDate=LATER))
    found = the_order()
    assert (found.state, found.state_at) == ("cancelled", clock.now())
    entry = Entry.objects.get(action="state.changed")
    assert (entry.by, entry.object_name, entry.because) == (BY, "1ABCDEFG", "every line was cancelled by Amazon")
    take(mine, order(purchaseOrderChangedDate="2026-03-02T09:00:00Z"))
    assert the_order().state == "new"


def test_new_orders_are_not_told_one_by_one(mine: Profile) -> None:
    take(mine, order(), order("P2"))
    told = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(told) == ["center.learned", "alert.opened"]  # their center, once for both


def test_acknowledged_at_amazon_but_not_by_us_is_answered_elsewhere(mine: Profile) -> None:
    take(mine, order())
    take(mine, order(state="Acknowledged", purchaseOrderStateChangedDate=LATER))
    assert (the_order().state, the_order().elsewhere["amazon_state"]) == ("answered elsewhere", "Acknowledged")


def test_while_our_answer_is_on_its_way_amazons_word_waits(mine: Profile) -> None:
    take(mine, order())
    Order.objects.update(state=OrderState.ACKNOWLEDGING)
    closed = order(state="Closed", purchaseOrderStateChangedDate=LATER)
    take(mine, closed)
    assert (the_order().state, the_order().amazon_state) == ("acknowledging", "Closed")
    Order.objects.update(state=OrderState.ACKNOWLEDGED)
    take(mine, closed)
    assert the_order().state == "closed"


def test_unchanged_orders_follow_amazons_word_late(mine: Profile) -> None:
    take(mine, order(state="Closed"))
    Order.objects.update(state=OrderState.ACKNOWLEDGED)
    take(mine, again=["1ABCDEFG"])
    assert the_order().state == "closed"


def moves() -> int:
    return Entry.objects.filter(object_kind="orders.order").count()


def test_settle_leaves_an_order_that_stands_right(mine: Profile) -> None:
    take(mine, order())
    settle(the_order(), by=BY)
    assert (the_order().state, moves()) == ("new", 0)


def test_settle_gives_way_to_somebody_faster(mine: Profile) -> None:
    take(mine, order())
    Order.objects.update(amazon_state="Closed")
    seen = the_order()
    Order.objects.update(state=OrderState.ACKNOWLEDGING)
    settle(seen, by=BY)
    assert (the_order().state, moves()) == ("acknowledging", 0)


def test_back_filled_orders_are_marked(mine: Profile) -> None:
    take(mine, order(purchaseOrderDate="2026-03-02T10:00:00Z"), backfilled=True)
    take(mine, order("OLD"))
    take(mine, order("NEW", purchaseOrderDate="2026-03-02T09:00:00Z"))
    assert dict(Order.objects.values_list("number", "backfilled")) == {"1ABCDEFG": True, "OLD": True, "NEW": False}


def test_change_of_a_back_filled_order_leaves_the_mark(mine: Profile) -> None:
    take(mine, order(), backfilled=True)
    take(mine, order(items=[item(amount=4)], purchaseOrderChangedDate=LATER))
    assert the_order().backfilled


def test_profiles_may_have_the_same_number(mine: Profile) -> None:
    take(mine, order())
    other = make_profile("other-uk")
    assert take(other, order(items=[item(amount=3)])) == Counts(seen=1, stored=1)
    assert dict(Order.objects.values_list("profile__name", "eaches")) == {"acme-de": 10, "other-uk": 3}


def test_a_whole_page_takes_few_statements(mine: Profile, django_assert_max_num_queries: Any) -> None:
    take(mine, order("FIRST"))  # its center is known from now on
    for size in (1, 3, 100):
        page = [order(f"P{size}X{n}", items=[item(str(k)) for k in range(1, 4)]) for n in range(size)]
        with django_assert_max_num_queries(13):
            take(mine, *page)


def test_columns_follow_the_records() -> None:
    assert keep.ORDER_COLUMNS[: len(ReceivedOrder.__struct_fields__) - 1] == ReceivedOrder.__struct_fields__[:-1]
    assert keep.LINE_COLUMNS[: len(ReceivedLine.__struct_fields__)] == ReceivedLine.__struct_fields__
    for model, columns in ((Order, keep.ORDER_COLUMNS), (Line, keep.LINE_COLUMNS)):
        assert set(columns) <= {field.column for field in model._meta.concrete_fields}
        needed = [f for f in model._meta.concrete_fields if not (f.null or f.primary_key or f.has_db_default())]
        assert {f.column for f in needed} <= set(columns)
