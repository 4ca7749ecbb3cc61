"""Pick lists over REST: released, listed, held; what was picked is said with an idempotency key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller, said
from cast import Cast
from purveyor.warehouse.models import Picked, PickList, PickResult
from warehouse.making import ean, order, picked, released

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def out(cast: Cast) -> PickList:
    return released(cast.profile)


def result(**more: Any) -> dict[str, Any]:
    return {"order": "4ABCDEFG", "lines": [{"ean": ean(1), "quantity": 7, "reason": "damaged"}], **more}


def test_order_is_released_and_its_list_has_every_code(root: Caller, cast: Cast) -> None:
    order(cast.profile, version=3)
    stale = root.post("/pick-lists", {"order": "4ABCDEFG", "version": 2})
    assert (said(stale), PickList.objects.count()) == ((409, "conflict"), 0)
    made = root.post("/pick-lists", {"order": "4ABCDEFG", "version": 3})
    told = made.json()
    assert (made.status_code, told["number"], told["state"], told["asked"], told["picked"]) == (
        201,
        "4ABCDEFG-1",
        "released",
        16,
        None,
    )
    assert told["items"][0] | {"title": ""} == {
        "position": 1,
        "line": "1",
        "sku": "SKU-1",
        "ean": ean(1),
        "asin": "B0TEST0001",
        "vendor_product": "",
        "title": "",
        "location": "A-01",
        "case_pack": 4,
        "expiry_tracked": False,
        "prep": "",
        "quantity": 10,
        "picked": None,
        "excess": 0,
        "short": None,
    }
    assert said(root.post("/pick-lists", {"order": "4ABCDEFG"})) == (422, "refused")


def test_lists_are_filtered_and_paged(root: Caller, cast: Cast, out: PickList) -> None:
    second = released(cast.profile, "4BBBBBBB")
    first = root.get("/pick-lists?limit=1").json()
    assert [one["number"] for one in first["pick_lists"]] == [second.number]
    rest = root.get(f"/pick-lists?limit=1&cursor={first['next']}").json()
    assert ([one["number"] for one in rest["pick_lists"]], rest["next"]) == ([out.number], "")
    for query, count in (("state=released", 2), ("state=held", 0), (f"q={ean(2)}", 2), ("q=4BBB", 1), ("q=nothing", 0)):
        assert len(root.get(f"/pick-lists?{query}").json()["pick_lists"]) == count, query
    assert said(root.get("/pick-lists?state=odd")) == (422, "refused")


def test_list_is_held_goes_on_and_is_taken_back_by_number_or_order(root: Caller, out: PickList) -> None:
    path = "/pick-lists/acme-de/4ABCDEFG-1"
    assert said(root.post(f"{path}/hold", {})) == (422, "refused")
    held = root.post(f"{path}/hold", {"because": "a rat"}).json()
    assert (held["state"], held["reason"]) == ("held", "a rat")
    assert root.post("/pick-lists/acme-de/4ABCDEFG/go-on", {}).json()["state"] == "released"
    assert said(root.post(f"{path}/take-back", {"because": "x"})) == (409, "conflict")
    assert root.post(f"{path}/cancel", {"because": "wrong day"}).json()["state"] == "cancelled"
    history = root.get(path).json()["history"]
    assert [one["action"] for one in history] == [
        "picklist.released",
        "picklist.held",
        "picklist.let_go",
        "picklist.cancelled",
    ]


def test_csv_holds_what_a_warehouse_needs_and_no_formula(root: Caller, cast: Cast) -> None:
    from warehouse.making import product

    product(1, title='=cmd|"calc"', location="-A1")
    out = released(cast.profile)
    lines = root.get(f"/pick-lists/acme-de/{out.number}/csv").content.decode().splitlines()
    assert lines[0].split(",")[:5] == ["number", "order", "vendor_code", "ship_to", "ship_by"]
    assert (len(lines), "'-A1" in lines[1], "'=cmd" in "".join(lines)) == (3, True, True)


def test_result_is_taken_once_under_a_key(root: Caller, out: PickList) -> None:
    body = {"results": [result(reference="R1")]}
    first = root.post("/picks", body, Idempotency_Key="one").json()
    again = root.post("/picks", body, Idempotency_Key="one").json()
    assert first == again
    assert first["results"] == [
        {
            "order": "4ABCDEFG",
            "profile": "acme-de",
            "ok": True,
            "pick_list": "4ABCDEFG-1",
            "reference": "R1",
            "error": None,
        }
    ]
    assert picked(out)["1"] == (7, 0, "damaged")
    root.post("/picks", body, Idempotency_Key="two")
    assert picked(out)["1"] == (10, 4, "")


def test_each_result_is_whole_or_refused_alone_with_its_places(root: Caller, cast: Cast, out: PickList) -> None:
    released(cast.profile, "4BBBBBBB")
    wrong = [
        {"line": "1", "quantity": 1},
        {"line": "9", "quantity": 1},
        {"ean": "4006381333930", "quantity": -1, "expiry": "2026-02-31"},
    ]
    told = root.post("/picks", {"results": [result(lines=wrong), result(order="4BBBBBBB"), result(order="4NO")]}).json()
    assert [(one["ok"], one["pick_list"]) for one in told["results"]] == [
        (False, "4ABCDEFG-1"),
        (True, "4BBBBBBB-1"),
        (False, None),
    ]
    assert (told["taken"], told["refused"], told["results"][2]["error"]["code"]) == (1, 2, "not-found")
    places = [one["where"] for one in told["results"][0]["error"]["problems"]]
    assert places == ["lines[2].ean", "lines[2].quantity", "lines[2].expiry"]
    assert PickResult.objects.filter(pick_list=out).count() == 0
    fewer = root.post("/picks", {"results": [result(lines=wrong[:2])]}).json()["results"][0]["error"]
    assert [one["where"] for one in fewer["problems"]] == ["lines[1].line"]
    assert PickResult.objects.filter(pick_list=out).count() == 0


def test_lots_moments_and_units_are_kept(root: Caller, out: PickList, held_clock: object) -> None:
    lines = [
        {"line": "1", "quantity": 1, "unit": "case", "lot": "L1", "expiry": "2026-12-31", "prepared": True},
        {"sku": "SKU-2", "quantity": 2, "picked_at": "2026-03-02T08:00:00Z"},
    ]
    root.post("/picks", {"results": [result(lines=lines, picked_at="2026-03-02T07:00:00Z", reference="R1")]})
    kept = Picked.objects.order_by("pick_line__position").values_list("eaches", "lot", "prepared")
    assert list(kept) == [(4, "L1", True), (2, "", False)]
    shown = root.get("/pick-lists/acme-de/4ABCDEFG").json()["results"][0]
    assert (shown["picked_at"], shown["way"], shown["lots"][0]["expiry"]) == (
        "2026-03-02T08:00:00Z",
        "api",
        "2026-12-31",
    )


def test_body_that_is_none_is_refused(root: Caller, out: PickList) -> None:
    for body in ({"results": [result(lines=[{"quantity": 1, "colour": "red"}])]}, {"results": [{"order": "4ABCDEFG"}]}):
        assert said(root.post("/picks", body)) == (422, "invalid"), json.dumps(body)
    empty = root.post("/picks", {"results": [result(lines=[])]}).json()["results"][0]
    assert (empty["ok"], empty["error"]["code"]) == (False, "refused")
    assert PickResult.objects.count() == 0


def test_list_costs_the_same_questions_for_one_and_for_three(root: Caller, cast: Cast, out: PickList) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            root.get("/pick-lists")
        return len(found)

    asked()
    one = asked()
    for number in ("4BBBBBBB", "4CCCCCCC"):
        root.post("/picks", {"results": [result(order=released(cast.profile, number).order.number)]})
    assert asked() == one
