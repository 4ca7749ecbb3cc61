"""Stock, other names and costs by file; products named by whichever of their names the file has."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.making import EAN, checked, lines, taken, told
from products.making import alias, cost, product
from purveyor.audit.models import Entry
from purveyor.base.filekinds import Loading, Row
from purveyor.products.domain import load, load_more
from purveyor.products.models import Alias, Cost, Product

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def costs() -> list[tuple[str, str, str, str | None, str]]:
    rows = Cost.objects.order_by("product__sku", "marketplace", "valid_from").select_related("product")
    return [
        (c.product.sku, c.marketplace, str(c.valid_from), c.valid_until and str(c.valid_until), str(c.amount))
        for c in rows
    ]


def test_stock_is_counted_by_any_name_of_a_product(held_clock: Any) -> None:
    product("A", gtin=f"0{EAN}")
    product("B", asin="B012345678")
    alias(product("C", reserved=2), "Old name")
    content = lines(
        "Artikelnummer;Menge", f"{EAN};1.000", "B012345678;5", "old name;0", "Nobody;1", "A;3", "C;-1", "B;"
    )
    found = taken(content, "stock")
    assert told(found) == (
        3,
        [(5, "sku", "Nobody"), (6, "sku", "A"), (7, "on_hand", "-1"), (8, "on_hand", "")],
        {"changed": 3},
    )
    rows = Product.objects.order_by("sku").values_list("on_hand", "counted_at", "version", "reserved")
    assert list(rows) == [(1000, held_clock, 2, 0), (5, held_clock, 2, 0), (0, held_clock, 2, 2)]
    entry = Entry.objects.get(object_name="A", action="product.counted")
    assert (entry.old, entry.new, entry.because) == ({"on_hand": None}, {"on_hand": 1000}, "list.csv:2")


def test_stock_that_is_as_it_was_is_no_change() -> None:
    product("A", on_hand=5)
    assert told(taken(lines("SKU;Stock", "A;5"), "stock"))[2] == {"unchanged": 1}
    assert not Entry.objects.filter(action="product.counted").exists()


def test_aliases_are_added_once_and_never_stolen() -> None:
    alias(product("A"), "Known")
    product("B", gtin=f"0{EAN}")
    content = lines(
        "SKU;Alias", "A;known", "A;New one", "B;NEWONE", "B;Known", f"A;{EAN}", "B;new two", "B;New Two", "C;x"
    )
    assert told(checked(content, "aliases")) == told(found := taken(content, "aliases"))
    assert told(found) == (
        4,
        [(4, "alias", "NEWONE"), (5, "alias", "Known"), (6, "alias", EAN), (9, "sku", "C")],
        {"unchanged": 2, "added": 2},
    )
    assert set(Alias.objects.values_list("product__sku", "value")) == {
        ("A", "Known"),
        ("A", "New one"),
        ("B", "new two"),
    }


def test_costs_close_the_period_before_them() -> None:
    cost(product("A"), "2025-01-01")
    product("B")
    content = lines(
        "SKU;Land;EK-Preis;Ab;Bis",
        "A;DE;4,75;01.03.2026;",
        "A;DE;5,25;2026-06-01;",
        "A;FR;5;2026-06-01;2026-05-01",
        "B;de;1.234,5;2026-01-01;2026-12-31",
        "B;DE;1,234;2027-01-01;",
        "A;XX;5;2026-06-01;",
        "A;DE;4,9;2026-02-01;2026-03-15",
        "A;DE;5,25;2026-06-01;",
    )
    before = told(checked(content, "costs"))
    assert costs() == [("A", "DE", "2025-01-01", None, "4.5000")]
    assert told(taken(content, "costs")) == before
    assert before == (
        4,
        [
            (4, "valid_until", "2026-05-01"),
            (6, "amount", "1,234"),
            (7, "marketplace", "XX"),
            (8, "valid_until", "2026-03-15"),
        ],
        {"added": 3, "unchanged": 1},
    )
    assert costs() == [
        ("A", "DE", "2025-01-01", "2026-02-28", "4.5000"),
        ("A", "DE", "2026-03-01", "2026-05-31", "4.7500"),
        ("A", "DE", "2026-06-01", None, "5.2500"),
        ("B", "DE", "2026-01-01", "2026-12-31", "1234.5000"),
    ]


def test_costs_in_parts_of_one_row_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from purveyor.channels import load as channel

    product("A")
    content = lines("SKU;Land;EK-Preis;Ab", "A;DE;4;2026-01-01", "A;DE;5;2026-02-01", "A;DE;5;2026-02-01")
    whole = told(checked(content, "costs"))
    monkeypatch.setattr(channel, "PART", 1)
    assert told(checked(content, "costs")) == whole == (3, [], {"added": 2, "unchanged": 1})
    assert told(taken(content, "costs")) == whole


def test_decimal_mark_of_the_file_settles_what_is_ambiguous(held_clock: Any) -> None:
    product("A")
    content = lines("SKU;Land;EK-Preis", "A;DE;1,234")
    assert told(taken(content, "costs", options={"mark": ","}))[0] == 1
    assert costs() == [("A", "DE", str(held_clock.date()), None, "1.2340")]
    assert Cost.objects.get().currency == "EUR"


def loading() -> Loading:
    return Loading("system:test", "x.csv", dry_run=False)


@pytest.mark.parametrize(
    ("take", "values"),
    [
        (load_more.take_stock, {"on_hand": 3}),
        (load_more.take_aliases, {"alias": "Name"}),
        (load.take, {"title": "New"}),
    ],
)
def test_one_and_three_rows_ask_as_many_questions(take: Any, values: dict[str, Any]) -> None:
    for number in range(4):
        product(f"A-{number}")
    asked = []
    for numbers in ([0], [1, 2, 3]):
        rows = [
            Row(n + 2, {"sku": f"A-{n}"} | {k: f"{v}{n}" if k == "alias" else v for k, v in values.items()})
            for n in numbers
        ]
        with CaptureQueriesContext(connection) as found:
            assert take(rows, loading()).taken == len(rows)
        asked.append(len(found))
    # SQLite writes several rows in a second statement.
    assert asked[1] <= asked[0] + 1
