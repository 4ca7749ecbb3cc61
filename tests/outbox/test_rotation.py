"""A client secret is rotated while sweeps run and documents leave: nothing fails, whatever comes first.

Amazon takes the old secret for seven days after the rotation, and so long the hub falls back to it (FACTS §1.5).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from deliver import OUTBOX
from purveyor.common import clock
from purveyor.intake.models import Cursor
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Attempt, Document
from purveyor.people.who import Who
from purveyor.profiles.domain import replace_secret, store_secret
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

ROOT = Who.cli()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRAFFIC = ("intake.sweep", "profiles.drop_old_secrets", *OUTBOX)
STEP = 12 * HOUR
LONG = 9 * DAY
WRONG = "amzn1.oa2-cs.v1." + "0" * 64
LATER = "amzn1.oa2-cs.v1." + "7" * 64

Events = dict[timedelta, Callable[[], object]]


def live(world: World, profile: Profile, events: Events, long: timedelta = LONG) -> list[timedelta]:
    """Live through days of traffic, an order placed, swept and answered at each step, and what happens in between.

    Answers when something was wrong: a sweep with a problem, or the profile in trouble.
    """
    began, wrong = clock.now(), []
    left = dict(sorted(events.items()))
    while (passed := clock.now() - began) < long:
        for at in [at for at in left if at <= passed]:
            left.pop(at)()
        world.place(lines=1)
        clock.turn(HOUR)
        run_due(TRAFFIC)
        for order in Order.objects.filter(state="new"):
            acknowledge(ROOT, order.pk)
        run_due(TRAFFIC)
        clock.turn(STEP - HOUR)
        run_due(TRAFFIC)
        profile.refresh_from_db()
        if profile.trouble or Cursor.objects.exclude(problem={}).exists():
            wrong.append(passed)
    return wrong


def all_proved(world: World) -> bool:
    """Whether every order that was placed came in, and all but the last ones' answers are proved at Amazon."""
    placed, held = set(world.orders), set(Order.objects.values_list("number", flat=True))
    clock.turn(HOUR)
    run_due(TRAFFIC)
    states = set(Document.objects.values_list("state", flat=True))
    return (placed, states, Document.objects.count()) == (held, {"verified"}, len(placed))


def paste(profile: Profile, world: World) -> Callable[[], object]:
    """What a person does: paste the secret that Amazon shows now."""
    return lambda: replace_secret(ROOT, profile, client_secret=world.accounts[0].client_secret)


def test_new_secret_pasted_hours_after_the_rotation(profile: Profile, plugged: World) -> None:
    events: Events = {DAY: plugged.rotate_secret, DAY + 12 * HOUR: paste(profile, plugged)}
    assert (live(plugged, profile, events), all_proved(plugged)) == ([], True)
    assert set(profile.secrets.values_list("kind", "slot")) == {("client_secret", "new"), ("refresh_token", "new")}


def test_new_secret_pasted_in_the_last_hours_of_the_old(profile: Profile, plugged: World) -> None:
    events: Events = {DAY: plugged.rotate_secret, DAY + 6 * DAY + 12 * HOUR: paste(profile, plugged)}
    assert (live(plugged, profile, events), all_proved(plugged)) == ([], True)


def test_new_secret_stored_before_amazon_takes_it(profile: Profile, plugged: World) -> None:
    """Stored without a trial, for example while Amazon's login was down: until it works, the old one does."""
    account = plugged.accounts[0]

    def rotate() -> None:
        old, until = account.client_secret, clock.now() + 7 * DAY
        plugged.set_account(account, client_secret=LATER, old_secret=old, old_secret_until=until)

    events: Events = {DAY: lambda: store_secret(ROOT, profile, client_secret=LATER), DAY + 12 * HOUR: rotate}
    assert (live(plugged, profile, events), all_proved(plugged)) == ([], True)


def test_wrong_secret_stored_untried_and_mended_in_time(profile: Profile, plugged: World) -> None:
    """The wrong one takes the new slot and the old one goes on; the right one, pasted later, pushes out the old one."""
    events: Events = {
        DAY: lambda: store_secret(ROOT, profile, client_secret=WRONG),
        DAY + 12 * HOUR: plugged.rotate_secret,
        4 * DAY: paste(profile, plugged),
    }
    assert (live(plugged, profile, events), all_proved(plugged)) == ([], True)


def test_twin_without_the_new_secret_fails_when_the_old_one_ends(profile: Profile, plugged: World) -> None:
    wrong = live(plugged, profile, {DAY: plugged.rotate_secret})
    assert (wrong[0] >= 7 * DAY, wrong[0] <= 8 * DAY, wrong[-1]) == (True, True, LONG - STEP)
    profile.refresh_from_db()
    assert profile.trouble["code"] == "login-invalid-client"


def test_twin_with_the_wrong_secret_alone_fails_when_the_old_slot_is_dropped(profile: Profile, plugged: World) -> None:
    wrong = live(plugged, profile, {DAY: lambda: store_secret(ROOT, profile, client_secret=WRONG)})
    assert wrong[0] >= 7 * DAY
    assert Attempt.objects.exclude(outcome="sent").count() <= Document.objects.count()


@pytest.mark.parametrize("hours", [0, 12])
def test_rotation_at_any_hour_of_a_token(profile: Profile, plugged: World, hours: int) -> None:
    """Access tokens outlive a rotation: no call between two exchanges notices it."""
    clock.turn(timedelta(minutes=7 * hours))
    events: Events = {hours * HOUR: plugged.rotate_secret, hours * HOUR + STEP: paste(profile, plugged)}
    assert live(plugged, profile, events, long=2 * DAY) == []
