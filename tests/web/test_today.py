"""Today: what is due, what failed, what waits; the most urgent first, and the one button for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cast import Cast
from deliver import document_of, work
from purveyor.common import clock
from purveyor.intake import cursors
from purveyor.intake.models import Cursor
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.web.health import health_of

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def test_most_urgent_order_is_the_one_button(anna: Client, place: Place) -> None:
    place()
    urgent = place(at=clock.now() - timedelta(hours=22))
    page = anna.get("/").content.decode()
    assert f'class="button first" href="/orders/{urgent.pk}/">Answer {urgent.number}' in page
    text = text_of(anna.get("/"))
    assert "2 orders wait for an answer." in text
    assert "1 is due within 6 hours." in text


def test_overdue_is_loud(anna: Client, place: Place) -> None:
    late = place(at=clock.now() - timedelta(hours=25))
    assert "1 is overdue." in text_of(anna.get("/"))
    assert 'class="due due-over"' in anna.get("/").content.decode()
    assert f"Answer {late.number}" in text_of(anna.get("/"))


@pytest.mark.parametrize(("hours", "told"), [(0, True), (1, False)])
def test_order_that_came_when_its_time_was_over_is_told_as_history(
    anna: Client, place: Place, hours: int, told: bool
) -> None:
    place(at=clock.now() - timedelta(hours=24 - hours))
    clock.turn(timedelta(hours=hours))
    page = text_of(anna.get("/"))
    assert "1 is overdue." in page
    assert ("1 of them came with the history: its time was over before Purveyor knew it." in page) == told


def test_quiet_day_says_that_nothing_needs_anybody(anna: Client) -> None:
    page = text_of(anna.get("/"))
    assert "No order waits for an answer." in page
    assert "Nothing needs you now" in page


def test_what_failed_stands_with_its_remedy(anna: Client, cast: Cast, order: Order) -> None:
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    Document.objects.update(
        state="asked", problem={"message": "Amazon never showed it.", "hint": "Look there.", "remedy": "ask Amazon"}
    )
    page = text_of(anna.get("/"))
    assert f"Needs you 1 Due What What happened What helps 24 h 0 min left {order.number} Asks you" in page.replace(
        "1 d 0 h left", "24 h 0 min left"
    )
    assert "Amazon never showed it. Look there. Ask Amazon Documents that ask for a decision" in page


def test_what_is_on_its_way_is_shown_with_its_next_step(anna: Client, cast: Cast, order: Order) -> None:
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    assert document_of(order).state == "sent"
    assert f"On its way Order State Next step {order.number} Sent" in text_of(anna.get("/"))


def test_troubled_profile_is_named_with_the_remedy(anna: Client, profile: Profile) -> None:
    Profile.objects.update(trouble={"message": "The secret expired.", "remedy": "mend the settings", "request_id": "r"})
    page = text_of(anna.get("/"))
    assert f"{profile.name}: The secret expired. Mend the settings · Amazon's request id r" in page


def test_switched_off_sending_offers_the_switch_to_who_may(cast: Cast, browser: Browser) -> None:
    Profile.objects.update(sending=False)
    address = f"/profiles/{cast.profile.name}/sending/"
    assert address in browser(cast.vendor_manager).get("/").content.decode()
    assert address not in browser(cast.finance).get("/").content.decode()
    assert "Sending is off for" in text_of(browser(cast.finance).get("/"))


def test_stranger_sees_nothing_due(cast: Cast, browser: Browser, order: Order) -> None:
    assert "No order waits for an answer." in text_of(browser(cast.stranger).get("/"))


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "never"),
        ({"last_run_at": 0}, "fine"),
        ({"last_run_at": 0, "next_at": -601}, "late"),
        ({"last_run_at": 0, "next_at": -599}, "fine"),
        ({"last_run_at": 0, "next_at": -601, "lease_until": 60}, "fine"),
        ({"last_run_at": 0, "problem": {"message": "x"}}, "trouble"),
    ],
)
def test_health_of_a_sweep(profile: Profile, change: dict[str, object], state: str) -> None:
    cursors.ensure(profile)
    now = clock.now()
    told = {k: now + timedelta(seconds=v) if isinstance(v, int) else v for k, v in change.items()}
    Cursor.objects.filter(sweep="new").update(**({"next_at": now} | told))
    Cursor.objects.exclude(sweep="new").update(next_at=now)
    assert health_of([profile])[0].sweeps[0].state == state


def test_answers_kept_while_sending_is_off_keep_their_countdown(anna: Client, place: Place) -> None:
    order = place(at=clock.now() - timedelta(hours=22))
    Profile.objects.update(sending=False)
    assert "wait, the first due" not in text_of(anna.get("/"))
    acknowledge(Who.cli(), order.pk)
    assert "1 answer waits, the first due: 2 h 0 min left" in text_of(anna.get("/"))
