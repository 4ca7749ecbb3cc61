"""Rows whose products nobody knows wait, and go on by themselves once somebody says which they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import make_cast, make_profile
from offers.making import EXPIRES, ROOT, UNKNOWN, fresh, known_products, offer, through
from products.making import product
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.jobs.testing import collector, run_commit_hooks, run_due
from purveyor.offers.domain.complete import complete, take_up, withdraw
from purveyor.offers.domain.keep import NewRow
from purveyor.offers.domain.mapping import Unmapped, due, map_row, rematch, unmapped
from purveyor.offers.models import Offer, Row
from purveyor.products.domain.update import add_alias, change, create
from purveyor.products.models import Product
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
SAME = NewRow(10, "B0NOBODY01", "", "Again", {2: (5, None)})
OTHER = NewRow(11, "", "KNIFE-X", "Knife", {1: (7, None)})


@pytest.fixture
def mine(held_clock: object) -> Profile:
    return make_profile()


def waiting(of: Offer) -> list[int]:
    return list(Row.objects.filter(offer=of, product=None).order_by("number").values_list("number", flat=True))


def alerts() -> list[tuple[str, str]]:
    rows = Alert.objects.filter(kind="offer.unmapped").order_by("pk")
    return list(rows.values_list("state", "message"))


def forget() -> None:
    """Lose what was nudged."""
    run_commit_hooks()
    collector().nudges.clear()


def test_products_nobody_knows_are_listed_once(mine: Profile) -> None:
    made = offer(mine, UNKNOWN, SAME, OTHER)
    later = offer(make_profile("beta"), OTHER, number="BB-2", expires_at=EXPIRES - timedelta(days=1))
    knife = Unmapped("", "KNIFE-X", "Knife", 2, 2, later.expires_at, made.pk, "BB-1", "acme-de", 11)
    nobody = Unmapped("B0NOBODY01", "", "Who knows", 1, 2, EXPIRES, made.pk, "BB-1", "acme-de", 9)
    assert unmapped(ROOT) == [knife, nobody]
    assert [(one.vendor_product, one.offers, one.offer_number) for one in unmapped(ROOT, "beta")] == [
        ("KNIFE-X", 1, "BB-2")
    ]
    assert knife.as_dict() == {
        "asin": "",
        "vendor_product": "KNIFE-X",
        "title": "Knife",
        "offers": 2,
        "rows": 2,
        "expires_at": later.expires_at,
        "offer_id": made.pk,
        "offer_number": "BB-1",
        "profile": "acme-de",
        "row": 11,
    }


def test_only_what_somebody_may_see_is_listed(held_clock: object) -> None:
    cast = make_cast()
    offer(cast.profile, UNKNOWN)
    assert (len(unmapped(cast.who("warehouse"))), unmapped(cast.who("stranger"))) == (1, [])


def test_offers_that_are_not_open_wait_for_nothing(mine: Profile) -> None:
    complete(ROOT, through(offer(mine, UNKNOWN)), leave_unmapped=True)
    given_up = withdraw(ROOT, offer(mine, OTHER, number="BB-2"), "x")
    assert unmapped(ROOT) == []
    product("KNIFE-X")
    assert (rematch(0), due(clock.now(), 9)) == (0, [])
    take_up(ROOT, given_up, "x")
    assert rematch(0) == 1


def test_row_is_mapped_and_its_names_are_learned(mine: Profile) -> None:
    made = offer(mine, UNKNOWN, SAME, OTHER)
    cup = product("CUP-1")
    forget()
    assert map_row(ROOT, made, 9, sku="CUP-1") == cup
    assert Product.objects.get(pk=cup.pk).asin == "B0NOBODY01"
    assert (waiting(made), fresh(made).version) == ([10, 11], 2)
    assert run_due(["offers.rematch"]) == 1
    assert (waiting(made), fresh(made).version) == ([11], 3)
    told = Entry.objects.filter(action="offer.mapped").order_by("pk").values_list("by", "object_name", "new")
    assert list(told) == [
        (ROOT.name, "BB-1", {"product": "CUP-1", "rows": [9]}),
        ("system:offers.rematch", "BB-1", {"product": "CUP-1", "rows": [10]}),
    ]


def test_mapping_wakes_the_orders_too(mine: Profile) -> None:
    made = offer(mine, OTHER)
    cup = product("CUP-1")
    forget()
    map_row(ROOT, made, 11, sku="CUP-1")
    run_commit_hooks()
    assert sorted(collector().nudges) == [("offers.rematch", cup.pk), ("orders.rematch", cup.pk)]


def test_row_is_mapped_to_a_new_product(mine: Profile) -> None:
    made = offer(mine, UNKNOWN, OTHER)
    cup = map_row(ROOT, made, 9, new={"title": "Cup"})
    assert (cup.sku, cup.asin, cup.title) == ("B0NOBODY01", "B0NOBODY01", "Cup")
    knife = map_row(ROOT, made, 11, new={"sku": "K-1", "title": ""})
    assert (knife.sku, list(knife.aliases.values_list("value", flat=True))) == ("K-1", ["KNIFE-X"])


def test_mapping_what_cannot_be_mapped_says_why(mine: Profile) -> None:
    made = offer(mine, UNKNOWN)
    tries: list[tuple[int, str, type[Exception], str]] = [
        (7, "SPOON-1", NotFound, "Offer BB-1 has no row 7."),
        (5, "FORK-1", Refused, "Row 5 is product SPOON-1 already."),
        (9, "NONE-1", Refused, "There is no product NONE-1."),
    ]
    for row, sku, kind, said in tries:
        with pytest.raises(kind, match=said):
            map_row(ROOT, made, row, sku=sku)
    assert (waiting(made), fresh(made).version) == ([9], 1)


def test_only_who_manages_products_and_sees_the_offer_maps(held_clock: object) -> None:
    cast = make_cast()
    made = offer(cast.profile, UNKNOWN)
    for name in ("warehouse", "stranger"):
        with pytest.raises(Denied):
            map_row(cast.who(name), made, 9, sku="SPOON-1")
    assert waiting(made) == [9]
    map_row(cast.who("vendor_manager"), made, 9, sku="SPOON-1")


@pytest.mark.parametrize(
    "cause",
    [
        lambda cup: create(ROOT, {"sku": "KNIFE-X"}),
        lambda cup: change(ROOT, cup, {"sku": "KNIFE-X"}),
        lambda cup: add_alias(ROOT, cup, "KNIFE-X"),
    ],
    ids=["a new product", "a changed one", "another name"],
)
def test_product_that_comes_or_changes_is_given_to_rows_that_wait(mine: Profile, cause: Any) -> None:
    made = offer(mine, OTHER)
    cup = product("CUP-1")
    forget()
    cause(cup)
    assert run_due(["offers.rematch"]) == 1
    assert waiting(made) == []


def test_lost_wake_up_is_found_by_the_scan(mine: Profile) -> None:
    made = offer(mine, UNKNOWN, OTHER)
    knife, cup = product("KNIFE-X"), product("CUP-1", asin="B0NOBODY01")
    assert (due(clock.now(), 9), due(clock.now(), 1)) == (sorted([knife.pk, cup.pk]), [knife.pk])
    run_due(["offers.rematch"])
    assert (waiting(made), due(clock.now(), 9)) == ([], [])


def test_alert_counts_down_and_closes_with_the_last_row(mine: Profile) -> None:
    made = offer(mine, UNKNOWN, OTHER)
    assert alerts() == [("open", "2 rows of offer BB-1 name products nobody knows.")]
    map_row(ROOT, made, 9, sku="SPOON-1")
    assert alerts() == [("open", "1 row of offer BB-1 names a product nobody knows.")]
    map_row(ROOT, made, 11, sku="FORK-1")
    assert [state for state, _said in alerts()] == ["closed"]


def test_alert_closes_with_the_offer_and_comes_again(mine: Profile) -> None:
    made = withdraw(ROOT, offer(mine, UNKNOWN), "x")
    assert [state for state, _said in alerts()] == ["closed"]
    take_up(ROOT, made, "x")
    assert [state for state, _said in alerts()] == ["closed", "open"]


def test_matched_rows_raise_nothing(mine: Profile) -> None:
    known_products()
    offer(mine)
    assert (alerts(), unmapped(ROOT)) == ([], [])
