"""Webhooks, their deliveries, and routes over REST."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts_hooks import happened, sent
from cast import Cast
from purveyor.alerts.models import Route, Webhook
from receiver import Receiver, receiving

from .conftest import Caller, Make, said

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def there(set_option: Callable[[str, str], None]) -> Iterator[Receiver]:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")
    with receiving() as found:
        yield found


@pytest.fixture
def ines(cast: Cast, caller: Make, held_clock: datetime) -> Caller:
    """The integrator's token."""
    return caller(cast.integrator)


def made(ines: Caller, there: Receiver, **more: Any) -> dict[str, Any]:
    asked = {"name": "erp", "url": there.url, "profile": "acme-de", "events": ["order"]} | more
    answer = ines.post("/webhooks", asked)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_webhook_is_made_shown_changed_and_removed(ines: Caller, there: Receiver) -> None:
    new = made(ines, there)
    secret, number = new.pop("secret"), new["id"]
    assert secret.startswith("whsec_")
    assert ines.read("/webhooks") == {"webhooks": [new]}
    assert (new["profile"], new["events"], new["on"], new["made_by"]) == (
        "acme-de",
        ["order"],
        True,
        "token:integrator/erp 0",
    )
    changed = json.loads(ines.ask("PATCH", f"/webhooks/{number}", {"events": [], "on": False}).content)
    assert (changed["events"], changed["on"], changed["name"]) == ([], False, "erp")
    assert ines.ask("DELETE", f"/webhooks/{number}").status_code == 204
    assert said(ines.get(f"/webhooks/{number}")) == (404, "not-found")


def test_deliveries_are_listed_shown_and_sent_again(ines: Caller, there: Receiver) -> None:
    new = made(ines, there)
    number = new["id"]
    for name in ("PO-1", "PO-2"):
        happened(name)
    there.answer = lambda came: (500 if b"PO-2" in came.body else 200, {}, b"said")
    sent(Webhook.objects.get(pk=number))
    rows = ines.read(f"/webhooks/{number}/deliveries")["deliveries"]
    assert [(row["object"], row["state"], row["status"]) for row in rows] == [
        ("PO-2", "waiting", 500),
        ("PO-1", "done", 200),
    ]
    assert len(ines.read(f"/webhooks/{number}/deliveries?state=done")["deliveries"]) == 1
    full = ines.read(f"/deliveries/{rows[1]['id']}")
    assert (full["body"]["object"]["name"], full["answer"]) == ("PO-1", "said")
    assert full["headers"]["purveyor-signature"] == "t=•••,v1=•••"
    assert json.loads(ines.post(f"/deliveries/{rows[1]['id']}/replay").content)["state"] == "waiting"
    assert json.loads(ines.post(f"/webhooks/{number}/replay").content) == {"count": 0}


@pytest.mark.parametrize("count", [1, 3])
def test_deliveries_cost_the_same_number_of_questions(ines: Caller, there: Receiver, count: int) -> None:
    number = made(ines, there)["id"]
    for name in range(count):
        happened(str(name))
    sent(Webhook.objects.get(pk=number))
    ines.get(f"/webhooks/{number}/deliveries")
    with CaptureQueriesContext(connection) as seen:
        assert len(ines.read(f"/webhooks/{number}/deliveries")["deliveries"]) == count
    assert len(seen) == 4


def test_secret_is_rotated_and_the_test_says_what_came(ines: Caller, there: Receiver) -> None:
    new = made(ines, there)
    answer = json.loads(ines.post(f"/webhooks/{new['id']}/secret", {"keep_hours": 1}).content)
    assert answer["secret"] != new["secret"]
    told = json.loads(ines.post(f"/webhooks/{new['id']}/test").content)
    assert (told["ok"], told["status"], told["answer"], told["error"]) == (True, 200, "taken", "")
    assert there.requests[-1].headers["purveyor-signature"].count("v1=") == 2


def test_private_addresses_are_refused_in_words(ines: Caller) -> None:
    answer = ines.post("/webhooks", {"name": "x", "url": "https://10.0.0.1/", "profile": "acme-de"})
    assert said(answer) == (422, "address-refused")
    assert "PURVEYOR_ALLOW_PRIVATE_ADDRESSES" in answer.content.decode()


def test_schemas_are_there_for_every_type(ines: Caller) -> None:
    found = ines.read("/events/schemas")["schemas"]
    assert (found["order.received"]["properties"]["type"], len(found) > 40) == ({"const": "order.received"}, True)


def test_route_is_made_changed_and_removed(anna: Caller) -> None:
    asked = {"name": "night", "profile": "acme-de", "sink": "chat", "address": "https://chat.example.com/T0/fake"}
    new = json.loads(anna.post("/routes", asked | {"quiet_from": "22:00", "quiet_until": "07:00"}).content)
    assert (new["host"], new["quiet_from"], new["role"], "address" in new) == ("chat.example.com", "22:00", "", False)
    changed = json.loads(anna.ask("PATCH", f"/routes/{new['id']}", {"severity": "bad"}).content)
    assert (changed["severity"], changed["quiet_until"], changed["host"]) == ("bad", "07:00", "chat.example.com")
    assert anna.read("/routes") == {"routes": [changed]}
    assert anna.ask("DELETE", f"/routes/{new['id']}").status_code == 204
    assert Route.objects.count() == 0


def test_route_says_every_problem_with_its_place(anna: Caller) -> None:
    answer = anna.post("/routes", {"name": "x", "profile": "acme-de", "kinds": ["poems"], "zone": "Nowhere"})
    assert said(answer) == (422, "refused")
    assert [one["where"] for one in json.loads(answer.content)["problems"]] == ["kinds", "zone", "role"]
