"""Webhooks as they are kept: made, changed, secrets, addresses, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts_hooks import ROOT, added, happened, rows, sent
from cast import Cast
from purveyor.alerts import events
from purveyor.alerts.domain import resend, webhooks
from purveyor.alerts.models import Delivery, HookSecret, Webhook
from purveyor.alerts.tidy import tidy
from purveyor.audit.models import Entry
from purveyor.base.http import AddressRefused
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from receiver import Receiver

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.usefixtures("held_clock", "key_file", "allowed"),
]


def test_a_rotated_secret_signs_beside_the_old_one_for_a_while(there: Receiver) -> None:
    hook, old = added(there.url, types=["order"])
    new = webhooks.rotate(ROOT, hook.pk, timedelta(hours=2))
    happened("one")
    sent(hook)
    clock.turn(timedelta(hours=2))
    happened("two")
    sent(hook)
    marks = [came.headers["purveyor-signature"].split(",")[1:] for came in there.requests]
    one, two = (came.body for came in there.requests)
    at = clock.now()
    assert marks[0] == events.signature([new, old], at - timedelta(hours=2), one).split(",")[1:]
    assert marks[1] == events.signature([new], at, two).split(",")[1:]
    assert (webhooks.drop_old_secrets(), HookSecret.objects.count()) == (1, 1)


def test_a_secret_is_kept_sealed_and_told_nowhere(there: Receiver) -> None:
    hook, secret = added(there.url)
    sealed = bytes(HookSecret.objects.get().sealed or b"")
    assert (secret.startswith("whsec_"), secret.encode() in sealed) == (True, False)
    happened()
    sent(hook)
    told = [str(e.content()) for e in Entry.objects.all()]
    kept = [f"{d.answer}{d.error}" for d in Delivery.objects.all()]
    assert [text for text in told + kept if secret in text] == []


def test_without_a_secret_nothing_leaves(there: Receiver) -> None:
    hook, _ = added(there.url)
    HookSecret.objects.all().delete()
    sent(hook)
    (one,) = hook.deliveries.all()
    assert (there.requests, one.error) == ([], "No secret signs this webhook. Give it a new one.")


def test_the_test_button_says_what_the_other_side_says(there: Receiver) -> None:
    hook, secret = added(there.url)
    there.answer = lambda came: (418, {}, b"x" * 900)
    said = webhooks.try_out(ROOT, hook.pk)
    (came,) = there.requests
    assert (said.ok, said.status, said.answer, said.error) == (False, 418, "x" * 500, "")
    assert json.loads(came.body)["type"] == "webhook.test"
    assert came.headers["purveyor-signature"] == events.signature([secret], clock.now(), came.body)
    assert Delivery.objects.count() == 0


def test_what_is_over_is_not_kept_for_ever(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    for name in ("done", "dead", "waiting"):
        happened(name)
    sent(hook)
    Delivery.objects.filter(entry__object_name="dead").update(state="dead")
    Delivery.objects.filter(entry__object_name="waiting").update(state="waiting")
    clock.turn(timedelta(days=14, seconds=1))
    assert (tidy(), [name for name, *_more in rows(hook)]) == (1, ["dead", "waiting"])
    clock.turn(timedelta(days=76))
    assert (tidy(), [name for name, *_more in rows(hook)]) == (1, ["waiting"])


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "erp"}, "name"),
        ({"url": "https://user@hub.example.com/"}, "url"),
        ({"url": "http://169.254.169.254/"}, "url"),
        ({"types": ["poems"]}, "events"),
        ({"types": [""]}, "events"),
    ],
)
def test_nonsense_is_refused(asked: dict[str, Any], where: str) -> None:
    added("https://hub.example.com/", name="erp")
    count = Entry.objects.count()
    given: dict[str, Any] = {"name": "other", "url": "https://hub.example.com/"} | asked
    with pytest.raises(Refused) as caught:
        webhooks.add(ROOT, given["name"], given["url"], None, given.get("types", ()))
    assert [problem.where for problem in caught.value.problems] == [where]
    assert (Webhook.objects.count(), Entry.objects.count()) == (1, count)


def test_private_addresses_are_refused_unless_allowed(set_option: Callable[[str, str], None]) -> None:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "no")
    with pytest.raises(AddressRefused, match="PURVEYOR_ALLOW_PRIVATE_ADDRESSES"):
        added("https://10.0.0.1/")
    assert (Webhook.objects.count(), HookSecret.objects.count()) == (0, 0)


def test_a_name_that_comes_to_mean_something_inside_is_refused_when_sent(
    set_option: Callable[[str, str], None],
) -> None:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "no")
    hook, _ = added("https://localhost/hook")
    sent(hook)
    (one,) = hook.deliveries.all()
    assert (one.state, one.status, "lies inside your network" in one.error) == ("waiting", None, True)


VERBS: dict[str, Callable[[Any, int], Any]] = {
    "change": lambda who, number: webhooks.change(who, number, on=False),
    "remove": webhooks.remove,
    "rotate": webhooks.rotate,
    "try_out": webhooks.try_out,
    "deliveries": webhooks.deliveries,
    "replay_missed": resend.replay_missed,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["stranger", "warehouse", "vendor_manager", "auditor"])
def test_others_can_do_nothing_with_it(there: Receiver, cast: Cast, verb: str, name: str) -> None:
    hook, _ = added(there.url, profile="acme-de")
    happened()
    sent(hook)
    count, requests = Entry.objects.count(), len(there.requests)
    with pytest.raises(NotFound):
        VERBS[verb](cast.who(name), hook.pk)
    with pytest.raises(NotFound):
        webhooks.delivery(cast.who(name), hook.deliveries.get(entry__action="order.received").pk)
    with pytest.raises(NotFound):
        webhooks.replay(cast.who(name), hook.deliveries.get(entry__action="order.received").pk)
    assert (Entry.objects.count(), len(there.requests), Webhook.objects.get().on) == (count, requests, True)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("warehouse", "acme-de"),
        ("stranger", "acme-de"),
        ("vendor_manager", "acme-de"),
        ("integrator", "other-uk"),
        ("integrator", None),
    ],
)
def test_a_webhook_hears_only_of_what_its_maker_manages(cast: Cast, name: str, profile: str | None) -> None:
    with pytest.raises(Denied):
        webhooks.add(cast.who(name), "mine", "https://hub.example.com/", profile)
    assert Webhook.objects.count() == 0


def test_the_integrator_manages_those_of_their_profile(cast: Cast, there: Receiver) -> None:
    who = cast.who("integrator")
    hook, _ = webhooks.add(who, "mine", there.url, "acme-de", ["order"])
    added(there.url, name="everywhere")
    assert [one.name for one in webhooks.webhooks(who)] == ["mine"]
    assert webhooks.change(who, hook.pk, name="ours", url="https://hub.example.com/").name == "ours"
    told = Entry.objects.get(action="webhook.changed")
    assert (told.profile, told.by, told.new["host"]) == ("acme-de", who.name, "hub.example.com")
    webhooks.remove(who, hook.pk)
    assert Webhook.objects.filter(profile__isnull=False).count() == 0


def test_a_change_of_nothing_tells_nothing(there: Receiver, held_clock: datetime) -> None:
    hook, _ = added(there.url, types=["order"])
    webhooks.change(ROOT, hook.pk, name="erp", url=there.url, types=["order"], on=True)
    assert Entry.objects.filter(action="webhook.changed").count() == 0
