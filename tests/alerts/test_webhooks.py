"""Events go to webhooks: each once handed out, signed, tried again, sent again on demand; nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from alerts_hooks import ROOT, added, happened, names, rows, sent
from cast import Cast
from purveyor.alerts import backoff, deliver, events, fan_out
from purveyor.alerts.domain import resend, webhooks
from purveyor.alerts.models import Alert, Delivery, EventCursor, Webhook
from purveyor.audit.actions import ACTIONS
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.jobs import lease
from receiver import Receiver

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.usefixtures("held_clock", "key_file", "allowed"),
]


def test_an_event_is_sent_once_and_signed(there: Receiver) -> None:
    hook, secret = added(there.url, types=["order"])
    happened()
    assert (sent(hook), sent(hook), rows(hook)) == (1, 0, [("PO-1", "done", 1)])
    (came,) = there.requests
    entry = Entry.objects.get(action="order.received")
    assert json.loads(came.body) == {
        "id": f"evt_{entry.position}_{entry.link[:12]}",
        "type": "order.received",
        "version": 1,
        "at": "2026-03-02T09:00:00Z",
        "profile": "acme-de",
        "object": {"kind": "", "id": "", "name": "PO-1"},
        "by": "system:test",
        "old": None,
        "new": {"state": "new"},
        "because": "",
    }
    assert came.headers["purveyor-event-id"] == events.event_id(entry)
    assert came.headers["purveyor-signature"] == events.signature([secret], clock.now(), came.body)


def test_every_type_has_a_schema_that_its_events_meet(there: Receiver) -> None:
    hook, _secret = added(there.url)
    happened()
    sent(hook)
    schemas = events.schemas()
    assert set(schemas) == set(ACTIONS)
    types = set()
    for came in there.requests:
        told = json.loads(came.body)
        types.add(told["type"])
        jsonschema.validate(told, schemas[told["type"]], cls=jsonschema.Draft202012Validator)
    assert types == {"webhook.added", "order.received"}


@pytest.mark.parametrize("strange", [{"version": 2}, {"new": {"surprise": 1}}, {"object": None}, {"type": "x"}])
def test_a_schema_refuses_what_is_none_of_its_events(strange: dict[str, Any]) -> None:
    good = {
        "id": "evt_1",
        "type": "webhook.removed",
        "version": 1,
        "at": "2026-03-02T09:00:00Z",
        "profile": None,
        "object": {"kind": "", "id": "", "name": ""},
        "by": "x",
        "old": None,
        "new": None,
        "because": "",
    }
    schema = events.schemas()["webhook.removed"]
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(good | strange, schema)


def test_a_webhook_takes_its_types_and_its_profile_only(there: Receiver, cast: Cast) -> None:
    mine, _ = added(there.url, name="mine", profile="acme-de", types=["order.", "document.queued"])
    happened("PO-1")
    happened("theirs", profile="other-uk")
    happened("nobody's", profile="")
    happened("D-1", action="document.queued")
    happened("D-2", action="document.resolved")
    sent(mine)
    assert names(there) == ["D-1", "PO-1"]


def test_one_of_every_profile_takes_what_belongs_to_none(there: Receiver, cast: Cast) -> None:
    hook, _ = added(there.url, types=["order"])
    for profile in ("acme-de", "other-uk", ""):
        happened(profile or "none", profile=profile)
    sent(hook)
    assert names(there) == ["acme-de", "none", "other-uk"]


@pytest.mark.parametrize(
    ("prefixes", "action", "wanted"),
    [
        ([], "order.received", True),
        (["order"], "order.received", True),
        (["order."], "order.received", True),
        (["order.received"], "order.received", True),
        (["ord"], "order.received", False),
        (["alert", "order"], "order.received", True),
        (["order.received"], "order.changed", False),
    ],
)
def test_wants(prefixes: list[str], action: str, wanted: bool) -> None:
    assert events.wants(prefixes, action) == wanted


def test_what_happened_before_is_not_sent(there: Receiver) -> None:
    happened("before")
    clock.turn(timedelta(minutes=1))
    hook, _ = added(there.url, types=["order"])
    happened("after")
    sent(hook)
    assert names(there) == ["after"]


def test_what_happened_while_it_was_off_is_not_sent(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    webhooks.change(ROOT, hook.pk, on=False)
    clock.turn(timedelta(minutes=1))
    happened("while off")
    fan_out.fan_out()
    clock.turn(timedelta(minutes=1))
    webhooks.change(ROOT, hook.pk, on=True)
    happened("on again")
    sent(hook)
    assert names(there) == ["on again"]


def test_entries_are_handed_out_by_position_whatever_their_ids(there: Receiver) -> None:
    """On PostgreSQL an entry of a lower id may become visible after a higher one was handed out: the seal knows."""
    hook, _ = added(there.url, types=["order"])
    happened("late")
    late = Entry.objects.get(object_name="late")
    late_row = Entry.objects.filter(pk=late.pk)
    content = {f.attname: getattr(late, f.attname) for f in Entry._meta.fields}
    late_row._raw_delete(late_row.db)  # its transaction is still open
    happened("early")
    sent(hook)
    Entry.objects.bulk_create([Entry(**content)])
    sent(hook)
    assert [json.loads(came.body)["object"]["name"] for came in there.requests] == ["early", "late"]


def test_two_hand_out_at_once_and_each_event_is_there_once(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    hook, _ = added(there.url, types=["order"])
    happened()
    plain, calls = fan_out._rows, []

    def overtaken(hooks: Any, entries: Any) -> Any:
        if not calls:
            calls.append(1)
            fan_out.fan_out()
        return plain(hooks, entries)

    monkeypatch.setattr(fan_out, "_rows", overtaken)
    assert (fan_out.fan_out(), rows(hook)) == (0, [("PO-1", "waiting", 0)])


def test_a_long_way_is_handed_out_in_batches(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "BATCH", 2)
    hook, _ = added(there.url, types=["order"])
    for number in range(5):
        happened(str(number))
    assert (fan_out.fan_out(), len(rows(hook))) == (5, 5)
    assert EventCursor.objects.get().position == Entry.objects.count()


def test_nothing_is_due_without_webhooks_or_news(there: Receiver) -> None:
    happened()
    assert fan_out.due(clock.now(), 5) == []
    hook, _ = added(there.url)
    assert fan_out.due(clock.now(), 5) == [fan_out.CURSOR]
    fan_out.fan_out()
    assert (fan_out.due(clock.now(), 5), deliver.due(clock.now(), 5)) == ([], [hook.pk])
    webhooks.change(ROOT, hook.pk, on=False)
    assert (fan_out.due(clock.now(), 5), deliver.due(clock.now(), 5)) == ([], [])


def test_the_first_webhook_does_not_walk_the_whole_audit(there: Receiver) -> None:
    from purveyor.audit.seal import seal

    happened()
    seal()
    added(there.url)
    assert EventCursor.objects.get().position == 1


def test_what_does_not_get_through_is_tried_again_later(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (503, {}, b"busy")
    happened()
    assert (sent(hook), rows(hook)) == (1, [("PO-1", "waiting", 1)])
    (one,) = hook.deliveries.all()
    wait = one.due_at - clock.now()
    assert timedelta(seconds=24) <= wait <= timedelta(seconds=36)
    assert (one.status, one.answer, one.error, one.tried_at) == (503, "busy", "", clock.now())
    assert (sent(hook), deliver.due(clock.now(), 5)) == (0, [])
    clock.turn(timedelta(seconds=40))
    there.answer = lambda came: (204, {}, b"")
    assert (deliver.due(clock.now(), 5), sent(hook), rows(hook)) == ([hook.pk], 1, [("PO-1", "done", 2)])
    ids = {came.headers["purveyor-event-id"] for came in there.requests}
    assert (len(there.requests), len(ids)) == (2, 1)


def test_a_redirect_is_no_success(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (307, {"location": "http://169.254.169.254/"}, b"")
    happened()
    sent(hook)
    (one,) = hook.deliveries.all()
    assert (one.state, one.error) == ("waiting", "The address sends us elsewhere; that is never followed.")


def test_tries_end_after_three_days() -> None:
    whole = sum((backoff.delay(tries, 0.5) for tries in range(1, backoff.MOST_TRIES)), timedelta())
    assert timedelta(days=2.5) < whole < timedelta(days=3.5)
    assert [backoff.delay(tries, 0.5) for tries in (1, 2, 3)] == [timedelta(seconds=s) for s in (30, 60, 120)]
    assert backoff.delay(99, 0.5) == backoff.LONGEST
    assert (backoff.delay(1, 0), backoff.delay(1, 1)) == (timedelta(seconds=24), timedelta(seconds=36))
    assert [backoff.pause(n) for n in (1, 2, 99)] == [
        timedelta(seconds=5),
        timedelta(seconds=10),
        timedelta(minutes=15),
    ]


def test_the_last_try_leaves_it_dead_until_a_person_sends_it_again(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (500, {}, b"no")
    happened()
    fan_out.fan_out()
    Delivery.objects.update(tries=backoff.MOST_TRIES - 1)
    deliver.send_due(hook.pk)
    assert rows(hook) == [("PO-1", "dead", backoff.MOST_TRIES)]
    there.answer = lambda came: (200, {}, b"")
    assert resend.replay_missed(ROOT, hook.pk) == 1
    assert (deliver.send_due(hook.pk), rows(hook)) == (1, [("PO-1", "done", 1)])
    assert resend.replay_missed(ROOT, hook.pk) == 0
    assert [e.new for e in Entry.objects.filter(action="webhook.replayed")] == [{"count": 1}]


def test_replay_sends_the_same_event_again(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    happened()
    sent(hook)
    (one,) = hook.deliveries.all()
    assert webhooks.replay(ROOT, one.pk).state == "waiting"
    deliver.send_due(hook.pk)
    first, second = there.requests
    assert (first.body, first.headers["purveyor-event-id"]) == (second.body, second.headers["purveyor-event-id"])
    told = Entry.objects.get(action="webhook.replayed")
    assert told.new == {"count": 1, "event": events.event_id(one.entry)}


def test_a_receiver_that_takes_nothing_is_left_alone_and_alerted_and_at_last_switched_off(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"], name="erp")
    there.answer = lambda came: (500, {}, b"no")

    def failing() -> Webhook:
        happened(str(clock.now()))
        sent(hook)
        hook.refresh_from_db()
        return hook

    assert (failing().failures, hook.paused_until) == (1, clock.now() + timedelta(seconds=5))
    assert (Alert.objects.count(), deliver.due(clock.now(), 5)) == (0, [])
    clock.turn(timedelta(hours=1))
    failing()
    (alert,) = Alert.objects.all()
    assert (alert.kind, alert.severity, alert.state) == ("webhook.failing", "warn", "open")
    assert alert.message == "The receiver of webhook erp takes no events."
    clock.turn(timedelta(days=3))
    assert failing().on is False
    alert.refresh_from_db()
    assert (alert.severity, Entry.objects.filter(action="webhook.switched_off").count()) == ("bad", 1)
    webhooks.change(ROOT, hook.pk, on=True)
    alert.refresh_from_db()
    hook.refresh_from_db()
    assert (alert.state, hook.failures, hook.failing_since, hook.paused_until) == ("closed", 0, None, None)


def test_something_that_gets_through_ends_the_trouble(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (500, {}, b"no")
    happened("one")
    sent(hook)
    clock.turn(timedelta(hours=2))
    happened("two")
    sent(hook)
    assert Alert.objects.get().state == "open"
    there.answer = lambda came: (200, {}, b"")
    clock.turn(timedelta(hours=7))
    sent(hook)
    hook.refresh_from_db()
    assert (Alert.objects.get().state, hook.failing_since, hook.last_good_at) == ("closed", None, clock.now())


def test_one_event_that_is_refused_does_not_stop_the_others(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (400 if b"poison" in came.body else 200, {}, b"")
    for name in ("poison", "a", "b"):
        happened(name)
    sent(hook)
    hook.refresh_from_db()
    assert (rows(hook), hook.failures) == ([("poison", "waiting", 1), ("a", "done", 1), ("b", "done", 1)], 0)


def test_a_failing_receiver_is_asked_with_a_few_only(there: Receiver) -> None:
    hook, _ = added(there.url, types=["order"])
    there.answer = lambda came: (500, {}, b"")
    for number in range(30):
        happened(str(number))
    fan_out.fan_out()
    Webhook.objects.update(failures=3)
    assert deliver.send_due(hook.pk) == deliver.PROBE


def test_who_holds_the_lease_sends_alone(there: Receiver) -> None:
    hook, _ = added(there.url)
    fan_out.fan_out()
    owner = lease.claim(hook, 60)
    assert (deliver.send_due(hook.pk), deliver.due(clock.now(), 5), there.requests) == (0, [], [])
    assert owner
    lease.give_back(hook, owner)
    assert deliver.send_due(hook.pk) == 1


def test_without_the_lease_an_event_is_sent_twice(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: two workers do race for the same rows."""
    hook, _ = added(there.url)
    fan_out.fan_out()
    batch = deliver._batch(hook)
    assert deliver._send(hook, batch)[0].ok
    deliver.send_due(hook.pk)
    assert len(there.requests) == 2
