"""The pages of the registry, and by whose clock orders are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from centers.making import ELSEWHERE, STREET, center, known
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.centers.models import Center
from purveyor.orders.models import Order

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OFFER = {"parts": ELSEWHERE, "valid_from": "2026-03-02"}
FORM = STREET | {"time_zone": "Europe/Warsaw", "internal_reference": "W-7", "valid_from": "2026-03-02", "version": "1"}


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_list_shows_and_narrows(anna: Client) -> None:
    center("NOZ1", time_zone="", offered=OFFER)
    page = said(anna, "/centers/")
    assert 'href="/centers/LEJ1/"' in page
    assert ("other address offered" in page, "not known" in page) == (True, True)
    only = said(anna, "/centers/?zone=unknown")
    assert ('href="/centers/NOZ1/"' in only, 'href="/centers/LEJ1/"' in only) == (True, False)
    by_source = said(anna, "/centers/?source=person&country=de&q=muster")
    assert ('href="/centers/NOZ1/"' in by_source, 'href="/centers/LEJ1/"' in by_source) == (True, False)
    assert "No center meets these filters" in said(anna, "/centers/?q=nowhere")


def test_list_takes_as_many_questions_for_three_as_for_one(anna: Client, django_assert_max_num_queries: Any) -> None:
    Center.objects.exclude(code="LEJ1").delete()
    said(anna, "/centers/")
    counts = []
    for code in ("", "ONE1", "TWO1"):
        if code:
            center(code)
        with django_assert_max_num_queries(100) as asked:
            said(anna, "/centers/")
        counts.append(len(asked))
    assert counts == [counts[0]] * 3


def test_page_tells_history_and_orders(anna: Client, order: Order) -> None:
    page = said(anna, f"/centers/{order.ship_to}/")
    assert (order.number in page, "What was known" in page) == (True, True)
    assert anna.get("/centers/WHO1/").status_code == 404


def test_orders_of_other_profiles_are_not_shown(cast: Cast, browser: Callable[..., Client], order: Order) -> None:
    page = said(browser(cast.stranger), f"/centers/{order.ship_to}/")
    assert (order.number in page, "None so far." in page) == (False, True)


def test_form_is_prefilled_with_what_the_order_says_and_the_usual_zone(anna: Client) -> None:
    center(time_zone="", source="order")
    page = said(anna, "/centers/NEW1/edit/")
    assert ('value="Langer Weg 1"' in page, 'value="Europe/Berlin"' in page) == (True, True)


def test_form_stores(anna: Client) -> None:
    center(time_zone="", source="order")
    answer = anna.post("/centers/NEW1/edit/", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/centers/NEW1/")
    found = known()
    assert (found.time_zone, found.internal_reference, found.source) == ("Europe/Warsaw", "W-7", "order")
    assert Entry.objects.get(action="center.changed").by == "user:vendor-manager"


def test_refusal_is_said_at_its_field_and_nothing_typed_is_lost(anna: Client) -> None:
    center()
    answer = anna.post("/centers/NEW1/edit/", FORM | {"time_zone": "Mars/Base", "city": "Typed"})
    page = answer.content.decode()
    assert (answer.status_code, "There is no time zone Mars/Base" in page, 'value="Typed"' in page) == (422, True, True)
    assert (known().city, known().version) == ("Musterstadt", 1)


def test_somebody_faster_is_said(anna: Client) -> None:
    center(version=2)
    answer = anna.post("/centers/NEW1/edit/", FORM)
    assert (answer.status_code, "Somebody else changed NEW1" in answer.content.decode()) == (422, True)
    assert known().time_zone == "Europe/Berlin"


def test_center_is_added_once(anna: Client) -> None:
    given = STREET | {"code": "ber9", "time_zone": "Europe/Berlin"}
    assert anna.post("/centers/add/", given).headers["Location"] == "/centers/BER9/"
    assert known("BER9").source == "person"
    again = anna.post("/centers/add/", given | {"city": "Elsewhere"})
    assert (again.status_code, known("BER9").city) == (422, "Musterstadt")


@pytest.mark.parametrize(("do", "city"), [("take", "Neustadt"), ("decline", "Musterstadt")])
def test_offer_is_settled_on_its_page(anna: Client, do: str, city: str) -> None:
    center(offered=OFFER)
    assert "Take the other address" in said(anna, "/centers/NEW1/")
    assert anna.post("/centers/NEW1/offer/", {"do": do}).status_code == 302
    assert (known().city, known().offered) == (city, {})


def test_who_may_only_look_is_denied_and_changes_nothing(cast: Cast, browser: Callable[..., Client]) -> None:
    center(offered=OFFER)
    warehouse = browser(cast.warehouse)
    page = said(warehouse, "/centers/NEW1/")
    assert ("Take the other address" in page, "Change it" in page) == (False, False)
    before = list(Center.objects.order_by("pk").values())
    for path, data in (
        ("/centers/NEW1/edit/", FORM),
        ("/centers/add/", FORM),
        ("/centers/NEW1/offer/", {"do": "take"}),
    ):
        assert warehouse.post(path, data).status_code == 403, path
    assert list(Center.objects.order_by("pk").values()) == before


def test_today_leads_to_the_form_of_an_unknown_center(anna: Client, place: Callable[..., Order]) -> None:
    place(center="WHO1")
    alert = Alert.objects.get(cause="center.unknown:WHO1")
    page = said(anna, "/")
    assert "The time zone of fulfillment center WHO1 is not known." in page
    assert f'href="/alerts/{alert.pk}/"' in page
    assert 'href="/centers/WHO1/edit/"' in said(anna, "/alerts/")
    anna.post("/centers/WHO1/edit/", {"time_zone": "Europe/Madrid"})
    assert Alert.objects.get(cause="center.unknown:WHO1").state == "closed"
    assert f"/alerts/{alert.pk}/" not in said(anna, "/")


def zoned(order: Order, zone: str) -> None:
    Center.objects.update_or_create(
        code=order.ship_to, defaults={"time_zone": zone, "source": "person", "valid_from": "2026-03-02"}
    )


def test_windows_are_shown_by_the_centers_clock_everywhere(anna: Client, order: Order) -> None:
    zoned(order, "Asia/Tokyo")
    for path in ("/orders/", f"/orders/{order.pk}/", f"/centers/{order.ship_to}/"):
        page = said(anna, path)
        assert 'title="Asia/Tokyo"' in page, path
        assert '<span class="zone">JST</span>' in page, path


def test_fallback_is_named_as_such(anna: Client, place: Callable[..., Order]) -> None:
    order = place(center="WHO1")
    page = said(anna, f"/orders/{order.pk}/")
    assert "Europe/Berlin, usual in the marketplace; the center&#x27;s own is not known" in page


def test_answers_days_are_the_centers(anna: Client, order: Order) -> None:
    zoned(order, "Asia/Tokyo")
    there = order.delivery_end.astimezone(Order.objects.get().zone.info).date()
    assert f'value="{there}"' in said(anna, f"/orders/{order.pk}/")


def test_export_shows_the_days_at_the_gate(anna: Client, order: Order) -> None:
    zoned(order, "Asia/Tokyo")
    answer = anna.get("/orders/export.csv")
    head, row = b"".join(answer.streaming_content).decode().lstrip("\ufeff").splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    there = order.delivery_end.astimezone(Order.objects.get().zone.info)
    assert (cells["delivery_window_end"], cells["time_zone"]) == (there.isoformat(), "Asia/Tokyo")


def test_lists_of_orders_look_up_all_zones_at_once(
    anna: Client, place: Callable[..., Order], django_assert_max_num_queries: Any
) -> None:
    counts: dict[str, list[int]] = {}
    place(center="LEJ1")
    for path in ("/", "/orders/"):
        said(anna, path)
    for more in ("", "DTM2", "STR1"):
        if more:
            place(center=more)
        for path in ("/orders/",):
            with django_assert_max_num_queries(200) as asked:
                said(anna, path)
            counts.setdefault(path, []).append(len(asked))
    assert counts == {path: [found[0]] * 3 for path, found in counts.items()}
