"""The registry over REST, and the zone beside every window."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from api.conftest import Caller, said
from centers.making import ELSEWHERE, center, known
from purveyor.centers.models import Center, Version
from purveyor.orders.models import Order

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OFFER = {"parts": ELSEWHERE, "valid_from": "2026-03-02"}


def test_list_is_narrowed_and_paged(anna: Caller) -> None:
    center("NOZ1", time_zone="")
    assert [one["code"] for one in anna.read("/centers?unknown=true")["centers"]] == ["NOZ1"]
    assert sorted(one["code"] for one in anna.read("/centers?country=pl&source=seed")["centers"]) == ["KTW1", "WRO1"]
    assert [one["code"] for one in anna.read("/centers?q=leipzig")["centers"]] == ["LEJ1"]
    first = anna.read("/centers?limit=10")
    rest = anna.read(f"/centers?limit=10&cursor={first['next']}")
    codes = [one["code"] for one in first["centers"] + rest["centers"]]
    assert (len(codes), set(codes), rest["next"]) == (15, set(Center.objects.values_list("code", flat=True)), "")
    assert said(anna.get("/centers?source=dream")) == (422, "refused")


def test_one_center_tells_its_history(anna: Caller) -> None:
    found = anna.read("/centers/lej1")
    assert (found["code"], found["time_zone"], found["source"]) == ("LEJ1", "Europe/Berlin", "seed")
    assert found["address"]["city"] == "Leipzig"
    assert [(one["version"], one["by"]) for one in found["history"]] == [(1, "system:centers.seed")]
    assert said(anna.get("/centers/WHO1")) == (404, "not-found")


def test_change_names_what_changes(anna: Caller) -> None:
    body = {"address": {"city": "Halle"}, "internal_reference": "L-1", "valid_from": "2026-03-01", "version": 1}
    answer = anna.ask("PATCH", "/centers/LEJ1", body)
    told = json.loads(answer.content)
    assert (answer.status_code, told["address"]["city"], told["valid_from"]) == (200, "Halle", "2026-03-01")
    assert (told["address"]["address_line1"], told["time_zone"], told["version"]) == (
        "Amazonstraße 1",
        "Europe/Berlin",
        2,
    )
    assert said(anna.ask("PATCH", "/centers/LEJ1", body)) == (409, "conflict")
    assert said(anna.ask("PATCH", "/centers/LEJ1", {"time_zone": "Mars/Base"})) == (422, "refused")
    assert known("LEJ1").version == 2


@pytest.mark.parametrize(("do", "city"), [("take", "Neustadt"), ("decline", "Musterstadt")])
def test_offer_is_settled(anna: Caller, do: str, city: str) -> None:
    center(offered=OFFER)
    told = json.loads(anna.post(f"/centers/NEW1/offer/{do}", {}).content)
    assert (told["address"]["city"], told["offered"]) == (city, None)
    assert said(anna.post(f"/centers/NEW1/offer/{do}", {})) == (422, "refused")


def test_without_the_scope_nothing_is_seen_or_changed(cast: object, caller: Callable[..., Caller]) -> None:
    center(offered=OFFER)
    blind = caller(cast.vendor_manager, "orders.view")  # type: ignore[attr-defined]  # the cast of the fixture
    looking = caller(cast.vendor_manager, "centers.view")  # type: ignore[attr-defined]  # as above
    before = (list(Center.objects.order_by("pk").values()), Version.objects.count())
    assert [said(blind.get(path)) for path in ("/centers", "/centers/LEJ1")] == [(403, "denied")] * 2
    assert said(looking.ask("PATCH", "/centers/LEJ1", {"address": {"city": "Halle"}})) == (403, "denied")
    assert [said(looking.post(f"/centers/NEW1/offer/{do}", {})) for do in ("take", "decline")] == [(403, "denied")] * 2
    assert (list(Center.objects.order_by("pk").values()), Version.objects.count()) == before


def test_orders_name_the_zone_beside_their_windows(anna: Caller, place: Callable[..., Order]) -> None:
    place(center="ABE2")
    unknown = place(center="WHO1")
    told = {one["ship_to"]: (one["time_zone"], one["time_zone_known"]) for one in anna.read("/orders")["orders"]}
    assert told == {"ABE2": ("America/New_York", "center"), "WHO1": ("Europe/Berlin", "marketplace")}
    full = anna.read(f"/orders/{unknown.profile.name}/{unknown.number}")
    window = full["delivery_window"] or full["ship_window"]
    assert (full["time_zone"], window["end"][-1]) == ("Europe/Berlin", "Z")


def test_orders_look_up_all_zones_at_once(
    anna: Caller, place: Callable[..., Order], django_assert_max_num_queries: Callable[..., object]
) -> None:
    counts = []
    anna.read("/orders")
    for code in ("LEJ1", "DTM2", "WHO1"):
        place(center=code)
        with django_assert_max_num_queries(50) as asked:  # type: ignore[attr-defined]  # pytest-django's own
            anna.read("/orders")
        counts.append(len(asked))
    assert counts == [counts[0]] * 3
