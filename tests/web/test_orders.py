"""The list of orders: filters as chips, sorting, searching, scope, export, answering many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cast import Cast, make_profile
from deliver import document_of, pull, work
from purveyor.channels.write import safe
from purveyor.common import clock
from purveyor.orders.models import Acknowledgement, Order
from purveyor.people.models import Grant
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .conftest import Browser

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def numbers(client: Client, path: str = "/orders/") -> list[str]:
    """The PO numbers of the rows, in their order."""
    return re.findall(r'<a class="row mono" href="/orders/\d+/">(\w+)</a>', client.get(path).content.decode())


def test_list_shows_the_newest_first(anna: Client, place: Place) -> None:
    first = place(at=clock.now() - timedelta(hours=2))
    second = place(at=clock.now() - timedelta(hours=1))
    assert numbers(anna) == [second.number, first.number]


def test_list_sorts_by_what_the_address_says_and_turns_round(anna: Client, place: Place) -> None:
    cheap, dear = place({"amount": 1, "cost": "1.00"}), place({"amount": 1, "cost": "99.00"})
    assert numbers(anna, "/orders/?sort=-value") == [dear.number, cheap.number]
    assert numbers(anna, "/orders/?sort=value") == [cheap.number, dear.number]
    page = anna.get("/orders/?sort=-value").content.decode()
    assert 'aria-sort="descending"><a href="?sort=value">Value ↓</a>' in page


def test_filter_by_state_is_a_chip_that_takes_itself_away(anna: Client, place: Place, cast: Cast) -> None:
    mine, other = place(), place()
    Order.objects.filter(pk=other.pk).update(state="closed")
    assert numbers(anna, "/orders/?state=waiting&sort=due") == [mine.number]
    page = anna.get("/orders/?state=waiting&sort=due").content.decode()
    assert 'class="chip" href="?sort=due"' in page
    assert "State: To answer" in page


def test_unknown_filter_value_is_said_and_not_taken_for_none(anna: Client) -> None:
    answer = anna.get("/orders/?state=sideways")
    assert (answer.status_code, "cannot be filtered like this" in answer.content.decode()) == (422, True)


def test_search_finds_by_number_asin_and_sku(anna: Client, place: Place) -> None:
    mine = place({"amount": 1, "cost": "1.00", "asin": "B0FINDME01", "sku": "4006381333931"})
    place()
    for text in (mine.number, mine.number[:5].lower(), "B0FINDME01", "4006381333931"):
        assert numbers(anna, f"/orders/?q={text}") == [mine.number], text


def test_empty_list_teaches(anna: Client) -> None:
    assert "Purchase orders appear here by themselves" in anna.get("/orders/").content.decode()
    assert "No order meets these filters" in anna.get("/orders/?q=ZZZZ").content.decode()


def test_switcher_limits_the_list_to_one_profile_and_is_remembered(cast: Cast, browser: Browser, place: Place) -> None:
    order = place()
    Grant.objects.create(user=cast.vendor_manager, role="commerce", profile=cast.other)
    client = browser(cast.vendor_manager)
    client.post("/scope/", {"profile": cast.other.name, "back": "/orders/"})
    assert numbers(client) == []
    client.post("/scope/", {"profile": "", "back": "/orders/"})
    assert numbers(client) == [order.number]


def test_switcher_knows_only_visible_profiles(cast: Cast, browser: Browser) -> None:
    client = browser(cast.vendor_manager)
    client.post("/scope/", {"profile": cast.other.name})
    assert "purveyor_profile" not in client.cookies or client.cookies["purveyor_profile"].value == ""


def test_pages_of_fifty(anna: Client, cast: Cast, plugged: object) -> None:
    now = clock.now()
    told = {"state": "new", "state_at": now, "due_at": now, "ordered_at": now, "first_seen_at": now, "eaches": 1}
    Order.objects.bulk_create(
        Order(profile=cast.profile, number=f"N{i:07}", raw_hash="", content_hash="", **told) for i in range(51)
    )
    page = anna.get("/orders/").content.decode()
    assert len(numbers(anna)) == 50
    assert "1–50 of 51" in page
    assert 'rel="next" href="?page=2"' in page
    assert numbers(anna, "/orders/?page=2") == ["N0000000"]


def test_export_holds_what_the_filters_let_through(anna: Client, place: Place) -> None:
    mine, other = place(), place()
    Order.objects.filter(pk=other.pk).update(state="closed")
    found = json.loads(b"".join(anna.get("/orders/export.json?state=new")))
    assert [order["number"] for order in found["orders"]] == [mine.number]
    lines = b"".join(anna.get("/orders/export.csv?state=new")).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("number,profile,state,type,")
    assert [line.split(",")[0] for line in lines[1:]] == [mine.number]


def test_export_shows_nothing_of_others(cast: Cast, browser: Browser, order: Order) -> None:
    assert json.loads(b"".join(browser(cast.stranger).get("/orders/export.json"))) == {"orders": []}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_taken_for_a_formula(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"


def test_cells_that_are_none_stay_as_they_are() -> None:
    assert [safe(value) for value in ("1ABC", -5, None, "")] == ["1ABC", -5, None, ""]


def test_bulk_shows_first_what_would_be_sent_and_changes_nothing(anna: Client, place: Place) -> None:
    good, closed = place(), place()
    Order.objects.filter(pk=closed.pk).update(state="closed")
    page = anna.post("/orders/acknowledge/", {"order": [good.pk, closed.pk], "do": "preview"}).content.decode()
    assert "Accept 1 order in full" in page
    assert f'name="order" value="{good.pk}"' in page
    assert f'name="order" value="{closed.pk}"' not in page
    assert "Amazon closed this order" in page
    assert "&quot;acknowledgementCode&quot;: &quot;Accepted&quot;" in page
    assert Acknowledgement.objects.count() == 0


def test_bulk_answers_each_order_by_itself(anna: Client, place: Place) -> None:
    one, two, closed = place(), place(), place()
    Order.objects.filter(pk=closed.pk).update(state="closed")
    told = {"order": [one.pk, two.pk, closed.pk], "do": "send", "because": "plenty in stock"}
    page = anna.post("/orders/acknowledge/", told).content.decode()
    assert "2 orders are answered" in page
    assert "Amazon closed this order" in page
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == [
        "acknowledging",
        "acknowledging",
        "closed",
    ]
    assert set(Acknowledgement.objects.values_list("by", "because")) == {("user:vendor-manager", "plenty in stock")}
    work()
    assert document_of(one).state == "sent"


def test_bulk_sends_nothing_but_what_was_previewed(
    anna: Client, place: Place, plugged: World, profile: Profile
) -> None:
    same, changed = place(), place()
    page = anna.post("/orders/acknowledge/", {"order": [same.pk, changed.pk]}).content.decode()
    told = dict(re.findall(r'name="(version-\d+)" value="(\d+)"', page))
    assert told == {f"version-{same.pk}": "1", f"version-{changed.pk}": "1"}
    plugged.change(changed.number, quantities={"1": 4})
    pull(profile, changed.number)
    page = anna.post("/orders/acknowledge/", {"order": [same.pk, changed.pk], "do": "send"} | told).content.decode()
    assert f"Amazon changed order {changed.number} meanwhile." in page
    assert list(Acknowledgement.objects.values_list("order", flat=True)) == [same.pk]


def test_bulk_takes_only_orders_one_may_see(cast: Cast, browser: Browser, order: Order) -> None:
    answer = browser(cast.stranger).post("/orders/acknowledge/", {"order": [order.pk], "do": "send"})
    assert answer.headers["Location"] == "/orders/"
    assert Acknowledgement.objects.count() == 0


def test_bulk_of_nothing_leads_back(anna: Client) -> None:
    answer = anna.post("/orders/acknowledge/", {"order": ["", "x", "-1", "9" * 30]})
    assert answer.headers["Location"] == "/orders/"


def test_boxes_are_there_only_for_who_may_do_something(cast: Cast, browser: Browser, order: Order) -> None:
    assert f'name="order" value="{order.pk}"' in browser(cast.vendor_manager).get("/orders/").content.decode()
    assert 'name="order"' not in browser(cast.finance).get("/orders/").content.decode()


def test_profile_names_stand_beside_orders_only_where_there_are_several(
    cast: Cast, browser: Browser, order: Order
) -> None:
    assert f'<span class="sub">{cast.profile.name}' not in browser(cast.vendor_manager).get("/orders/").content.decode()
    make_profile("third")
    assert f'<span class="sub">{cast.profile.name}' in browser(cast.administrator).get("/orders/").content.decode()
