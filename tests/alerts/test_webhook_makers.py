"""A webhook whose maker may no longer manage webhooks stops, says so, and goes on with whoever answers for it."""

from __future__ import annotations

import pytest

from alerts_hooks import ROOT, added, happened, names, rows, sent
from cast import Cast
from purveyor.alerts import makers
from purveyor.alerts.domain import webhooks
from purveyor.alerts.models import Alert, Delivery, Webhook
from purveyor.audit.models import Entry
from purveyor.jobs.testing import run_due
from purveyor.people.models import Grant, User
from receiver import Receiver

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db,
    pytest.mark.usefixtures("held_clock", "key_file", "allowed"),
]


@pytest.fixture
def hook(cast: Cast, there: Receiver) -> Webhook:
    """The integrator's, for the events of orders of one profile."""
    return webhooks.add(cast.who("integrator"), "erp", there.url, cast.profile.name, ["order"])[0]


def fired(cast: Cast) -> None:
    Grant.objects.filter(user=cast.integrator).delete()


def alerts(state: str) -> list[tuple[str, str, str]]:
    rows = Alert.objects.filter(kind="webhook.maker_gone", state=state)
    return list(rows.values_list("severity", "message", "hint"))


TOLD = (
    "bad",
    "Webhook erp is switched off: integrator, who made it, may not manage webhooks any more.",
    "Switch it on to answer for it yourself, or remove it.",
)


def test_webhook_goes_on_while_its_maker_may(cast: Cast, hook: Webhook, there: Receiver) -> None:
    happened()
    assert (sent(hook), makers.stop_all_gone(), names(there), alerts("open")) == (1, 0, ["PO-1"], [])


def test_nothing_leaves_once_its_maker_may_no_longer(cast: Cast, hook: Webhook, there: Receiver) -> None:
    fired(cast)
    happened()
    assert (sent(hook), names(there)) == (0, [])
    hook.refresh_from_db()
    assert (hook.on, rows(hook), alerts("open")) == (False, [("PO-1", "waiting", 0)], [TOLD])
    told = Entry.objects.get(action="webhook.maker_gone")
    assert (told.object_name, told.because) == ("erp", "Its maker may not manage webhooks any more.")


def test_webhook_stops_though_nothing_happens(cast: Cast, hook: Webhook) -> None:
    User.objects.filter(pk=cast.integrator.pk).update(is_active=False)
    run_due(["webhooks.makers"])
    hook.refresh_from_db()
    assert (hook.on, alerts("open")) == (False, [TOLD])
    assert (makers.stop_all_gone(), Entry.objects.filter(action="webhook.maker_gone").count()) == (0, 1)


def test_right_on_another_profile_is_none(cast: Cast, hook: Webhook) -> None:
    Grant.objects.filter(user=cast.integrator).update(profile=cast.other)
    assert makers.may_go_on(hook) is False


def test_webhook_of_every_profile_needs_a_maker_of_every_profile(cast: Cast, hook: Webhook) -> None:
    Webhook.objects.update(profile=None)
    hook.refresh_from_db()
    assert makers.may_go_on(hook) is False
    Grant.objects.filter(user=cast.integrator).update(profile=None)
    assert makers.may_go_on(hook) is True


@pytest.mark.parametrize(
    ("made_by", "may"), [("token:integrator/erp", True), ("token:nobody/erp", False), ("cli:root", True)]
)
def test_token_counts_as_its_person_and_the_shell_as_itself(cast: Cast, hook: Webhook, made_by: str, may: bool) -> None:
    Webhook.objects.update(made_by=made_by)
    hook.refresh_from_db()
    assert makers.may_go_on(hook) is may


def test_whoever_switches_it_on_answers_for_it(cast: Cast, hook: Webhook, there: Receiver) -> None:
    fired(cast)
    happened("before")
    sent(hook)
    webhooks.change(ROOT, hook.pk, on=True)
    hook.refresh_from_db()
    assert (hook.made_by, alerts("open"), alerts("closed")) == (ROOT.name, [], [TOLD])
    assert (sent(hook), names(there)) == (1, ["before"])


def test_whoever_switches_it_off_and_on_leaves_it_its_maker(cast: Cast, hook: Webhook) -> None:
    for on in (False, True):
        webhooks.change(ROOT, hook.pk, on=on)
    assert Webhook.objects.get().made_by == "user:integrator"


def test_removed_webhook_closes_its_alert(cast: Cast, hook: Webhook) -> None:
    fired(cast)
    makers.stop_all_gone()
    webhooks.remove(ROOT, hook.pk)
    assert (alerts("open"), Delivery.objects.count()) == ([], 0)


def test_webhook_of_the_shell_never_stops(there: Receiver, cast: Cast) -> None:
    mine, _secret = added(there.url)
    assert makers.stop_all_gone() == 0
    assert Webhook.objects.get(pk=mine.pk).on is True
