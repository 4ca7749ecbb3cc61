"""``webhook`` and ``route``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from alerts_hooks import happened, sent
from cli.conftest import Run
from purveyor.alerts.models import Route, Webhook
from purveyor.profiles.models import Profile
from receiver import Receiver, receiving

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def there(set_option: Callable[[str, str], None], held_clock: datetime, profile: Profile) -> Iterator[Receiver]:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")
    with receiving() as found:
        yield found


def test_webhook_from_its_making_to_its_end(run: Run, there: Receiver) -> None:
    done = run("webhook", "add", "erp", there.url, "--profile", "acme-de", "--event", "order")
    assert done.status == 0, done.err
    secret = done.out.splitlines()[0]
    (row,) = run("webhook", "list", "--json").json["webhooks"]
    number = str(row["id"])
    assert (secret.startswith("whsec_"), row["events"], "secret" in row) == (True, ["order"], False)
    assert run("webhook", "change", number, "--all-events", "--name", "wms", "--json").json["events"] == []
    assert run("webhook", "switch", number, "off", "--json").json["on"] is False
    assert run("webhook", "switch", number, "on", "--json").json["on"] is True
    assert run("webhook", "secret", number, "--json").json["secret"] != secret
    assert run("webhook", "remove", number, "--json").json == {"id": row["id"], "removed": True}
    assert run("webhook", "list").out.startswith("No webhook yet")


def test_webhook_test_ends_with_what_came_of_it(run: Run, there: Receiver) -> None:
    number = str(run("webhook", "add", "erp", there.url, "--json").json["id"])
    assert run("webhook", "test", number, "--json").json["status"] == 200
    there.answer = lambda came: (500, {}, b"no")
    done = run("webhook", "test", number, "--json")
    assert (done.status, done.json["ok"], done.json["answer"]) == (1, False, "no")


def test_deliveries_are_listed_and_sent_again(run: Run, there: Receiver) -> None:
    number = str(run("webhook", "add", "erp", there.url, "--event", "order", "--json").json["id"])
    happened()
    sent(Webhook.objects.get())
    (row,) = run("webhook", "deliveries", number, "--json").json["deliveries"]
    assert (row["state"], row["object"]) == ("done", "PO-1")
    assert run("webhook", "deliveries", number, "--state", "dead").out == "Nothing was sent to it yet.\n"
    full = run("webhook", "delivery", str(row["id"]), "--json").json
    assert (full["body"]["type"], full["headers"]["purveyor-signature"]) == ("order.received", "t=•••,v1=•••")
    assert run("webhook", "replay", str(row["id"]), "--json").json == {"count": 1}
    assert run("webhook", "replay", "--failed-of", number, "--json").json == {"count": 0}
    assert run("webhook", "replay").status == 2
    assert "order.received" in run("webhook", "schemas", "--json").json["schemas"]


def test_private_addresses_are_refused(run: Run, profile: Profile) -> None:
    done = run("webhook", "add", "erp", "https://10.0.0.1/", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "address-refused")


def test_route_from_its_making_to_its_end(run: Run, there: Receiver) -> None:
    made = run(
        "route", "add", "night", "--role", "finance", "--quiet-from", "22:00", "--quiet-until", "07:00", "--json"
    )
    number = str(made.json["id"])
    assert (made.json["sink"], made.json["quiet_from"], made.json["serious_breaks"]) == ("mail", "22:00", True)
    changed = run(
        "route", "change", number, "--quiet-from", "none", "--quiet-until", "none", "--serious-waits", "--json"
    )
    assert (changed.json["quiet_from"], changed.json["serious_breaks"], changed.json["role"]) == (
        None,
        False,
        "finance",
    )
    chat = run("route", "change", number, "--sink", "chat", "--address-stdin", "--json", stdin=f"{there.url}\n")
    assert (chat.json["sink"], chat.json["role"], chat.json["host"]) == ("chat", "", there.url.split("/")[2])
    assert run("route", "test", number, "--json").json["ok"] is True
    assert run("route", "switch", number, "off", "--json").json["on"] is False
    assert [row["on"] for row in run("route", "list", "--json").json["routes"]] == [False]
    run("route", "remove", number)
    assert (Route.objects.count(), run("route", "list").out.startswith("No route yet")) == (0, True)


def test_nonsense_is_refused_with_its_place(run: Run, there: Receiver) -> None:
    done = run("route", "add", "x", "--kind", "poems", "--role", "king", "--json")
    assert [one["where"] for one in done.json["error"]["problems"]] == ["kinds", "role"]
    assert run("route", "add", "x", "--role", "finance", "--daily-at", "noon").status == 2
