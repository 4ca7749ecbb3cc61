"""The pages of webhooks, deliveries, routes, and of one alert."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts_hooks import added, happened, sent
from cast import Cast
from purveyor.alerts.domain import routes
from purveyor.alerts.models import Alert, Comment, Delivery, Route, Webhook
from purveyor.alerts.raise_ import raise_alert
from purveyor.base.phrase import Phrase
from purveyor.people.who import Who
from receiver import Receiver, receiving

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def there(set_option: Callable[[str, str], None], held_clock: datetime) -> Iterator[Receiver]:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")
    with receiving() as found:
        yield found


@pytest.fixture
def ines(cast: Cast, browser: Browser) -> Client:
    """The integrator's browser."""
    return browser(cast.integrator)


@pytest.fixture
def hook(cast: Cast, there: Receiver) -> Webhook:
    return added(there.url, profile="acme-de", types=["order"])[0]


def test_no_webhook_teaches_what_it_would_do(ines: Client) -> None:
    assert "No webhook yet" in text_of(ines.get("/webhooks/"))


def test_webhook_is_added_and_its_secret_shown_once(ines: Client, there: Receiver) -> None:
    given = {"name": "erp", "url": there.url, "profile": "acme-de", "events": "order, document.queued"}
    answer = ines.post("/webhooks/add/", given)
    found = re.search(r"whsec_[\w-]{40,}", answer.content.decode())
    assert (answer.status_code, found is not None) == (200, True)
    hook = Webhook.objects.get()
    assert (hook.events, "no-store" in answer.headers["Cache-Control"]) == (["order", "document.queued"], True)
    assert found
    assert found[0] not in ines.get(f"/webhooks/{hook.pk}/").content.decode()


def test_what_is_refused_is_said_at_its_field_and_nothing_typed_is_lost(ines: Client) -> None:
    given = {"name": "erp", "url": "https://10.0.0.1/", "profile": "acme-de", "events": ""}
    answer = ines.post("/webhooks/add/", given)
    page = text_of(answer)
    assert (answer.status_code, "PURVEYOR_ALLOW_PRIVATE_ADDRESSES" in page) == (422, True)
    assert 'value="https://10.0.0.1/"' in answer.content.decode()
    assert Webhook.objects.count() == 0


def test_deliveries_are_listed_shown_and_sent_again(ines: Client, hook: Webhook, there: Receiver) -> None:
    there.answer = lambda came: (500, {}, b"<b>no</b>")
    happened("PO-7")
    sent(hook)
    page = text_of(ines.get(f"/webhooks/{hook.pk}/"))
    assert ("order.received PO-7" in page, "HTTP 500" in page) == (True, True)
    assert "No delivery meets these filters" in text_of(ines.get(f"/webhooks/{hook.pk}/?state=done"))
    one = Delivery.objects.get()
    html = ines.get(f"/deliveries/{one.pk}/").content.decode()
    assert ("&lt;b&gt;no&lt;/b&gt;" in html, "t=•••,v1=•••" in html, "<b>no" in html) == (True, True, False)
    Delivery.objects.update(state="dead")
    assert "Sent again: 1." in text_of(ines.post(f"/webhooks/{hook.pk}/replay/", follow=True))
    Delivery.objects.update(state="done")
    ines.post(f"/deliveries/{one.pk}/replay/")
    assert Delivery.objects.get().state == "waiting"


def test_webhook_is_tested_changed_switched_rotated_and_removed(ines: Client, hook: Webhook, there: Receiver) -> None:
    at = f"/webhooks/{hook.pk}/"
    assert "The other side took it (200)." in text_of(ines.post(f"{at}test/"))
    there.answer = lambda came: (403, {}, b"who are you")
    page = text_of(ines.post(f"{at}test/"))
    assert ("did not take it (403)" in page, "who are you" in page) == (True, True)
    ines.post(f"{at}change/", {"name": "wms", "url": there.url, "events": ""})
    ines.post(f"{at}switch/", {"on": "no"})
    hook.refresh_from_db()
    assert (hook.name, hook.events, hook.on) == ("wms", [], False)
    assert "whsec_" in ines.post(f"{at}secret/").content.decode()
    ines.post(f"{at}remove/")
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize("who", ["stranger", "warehouse", "vendor_manager"])
def test_others_see_and_change_nothing(cast: Cast, browser: Browser, hook: Webhook, who: str) -> None:
    happened("PO-7")
    sent(hook)
    client, one = browser(getattr(cast, who)), Delivery.objects.get()
    assert client.get("/webhooks/").status_code == 403 or "erp" not in text_of(client.get("/webhooks/"))
    at = f"/webhooks/{hook.pk}/"
    got = {client.get(path).status_code for path in (at, f"{at}change/", f"/deliveries/{one.pk}/")}
    done = {client.post(f"{at}{verb}/").status_code for verb in ("test", "secret", "switch", "replay", "remove")}
    done.add(client.post(f"/deliveries/{one.pk}/replay/").status_code)
    assert (got, done, Webhook.objects.get().on, Delivery.objects.get().state) == ({404}, {404}, True, "done")


@pytest.mark.parametrize("count", [1, 3])
def test_deliveries_cost_the_same_number_of_questions(ines: Client, hook: Webhook, count: int) -> None:
    for number in range(count):
        happened(str(number))
    sent(hook)
    ines.get(f"/webhooks/{hook.pk}/")
    with CaptureQueriesContext(connection) as seen:
        ines.get(f"/webhooks/{hook.pk}/")
    assert len(seen) == 15


def asked(**more: Any) -> dict[str, Any]:
    given = {"name": "duty", "on": "on", "profile": "acme-de", "severity": "warn", "sink": "mail", "role": "finance"}
    return given | {"pace": "at once", "zone": "Europe/Berlin", "serious_breaks": "on"} | more


def test_route_is_added_changed_and_removed(anna: Client, cast: Cast) -> None:
    assert "Nobody is told yet" in text_of(anna.get("/alerts/routes/"))
    answer = anna.post("/alerts/routes/add/", asked())
    route = Route.objects.get()
    assert answer.headers["Location"] == f"/alerts/routes/{route.pk}/"
    assert (route.profile, route.role, route.serious_breaks, route.zone) == (
        cast.profile,
        "finance",
        True,
        "Europe/Berlin",
    )
    more = {"pace": "daily", "daily_at": "08:00", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert anna.post(f"/alerts/routes/{route.pk}/", asked(**more)).status_code == 302
    page = text_of(anna.get("/alerts/routes/"))
    assert ("duty" in page, "quiet 22:00 – 07:00 Europe/Berlin" in page, "Finance" in page) == (True, True, True)
    assert "08:00" in anna.get(f"/alerts/routes/{route.pk}/").content.decode()
    anna.post(f"/alerts/routes/{route.pk}/remove/")
    assert Route.objects.count() == 0


def test_route_says_what_is_wrong_at_its_field(anna: Client, cast: Cast) -> None:
    answer = anna.post("/alerts/routes/add/", asked(sink="chat", role=""))
    assert (answer.status_code, "Give the address that the chat made" in text_of(answer)) == (422, True)
    assert Route.objects.count() == 0


def test_route_test_shows_what_came_of_it_and_hides_the_address(anna: Client, cast: Cast, there: Receiver) -> None:
    address = f"{there.url}/T0/obviously-fake"
    anna.post("/alerts/routes/add/", asked(sink="chat", role="", address=address))
    route = Route.objects.get()
    there.answer = lambda came: (404, {}, came.path.encode())
    page = anna.post(f"/alerts/routes/{route.pk}/test/").content.decode()
    assert ("did not take it (404)" in page, "obviously-fake" in page) == (True, False)
    assert "obviously-fake" not in anna.get(f"/alerts/routes/{route.pk}/").content.decode()


@pytest.mark.parametrize("who", ["stranger", "warehouse", "integrator"])
def test_others_do_not_route(cast: Cast, browser: Browser, who: str) -> None:
    route = routes.add(Who.cli(), routes.Asked(name="duty", role="finance", profile="acme-de"))
    client, at = browser(getattr(cast, who)), f"/alerts/routes/{route.pk}/"
    assert [client.get(at).status_code, client.post(at, asked(name="x")).status_code] == [404, 404]
    assert [client.post(f"{at}{verb}/").status_code for verb in ("test", "remove")] == [404, 404]
    assert Route.objects.get().name == "duty"


@pytest.mark.parametrize("count", [1, 3])
def test_routes_cost_the_same_number_of_questions(anna: Client, cast: Cast, count: int) -> None:
    for number in range(count):
        routes.add(Who.cli(), routes.Asked(name=str(number), person="finance", profile="acme-de"))
    anna.get("/alerts/routes/")
    with CaptureQueriesContext(connection) as seen:
        anna.get("/alerts/routes/")
    assert len(seen) == 11


@pytest.fixture
def alert(cast: Cast, held_clock: datetime) -> Alert:
    words = {"severity": "warn", "message": Phrase("The secret grows old."), "hint": Phrase("Rotate it.")}
    return raise_alert("cause", kind="profile.secret_age", profile_id=cast.profile.pk, **words)


def test_alert_is_commented_and_given_to_somebody(anna: Client, alert: Alert) -> None:
    at = f"/alerts/{alert.pk}/"
    assert "Nobody has said anything yet" in text_of(anna.get(at))
    assert anna.post(f"{at}comment/", {"text": " "}).status_code == 422
    anna.post(f"{at}comment/", {"text": "<i>Seen</i>"})
    anna.post(f"{at}assign/", {"person": "warehouse"})
    html = anna.get(at).content.decode()
    assert ("&lt;i&gt;Seen&lt;/i&gt;" in html, "They look after it now." in html) == (True, True)
    alert.refresh_from_db()
    assert (alert.taken_by, Comment.objects.get().by) == ("user:warehouse", "user:vendor-manager")
    assert "nobody stranger who may see" in text_of(anna.post(f"{at}assign/", {"person": "stranger"}, follow=True))


def test_alert_of_others_is_not_found_and_who_looks_only_says_nothing(
    cast: Cast, browser: Browser, alert: Alert
) -> None:
    at = f"/alerts/{alert.pk}/"
    stranger, warehouse = browser(cast.stranger), browser(cast.warehouse)
    assert [stranger.get(at).status_code, stranger.post(f"{at}comment/", {"text": "x"}).status_code] == [404, 404]
    page = text_of(warehouse.get(at))
    assert ("The secret grows old." in page, "Give it to somebody" in page) == (True, False)
    assert warehouse.post(f"{at}comment/", {"text": "x"}).status_code == 403
    assert warehouse.post(f"{at}assign/", {"person": "warehouse"}).status_code == 403
    alert.refresh_from_db()
    assert (alert.state, Comment.objects.count()) == ("open", 0)
