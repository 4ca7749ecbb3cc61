"""The pages of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast
from products.making import EAN, OTHER_EAN, alias, cost, product
from purveyor.products.models import Alias, Cost, Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_empty_catalogue_teaches(anna: Client) -> None:
    assert "Bring a file" in text(anna, "/products/")
    assert 'href="/products/"' in text(anna, "/alerts/")


def test_list_finds_by_any_number_and_filters(anna: Client) -> None:
    alias(product("A-1", gtin=f"0{EAN}", title="Ladle", on_hand=5, case_pack=6), "Old name")
    product("A-2", active=False, asin="B012345678")
    for query, rows in (
        ("", ["A-1", "A-2"]),
        (f"?q={EAN}", ["A-1"]),
        ("?q=old+name", ["A-1"]),
        ("?q=ladle", ["A-1"]),
        ("?q=b012345678", ["A-2"]),
        ("?active=no", ["A-2"]),
        ("?lacking=stock", ["A-2"]),
        ("?sort=-sku", ["A-2", "A-1"]),
    ):
        page = text(anna, f"/products/{query}")
        places = [page.find(f">{sku}</a>") for sku in rows]
        assert -1 not in places
        assert places == sorted(places)
        assert page.count('<tr class="open">') == len(rows)
    assert "No product meets these filters" in text(anna, "/products/?q=zzz")
    assert anna.get("/products/?lacking=colour").status_code == 422


def test_list_of_one_and_three_products_asks_as_many_questions(anna: Client) -> None:
    asked = []
    for skus in (["A-1"], ["A-2", "A-3"]):
        for sku in skus:
            cost(product(sku), "2026-01-01")
        with CaptureQueriesContext(connection) as found:
            text(anna, "/products/")
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_product_is_added_and_a_wrong_one_keeps_what_was_typed(anna: Client) -> None:
    answer = anna.post("/products/new/", {"sku": "A-1", "gtin": "4006381333932", "title": "Ladle", "active": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "would have to be 1" in page
    assert 'value="Ladle"' in page
    answer = anna.post("/products/new/", {"sku": "A-1", "gtin": EAN, "weight_grams": "1,5 kg", "active": "on"})
    row = Product.objects.get()
    assert answer.headers["Location"] == f"/products/{row.pk}/"
    assert (row.gtin, row.weight_grams, row.active, row.expiry_tracked) == (f"0{EAN}", 1500, True, False)


def test_product_is_changed_in_the_version_that_was_seen(anna: Client) -> None:
    row = product("A-1", title="Ladle", case_pack=6, gtin=f"0{EAN}")
    form = {"sku": "A-1", "title": "Ladle", "case_pack": "12", "gtin": EAN, "active": "on", "version": "1"}
    assert anna.post(f"/products/{row.pk}/", form).status_code == 302
    late = anna.post(f"/products/{row.pk}/", form | {"title": "Mine"})
    assert late.status_code == 422
    assert "in the meantime" in late.content.decode()
    row.refresh_from_db()
    assert (row.case_pack, row.title, row.gtin, row.version) == (12, "Ladle", f"0{EAN}", 2)


def test_page_shows_names_costs_stock_and_orders(anna: Client, place: Any) -> None:
    order = place({"amount": 10, "cost": "4.20"})
    row = product("A-1", asin=order.lines.get().asin, on_hand=9, reserved=4)
    alias(row, "Old name")
    cost(row, "2026-01-01")
    page = text(anna, f"/products/{row.pk}/")
    for words in ("Old name", "until further notice", "2026-01-01", order.number, "5 "):
        assert words in page


def test_names_costs_and_stock_are_set(anna: Client, held_clock: Any) -> None:
    row = product("A-1")
    path = f"/products/{row.pk}"
    assert anna.post(f"{path}/alias/", {"alias": "Old"}).status_code == 302
    assert anna.post(f"{path}/cost/", {"marketplace": "DE", "amount": "4,75"}).status_code == 302
    assert anna.post(f"{path}/count/", {"on_hand": "1.000"}).status_code == 302
    row.refresh_from_db()
    agreed = row.costs.get()
    assert (row.on_hand, str(agreed.amount), agreed.currency) == (1000, "4.7500", "EUR")
    assert row.aliases.get().value == "Old"
    assert anna.post(f"{path}/alias/remove/", {"alias": "Old"}).status_code == 302
    assert anna.post(f"{path}/cost/remove/", {"marketplace": "DE", "valid_from": "2026-03-02"}).status_code == 302
    assert (Alias.objects.count(), Cost.objects.count()) == (0, 0)
    assert anna.post(f"{path}/cost/remove/", {"marketplace": "DE", "valid_from": "today"}).status_code == 404


@pytest.mark.parametrize(
    ("verb", "form", "words"),
    [
        ("alias", {"alias": "OTHER"}, "belongs to product OTHER"),
        ("cost", {"marketplace": "DE", "amount": "1,234"}, "may mean thousands"),
        ("count", {"on_hand": "many"}, "not a whole number"),
    ],
)
def test_what_a_verb_refuses_is_said_at_its_field(anna: Client, verb: str, form: dict[str, str], words: str) -> None:
    product("OTHER", gtin=f"0{OTHER_EAN}")
    answer = anna.post(f"/products/{product('A-1').pk}/{verb}/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert (Alias.objects.count(), Cost.objects.count()) == (0, 0)


def test_whoever_only_looks_sees_no_forms_and_changes_nothing(cast: Cast, browser: Any) -> None:
    eve, row = browser(cast.warehouse), product("A-1", case_pack=6)
    page = text(eve, f"/products/{row.pk}/")
    assert "Agree a cost" not in page
    assert 'name="case_pack"' not in page
    assert "New product" not in text(eve, "/products/")
    for path, form in (
        ("new/", {"sku": "A-2"}),
        (f"{row.pk}/", {"sku": "A-1", "case_pack": "9", "version": "1"}),
        (f"{row.pk}/alias/", {"alias": "x"}),
        (f"{row.pk}/cost/", {"marketplace": "DE", "amount": "1"}),
        (f"{row.pk}/count/", {"on_hand": "1"}),
    ):
        assert eve.post(f"/products/{path}", form).status_code == 403
    row.refresh_from_db()
    assert (row.case_pack, row.on_hand, Product.objects.count(), Alias.objects.count()) == (6, None, 1, 0)
