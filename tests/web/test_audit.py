"""The audit's pages: everything one may see, the history of one object, the export."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.test import Client

from cast import Cast
from purveyor.audit.models import Entry
from purveyor.audit.write import record
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def done(cast: Cast, order: Order) -> Order:
    """An order somebody answered with a reason, and something on another profile."""
    acknowledge(cast.who("vendor_manager"), order.pk, because="plenty in stock")
    record("sync.run", by="user:stranger", obj=cast.other, because="of the other profile")
    return order


def test_audit_tells_who_what_and_why(root: Client, done: Order) -> None:
    page = text_of(root.get("/audit/"))
    assert f"An answer to order {done.number} was decided" in page
    assert "vendor-manager" in page
    assert "“plenty in stock”" in page


def test_auditor_of_one_profile_sees_only_that_one(cast: Cast, browser: Browser, done: Order) -> None:
    page = text_of(browser(cast.auditor).get("/audit/"))
    assert "“plenty in stock”" in page
    assert "of the other profile" not in page


def test_history_of_one_object(cast: Cast, browser: Browser, done: Order) -> None:
    client = browser(cast.auditor)
    assert f"An answer to order {done.number} was decided" in text_of(client.get(f"/audit/orders.order/{done.pk}/"))
    assert client.get(f"/audit/profiles.profile/{cast.other.pk}/").status_code == 404


def test_audit_is_filtered_by_action_and_found_by_name(root: Client, done: Order) -> None:
    page = text_of(root.get(f"/audit/?q={done.number}&action=order.acknowledged"))
    assert "1–1 of 1" in page
    assert "Nothing here meets these filters." in text_of(root.get("/audit/?action=keys.rotated"))


def test_export_holds_what_one_may_see_and_is_written_down(cast: Cast, browser: Browser, done: Order) -> None:
    rows = [json.loads(line) for line in b"".join(browser(cast.auditor).post("/audit/export/")).splitlines()]
    assert {row["profile"] for row in rows} == {cast.profile.name}
    assert Entry.objects.filter(action="audit.exported", by="user:auditor").count() == 1


def test_order_page_links_to_its_history_for_auditors_only(cast: Cast, browser: Browser, done: Order) -> None:
    link = f"/audit/orders.order/{done.pk}/"
    assert link in browser(cast.auditor).get(f"/orders/{done.pk}/").content.decode()
    assert link not in browser(cast.vendor_manager).get(f"/orders/{done.pk}/").content.decode()


def test_what_can_be_done_is_chosen_in_words(root: Client, done: Order) -> None:
    page = root.get("/audit/?action=order.acknowledged").content.decode()
    assert '<option value="order.acknowledged" selected>An answer to order … was decided</option>' in page
    assert "What: An answer to order … was decided" in text_of(root.get("/audit/?action=order.acknowledged"))


def test_changes_are_told_in_words_without_what_was_nothing(root: Client, cast: Cast) -> None:
    old = {"finished_at": None, "time_zone": "", "active": True, "kinds": None, "window": {"start": 1}}
    new = {
        "finished_at": "2026-03-02T08:00:01.123Z",
        "time_zone": "Europe/Berlin",
        "active": False,
        "kinds": [],
        "window": {"start": 2, "some_thing": "x"},
    }
    record("profile.changed", by="user:anna", obj=cast.profile, old=old, new=new)
    page = text_of(root.get("/audit/?action=profile.changed"))
    assert "Time zone: Europe/Berlin" in page
    assert "Sold: yes → no" in page
    assert "Ended at: 2 Mar 2026, 08:00:01 UTC" in page
    assert "Start: 1 → Start: 2, Some thing: x" in page
    assert "Kinds" not in page.partition("Why and what changed")[2]


def test_times_are_told_by_the_clock_that_all_profiles_in_view_share(
    root: Client, cast: Cast, browser: Browser, held_clock: datetime
) -> None:
    assert (cast.profile.marketplace, cast.other.marketplace) == ("DE", "GB")
    record("profile.changed", by="user:anna", obj=cast.profile)
    assert re.search(r"2 Mar 2026, \d\d:00:00 UTC", text_of(root.get("/audit/")))
    assert re.search(r"2 Mar 2026, \d\d:00:00 CET", text_of(browser(cast.auditor).get("/audit/")))
    root.post("/scope/", {"profile": cast.profile.name, "back": "/audit/"})
    assert re.search(r"2 Mar 2026, \d\d:00:00 CET", text_of(root.get("/audit/")))
