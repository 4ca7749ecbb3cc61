"""Pick by scan at its door: what the page is told, what it sends, and the plain form of the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from purveyor.common.gs1 import check_digit
from purveyor.products.models import Alias, Product
from purveyor.warehouse.domain.hold import cancel, hold, let_go
from purveyor.warehouse.models import Picked, PickLine, PickList
from purveyor.warehouse.scanning import key_of
from warehouse.making import ME, ean, picked, product, released, results, state

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def out(cast: Cast) -> PickList:
    return released(cast.profile)


def case_of(number: int, indicator: str = "1") -> str:
    body = indicator + ean(number)[:12]
    return body + check_digit(body)


def told(client: Client, of: PickList) -> Any:
    return client.get(f"/warehouse/lists/{of.pk}/pick/").context["told"]


def row(line: str, quantity: int, **more: str) -> dict[str, str]:
    return {"line": line, "quantity": str(quantity)} | more


def send(client: Client, of: PickList, *rows: dict[str, str], reference: str = "scan-1-0", **more: Any) -> Any:
    known = told(client, of)
    sent = {"reference": reference, "version": known["version"], "seen": known["seen"], "lines": rows} | more
    return client.post(f"/warehouse/lists/{of.pk}/pick/take/", {"picked": json.dumps(sent)})


def test_every_symbol_of_a_line_is_told_with_what_it_means(anna: Client, out: PickList) -> None:
    """EAN, SKU, ASIN, another name and the case's GTIN-14; what another product has as its own is no case of ours."""
    Alias.objects.create(product=product(1), value="Alt-1", normalised="alt-1")
    product(9, gtin=case_of(1, "3"))
    codes = told(anna, out)["codes"]
    assert {name: codes[key_of(name)] for name in (ean(1), "sku-1", "b0test0001", "alt-1")} == {
        name: [("1", "each")] for name in (ean(1), "sku-1", "b0test0001", "alt-1")
    }
    assert (codes[case_of(2)], codes[case_of(2, "8")]) == ([("2", "case")], [("2", "case")])
    assert case_of(1, "3") not in codes
    assert codes[case_of(1, "4")] == [("1", "case")]


def test_symbol_that_several_lines_want_names_them_all(anna: Client, out: PickList) -> None:
    PickLine.objects.filter(pick_list=out).update(product=product(1))
    assert told(anna, out)["codes"][key_of(ean(1))] == [("1", "each"), ("2", "each")]


def test_what_was_picked_is_taken_once_however_often_it_arrives(anna: Client, out: PickList) -> None:
    product(1, expiry_tracked=True)
    rows = row("1", 9, lot="L1", expiry="2027-01-31", prepared="yes", reason="damaged"), row("2", 6)
    seen = told(anna, out)["seen"]
    for _twice in range(2):
        answer = send(anna, out, *rows, seen=seen)
        assert (answer.status_code, answer.json()) == (200, {"next": f"/warehouse/lists/{out.pk}/"})
    assert (picked(out), state(out)) == ({"1": (9, 0, "damaged"), "2": (6, 0, "")}, "picked")
    assert results(out) == [("scan-1-0", "taken")]
    one = Picked.objects.get(pick_line__line__number="1")
    assert (one.lot, one.expiry, one.prepared) == ("L1", date(2027, 1, 31), True)


def test_another_result_is_replaced_only_by_who_saw_it(anna: Client, out: PickList) -> None:
    assert send(anna, out, row("1", 1)).status_code == 200
    assert "picked already" in anna.get(f"/warehouse/lists/{out.pk}/pick/").content.decode()
    late = send(anna, out, row("1", 5), reference="scan-2-0", seen="")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "another-result")
    assert late.json()["now"]["seen"] == "scan-1-0"
    assert picked(out)["1"] == (1, 0, "missing")
    assert send(anna, out, row("1", 5), reference="scan-2-0").status_code == 200
    assert (picked(out)["1"][0], results(out)) == (5, [("scan-1-0", "replaced"), ("scan-2-0", "taken")])


def test_list_that_may_not_be_picked_is_told_and_takes_nothing(anna: Client, out: PickList) -> None:
    version = told(anna, out)["version"]
    now = f"/warehouse/lists/{out.pk}/pick/now/"
    assert anna.get(now).json() == {"state": "open", "why": "", "version": version, "seen": ""}
    hold(ME, out.pk, "a rat")
    assert anna.get(now).json()["state"] == "held"
    assert "a rat" in anna.get(now).json()["why"]
    refused = send(anna, out, row("1", 1))
    assert (refused.status_code, refused.json()["error"]["code"], results(out)) == (409, "list-held", [])
    let_go(ME, out.pk, "")
    PickLine.objects.filter(pick_list=out, line__number="1").update(asked=3)
    changed = send(anna, out, row("1", 1), version=version)
    assert (changed.status_code, changed.json()["error"]["code"], results(out)) == (409, "list-changed", [])
    cancel(ME, out.pk, "wrong day")
    gone = send(anna, out, row("1", 1))
    assert (gone.status_code, gone.json()["error"]["code"], results(out)) == (409, "list-cancelled", [])


def test_what_cannot_be_taken_names_its_line(anna: Client, out: PickList) -> None:
    answer = send(anna, out, row("1", 1), row("2", 1, expiry="2027-02-31"))
    assert answer.status_code == 422
    assert [one["line"] for one in answer.json()["lines"]] == ["2"]
    assert send(anna, out, {"po": "4OTHER", "quantity": "1"}).status_code == 422
    where = f"/warehouse/lists/{out.pk}/pick/take/"
    assert [anna.post(where, {"picked": text}).status_code for text in ("", "[]", '{"lines": 3}')] == [422] * 3
    assert results(out) == []


def test_strange_symbol_is_another_list_or_a_product_or_nothing(anna: Client, out: PickList, cast: Cast) -> None:
    other = released(cast.profile, "4OTHER", [3])
    strange = Product.objects.create(sku="SKU-X", title="Ladle", gtin=f"0{ean(77)}")

    def what(code: str) -> Any:
        return anna.get(f"/warehouse/lists/{out.pk}/pick/code/", {"code": code}).json()

    there = what(f"{other.number}/1")
    assert (there["go"], there["number"]) == (f"/warehouse/lists/{other.pk}/pick/", "4OTHER-1")
    assert what(strange.gtin[1:]) == {"said": "SKU-X Ladle is not on this list."}
    assert what("4NEVER-1") == {"said": "Nobody knows this symbol."}
    for one in (out, other):
        PickList.objects.filter(pk=one.pk).update(revision=2, number=f"{one.order.number}-2")
    assert what("4ABCDEFG-1/1") == {"said": "Pick list 4ABCDEFG-1 was replaced by 4ABCDEFG-2, for the order changed."}
    assert what("4OTHER-1") == {
        "said": "Pick list 4OTHER-1 was replaced by 4OTHER-2, for the order changed.",
        "go": f"/warehouse/lists/{other.pk}/pick/",
        "number": "4OTHER-2",
    }


def test_plain_form_does_the_same(anna: Client, out: PickList) -> None:
    Product.objects.filter(sku="SKU-1").update(prep="Bag it")
    where = f"/warehouse/lists/{out.pk}/pick/"
    page = anna.get(where)
    assert 'name="prepared-1-0"' in page.content.decode()
    known = page.context["told"]
    typed = {"reference": page.context["reference"], "version": known["version"], "seen": ""}
    typed |= {"do": "say", "quantity-1-0": "2", "unit-1-0": "case", "lot-1-0": "L", "expiry-1-0": "2027-01-31"}
    typed |= {"prepared-1-0": "on", "reason-2-0": "damaged"}
    more = anna.post(where, typed | {"do": "more:1"})
    assert (more.status_code, more.context["reference"], 'id="quantity-1-1"' in more.content.decode()) == (
        200,
        typed["reference"],
        True,
    )
    wrong = anna.post(where, typed | {"quantity-1-0": "many"})
    assert (wrong.status_code, results(out), 'value="many"' in wrong.content.decode()) == (422, [], True)
    for _twice in range(2):
        assert anna.post(where, typed).status_code == 302
    assert (picked(out), results(out)) == (
        {"1": (8, 0, "missing"), "2": (0, 0, "damaged")},
        [(typed["reference"], "taken")],
    )
    assert Picked.objects.get(pick_line__line__number="1").prepared is True
