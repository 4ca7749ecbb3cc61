"""Findings above their lines with one-click ways out, unknown products, and answers that wait for a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cast import Cast, make_user
from products.making import cost, product
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold, mapping
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Acknowledgement, Finding, Order, Request
from purveyor.people.models import User

from .conftest import Browser
from .test_order import address, send, text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001", "sku": "SKU-1"}
Place = Callable[..., Order]


@pytest.fixture
def order(place: Place) -> Order:
    """An order that wants more than there is, at another cost than agreed."""
    found = place(LINE, type="RegularOrder", delivery_window="2026-03-09T00:00:00Z--2026-03-16T00:00:00Z")
    cost(product(asin="B0TEST0001", on_hand=4), "2026-01-01", amount="4.00")
    look_at(found.pk)
    return found


def test_finding_stands_on_the_page_with_what_each_way_does(anna: Client, order: Order) -> None:
    page = text_of(anna.get(address(order)))
    assert "The order names 4.20 EUR, agreed are 4.00 EUR. (PO-04)" in page
    assert "This order goes on at 4.20 EUR; the agreed cost stays." in page
    assert "The answer accepts 4 of 10 pieces and rejects the rest as temporarily unavailable." in page


def test_way_out_is_one_click_and_fills_the_sheet(anna: Client, order: Order) -> None:
    stock = Finding.objects.get(rule="STOCK")
    answer = anna.post(address(order, f"findings/{stock.pk}/"), {"way": "cut"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(order))
    page = anna.get(address(order)).content.decode()
    assert 'name="accept-1" value="4"' in page
    assert "Cut to stock · vendor-manager" in text_of(anna.get(address(order)))


def test_refused_way_out_says_why(anna: Client, order: Order) -> None:
    finding = Finding.objects.get(rule="PO-04")
    page = text_of(anna.post(address(order, f"findings/{finding.pk}/"), {"way": "accept"}, follow=True))
    assert "Say why the order may go on. A reason is needed." in page
    assert Finding.objects.get(rule="PO-04").state == "open"


def test_who_may_not_answer_sees_findings_without_ways(browser: Browser, cast: Cast, order: Order) -> None:
    page = text_of(browser(cast.finance).get(address(order)))
    assert "agreed are 4.00 EUR. (PO-04)" in page
    assert "Accept the cost once" not in page


def test_list_is_narrowed_by_finding_and_hold(anna: Client, place: Place, order: Order) -> None:
    other = place(LINE | {"amount": 3, "cost": "4.00"}, type="RegularOrder")
    look_at(other.pk)
    for query in ("?finding=PO-04", "?held=yes"):
        page = text_of(anna.get(f"/orders/{query}"))
        assert (order.number in page, other.number in page) == (True, False)


def test_unknown_product_is_one_task_that_leads_to_its_mapping(anna: Client, place: Place) -> None:
    orders = [place(LINE | {"amount": n, "asin": "B0NOBODY01"}) for n in (3, 4)]
    for one in orders:
        look_at(one.pk)
    page = text_of(anna.get("/orders/unmatched/"))
    assert page.count("B0NOBODY01") == 1
    where = "/orders/unmatched/one/?asin=B0NOBODY01&vendor_product=SKU-1"
    shown = text_of(anna.get(where + "&q=SPOON"))
    assert all(one.number in shown for one in orders)
    product("SPOON-1")
    assert "SPOON-1" in text_of(anna.get(where + "&q=SPOON"))
    assert anna.post(where, {"sku": "SPOON-1"}).headers["Location"] == "/orders/unmatched/"
    run_due(["orders.rematch"])
    assert not Finding.objects.filter(rule="PRODUCT", state="open").exists()


def test_empty_catalogue_says_that_unknown_products_only_warn(anna: Client, place: Place) -> None:
    """On the order and on the list of unknown products; no longer once there is a product."""
    found = place(LINE | {"asin": "B0NOBODY01"})
    look_at(found.pk)
    said = "The catalogue is empty yet, so that unknown products only warn. From the first product on they count."
    pages = (address(found), "/orders/unmatched/")
    assert [said in text_of(anna.get(where)) for where in pages] == [True, True]
    product("SPOON-1")
    assert [said in text_of(anna.get(where)) for where in pages] == [False, False]


def test_new_product_with_a_mistake_keeps_what_was_typed(anna: Client, place: Place) -> None:
    look_at(place(LINE | {"asin": "B0NOBODY01"}).pk)
    where = "/orders/unmatched/one/?asin=B0NOBODY01&vendor_product=SKU-1"
    answer = anna.post(where, {"do": "new", "sku": "SKU-1", "gtin": "123", "title": "Spoon"})
    assert answer.status_code == 422
    assert 'value="Spoon"' in answer.content.decode()
    assert Finding.objects.filter(rule="PRODUCT", state="open").count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_unknown_products_cost_the_same_number_of_questions(
    anna: Client, place: Place, rows: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for n in range(rows):
        look_at(place(LINE | {"asin": f"B0NOBODY{n:02d}"}).pk)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]  # a context manager
        assert anna.get("/orders/unmatched/").status_code == 200


def test_hard_rejection_waits_for_a_second_person(anna: Client, browser: Browser, cast: Cast, place: Place) -> None:
    order = place({"amount": 10, "cost": "4.20"})
    send(anna, order, accept_1="0", rest_1="ObsoleteProduct")
    assert (Acknowledgement.objects.count(), Request.objects.get().state) == (0, "open")
    asked = Request.objects.get().pk
    mine = text_of(anna.get(address(order)))
    assert "This answer waits for a second person" in mine
    assert "Confirm and send" not in mine
    refused = text_of(anna.post(address(order, f"second/{asked}/"), {"do": "confirm"}, follow=True))
    assert "The second person cannot be the one who asked." in refused
    assert Acknowledgement.objects.count() == 0
    bert = browser(make_user("bert", "commerce", cast.profile))
    assert "Confirm and send" in text_of(bert.get(address(order)))
    bert.post(address(order, f"second/{asked}/"), {"do": "confirm"})
    assert [(a.by, a.answers.get().reason) for a in Acknowledgement.objects.all()] == [("user:bert", "ObsoleteProduct")]


def test_declined_rejection_sends_nothing(anna: Client, place: Place) -> None:
    order = place({"amount": 10, "cost": "4.20"})
    send(anna, order, accept_1="0", rest_1="InvalidProductIdentifier")
    anna.post(address(order, f"second/{Request.objects.get().pk}/"), {"do": "decline"})
    assert (Request.objects.get().state, Acknowledgement.objects.count()) == ("declined", 0)


def test_dry_run_is_begun_from_the_settings_and_told_on_its_page(anna: Client, order: Order) -> None:
    profile = order.profile.name
    assert f"/profiles/{profile}/dry-run/" in anna.get(f"/profiles/{profile}/settings/").content.decode()
    form = {"policy.undefined": "on_arrival_full", "checks.cost": "warn"}
    answer = anna.post(f"/profiles/{profile}/dry-run/", form)
    run = Run.objects.get()
    assert (answer.headers["Location"], run.params) == (f"/runs/{run.pk}/", {"settings": form})
    runs.work(run.pk)
    page = text_of(anna.get(f"/runs/{run.pk}/"))
    assert "1 order of the last 90 days · 1 would have been answered otherwise" in page
    wrong = anna.post(f"/profiles/{profile}/dry-run/", {"checks.cost_tolerance": "much"})
    assert (wrong.status_code, Run.objects.count()) == (422, 1)


def test_few_orders_go_on_at_once_and_many_are_said_to_be_looked_at(
    anna: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [place(LINE | {"amount": n, "asin": "B0NOBODY01"}) for n in (3, 4)]
    for one in orders:
        look_at(one.pk)
    product("SPOON-1")
    monkeypatch.setattr(mapping, "AT_ONCE", 1)
    where = "/orders/unmatched/one/?asin=B0NOBODY01&vendor_product=SKU-1"
    page = text_of(anna.post(where, {"sku": "SPOON-1"}, follow=True))
    assert "It is SPOON-1; 2 orders are being looked at again and go on by themselves." in page
    assert "It is SPOON-1; its orders are being looked at again." in page
    run_due(["orders.rematch"])
    assert "Every product is known" in text_of(anna.get("/orders/unmatched/"))
    look_at(place(LINE | {"amount": 1, "asin": "B0NOBODY02", "sku": "SKU-2"}).pk)
    gone = anna.post(where.replace("01", "02").replace("SKU-1", "SKU-2"), {"sku": "SPOON-1"}, follow=True)
    assert "1 order goes on by itself" in text_of(gone)
    assert "Every product is known" in text_of(gone)


def test_why_an_order_is_held_is_told_in_the_readers_language(anna: Client, cast: Cast, order: Order) -> None:
    hold.hold(cast.who("vendor_manager"), order, "the price")
    User.objects.update(language="de")
    anna.cookies["purveyor_language"] = "de"
    for path in (address(order), "/"):
        page = text_of(anna.get(path))
        assert "Die Bestellung nennt 4.20 EUR, vereinbart sind 4.00 EUR." in page, path
        assert "the price" in page, path
        assert "The order names" not in page.partition("Was geschah")[0 if path != "/" else 2], path


def test_dry_run_asks_yes_or_no_by_choice(anna: Client, order: Order) -> None:
    page = anna.get(f"/profiles/{order.profile.name}/dry-run/").content.decode()
    field = page[page.index('name="checks.second_approver"') :]
    assert field[: field.index("</select>")].count("<option") == 2
    assert page.index("Answering by itself") < page.index("Orders of no type") < page.index("Unknown product")
