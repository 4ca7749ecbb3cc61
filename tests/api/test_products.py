"""Products and files by REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from channels.making import EAN, HEAD, lines
from products.making import alias, cost, product
from purveyor.channels import load
from purveyor.channels.models import Mapping, Upload
from purveyor.jobs.testing import run_due
from purveyor.products.models import Product

from .conftest import Caller, said

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def read(answer: HttpResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def hand_over(caller: Caller, content: bytes, kind: str = "products", **form: str) -> HttpResponse:
    return caller.hand_over(f"/files/bring/{kind}", content, **form)


def test_product_is_added_changed_and_shown(anna: Caller) -> None:
    made = read(anna.post("/products", {"sku": "A-1", "gtin": EAN, "weight_grams": "1.5 kg"}), 201)
    assert (made["ean"], made["weight_grams"], made["on_hand"], made["costs"]) == (EAN, 1500, None, [])
    path = f"/products/{made['id']}"
    changed = read(anna.ask("PATCH", path, {"title": "Spoon", "case_pack": 6, "gtin": None, "version": 1}))
    assert (changed["title"], changed["gtin"], changed["version"]) == ("Spoon", "", 2)
    assert said(anna.ask("PATCH", path, {"title": "Fork", "version": 1})) == (409, "conflict")
    assert anna.read(path)["title"] == "Spoon"
    assert said(anna.post("/products", {"sku": "A-1"})) == (422, "refused")


def test_names_costs_and_stock_are_set(anna: Caller) -> None:
    path = f"/products/{product('A-1').pk}"
    assert read(anna.post(f"{path}/aliases", {"value": "Old"}))["aliases"] == ["Old"]
    assert read(anna.post(f"{path}/aliases/remove", {"value": "old"}))["aliases"] == []
    told = {"marketplace": "DE", "amount": "4.75", "valid_from": "2026-01-01"}
    (agreed,) = read(anna.post(f"{path}/costs", told))["costs"]
    assert agreed == told | {"currency": "EUR", "valid_until": None}
    assert read(anna.ask("DELETE", f"{path}/costs/de/2026-01-01"))["costs"] == []
    assert read(anna.post(f"{path}/count", {"on_hand": 5}))["free"] == 5


def test_products_are_listed_and_narrowed(anna: Caller) -> None:
    one = product("A-1", gtin=f"0{EAN}")
    product("A-2", active=False)
    alias(one, "Old")
    for query, skus in (("", {"A-1", "A-2"}), ("?q=old", {"A-1"}), (f"?q={EAN}", {"A-1"}), ("?active=false", {"A-2"})):
        assert {row["sku"] for row in anna.read(f"/products{query}")["products"]} == skus
    first = anna.read("/products?limit=1")
    assert len(first["products"]) == 1
    rest = anna.read(f"/products?limit=1&cursor={first['next']}")
    assert {row["sku"] for row in first["products"] + rest["products"]} == {"A-1", "A-2"}


def test_products_of_one_and_three_rows_ask_as_many_questions(anna: Caller) -> None:
    anna.read("/products")  # the token's first use is noted
    counts = []
    for names in (["A-1"], ["A-2", "A-3"]):
        for name in names:
            cost(product(name), "2026-01-01")
        with CaptureQueriesContext(connection) as asked:
            anna.read("/products")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_file_is_brought_checked_and_taken(anna: Caller) -> None:
    content = lines(HEAD, f"A-1;{EAN};Spoon;12", "A-2;x;;")
    brought = read(hand_over(anna, content), 201)
    assert (brought["state"], brought["taken"], brought["columns"]["gtin"]) == ("kept", 0, "EAN")
    path = f"/files/{brought['id']}"
    checked = read(anna.post(f"{path}/check"))
    assert (checked["dry_run"], checked["taken"], checked["effects"]) == (True, 1, {"added": 1})
    assert not Product.objects.exists()
    taken = read(anna.post(f"{path}/take"))
    assert (taken["state"], taken["taken"], [row["row"] for row in taken["refused"]]) == ("done", 1, [3])
    assert anna.read(path) == taken
    again = read(anna.post(f"/files/{read(hand_over(anna, content), 201)['id']}/take"))
    assert (again["taken"], again["repeats"]) == (0, brought["id"])
    assert [row["id"] for row in anna.read("/files")["files"]] == [again["id"], brought["id"]]


def test_large_file_is_left_to_a_worker(anna: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "SMALL", 10)
    number = read(hand_over(anna, lines(HEAD, "A-1;;Spoon;12")), 201)["id"]
    begun = read(anna.post(f"/files/{number}/take"), 202)
    assert (begun["state"], begun["working"]) == ("taking", True)
    stopped = read(anna.post(f"/files/{number}/cancel"))
    assert (stopped["state"], stopped["working"]) == ("stopped", False)
    read(anna.post(f"/files/{number}/resume"), 202)
    run_due()
    assert anna.read(f"/files/{number}")["state"] == "done"


def test_columns_and_mappings_are_said(anna: Caller) -> None:
    number = read(hand_over(anna, lines("Nr;Bez", "A-1;Spoon")), 201)["id"]
    assert said(anna.post(f"/files/{number}/take")) == (422, "refused")
    told = {"columns": {"sku": "Nr", "title": "Bez"}, "mark": ","}
    assert read(anna.ask("PUT", f"/files/{number}/columns", told))["columns"] == told["columns"]
    assert said(anna.ask("PUT", f"/files/{number}/columns", {"columns": {"sku": "Zz"}})) == (422, "refused")
    saved = read(anna.post("/files/mappings", told | {"kind": "products", "name": "mine"}))
    assert anna.read("/files/mappings")["mappings"] == [saved]
    assert read(hand_over(anna, lines("Nr;Bez", "A-2;Bowl"), mapping="mine"), 201)["columns"] == told["columns"]
    assert anna.ask("DELETE", "/files/mappings/products/mine").status_code == 204
    assert not Mapping.objects.exists()


def test_kinds_and_exports(anna: Caller) -> None:
    product("A-1", on_hand=4)
    kinds = {kind["name"]: kind for kind in anna.read("/files/kinds")["kinds"]}
    assert [c["name"] for c in kinds["stock"]["columns"]] == ["sku", "on_hand"]
    assert anna.get("/files/export/stock").content.decode() == "\ufeffSKU,Stock\r\nA-1,4\r\n"
    assert said(anna.get("/files/export/colours")) == (404, "not-found")


def test_whoever_only_looks_changes_nothing(caller: Any, cast: Any, nobody: Caller) -> None:
    eve, row = caller(cast.warehouse), product("A-1")
    number = Upload.objects.create(kind="products", name="x", size=1, sha256="0" * 64, by="x").pk
    assert said(hand_over(eve, lines(HEAD, "A-2;;;"))) == (403, "denied")
    assert said(eve.post("/products", {"sku": "A-2"})) == (403, "denied")
    for path, body in (
        (f"/products/{row.pk}/aliases", {"value": "x"}),
        (f"/products/{row.pk}/costs", {"marketplace": "DE", "amount": "1"}),
        (f"/products/{row.pk}/count", {"on_hand": 1}),
        (f"/files/{number}/take", None),
        (f"/files/{number}/check", None),
        ("/files/mappings", {"kind": "products", "name": "x", "columns": {"sku": "A"}}),
    ):
        assert said(eve.post(path, body)) == (403, "denied")
        assert nobody.post(path, body).status_code == 401
    assert eve.read(f"/products/{row.pk}")["sku"] == "A-1"
    assert (Product.objects.count(), Upload.objects.count(), Mapping.objects.count()) == (1, 1, 0)


def test_scope_of_a_token_hides_the_catalogue(caller: Any, cast: Any) -> None:
    blind = caller(cast.vendor_manager, "orders.view")
    product("A-1")
    assert said(blind.get("/products")) == (403, "denied")
    assert blind.read("/files")["files"] == []
    assert said(blind.get("/files/export/products")) == (403, "denied")
