"""A page: each document alone, all of them in one transaction with the cursor."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from cast import make_profile
from intake.papers import item, order, page, raw, status
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.intake import pull
from purveyor.intake.kinds import ORDERS, STATUSES, RawPage
from purveyor.intake.models import Aside, FieldSeen, Received
from purveyor.orders.models import Order, Snapshot
from purveyor.orders.records import Counts
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
BY = "system:intake.new"
BROKEN = order("BROKEN01", items=[item(orderedQuantity={"amount": "many"})])
LATER = "2026-03-02T08:30:00Z"


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    return make_profile()


def take(profile: Profile, found: RawPage, **more: Any) -> Counts:
    return pull.store(profile, pull.prepare(profile, ORDERS, found, "new"), sweep="new", by=BY, **more)


def test_page_is_kept_with_what_was_asked_and_told_once(mine: Profile) -> None:
    found = RawPage([raw(order()), raw(order("P2"))], "", "request-7", 1234, {"createdAfter": "2026-03-01T00:00:00Z"})
    assert take(mine, found) == Counts(seen=2, stored=2)
    kept = Received.objects.get()
    assert (kept.operation, kept.sweep, kept.request_id, kept.size) == ("getPurchaseOrders", "new", "request-7", 1234)
    assert (kept.query, kept.at) == ({"createdAfter": "2026-03-01T00:00:00Z"}, clock.now())
    assert (kept.seen, kept.stored, kept.changed, kept.unchanged, kept.aside) == (2, 2, 0, 0, 0)
    entry = Entry.objects.get()
    assert (entry.action, entry.by, entry.profile) == ("page.received", BY, "acme-de")
    assert entry.new == {
        "sweep": "new",
        "request_id": "request-7",
        "numbers": ["1ABCDEFG", "P2"],
        "seen": 2,
        "stored": 2,
        "changed": 0,
        "unchanged": 0,
        "aside": 0,
    }
    assert list(Snapshot.objects.values_list("request_id", "source")) == [("request-7", "new")] * 2


def test_every_version_is_kept_word_for_word(mine: Profile) -> None:
    first, second = json.dumps(order(), indent=1).encode(), raw(order(purchaseOrderState="Closed"))
    take(mine, page(first))
    take(mine, page(second))
    assert [zlib.decompress(one.raw) for one in Snapshot.objects.order_by("version")] == [first, second]


def test_page_without_news_is_noted_but_not_told(mine: Profile) -> None:
    take(mine, page(order()))
    assert take(mine, page(order())) == Counts(seen=1, unchanged=1)
    assert take(mine, page()) == Counts()
    assert (Received.objects.count(), Entry.objects.count()) == (3, 1)


def test_known_bytes_are_not_even_read(mine: Profile) -> None:
    take(mine, page(order()))
    prepared = pull.prepare(mine, ORDERS, page(order(), order("P2")))
    assert (prepared.again, [d.record.number for d in prepared.documents]) == (["1ABCDEFG"], ["P2"])


def test_same_content_in_other_bytes_is_known(mine: Profile) -> None:
    take(mine, page(order()))
    assert take(mine, page(json.dumps(order(), indent=2).encode())) == Counts(seen=1, unchanged=1)


def test_broken_order_stands_aside_and_never_loses_the_page(mine: Profile) -> None:
    assert take(mine, page(order(), BROKEN, order("P2"))) == Counts(seen=3, stored=2, aside=1)
    aside = Aside.objects.get()
    assert (aside.kind, aside.number, aside.request_id, aside.resolved_at) == ("order", "BROKEN01", "request-1", None)
    assert "int" in aside.reason
    assert zlib.decompress(aside.raw) == raw(BROKEN)
    assert Entry.objects.get().new["put_aside"] == ["BROKEN01"]
    assert sorted(Order.objects.values_list("number", flat=True)) == ["1ABCDEFG", "P2"]


@pytest.mark.parametrize(
    ("document", "number"),
    [
        (b'{"purchaseOrderNumber": "CUT00001", "purchaseOrderState": "Ne', "CUT00001"),
        (b"[]", ""),
        (b"{}", ""),
        (b'"text"', ""),
        (raw(order("NUL00001")).replace(b"ACME1", b"AC\\u0000"), "NUL00001"),
        (raw(order("DEEP0001") | {"deep": 1}).replace(b'"deep": 1', b'"deep": ' + b"[" * 100_000), "DEEP0001"),
        (raw(order("SURR0001")).replace(b"ACME1", b"\\ud800"), "SURR0001"),
        (raw(order("HUGE0001")).replace(b'"amount": 10', b'"amount": 1' + b"0" * 400), "HUGE0001"),
        (raw(order("LATIN001")).replace(b"ACME1", b"\xe4"), "LATIN001"),
        (raw(order("NULNUL\0")), "NULNUL\ufffd"),
        (raw(order("ROUNDUP1", [item(netCost={"amount": "999999999999.99999", "currencyCode": "EUR"})])), "ROUNDUP1"),
    ],
)
def test_whatever_comes_is_an_order_or_stands_aside(mine: Profile, document: bytes, number: str) -> None:
    assert take(mine, page(document, order("GOOD0001"))) == Counts(seen=2, stored=1, aside=1)
    assert Aside.objects.get().number == number


@pytest.mark.parametrize("number", ["AKIA1234567890ABCDEF", "Atzr|fake", "gAAAAA" + "x" * 20])
def test_number_that_looks_like_a_secret_loses_no_page_and_is_not_told(mine: Profile, number: str) -> None:
    stray = order(f"{number}2", items=[])
    assert take(mine, page(order(number), stray, order("GOOD0001"))) == Counts(seen=3, stored=2, aside=1)
    told = Entry.objects.get().new
    assert (told["numbers"], told["put_aside"]) == (["[redacted]", "GOOD0001"], ["[redacted]"])
    clock.turn(timedelta(hours=1))
    take(mine, page(order(number, state="Closed", purchaseOrderStateChangedDate="2026-03-02T09:30:00Z")))
    assert Order.objects.get(number=number).state == "closed"
    assert Entry.objects.filter(action="state.changed").get().object_name == "[redacted]"


def test_deeply_nested_strangers_stand_aside(mine: Profile) -> None:
    deep = raw(order() | {"deep": 1}).replace(b'"deep": 1', b'"deep": ' + b"[" * 5000 + b"]" * 5000)
    assert take(mine, page(deep, order("GOOD0001"))).seen == 2
    assert Aside.objects.count() + Order.objects.count() == 2


def test_same_stray_again_is_counted_but_kept_once(mine: Profile) -> None:
    take(mine, page(BROKEN))
    assert take(mine, page(BROKEN, BROKEN)) == Counts(seen=2, aside=2)
    assert (Aside.objects.count(), Entry.objects.count()) == (1, 1)


def test_later_readable_version_settles_what_stood_aside(mine: Profile) -> None:
    take(mine, page(BROKEN, order("BROKEN02", items=[])))
    clock.turn(timedelta(hours=1))
    take(mine, page(order("BROKEN01")))
    assert dict(Aside.objects.values_list("number", "resolved_at")) == {"BROKEN01": clock.now(), "BROKEN02": None}


def test_stray_of_one_profile_is_not_that_of_another(mine: Profile) -> None:
    other = make_profile("other-de")
    take(mine, page(BROKEN))
    assert take(other, page(BROKEN)) == Counts(seen=1, aside=1)
    clock.turn(timedelta(hours=1))
    take(other, page(order("BROKEN01")))
    settled = dict(Aside.objects.values_list("profile__name", "resolved_at"))
    assert settled == {"acme-de": None, "other-de": clock.now()}


def test_readable_status_settles_no_order(mine: Profile) -> None:
    take(mine, page(order("BROKEN01", items=[])))
    pull.store(mine, pull.prepare(mine, STATUSES, page(status("BROKEN01"))), sweep="status", by=BY)
    assert Aside.objects.get().resolved_at is None


def test_new_names_are_flagged_once(mine: Profile) -> None:
    strange = order(giftWrap="yes", purchaseOrderType="Gift")
    take(mine, page(strange, order("P2", giftWrap="no", purchaseOrderType="Gift")))
    take(mine, page(order("P3", giftWrap="yes", state="OnHold")))
    seen = FieldSeen.objects.values_list("kind", "name", "example", "request_id")
    assert list(seen) == [
        ("order", "orderDetails.giftWrap", "1ABCDEFG", "request-1"),
        ("order", "purchaseOrderState=OnHold", "P3", "request-1"),
        ("order", "purchaseOrderType=Gift", "1ABCDEFG", "request-1"),
    ]


def test_known_documents_are_not_searched_for_new_names(mine: Profile) -> None:
    take(mine, page(order(giftWrap="yes")))
    FieldSeen.objects.all().delete()
    take(mine, page(order(giftWrap="yes")))
    assert FieldSeen.objects.count() == 0


def test_endless_names_are_cut(mine: Profile) -> None:
    take(mine, page(order(**{"x" * 300: 1})))
    assert len(FieldSeen.objects.get().name) == 200


def test_what_the_cursor_raises_undoes_the_page(mine: Profile) -> None:
    def then(counts: Counts) -> None:
        raise RuntimeError("the lease is gone")

    with pytest.raises(RuntimeError):
        take(mine, page(order(giftWrap="yes"), BROKEN), then=then)
    for model in (Order, Snapshot, Aside, Received, FieldSeen, Entry):
        assert model.objects.count() == 0


def test_cursor_hears_what_became_of_the_page(mine: Profile) -> None:
    heard: list[Counts] = []
    take(mine, page(order(), BROKEN), then=heard.append)
    assert heard == [Counts(seen=2, stored=1, aside=1)]


def test_unchanged_orders_still_follow_amazons_word(mine: Profile) -> None:
    take(mine, page(order(state="Closed")))
    Order.objects.update(state="acknowledged")
    take(mine, page(order(state="Closed")))
    assert Order.objects.get().state == "closed"


def test_statuses_have_pages_too(mine: Profile) -> None:
    take(mine, page(order()))
    prepared = pull.prepare(mine, STATUSES, page(status(), status("UNKNOWN1")), "status")
    assert pull.store(mine, prepared, sweep="status", by=BY) == Counts(seen=2, changed=1, unchanged=1)
    prepared = pull.prepare(mine, STATUSES, page(status()), "status")
    assert (prepared.again, prepared.documents) == (["1ABCDEFG"], [])
    assert Received.objects.latest("pk").operation == "getPurchaseOrdersStatus"


def test_order_of_a_page_may_be_older_than_what_is_held(mine: Profile) -> None:
    take(mine, page(order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)))
    assert take(mine, page(order())) == Counts(seen=1, unchanged=1)
    assert Order.objects.get().eaches == 4


def in_other_bytes(document: dict[str, Any]) -> bytes:
    """The same, with its keys the other way round."""
    return json.dumps(dict(reversed(document.items())), indent=1).encode()


def test_new_order_that_came_twice_at_once_is_kept_once(mine: Profile) -> None:
    both = [pull.prepare(mine, ORDERS, page(raw)) for raw in (raw(order()), in_other_bytes(order()))]
    assert [len(prepared.documents) for prepared in both] == [1, 1]
    counts = [pull.store(mine, prepared, sweep="new", by=BY) for prepared in both]
    assert counts == [Counts(seen=1, stored=1), Counts(seen=1, unchanged=1)]
    assert (Order.objects.get().version, Snapshot.objects.count()) == (1, 1)


def test_content_is_compared_with_the_version_in_force(mine: Profile) -> None:
    newest = order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)
    take(mine, page(newest))
    take(mine, page(order()))  # older: kept, without effect
    assert take(mine, page(in_other_bytes(newest))) == Counts(seen=1, unchanged=1)
    assert take(mine, page(in_other_bytes(order()))) == Counts(seen=1, unchanged=1)
    assert (Order.objects.get().eaches, Snapshot.objects.count()) == (4, 2)


def test_hash_of_a_content_is_worked_out_only_when_something_is_compared_with_it(mine: Profile) -> None:
    take(mine, page(order()))
    assert (Order.objects.get().content_hash, Snapshot.objects.get().content_hash) == ("", "")
    take(mine, page(order(items=[item(amount=4)], purchaseOrderChangedDate=LATER)))
    assert [len(one.content_hash) for one in Snapshot.objects.order_by("version")] == [0, 64]
    assert take(mine, page(order(items=[item(amount=4)], purchaseOrderChangedDate=LATER))) == Counts(
        seen=1, unchanged=1
    )
