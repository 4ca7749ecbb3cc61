"""A profile in lasting trouble is paused, told once, tried again with growing pauses, and goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deliver import ANNA, document_of, placed, work
from plug import CLIENT_SECRET, ROOT, connect
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.intake import cursors
from purveyor.intake.models import Cursor
from purveyor.intake.sync import start_sync, sync
from purveyor.jobs import perform, registry
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.profiles.doctor import check_profile, probe
from purveyor.profiles.domain import change_profile, store_secret
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.accounts import FULFILLMENT
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SWEEPS = ["intake.sweep"]
PROBE = ["profiles.probe"]


def everything_is_due() -> None:
    cursors.ensure_all()
    Cursor.objects.update(next_at=clock.now())


def fail(profile: Profile) -> Profile:
    """Run every sweep once; the profile as it is afterwards."""
    run_due(SWEEPS)
    everything_is_due()
    for cursor in Cursor.objects.all():
        registry.find("intake.sweep").run(cursor.pk)
    return Profile.objects.get(pk=profile.pk)


def alerts() -> list[tuple[str, str]]:
    return [(alert.cause.partition(":")[2].partition(":")[2], alert.state) for alert in Alert.objects.order_by("pk")]


def troubles() -> list[str]:
    return [entry.new["code"] for entry in Entry.objects.filter(action="profile.trouble").order_by("pk")]


def wrong_secret(world: World) -> None:
    world.set_account(client_secret="amzn1.oa2-cs.v1." + "0" * 64)


def expired_secret(world: World) -> None:
    world.set_account(secret_expires_at=clock.now())


def mended(world: World) -> None:
    secret = CLIENT_SECRET
    world.set_account(
        revoked=False, roles=(FULFILLMENT,), client_secret=secret, secret_expires_at=clock.now() + timedelta(days=180)
    )


MISTAKES: dict[str, tuple[Any, str]] = {
    "revoked": (lambda world: world.revoke(), "login-invalid-grant"),
    "wrong secret": (wrong_secret, "login-invalid-client"),
    "expired secret": (expired_secret, "login-invalid-client"),
    "missing role": (lambda world: world.set_account(roles=()), "amazon-forbidden"),
}


@pytest.fixture
def profile(db: None, plugged: World) -> Profile:
    plugged.set_account(client_secret=CLIENT_SECRET)
    return connect(plugged.accounts[0])


def decided(world: World, profile: Profile) -> Document:
    """An answer that waits to leave."""
    order = placed(world, profile)
    acknowledge(ANNA, order.pk)
    run_due(["outbox.compose"])
    return document_of(order)


@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_what_a_person_must_mend_pauses_once_and_resumes_by_itself(
    profile: Profile, plugged: World, mistake: str
) -> None:
    spoil, code = MISTAKES[mistake]
    spoil(plugged)
    paused = fail(profile)
    assert (paused.trouble["code"], paused.paused_at, paused.probe_at) == (
        code,
        clock.now(),
        clock.now() + timedelta(minutes=1),
    )
    assert (alerts(), troubles()) == ([("trouble", "open")], [code])
    clock.turn(timedelta(days=1))
    everything_is_due()
    asked = plugged.requests["getPurchaseOrders"]
    assert (run_due(SWEEPS), plugged.requests["getPurchaseOrders"]) == (0, asked)
    mended(plugged)
    run_due(PROBE)
    again = Profile.objects.get()
    assert (again.trouble, again.paused_at, again.probe_at, again.probes) == ({}, None, None, 0)
    assert (alerts(), troubles()) == ([("trouble", "closed")], [code, "none"])
    assert run_due(SWEEPS) == 4


@pytest.mark.parametrize("fault", ["throttled", "server-error", "empty-503", "refused", "reset"])
@pytest.mark.parametrize("operation", ["token", "getPurchaseOrders"])
def test_throttling_and_outages_only_back_off(profile: Profile, plugged: World, fault: str, operation: str) -> None:
    plugged.faults.always(fault, operation)
    found = fail(profile)
    assert (found.trouble, found.paused_at, alerts(), troubles()) == ({}, None, [], [])
    new = Cursor.objects.get(sweep="new")
    assert (new.problem["tries"] >= 1, new.next_at is not None and new.next_at > clock.now()) == (True, True)


def test_the_pauses_between_tries_grow_to_an_hour() -> None:
    minutes = [probe.pause_after(tries) / timedelta(minutes=1) for tries in range(8)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_try_that_fails_changes_nothing_but_the_next_time(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    fail(profile)
    waits = []
    for _ in range(7):
        before = Profile.objects.get().probe_at
        assert before is not None
        clock.hold(before)
        run_due(PROBE)
        after = Profile.objects.get().probe_at
        assert after is not None
        waits.append((after - before) / timedelta(minutes=1))
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert (alerts(), troubles()) == ([("trouble", "open")], ["login-invalid-grant"])


def test_a_try_during_an_outage_proves_nothing(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    fail(profile)
    mended(plugged)
    plugged.faults.always("server-error", "token")
    clock.turn(timedelta(minutes=1))
    run_due(PROBE)
    assert Profile.objects.get().trouble["code"] == "login-invalid-grant"
    plugged.faults.clear()
    clock.turn(timedelta(minutes=2))
    run_due(PROBE)
    assert Profile.objects.get().paused_at is None


def test_another_trouble_rewords_the_one_alert(profile: Profile, plugged: World) -> None:
    wrong_secret(plugged)
    fail(profile)
    plugged.set_account(client_secret=CLIENT_SECRET)
    plugged.revoke()
    clock.turn(timedelta(minutes=1))
    run_due(PROBE)
    assert (alerts(), troubles()) == ([("trouble", "open")], ["login-invalid-client", "login-invalid-grant"])
    assert "invalid_grant" in Alert.objects.get().message


def test_a_refused_operation_is_not_mended_by_another(profile: Profile, plugged: World) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrdersStatus")
    fail(profile)
    sync(profile, ["new"], who=ROOT)
    clock.turn(timedelta(minutes=1))
    run_due(PROBE)
    assert (Profile.objects.get().trouble["operation"], troubles()) == ("getPurchaseOrdersStatus", ["amazon-forbidden"])
    plugged.faults.clear()
    clock.turn(timedelta(minutes=2))
    run_due(PROBE)
    assert Profile.objects.get().paused_at is None


def test_whoever_asks_by_hand_may_try_and_resumes_it(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    fail(profile)
    mended(plugged)
    sync(profile, ["new"], who=ROOT)
    assert (Profile.objects.get().paused_at, alerts()) == (None, [("trouble", "closed")])


def test_long_work_begun_by_hand_runs_while_paused(profile: Profile, plugged: World) -> None:
    plugged.set_account(roles=())
    fail(profile)
    mended(plugged)
    start_sync(profile, who=ROOT)
    run_due(["jobs.run"])
    assert Profile.objects.get().paused_at is None


def test_the_check_pauses_and_resumes(profile: Profile, plugged: World) -> None:
    plugged.revoke()
    check_profile(ROOT, profile)
    assert (Profile.objects.get().paused_at, alerts()) == (clock.now(), [("trouble", "open")])
    mended(plugged)
    check_profile(ROOT, profile)
    assert (Profile.objects.get().paused_at, alerts()) == (None, [("trouble", "closed")])


def test_new_settings_resume_at_once_and_pause_again_where_they_are_wrong(profile: Profile, plugged: World) -> None:
    wrong_secret(plugged)
    fail(profile)
    store_secret(ROOT, profile, client_secret="amzn1.oa2-cs.v1." + "1" * 64)
    assert Profile.objects.get().paused_at is None
    everything_is_due()
    run_due(SWEEPS)
    assert (Profile.objects.get().paused_at, alerts()) == (clock.now(), [("trouble", "closed"), ("trouble", "open")])


def test_a_login_that_fails_leaves_no_token_to_go_on_with(profile: Profile, plugged: World) -> None:
    sync(profile, ["new"], who=ROOT)
    wrong_secret(plugged)
    check_profile(ROOT, profile)
    mended(plugged)
    exchanged = plugged.requests["token"]
    sync(profile, ["new"], who=ROOT)
    assert (plugged.requests["token"] - exchanged, Profile.objects.get().trouble) == (1, {})


def test_lost_secrets_are_tried_without_asking_amazon(profile: Profile, plugged: World) -> None:
    Secret.objects.all().delete()
    fail(profile)
    asked = plugged.requests["token"]
    clock.turn(timedelta(minutes=1))
    run_due(PROBE)
    assert (Profile.objects.get().trouble["code"], plugged.requests["token"]) == ("profile-secrets-missing", asked)


# ── documents ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_documents_wait_and_go_out_after_mending(profile: Profile, plugged: World) -> None:
    document = decided(plugged, profile)
    plugged.set_account(roles=())
    fail(profile)
    clock.turn(timedelta(hours=2))
    work()
    document.refresh_from_db()
    assert (document.state, document.attempts.count()) == ("queued", 0)
    mended(plugged)
    run_due(PROBE)
    work()
    assert Document.objects.get().state in ("sent", "presumed accepted", "verified")


def test_a_refused_answer_alone_pauses_no_sweep(profile: Profile, plugged: World) -> None:
    document = decided(plugged, profile)
    plugged.faults.always("missing-role", "submitAcknowledgement")
    work()
    document.refresh_from_db()
    found = Profile.objects.get()
    assert (found.trouble["operation"], found.paused_at, document.state) == ("submitAcknowledgement", None, "queued")
    everything_is_due()
    assert run_due(SWEEPS) == 4
    assert (Profile.objects.get().trouble["code"], alerts()) == ("amazon-forbidden", [("trouble", "open")])
    plugged.faults.clear()
    clock.turn(timedelta(minutes=1))
    work()
    assert (Profile.objects.get().trouble, alerts()) == ({}, [("trouble", "closed")])


def test_nothing_is_lost_while_paused(profile: Profile, plugged: World) -> None:
    sync(profile, ["new"], who=ROOT)
    plugged.revoke()
    fail(profile)
    numbers = [plugged.place() for _ in range(3)]
    clock.turn(timedelta(hours=5))
    mended(plugged)
    run_due(PROBE)
    run_due(SWEEPS)
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(numbers)


# ── evidence, daily ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_when_the_secrets_worked_is_remembered_once_an_hour(profile: Profile, plugged: World) -> None:
    sync(profile, ["new"], who=ROOT)
    first = clock.now()
    assert (Profile.objects.get().worked_at, Profile.objects.get().worked_slot) == (first, "new")
    clock.turn(timedelta(minutes=50))
    check_profile(ROOT, profile)
    assert Profile.objects.get().worked_at == first
    clock.turn(timedelta(minutes=10))
    check_profile(ROOT, profile)
    assert Profile.objects.get().worked_at == clock.now()


def test_which_of_two_secrets_worked_is_remembered(profile: Profile, plugged: World) -> None:
    store_secret(ROOT, profile, client_secret="amzn1.oa2-cs.v1." + "1" * 64)
    assert Profile.objects.get().worked_at is None
    sync(profile, ["new"], who=ROOT)
    assert Profile.objects.get().worked_slot == "old"


def test_every_profile_is_examined_once_a_day_at_its_own_time(db: None, plugged: World) -> None:
    for number in range(3):
        connect(plugged.accounts[0], f"acme-{number}")
    run_due(["profiles.daily_check"])
    times = set(Profile.objects.values_list("check_at", flat=True))
    assert (len(times), Entry.objects.filter(action="profile.checked").count()) == (3, 0)
    assert all(at is not None and timedelta(hours=1) <= at - clock.now() <= timedelta(hours=25) for at in times)
    clock.turn(timedelta(hours=26))
    run_due(["profiles.daily_check"])
    checked = Entry.objects.filter(action="profile.checked")
    assert (checked.count(), checked[0].by) == (3, "system:profiles.daily_check")
    run_due(["profiles.daily_check"])
    assert checked.count() == 3


def test_the_daily_check_notices_what_was_mended_and_what_broke(profile: Profile, plugged: World) -> None:
    run_due(["profiles.daily_check"])
    plugged.revoke()
    clock.turn(timedelta(hours=26))
    run_due(["profiles.daily_check"])
    assert Profile.objects.get().paused_at == clock.now()
    mended(plugged)
    clock.turn(timedelta(days=1))
    run_due(["profiles.daily_check"])
    assert Profile.objects.get().paused_at is None


def test_what_stops_nothing_is_an_alert_of_its_own_and_ends_with_it(profile: Profile, plugged: World) -> None:
    plugged.place()
    change_profile(ROOT, profile, vendor_codes=["ACME9"])
    check_profile(ROOT, profile)
    check_profile(ROOT, profile)
    found = Alert.objects.get()
    assert (found.kind, found.severity, found.message) == (
        "profile.check",
        "bad",
        "acme-de: This account has orders for vendor code WALD1; entered is ACME9.",
    )
    assert Profile.objects.get().paused_at is None
    change_profile(ROOT, profile, vendor_codes=["WALD1"])
    check_profile(ROOT, profile)
    assert alerts() == [("check", "closed")]


def test_clocks_that_ran_ahead_put_no_try_off(profile: Profile) -> None:
    far = clock.now() + timedelta(days=900)
    Profile.objects.update(paused_at=clock.now(), probe_at=far, check_at=far)
    from purveyor.jobs import jumps

    jumps.mend(True)
    found = Profile.objects.get()
    assert (found.probe_at, found.check_at) == (clock.now(), clock.now())


def test_no_recurring_name_is_unknown() -> None:
    assert {"profiles.probe", "profiles.daily_check"} <= set(registry.tasks())
    assert perform.due("profiles.probe", 0) == []
