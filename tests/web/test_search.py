"""One search over every list: straight to what it can only be, else all there is, within what one may see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast
from centers.making import center
from products.making import EAN, alias, product
from purveyor.base.search import search
from purveyor.orders.models import Order

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def where(client: Client, text: str) -> str:
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_search_leads_to_a_product_by_any_of_its_names(anna: Client) -> None:
    spoon = product("A-1", gtin=f"0{EAN}", asin="B0SPOON001", title="Ladle of steel")
    alias(spoon, "Old name")
    product("C-2", title="Bowl")
    for text in ("A-1", EAN, "b0spoon001", "old NAME", "ladle"):
        assert where(anna, text) == f"/products/{spoon.pk}/", text


def test_search_leads_to_a_center_by_the_beginning_of_its_code_or_the_houses_own_reference(anna: Client) -> None:
    center("QQQ1", internal_reference="Dock 7")
    assert where(anna, "qqq") == "/centers/QQQ1/"
    assert where(anna, "Dock 7") == "/centers/QQQ1/"
    assert "Nothing is called “Dock”" in text_of(anna.get("/search/?q=Dock"))


def test_search_leads_to_the_one_list_that_has_several(anna: Client) -> None:
    product("A-1")
    product("A-2")
    assert where(anna, "A-") == "/products/?q=A-"


def test_search_shows_all_that_several_lists_have(anna: Client, place: Place) -> None:
    order = place({"amount": 3, "asin": "B0SPOON001"})
    product("A-1", asin="B0SPOON001", title="Ladle")
    page = text_of(anna.get("/search/?q=b0spoon001"))
    assert "What is called “b0spoon001”" in page
    assert page.index(order.number) < page.index("Ladle")


def test_search_finds_nothing_in_lists_that_are_not_the_askers(browser: Browser, cast: Cast, place: Place) -> None:
    order = place({"amount": 3, "asin": "B0SPOON001"})
    product("A-1", asin="B0SPOON001")
    assert [one.listing.name for one in search(cast.who("stranger"), "B0SPOON001")] == ["products"]
    page = browser(cast.stranger).get(f"/search/?q={order.number}").content.decode()
    assert f"Nothing is called “{order.number}”" in page


def test_search_tells_when_there_is_more_and_nothing_for_a_blank_text(cast: Cast) -> None:
    for number in range(3):
        product(f"A-{number}")
    (found,) = search(cast.who("vendor_manager"), "A-", most=2)
    assert ([row.sku for row in found.rows], found.more) == (["A-0", "A-1"], True)
    (found,) = search(cast.who("vendor_manager"), "A-", most=3)
    assert (len(found.rows), found.more) == (3, False)
    assert search(cast.who("vendor_manager"), " \u200b ") == []


def test_search_costs_the_same_for_one_and_three_rows(anna: Client, place: Place) -> None:
    asked = []
    for count in (1, 2):
        for _again in range(count):
            place({"amount": 3, "asin": "B0SPOON001"})
        product(f"B0SPOON001-{count}")
        with CaptureQueriesContext(connection) as found:
            assert anna.get("/search/?q=B0SPOON001").status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1]
