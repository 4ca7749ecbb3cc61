"""The type of an order on its page: reasons line by line, the form that overrules, the dry run of types."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cast import Cast
from orders.offered import offered
from products.making import product
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Order, Typed
from purveyor.profiles.models import Profile

from .conftest import Browser
from .test_order import address, text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def order(place: Callable[..., Order], profile: Profile) -> Order:
    """An order that wants more than its offer has left."""
    offered(profile, (product(asin="B0TEST0001"), [50]))
    found = place({"amount": 60, "cost": "4.20", "asin": "B0TEST0001"}, type="RegularOrder", delivery_window=WINDOW)
    look_at(found.pk)
    return found


def say(client: Client, order: Order, **more: str) -> str:
    """Post the form; the page that follows."""
    given = {"type": "bulk", "offer": "BB-1", "reason": "Agreed.", "version": "1"} | more
    answer = client.post(address(order, "type/"), given, follow=True)
    assert answer.redirect_chain == [(address(order), 302)]
    return text_of(answer)


def test_page_tells_the_type_and_its_reasons_line_by_line(anna: Client, order: Order) -> None:
    page = text_of(anna.get(address(order)))
    assert "Type: undefined" in page
    assert "from offer BB-1" in page
    for said in (
        "7 days lie between its date and its window, at least 0 are asked for.",
        "Its product stands in a completed offer, with 50 pieces approved.",
        "The window 9 Mar 2026 to 16 Mar 2026 lies within the delivery 9 Mar 2026 to 16 Mar 2026,",
        "4.20 EUR is as approved (4.20 EUR).",
        "60 pieces are ordered, but only 50 of 50 were left.",
        "Offer BB-1, row 2, delivery 1: 60 pieces are ordered, 50 of 50 approved ones are left. (PO-06)",
    ):
        assert said in page
    about_type = re.search(r"Type: undefined.*?Say of which type it is", page, re.S)
    assert about_type is not None
    assert "UTC" not in about_type[0]  # by the center's clock, as everything else on the page


def test_form_overrules_the_type_and_may_acknowledge_at_once(anna: Client, order: Order) -> None:
    page = say(anna, order, acknowledge="yes")
    assert "The order's type is: bulk buy." in page
    order.refresh_from_db()
    assert (order.type, order.state) == ("bulk", "acknowledging")
    assert "Earlier decisions undefined (BB-1)" in page
    assert "The rules said last: undefined, of version 1, because Met 7 days lie between" in page


def test_form_hands_an_order_back_to_the_rules(anna: Client, order: Order) -> None:
    assert "as the rules say" not in text_of(anna.get(address(order)))
    assert "as the rules say" in say(anna, order, type="weekly", offer="")
    assert "The order's type is: undefined." in say(anna, order, type="rules", offer="")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reason": ""}, "A reason is needed."),
        ({"offer": "BB-9"}, "Offer BB-9 names no product of this order; there are: BB-1."),
        ({"version": "2"}, "meanwhile."),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(
    anna: Client, order: Order, more: dict[str, str], said: str
) -> None:
    assert said in say(anna, order, **more)
    assert Typed.objects.count() == 1


def test_who_may_not_classify_sees_the_reasons_and_no_form(browser: Browser, cast: Cast, order: Order) -> None:
    page = browser(cast.warehouse).get(address(order)).content.decode()
    assert "60 pieces are ordered, but only 50 of 50 were left." in page
    assert "/type/" not in page


def test_orders_are_filtered_by_type_and_offer(anna: Client, order: Order, place: Callable[..., Order]) -> None:
    other = place({"amount": 6, "cost": "4.20", "asin": "B0TEST0009"})
    for query, there, not_there in (
        ("offer=BB-1", order.number, other.number),
        ("type=undefined", order.number, "nothing"),
    ):
        page = anna.get(f"/orders/?{query}").content.decode()
        assert there in page
        assert not_there not in page


def test_dry_run_of_types_is_begun_and_read(anna: Client, order: Order, profile: Profile) -> None:
    page = anna.get(f"/profiles/{profile.name}/dry-run/?of=types")
    assert 'name="types.slack_days" value="2"' in page.content.decode()
    answer = anna.post(f"/profiles/{profile.name}/dry-run/?of=types", {"types.price_tolerance_percent": "5"})
    run = Run.objects.get()
    assert (run.kind, run.params["settings"]) == ("type-dry-run", {"types.price_tolerance_percent": "5"})
    runs.work(run.pk)
    page_of_run = text_of(anna.get(answer.headers["Location"]))
    assert "1 order of the last 90 days · 0 would be of another type" in page_of_run
    assert "Left of offer BB-1 0 / 50" in page_of_run
