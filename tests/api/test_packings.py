"""Packings over REST: said whole, changed step by step, compared, closed."""

from __future__ import annotations

from typing import Any

import pytest

from api.conftest import Caller, said
from products.making import EAN, product
from purveyor.profiles.models import Profile
from purveyor.warehouse.models import Packing
from warehouse.boxes import OTHER_SSCC, SSCC, answered, order, shown

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def spoon(profile: Profile) -> Any:
    found = product("SPOON-1", gtin=f"0{EAN}", asin="B0TEST0001", case_pack=6, weight_grams=500)
    answered(order(profile, "4ABCDEFG", 30, of=[found]))
    return found


def line(**more: Any) -> dict[str, Any]:
    return {"order": "4ABCDEFG", "ean": EAN, "quantity": 6, **more}


KEY = {"Idempotency-Key": "put-1"}
WHOLE = {
    "ship_to": "FRA1",
    "pallets": [
        {
            "key": "P1",
            "weight_grams": 120_000,
            "cartons": [{"sscc": SSCC, "tare_grams": 300, "contents": [line(quantity=2, unit="case", lot="L1")]}],
            "contents": [line(expiry="2027-03-31")],
        }
    ],
    "cartons": [{"contents": [line()]}, {"key": "C1", "contents": [line()]}],
}


def test_a_packing_is_said_whole_read_back_and_closed(root: Caller, spoon: Any) -> None:
    answer = root.ask("PUT", "/packings/acme-de/S-1", WHOLE)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert shown(Packing.objects.get()) == {
        "P1": [("1", 6)],
        SSCC: [("1", 12)],
        "C2": [("1", 6)],  # C1 is the other's name
        "C1": [("1", 6)],
    }
    assert (found["ship_to"], found["state"], found["version"], found["differences"]) == ("FRA1", "open", 2, 0)
    assert [(box["key"], box["pallet"], box["reckoned_grams"]) for box in found["cartons"]] == [
        (SSCC, "P1", 6300),
        ("C2", None, 3000),
        ("C1", None, 3000),
    ]
    [only] = found["lines"]
    assert (only["acknowledged"], only["picked"], only["packed"], only["placed"], only["ways"]) == (
        30,
        None,
        30,
        30,
        [],
    )
    assert root.get("/packings/acme-de/S-1").json() == found == root.get(f"/packings/{found['id']}").json()
    assert said(root.post(f"/packings/{found['id']}/close", {"version": 1})) == (409, "conflict")
    closed = root.post(f"/packings/{found['id']}/close", {"version": 2}).json()
    assert (closed["state"], closed["version"]) == ("packed", 3)
    assert [row["reference"] for row in root.get("/packings?state=packed&center=FRA1").json()["packings"]] == ["S-1"]
    assert root.get("/packings?state=open").json() == {"packings": [], "next": ""}


def test_what_cannot_be_taken_names_every_place_and_changes_nothing(root: Caller, spoon: Any) -> None:
    broken = {
        "pallets": [
            {"key": "P1", "sscc": "12", "cartons": [{"weight_grams": 0, "contents": [line(ean="4006381333932")]}]}
        ],
        "cartons": [{"key": "A", "sscc": OTHER_SSCC, "contents": [line(order="4NOBODY1"), line(ean="", sku="FORK")]}],
    }
    answer = root.ask("PUT", "/packings/acme-de/S-1", broken)
    assert said(answer) == (422, "refused")
    assert [one["where"] for one in answer.json()["problems"]] == [
        "pallets[0].sscc",
        "pallets[0].cartons[0].weight_grams",
        "pallets[0].cartons[0].contents[0].ean",
    ]
    del broken["pallets"]
    answer = root.ask("PUT", "/packings/acme-de/S-1", broken)
    assert [one["where"] for one in answer.json()["problems"]] == [
        "cartons[0].contents[0].order",
        "cartons[0].contents[1].sku",
    ]
    for odd in (
        {"crates": []},
        {"cartons": [{"contents": [line(quantity=0)]}]},
        {"cartons": [{"contents": [line(unit="box")]}]},
    ):
        assert root.ask("PUT", "/packings/acme-de/S-1", odd).status_code == 422
    assert Packing.objects.count() == 0


def test_the_same_key_puts_once(root: Caller, spoon: Any) -> None:
    for _again in range(2):
        answer = root.ask("PUT", "/packings/acme-de/S-1", WHOLE, **KEY)
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert Packing.objects.get().version == 2
    stale = root.ask("PUT", "/packings/acme-de/S-1", WHOLE | {"version": 1})
    assert said(stale) == (409, "conflict")


def test_a_packing_is_begun_and_changed_step_by_step(root: Caller, spoon: Any) -> None:
    begun = root.post("/packings", {"profile": "ACME-DE", "reference": "S-1", "orders": ["4abcdefg"]})
    assert (begun.status_code, begun.json()["contents"][0]["eaches"]) == (201, 30)
    at = f"/packings/{begun.json()['id']}"
    done = root.post(f"{at}/steps", {"version": 2, "kind": "propose", "tare_grams": 250}).json()
    assert [box["reckoned_grams"] for box in done["changed"]["cartons"]] == [3250] * 5
    assert (done["undo"], done["findings"]) == ("5 cartons proposed for 30 pieces", [])
    key = done["changed"]["contents"][0]["id"]
    facts = {"version": 3, "kind": "set_content", "content": key, "lot": "L", "expiry": "2027-03-31"}
    assert root.post(f"{at}/steps", facts).json()["changed"]["contents"][0]["expiry"] == "2027-03-31"
    gone = root.post(f"{at}/steps", {"version": 4, "kind": "set_content", "content": key, "expiry": None}).json()
    assert (gone["changed"]["contents"][0]["expiry"], gone["changed"]["contents"][0]["lot"]) == (None, "L")
    assert root.post(f"{at}/undo", {"version": 5}).json()["version"] == 6
    steps = root.get(f"{at}/steps").json()["steps"]
    assert [(one["version"], one["kind"], one["undone_at"] is None) for one in steps] == [
        (5, "set_content", False),
        (4, "set_content", True),
        (3, "propose", True),
        (2, "bring", True),
    ]
    dropped = root.post(f"{at}/drop", {"version": 6, "because": "no"}).json()
    assert root.post(f"{at}/reopen", {"version": dropped["version"]}).json()["state"] == "open"


def test_ways_out_over_rest(root: Caller, profile: Profile, spoon: Any) -> None:
    part = {"cartons": [{"contents": [line(quantity=20)]}]}
    found = root.ask("PUT", "/packings/acme-de/S-1", part).json()
    at, key = f"/packings/{found['id']}", found["lines"][0]["id"]
    assert found["lines"][0]["ways"] == ["cut", "move", "accept"]
    seen = {"acknowledged": 30, "picked": 1, "packed": 20}
    asked = {"version": 2, "line": key, "because": "damaged"}
    assert said(root.post(f"{at}/accept", asked | seen)) == (409, "conflict")
    accepted = root.post(f"{at}/accept", asked | seen | {"picked": None}).json()
    assert (accepted["differences"], accepted["lines"][0]["accepted"]) == (0, "damaged")
    rest = root.ask("PUT", "/packings/acme-de/S-2", {"cartons": [{"contents": [line(quantity=4)]}]}).json()
    moved = root.post(f"/packings/{rest['id']}/move-rest", {"version": 2, "line": key, "reference": "S-3"}).json()
    assert moved["differences"] == 0
    out = root.post(f"/packings/{rest['id']}/move-out", {"version": 3, "carton": "C1", "reference": "S-3"}).json()
    assert (out["gone"]["cartons"], out["undo"]) == (["C1"], None)
    assert shown(Packing.objects.get(reference="S-3")) == {"C1": [("1", 4)], "-": [("1", 6)]}
    part = {"cartons": [{"contents": [line(quantity=10)]}]}
    found = root.ask("PUT", "/packings/acme-de/S-4", part).json()
    assert found["findings"][0]["check"] == "PK-01"
