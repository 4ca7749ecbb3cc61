"""The page of alerts, its count in the rail, and what Today shows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cast import Cast
from purveyor.alerts import kinds
from purveyor.alerts.models import Alert
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.orders.models import Order
from purveyor.people.models import Token
from purveyor.people.who import Who
from purveyor.web.alert_links import link_of

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def raised(cast: Cast, cause: str = "cause", **other: Any) -> Alert:
    words: dict[str, Any] = {"kind": "profile.secret_age", "severity": "warn", "message": "The secret grows old."}
    return raise_alert(cause, profile_id=cast.profile.pk, **(words | other))


def test_alerts_are_listed_and_counted_in_the_rail(anna: Client, cast: Cast, held_clock: datetime) -> None:
    raised(cast, hint="Rotate it.", request_id="r-1")
    page = text_of(anna.get("/alerts/"))
    assert "The secret grows old. acme-de · Rotate it." in page
    assert "Alerts : 1 open" in page
    assert "r-1" in page


def test_no_alert_teaches_what_will_be_here(anna: Client, cast: Cast) -> None:
    assert "No alert stands" in text_of(anna.get("/alerts/"))


def test_alert_is_taken_and_left_in_the_list(anna: Client, cast: Cast) -> None:
    alert = raised(cast)
    assert anna.post(f"/alerts/{alert.pk}/take/").headers["Location"] == "/alerts/"
    page = text_of(anna.get("/alerts/"))
    assert ("Taken vendor-manager" in page, "Take it" in page, "Alerts : " in page) == (True, False, False)


def test_alert_is_closed_by_hand_where_that_is_allowed(
    anna: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds.KINDS, "test", kinds.Kind("test", "Something.", "A person closes it.", by_hand=True))
    itself, by_hand = raised(cast), raised(cast, "another", kind="test")
    assert anna.get("/alerts/").content.decode().count("Close it") == 1
    for alert in (itself, by_hand):
        anna.post(f"/alerts/{alert.pk}/close/")
    assert list(Alert.objects.order_by("pk").values_list("state", flat=True)) == ["open", "closed"]
    assert "This alert closes by itself: A new client secret is stored." in text_of(anna.get("/alerts/"))


def test_closed_alerts_are_shown_when_asked_for(anna: Client, cast: Cast) -> None:
    raised(cast)
    close_alert("cause", "Gone.")
    shown = {query: "grows old" in text_of(anna.get(f"/alerts/{query}")) for query in ("", "?state=closed")}
    assert shown == {"": False, "?state=closed": True}
    assert anna.get("/alerts/?state=asleep").status_code == 422
    assert "No alert meets these filters" in text_of(anna.get("/alerts/?severity=bad"))


def test_those_who_only_look_get_no_buttons(cast: Cast, browser: Browser) -> None:
    raised(cast)
    page = browser(cast.warehouse).get("/alerts/").content.decode()
    assert ("grows old" in page, "Take it" in page) == (True, False)


def test_strangers_see_none_of_it(cast: Cast, browser: Browser) -> None:
    raised(cast)
    client = browser(cast.stranger)
    assert ["grows old" in client.get(page).content.decode() for page in ("/alerts/", "/")] == [False, False]


def test_today_shows_alerts_that_have_no_better_place(anna: Client, cast: Cast) -> None:
    raised(cast)
    raised(cast, "trouble", kind="profile.trouble", message="Told by the profile itself.")
    page = text_of(anna.get("/"))
    assert ("The secret grows old." in page, "Told by the profile itself." in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_alerts_cost_the_same_number_of_questions(anna: Client, cast: Cast, count: int) -> None:
    for number in range(count):
        raised(cast, str(number))
    anna.get("/alerts/")
    with CaptureQueriesContext(connection) as seen:
        anna.get("/alerts/")
    assert len(seen) == 15


@pytest.mark.parametrize(
    ("kind", "cause", "page"),
    [
        ("order.answer_due", "order:{order}:answer", "/orders/{order}/"),
        ("profile.trouble", "profile:{profile}:trouble", "/profiles/acme-de/check/"),
        ("profile.check", "profile:{profile}:check", "/profiles/acme-de/check/"),
        ("profile.secret_age", "profile:{profile}:secret-age", "/profiles/acme-de/"),
        ("orders.not_fetched", "profile:{profile}:not-fetched", "/profiles/acme-de/"),
        ("center.unknown", "center.unknown:LEJ1", "/centers/LEJ1/edit/"),
        ("center.moved", "center.moved:LEJ1", "/centers/LEJ1/"),
        ("route.failing", "route:7:failing", "/alerts/routes/7/"),
        ("webhook.failing", "webhook:7:failing", ""),
    ],
)
def test_alert_leads_to_where_it_is_mended_by_this_person(
    anna: Client, cast: Cast, place: Callable[..., Order], kind: str, cause: str, page: str
) -> None:
    keys = {"order": place().pk, "profile": cast.profile.pk}
    alert = raised(cast, cause.format(**keys), kind=kind)
    for where, words in (("/alerts/", "Mend it"), (f"/alerts/{alert.pk}/", "Go and mend it")):
        shown = anna.get(where).content.decode()
        assert (f'href="{page.format(**keys)}">{words}' in shown, words in shown) == (bool(page), bool(page))


def test_link_to_a_rotated_secret_is_for_who_may_store_it(browser: Browser, cast: Cast) -> None:
    alert = raised(cast)
    page = browser(cast.integrator).get(f"/alerts/{alert.pk}/").content.decode()
    assert 'href="/profiles/acme-de/secret/">Go and mend it' in page
    close_alert("cause", "It is new.")
    assert "Go and mend it" not in browser(cast.integrator).get(f"/alerts/{alert.pk}/").content.decode()


def test_who_sees_alerts_alone_is_led_nowhere(cast: Cast) -> None:
    token = Token(user=cast.vendor_manager, name="t", scopes=["alerts.view"])
    for cause, kind in (("order:1:answer", "order.answer_due"), ("center.unknown:LEJ1", "center.unknown"), ("x", "x")):
        alert = Alert(cause=cause, kind=kind, profile=cast.profile)
        assert link_of(Who.of_token(token), alert) == ""
