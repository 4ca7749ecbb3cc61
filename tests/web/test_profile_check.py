"""The page of the connection check, and what waits while a profile is paused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast
from plug import ROOT, connect
from purveyor.amazon.errors import InvalidGrant
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.orders.models import Order
from purveyor.people.domain.tokens import make_token
from purveyor.profiles.doctor import check_profile, last_check
from purveyor.profiles.domain import note_trouble
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HERE = "/profiles/acme-de/check/"


def test_a_profile_never_checked_says_so_and_asks_nothing(anna: Client, plugged: World) -> None:
    page = text_of(anna.get(HERE))
    assert ("Not checked yet" in page, "Check now" in page, plugged.requests["token"]) == (True, True, 0)


def test_the_check_runs_on_post_and_its_answer_stays_with_its_age(anna: Client, plugged: World) -> None:
    assert anna.post(HERE).headers["Location"] == HERE
    clock.turn(timedelta(hours=3))
    asked = plugged.requests["token"]
    page = text_of(anna.get(HERE))
    assert ("3 h 0 min ago" in page, "The connection works." in page) == (True, True)
    assert "This is a simulator, not Amazon." in page
    assert plugged.requests["token"] == asked


def test_what_is_wrong_is_told_step_by_step(anna: Client, plugged: World) -> None:
    plugged.set_account(roles=())
    anna.post(HERE)
    answer = anna.get(HERE)
    page, source = text_of(answer), answer.content.decode()
    assert "Start with the first step that is wrong." in page
    assert "All secrets are right. Amazon refuses getPurchaseOrders" in page
    assert "The likeliest first; none is certain." in page
    assert source.count("data-copy=") >= 2


def test_who_only_looks_reads_the_answer_and_asks_nothing(cast: Cast, browser: Browser, plugged: World) -> None:
    auditor = browser(cast.auditor)
    page = text_of(auditor.get(HERE))
    assert ("Not checked yet" in page, "Check now" in page) == (True, False)
    assert (auditor.post(HERE).status_code, Entry.objects.filter(action="profile.checked").count()) == (403, 0)
    assert browser(cast.stranger).get(HERE).status_code == 404


def test_today_counts_the_deadlines_of_a_paused_profile(
    anna: Client, plugged: World, profile: Profile, place: Callable[..., Order]
) -> None:
    numbers = [place().number for _ in range(7)]
    plugged.revoke()
    anna.post(HERE)
    clock.turn(timedelta(hours=20))
    page = text_of(anna.get("/"))
    assert "nothing is fetched or sent by itself until this is mended, nothing is lost, and deadlines go on." in page
    assert "7 open orders wait for an answer." in page
    notice = anna.get("/").content.decode().partition('class="plain-list"')[2].partition("</ul>")[0]
    assert (sum(number in notice for number in numbers), notice.count("4 h")) == (5, 5)


@pytest.mark.parametrize("where", ["/profiles/acme-de/", "/profiles/", HERE])
def test_pages_of_a_paused_profile_say_paused(anna: Client, plugged: World, where: str) -> None:
    plugged.revoke()
    anna.post(HERE)
    assert "Paused" in text_of(anna.get(where))


def test_rest_and_page_say_the_same(anna: Client, root: Client, plugged: World, profile: Profile) -> None:

    plugged.revoke()
    told = check_profile(ROOT, profile)
    assert last_check(Profile.objects.get(name="acme-de")) == told
    page = text_of(anna.get(HERE))
    assert [c["means"] in page for c in told["checks"]] == [True] * 8


def test_today_asks_as_often_for_three_paused_profiles_as_for_one(
    root: Client, plugged: World, profile: Profile
) -> None:
    found = [profile, *(connect(plugged.accounts[0], f"acme-{number}") for number in range(2))]
    root.get("/")
    asked = []
    for one in found:
        note_trouble(one, InvalidGrant("invalid_grant"))
        with CaptureQueriesContext(connection) as seen:
            root.get("/")
        asked.append(len(seen))
    assert asked == [asked[0]] * 3


def test_rest_tells_the_hours_left_of_a_paused_profile(
    anna: Client, plugged: World, profile: Profile, place: Callable[..., Order], cast: Cast
) -> None:
    order = place()
    plugged.revoke()
    anna.post(HERE)
    clock.turn(timedelta(hours=22, minutes=30))
    _token, plain = make_token(cast.vendor_manager, "erp", ["profiles.view", "orders.view", "documents.view"], profile)
    answer = Client().get("/api/v1/today", headers={"Authorization": f"Bearer {plain}"}).json()
    (paused,) = answer["profiles"]["paused"]
    assert (paused["profile"], paused["waiting"], paused["overdue"]) == ("acme-de", 1, 0)
    assert paused["nearest"] == [{"number": order.number, "due_at": paused["nearest"][0]["due_at"], "hours_left": 1.5}]
