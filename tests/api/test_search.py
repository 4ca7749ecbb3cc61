"""Search and exports of files over REST."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.conftest import Caller, said
from centers.making import center
from products.making import EAN, product
from purveyor.orders.models import Order

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def body(answer: Any) -> bytes:
    return b"".join(answer)


def test_search_answers_list_by_list(anna: Caller, place: Callable[..., Order]) -> None:
    order = place({"amount": 3, "asin": "B0SPOON001"})
    product("B0SPOON001-X", asin="B0SPOON001")
    told = anna.read("/search?q=B0SPOON001")["found"]
    assert [(one["list"], one["more"]) for one in told] == [("orders", False), ("products", False)]
    assert (told[0]["rows"][0]["number"], told[1]["rows"][0]["sku"]) == (order.number, "B0SPOON001-X")
    assert anna.read("/search?q=nothing-of-this-name") == {"found": []}
    assert anna.read("/search") == {"found": []}


def test_search_is_limited(anna: Caller) -> None:
    center("QQQ1")
    center("QQQ2")
    (told,) = anna.read("/search?q=qqq&limit=1")["found"]
    assert ([row["code"] for row in told["rows"]], told["more"]) == (["QQQ1"], True)
    assert said(anna.get("/search?q=qqq&limit=0"))[0] == 422


def test_kind_of_file_is_exported_in_three_forms(anna: Caller) -> None:
    product("A-1", gtin=f"0{EAN}")
    assert b"A-1" in body(anna.get("/files/export/products"))
    answer = anna.get("/files/export/products?format=json")
    assert answer.headers["Content-Type"] == "application/json"
    assert [row["gtin"] for row in json.loads(body(answer))["products"]] == [EAN]
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(anna.get("/files/export/centers?format=xlsx"))))
    assert book.get_sheet_by_index(0).to_python()[0][0] == "Code"
    assert said(anna.get("/files/export/products?format=pdf"))[0] == 422
