"""What is open about an order on its page: changes, holds, clocks, the proposed answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cast import Cast
from deliver import document_of, pull, until_settled, work
from purveyor.alerts.models import Alert
from purveyor.centers.models import Center
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.hold import hold
from purveyor.orders.models import Acknowledgement, Change, Hold, Order
from purveyor.people.who import Who
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import Place, address, send, text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


@pytest.fixture
def changed(plugged: World, place: Place) -> Order:
    """Answered in full, proved, then changed from ten pieces to four."""
    order = place({"amount": 10, "cost": "4.20"})
    acknowledge(ROOT, order.pk)
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, quantities={"1": 4})
    found = pull(order.profile, order.number)
    run_due(["orders.tell-change"])
    return found


def test_page_tells_the_change_the_hold_and_the_proposal(anna: Client, changed: Order) -> None:
    page = text_of(anna.get(address(changed)))
    assert "Line 1: quantity from 10 pieces to 4 pieces." in page
    assert "On hold Changed (PO-05) ·" in page
    assert "What you sent, and what to answer now" in page
    assert "48 hours after the first answer, quantities, costs and dates may change." in page
    assert "Amazon changed the quantity from 10 to 4 pieces since." in page
    assert "Change until" in page


def test_changed_window_is_told_by_the_clock_of_its_center(anna: Client, plugged: World, changed: Order) -> None:
    Center.objects.update_or_create(
        code=changed.ship_to,
        defaults={"source": "person", "valid_from": clock.now().date(), "time_zone": "Europe/Lisbon"},
    )
    plugged.change(changed.number, delivery_window="2026-03-10T00:00:00Z--2026-03-17T00:00:00Z")
    pull(changed.profile, changed.number)
    page = text_of(anna.get(address(changed)))
    assert "to 2026-03-10 00:00 WET – 2026-03-17 00:00 WET." in page


def test_proposal_fills_the_sheet_and_goes_without_another_word(anna: Client, changed: Order) -> None:
    page = anna.get(address(changed, "?answer=again"))
    assert 'name="accept-1" value="4"' in page.content.decode()
    assert 'type="hidden" name="confirm_hold" value="1"' in page.content.decode()
    assert send(anna, changed, confirm_hold="1").status_code == 302
    latest = Acknowledgement.objects.latest("revision")
    assert [(a.code, a.eaches) for a in latest.answers.all()] == [("Accepted", 4)]
    changed.refresh_from_db()
    assert (changed.state, changed.holds) == ("acknowledging", 0)


def test_persons_hold_asks_for_a_word_on_the_sheet(anna: Client, order: Order) -> None:
    hold(ROOT, order, "the price is odd")
    page = anna.get(address(order)).content.decode()
    assert 'type="checkbox" name="confirm_hold"' in page
    refused = send(anna, order)
    assert (refused.status_code, "On hold (PERSON): the price is odd" in text_of(refused)) == (422, True)
    assert not Acknowledgement.objects.exists()
    assert send(anna, order, confirm_hold="1").status_code == 302
    assert Hold.objects.get().released_at is None


def test_hold_and_release_on_the_page(anna: Client, order: Order) -> None:
    anna.post(address(order, "hold/"), {"because": "wait for the price"})
    made = Hold.objects.get()
    assert made.because == "wait for the price"
    assert "wait for the price" in text_of(anna.get(address(order)))
    anna.post(address(order, f"holds/{made.pk}/release/"), {"because": "settled"})
    made.refresh_from_db()
    assert (made.released_because, Order.objects.get().holds) == ("settled", 0)
    again = anna.post(address(order, f"holds/{made.pk}/release/"), follow=True)
    assert "This hold was released already." in text_of(again)


def test_hold_without_a_reason_says_so(anna: Client, order: Order) -> None:
    answer = anna.post(address(order, "hold/"), {"because": " "}, follow=True)
    assert "Say why the order is put on hold." in text_of(answer)
    assert not Hold.objects.exists()


def test_seen_closes_the_alert(anna: Client, changed: Order) -> None:
    assert Alert.objects.get(kind="order.changed").state == "open"
    anna.post(address(changed, "seen/"))
    assert Alert.objects.get(kind="order.changed").state == "closed"
    assert "Amazon changed this order" not in text_of(anna.get(address(changed)))


def test_who_only_looks_gets_no_buttons_and_changes_nothing(cast: Cast, browser: Browser, changed: Order) -> None:
    client = browser(cast.warehouse)
    page = client.get(address(changed)).content.decode()
    assert ("/seen/" in page, "/hold/" in page, "/release/" in page) == (False, False, False)
    one = Hold.objects.get()
    for tail in ("seen/", "hold/", f"holds/{one.pk}/release/"):
        assert client.post(address(changed, tail), {"because": "x"}).status_code == 403
    assert (Change.objects.get().seen_at, Hold.objects.get().released_at) == (None, None)


def test_stranger_finds_nothing(cast: Cast, browser: Browser, changed: Order) -> None:
    client = browser(cast.stranger)
    assert {client.post(address(changed, t), {"because": "x"}).status_code for t in ("seen/", "hold/")} == {404}
    assert Change.objects.get().seen_at is None


def test_differing_numbers_stand_on_the_page(anna: Client, plugged: World, changed: Order) -> None:
    from deliver import pull_status

    plugged.acknowledge_elsewhere(changed.number, {"1": 3})
    pull_status(changed.profile, changed.number)
    page = text_of(anna.get(address(changed)))
    assert "Line 1: we accepted 10 pieces, Amazon shows 3." in page


def test_held_order_is_left_out_of_a_bulk_answer(anna: Client, order: Order) -> None:
    hold(ROOT, order, "the price is odd")
    page = text_of(anna.post("/orders/acknowledge/", {"order": str(order.pk)}))
    assert "On hold (PERSON): the price is odd" in page
    anna.post("/orders/acknowledge/", {"order": str(order.pk), "do": "send"})
    assert not Acknowledgement.objects.exists()
