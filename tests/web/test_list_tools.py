"""Products and centers as lists like all others: saved views, chosen columns, exports of what is shown."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from centers.making import center
from products.making import EAN, product
from purveyor.people.models import View

from .test_list_export import body
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_products_are_kept_as_a_view_that_the_list_opens_with(anna: Client) -> None:
    product("A-1", title="Ladle")
    product("A-2", title="Bowl", active=False)
    query = {"name": "Gone", "query": "active=no&sort=-sku", "columns": "title,state"}
    answer = anna.post("/lists/products/views/save/", query | {"back": "/products/"})
    view = View.objects.get()
    assert answer.headers["Location"] == f"/products/?active=no&sort=-sku&columns=sku%2Ctitle%2Cstate&view={view.pk}"
    page = text_of(anna.get(answer.headers["Location"]))
    assert ("Bowl" in page, "Ladle" in page, "No longer sold" in page, "Promised" in page) == (True, False, True, True)
    assert anna.get(answer.headers["Location"]).content.decode().count('<th scope="col"') == 3
    anna.post(f"/views/{view.pk}/", {"do": "default"})
    assert anna.get("/products/").headers["Location"] == answer.headers["Location"]


def test_columns_of_products_are_chosen_and_every_one_has_a_head_and_a_cell(anna: Client) -> None:
    product("A-1", length_mm=10, weight_grams=5)
    names = [
        *("sku", "title", "asin", "ean", "case_pack", "stock", "promised", "changed", "state", "free", "counted"),
        *("inner_pack", "weight", "size", "expiry", "location", "prep"),
    ]
    page = anna.get(f"/products/?columns={','.join(names)}").content.decode()
    row = page[page.index('<tr class="open">') : page.index("</tr>", page.index('<tr class="open">'))]
    assert (page.count('<th scope="col"'), row.count("<td") + 1) == (len(names), len(names))
    bare = anna.get("/products/?columns=sku").content.decode()
    assert (bare.count('<th scope="col"'), bare.count("<td")) == (1, 0)


def test_centers_have_columns_too(anna: Client) -> None:
    names = ["code", "place", "zone", "reference", "source", "changed"]
    page = anna.get(f"/centers/?columns={','.join(names)}&q=LEJ1").content.decode()
    row = page[page.index('<tr class="open">') : page.index("</tr>", page.index('<tr class="open">'))]
    assert (page.count('<th scope="col"'), row.count("<td") + 1) == (len(names), len(names))
    bare = anna.get("/centers/?columns=code&q=LEJ1").content.decode()
    assert (bare.count('<th scope="col"'), bare.count("<td")) == (1, 0)


def test_products_are_exported_as_they_are_shown(anna: Client) -> None:
    product("A-1", gtin=f"0{EAN}", title="=1+1", case_pack=6, on_hand=9, reserved=4)
    product("A-2", active=False)
    told = json.loads(body(anna.get("/lists/products/export.json?active=yes&columns=sku,ean,stock,state")))
    assert told == {"products": [{"sku": "A-1", "ean": EAN, "on_hand": 9, "active": True}]}
    answer = anna.get("/lists/products/export.xlsx?active=yes&columns=sku,ean,title,case_pack,free,state")
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(answer)))
    head, row = book.get_sheet_by_index(0).to_python()
    told = dict(zip(head, row, strict=True))
    assert told == {"sku": "A-1", "ean": EAN, "title": "=1+1", "case_pack": 6, "free": 5, "active": True}


def test_centers_are_exported_with_their_address_part_by_part(anna: Client) -> None:
    center("QQQ1", city="Halle", time_zone="")
    told = json.loads(body(anna.get("/lists/centers/export.json?q=QQQ1&columns=code,zone,source")))
    assert [list(row) for row in told["centers"]] == [["code", "time_zone", "source", "source_note", "valid_from"]]
    (whole,) = json.loads(body(anna.get("/lists/centers/export.json?q=QQQ1")))["centers"]
    assert (whole["code"], whole["city"], whole["time_zone"]) == ("QQQ1", "Halle", "")
    text = body(anna.get("/lists/centers/export.csv?q=QQQ1&columns=code,place")).decode("utf-8-sig")
    assert text.splitlines()[0].split(",")[:3] == ["code", "name", "address_line1"]


def test_filters_are_chips_and_keep_the_sort(anna: Client) -> None:
    product("A-1", active=False)
    page = anna.get("/products/?active=no&sort=-sku").content.decode()
    assert "State: no longer sold" in text_of(anna.get("/products/?active=no&sort=-sku"))
    assert '<input type="hidden" name="sort" value="-sku">' in page
    assert 'href="?sort=-sku"' in page
