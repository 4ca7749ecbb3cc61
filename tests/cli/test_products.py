"""``product``: list, show, add, change, other names, costs, stock."""

from __future__ import annotations

from typing import Any

import pytest

from cli.conftest import Run
from products.making import EAN, product
from purveyor.products.models import Alias, Cost, Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_product_is_added_changed_and_shown(run: Run) -> None:
    added = run("product", "add", "A-1", "--gtin", EAN, "--case-pack", "12", "--weight-grams", "1,5 kg", "--json").json
    assert (added["ean"], added["gtin"], added["weight_grams"], added["version"]) == (EAN, f"0{EAN}", 1500, 1)
    changed = run("product", "change", EAN, "--title", "Spoon", "--gtin", "", "--version", "1", "--json").json
    assert (changed["title"], changed["gtin"], changed["version"], changed["case_pack"]) == ("Spoon", "", 2, 12)
    late = run("product", "change", "A-1", "--title", "Fork", "--version", "1", "--json")
    assert (late.status, late.json["error"]["code"]) == (1, "conflict")
    assert "title           Spoon" in run("product", "show", "A-1").out


def test_product_that_cannot_be_names_its_problems(run: Run) -> None:
    done = run("product", "add", "A-1", "--gtin", "4006381333932", "--json")
    assert (done.status, [p["where"] for p in done.json["error"]["problems"]]) == (1, ["gtin"])
    assert not Product.objects.exists()
    assert run("product", "show", "A-1", "--json").json["error"]["code"] == "not-found"


def test_products_are_listed_and_narrowed(run: Run) -> None:
    product("A-1", title="Spoon", case_pack=6, on_hand=3)
    product("A-2", title="Bowl", active=False)
    for given, skus in (
        ([], ["A-1", "A-2"]),
        (["--search", "spo"], ["A-1"]),
        (["--inactive"], ["A-2"]),
        (["--lacking", "stock"], ["A-2"]),
        (["--limit", "1"], ["A-1"]),
    ):
        assert [p["sku"] for p in run("product", "list", *given, "--json").json["products"]] == skus
    assert run("product", "list", "--lacking", "colour", "--json").status == 1
    assert run("product", "list", "--search", "zzz").out.startswith("No such product.")


def test_names_costs_and_stock_are_set(run: Run, held_clock: Any) -> None:
    product("A-1")
    assert run("product", "alias", "A-1", "Old name", "--json").json["aliases"] == ["Old name"]
    assert run("product", "alias", "old name", "OLD NAME", "--remove", "--json").json["aliases"] == []
    cost = {"marketplace": "DE", "amount": "4.75", "currency": "EUR", "valid_from": "2026-03-02", "valid_until": None}
    assert run("product", "cost", "A-1", "de", "4,75", "--json").json["costs"] == [cost]
    assert run("product", "cost", "A-1", "de", "--remove").status == 2
    assert run("product", "cost", "A-1", "DE", "--remove", "--from", "2026-03-02", "--json").json["costs"] == []
    counted = run("product", "count", "A-1", "7", "--json").json
    assert (counted["on_hand"], counted["counted_at"]) == (7, "2026-03-02T09:00:00Z")
    assert not Alias.objects.exists()
    assert not Cost.objects.exists()


def test_search_finds_in_every_list(run: Run) -> None:
    product("A-1", gtin=f"0{EAN}", title="Spoon")
    told = run("search", EAN, "--json").json["found"]
    assert [(one["list"], [row["sku"] for row in one["rows"]]) for one in told] == [("products", ["A-1"])]
    product("A-2")
    shown = run("search", "A-", "--limit", "1").out
    assert (shown.startswith("Products\n"), "A-1" in shown, "A-2" in shown, "… and more." in shown) == (
        True,
        True,
        False,
        True,
    )
    assert run("search", "zzz").out.strip() == "Nothing is called so."
