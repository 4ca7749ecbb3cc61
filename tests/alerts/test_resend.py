"""What a webhook missed while it was off can be sent once it is on, from a moment on; what it took is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts_hooks import ROOT, added, happened, names, rows, sent
from cast import Cast
from purveyor.alerts import fan_out
from purveyor.alerts.domain import resend, webhooks
from purveyor.alerts.models import Webhook
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Refused
from receiver import Receiver

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.usefixtures("held_clock", "key_file", "allowed"),
]


@pytest.fixture
def hook(there: Receiver) -> Webhook:
    """It took one event, missed two and one of another type while it was off, and is on again; another one is on."""
    added(there.url, name="other", types=["webhook.replayed"])
    found, _secret = added(there.url, types=["order"])
    happened("taken")
    sent(found)
    webhooks.change(ROOT, found.pk, on=False)
    for name in ("early", "late"):
        clock.turn(timedelta(hours=1))
        happened(name)
        happened(name, action="state.changed")
        fan_out.fan_out()
    clock.turn(timedelta(hours=1))
    return webhooks.change(ROOT, found.pk, on=True)


def test_what_happened_while_it_was_off_does_not_come_by_itself(hook: Webhook, there: Receiver) -> None:
    assert (sent(hook), names(there)) == (0, ["taken"])


def test_what_it_missed_from_a_moment_on_is_sent_once(hook: Webhook, there: Receiver) -> None:
    since = clock.now() - timedelta(minutes=90)
    assert resend.replay_missed(ROOT, hook.pk, since) == 1
    assert (sent(hook), names(there)) == (1, ["late", "taken"])
    assert resend.replay_missed(ROOT, hook.pk, since) == 0
    told = Entry.objects.get(action="webhook.replayed")
    assert told.new == {"count": 1, "since": "2026-03-02T10:30:00Z"}


def test_what_it_took_is_left_alone_and_what_comes_by_itself_comes_once(hook: Webhook, there: Receiver) -> None:
    happened("now")
    assert resend.replay_missed(ROOT, hook.pk, clock.now() - timedelta(days=1)) == 2
    assert sent(hook) == 3
    assert names(there) == ["early", "late", "now", "taken"]


def test_without_a_moment_only_what_was_given_up_is_sent(hook: Webhook) -> None:
    assert resend.replay_missed(ROOT, hook.pk) == 0
    hook.deliveries.update(state="dead")
    assert (resend.replay_missed(ROOT, hook.pk), rows(hook)) == (1, [("taken", "waiting", 0)])


@pytest.mark.parametrize("back", [timedelta(days=30, seconds=1), timedelta(seconds=-1)])
def test_moment_too_far_back_or_ahead_is_refused(hook: Webhook, back: timedelta) -> None:
    with pytest.raises(Refused) as error:
        resend.replay_missed(ROOT, hook.pk, clock.now() - back)
    assert [problem.where for problem in error.value.problems] == ["since"]
    assert len(rows(hook)) == 1


def test_webhook_that_is_off_is_switched_on_first(hook: Webhook) -> None:
    webhooks.change(ROOT, hook.pk, on=False)
    with pytest.raises(Conflict):
        resend.replay_missed(ROOT, hook.pk, clock.now() - timedelta(hours=1))
    assert len(rows(hook)) == 1


def test_only_those_who_manage_it_send_again(hook: Webhook, cast: Cast) -> None:
    with pytest.raises(NotFound):
        resend.replay_missed(cast.who("integrator"), hook.pk, clock.now() - timedelta(hours=1))


def test_many_events_are_handed_out_in_parts(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resend, "BATCH", 2)
    assert resend.replay_missed(ROOT, hook.pk, clock.now() - timedelta(days=1)) == 2
