"""Letting a profile go: secrets wiped, orders and documents kept; an empty one is removed altogether."""

from __future__ import annotations

from typing import Any

import pytest

from cast import make_cast
from deliver import placed, work
from plug import connect
from purveyor.alerts.models import Alert
from purveyor.amazon.login import AccessToken
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.intake import cursors
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.people.who import Who
from purveyor.profiles import queries
from purveyor.profiles.clients import client_for
from purveyor.profiles.domain import (
    disconnect_profile,
    note_trouble,
    remove_profile,
    store_secret,
    switch_importing,
    switch_reading_status,
    switch_sending,
)
from purveyor.profiles.domain.parties import missing_roles
from purveyor.profiles.domain.trouble import SecretsMissing
from purveyor.profiles.models import Profile, Secret, SharedToken
from purveyor.profiles.tokens import DatabaseTokenStore
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


def sealed() -> int:
    """How many sealed values of profiles there are."""
    return Secret.objects.count() + SharedToken.objects.count()


def test_disconnecting_wipes_secrets_and_keeps_orders_and_documents(profile: Profile, plugged: World) -> None:
    order = placed(plugged, profile)
    acknowledge(ROOT, order.pk)
    work()
    assert sealed() == 3
    disconnect_profile(ROOT, profile, "sold")
    assert (sealed(), Order.objects.count(), Document.objects.count()) == (0, 1, 1)
    assert (profile.importing, profile.sending, profile.disconnected_at) == (False, False, clock.now())
    assert (profile.trouble, missing_roles(profile), list(queries.connected())) == ({}, [], [])


def test_disconnecting_is_told_with_everything_it_did(profile: Profile) -> None:
    count = Entry.objects.count()
    disconnect_profile(ROOT, profile, "sold")
    told = [(e.action, e.by, e.because) for e in Entry.objects.order_by("pk")[count:]]
    assert told == [
        ("profile.importing_switched", ROOT.name, "sold"),
        ("profile.sending_switched", ROOT.name, "sold"),
        ("profile.secrets_wiped", ROOT.name, ""),
        ("profile.disconnected", ROOT.name, "sold"),
    ]
    disconnect_profile(ROOT, profile)
    assert Entry.objects.count() == count + 4


def test_nothing_is_done_for_a_disconnected_profile(profile: Profile) -> None:
    cursors.ensure(profile)
    disconnect_profile(ROOT, profile)
    assert list(cursors.due(clock.now())) == []
    with pytest.raises(SecretsMissing):
        client_for(profile)
    for switch in (switch_importing, switch_sending, switch_reading_status):
        Profile.objects.update(reading_status=False)
        with pytest.raises(Refused) as caught:
            switch(ROOT, profile, True)
        assert caught.value.code == "disconnected"
    assert not Profile.objects.get().importing


def test_disconnecting_cancels_long_work(profile: Profile) -> None:
    runs.start("sync", profile, {"sweeps": ["new"]}, "cli:test")
    disconnect_profile(ROOT, profile)
    assert Run.objects.get().state == "cancelled"


def test_disconnecting_forgets_the_trouble_and_closes_alerts(profile: Profile) -> None:
    note_trouble(profile, SecretsMissing("x"))
    disconnect_profile(ROOT, profile)
    profile.refresh_from_db()
    assert (profile.trouble, Alert.objects.exclude(state="closed").count()) == ({}, 0)


def test_a_sweep_on_its_way_keeps_no_token_of_it(profile: Profile) -> None:
    def exchange() -> AccessToken:
        disconnect_profile(ROOT, profile)
        SharedToken.objects.create(profile=profile, key="another")
        return AccessToken.living("Atza|of-an-hour", 3600, clock.now())

    assert DatabaseTokenStore(profile.pk).obtain("key", exchange) == "Atza|of-an-hour"
    assert SharedToken.objects.filter(sealed__isnull=False).count() == 0


def test_storing_both_secrets_connects_it_again_with_both_switches_off(profile: Profile, plugged: World) -> None:
    disconnect_profile(ROOT, profile)
    account = plugged.accounts[0]
    store_secret(ROOT, profile, client_secret=account.client_secret)
    assert Profile.objects.get().disconnected_at is not None
    store_secret(ROOT, profile, refresh_token=account.refresh_token)
    found = Profile.objects.get()
    assert (found.disconnected_at, found.importing, found.sending) == (None, False, False)
    switch_importing(ROOT, profile, True)
    assert placed(plugged, found).state == "new"


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("integrator", True), ("administrator", True), ("vendor_manager", False), ("auditor", False), ("stranger", False)],
)
def test_disconnecting_needs_its_permissions(profile: Profile, who: str, allowed: bool) -> None:
    before, count = Profile.objects.values().get(pk=profile.pk), sealed()
    caller = make_cast(profile).who(who)
    if allowed:
        disconnect_profile(caller, profile)
        assert sealed() == 0
        return
    with pytest.raises(Denied):
        disconnect_profile(caller, profile)
    assert (Profile.objects.values().get(pk=profile.pk), sealed()) == (before, count)


def test_an_empty_profile_is_removed_with_its_secrets(plugged: World, profile: Profile) -> None:
    idle = connect(plugged.accounts[0], name="idle")
    remove_profile(ROOT, idle)
    assert (list(Profile.objects.all()), sealed()) == ([profile], 2)


def test_a_profile_with_orders_is_not_removed_but_says_what_helps(profile: Profile, plugged: World) -> None:
    placed(plugged, profile)
    with pytest.raises(Refused) as caught:
        remove_profile(ROOT, profile)
    assert caught.value.message == "The profile has orders or documents, which are kept. Disconnect it instead."


def test_the_audit_tells_who_changed_which_secret_and_never_its_value(profile: Profile, plugged: World) -> None:
    from purveyor.audit.queries import export
    from purveyor.profiles.domain import answer_age, replace_secret
    from secrecy import assert_no_secret

    old, fresh, token = plugged.accounts[0].client_secret, plugged.rotate_secret(), plugged.reauthorise()
    caller: Any = make_cast(profile).who("integrator")
    count = Entry.objects.count()
    replace_secret(caller, profile, client_secret=fresh)
    replace_secret(caller, profile, refresh_token=token)
    answer_age(caller, profile, None)
    disconnect_profile(caller, profile)
    told = [(e.by, e.at, e.action, (e.new or {}).get("kind")) for e in Entry.objects.order_by("pk")[count:]]
    secret_ones = [entry for entry in told if "secret" in entry[2]]
    assert secret_ones == [
        (caller.name, clock.now(), "profile.secret_stored", "client_secret"),
        (caller.name, clock.now(), "profile.secret_stored", "refresh_token"),
        (caller.name, clock.now(), "profile.secret_age_answered", None),
        (caller.name, clock.now(), "profile.secrets_wiped", None),
    ]
    assert_no_secret(b"".join(export()).decode(), world=plugged, more=[old, fresh, token])
