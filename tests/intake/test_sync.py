"""Sweeps as a person and as the timers run them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import make_cast
from plug import connect
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.intake import cursors, sync
from purveyor.intake.models import Cursor, Received
from purveyor.intake.queries import failing_sweeps, sweep_health
from purveyor.jobs.models import Run
from purveyor.jobs.runs import work
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Line, Order, Snapshot
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()
NOTHING = {"seen": 0, "stored": 0, "changed": 0, "unchanged": 0, "aside": 0}


def test_sync_brings_new_orders_with_lines_and_versions(plugged: World, profile: Profile) -> None:
    clock.turn(timedelta(minutes=1))
    numbers = [plugged.place(lines=3) for _ in range(5)]
    clock.turn(timedelta(minutes=1))
    found = sync.sync(profile, ["new"], who=ROOT)
    assert found == {"sweeps": {"new": NOTHING | {"seen": 5, "stored": 5}}}
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(numbers)
    assert Line.objects.count() == 15
    assert Snapshot.objects.count() == 5


def test_sync_again_stores_nothing(plugged: World, profile: Profile) -> None:
    plugged.place_many(130, lines=2, over=timedelta(hours=5), until=clock.now() - timedelta(hours=1))
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    clock.turn(timedelta(minutes=15))
    found = sync.sync(profile, ["new"], who=ROOT)
    assert found == {"sweeps": {"new": NOTHING | {"seen": 130, "unchanged": 130}}}
    assert Snapshot.objects.count() == 130


def test_changed_sweep_keeps_both_versions(plugged: World, profile: Profile) -> None:
    number = plugged.place(lines=[{"amount": 10, "cost": "4.20"}, {"amount": 5, "cost": "1.00"}])
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    clock.turn(timedelta(hours=1))
    plugged.change(number, quantities={"1": 4})
    clock.turn(timedelta(minutes=1))
    found = sync.sync(profile, ["changed"], who=ROOT)
    assert found["sweeps"]["changed"] == NOTHING | {"seen": 1, "changed": 1}
    order = Order.objects.get()
    assert (order.version, order.snapshots.count(), order.lines.get(number="1").eaches) == (2, 2, 4)


def test_status_sweep_shows_what_was_received(plugged: World, profile: Profile) -> None:
    number = plugged.place(lines=[{"amount": 10, "cost": "4.20"}])
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    plugged.acknowledge_elsewhere(number, {"1": 7})
    clock.turn(timedelta(hours=1))
    plugged.receive(number, {"1": 6})
    clock.turn(timedelta(minutes=1))
    found = sync.sync(profile, ["status"], who=ROOT)
    assert found["sweeps"]["status"] == NOTHING | {"seen": 1, "changed": 1}
    line = Line.objects.get()
    assert (line.accepted, line.rejected, line.received) == (7, 3, 6)
    assert Order.objects.get().state == "answered elsewhere"


def test_sync_by_a_person_is_told(plugged: World, profile: Profile) -> None:
    sync.sync(profile, ["new"], who=ROOT)
    entry = Entry.objects.get(action="sync.run")
    assert (entry.by, entry.new) == (ROOT.name, {"sweeps": ["new"], "since": ""})


def test_sync_needs_the_permission_and_asks_nothing_without(plugged: World, profile: Profile) -> None:
    cast = make_cast(profile)
    for player in ("stranger", "auditor"):
        with pytest.raises(Denied):
            sync.sync(profile, ["new"], who=cast.who(player))
        with pytest.raises(Denied):
            sync.start_sync(profile, ["new"], who=cast.who(player))
    assert Received.objects.count() == 0


def test_sync_refuses_a_sweep_there_is_not(profile: Profile) -> None:
    with pytest.raises(NotFound):
        sync.sync(profile, ["new", "old"], who=ROOT)
    assert Received.objects.count() == 0


def test_start_sync_runs_as_long_work(plugged: World, profile: Profile) -> None:
    plugged.place()
    clock.turn(timedelta(minutes=1))
    run = sync.start_sync(profile, ["new", "status"], who=ROOT)
    work(run.pk)
    run.refresh_from_db()
    assert run.state == "done"
    assert run.result["sweeps"]["new"] == NOTHING | {"seen": 1, "stored": 1}


def test_timers_run_each_sweep_when_it_is_due(plugged: World, profile: Profile) -> None:
    plugged.place()
    clock.turn(timedelta(minutes=1))
    run_due(["intake.sweep"])
    assert Order.objects.count() == 1
    new, status = Cursor.objects.get(sweep="new"), Cursor.objects.get(sweep="status")
    assert new.next_at == clock.now() + timedelta(minutes=15)
    assert (new.position, status.position) == (clock.now(), None)


def test_timers_leave_a_profile_alone_that_does_not_import(plugged: World, profile: Profile) -> None:
    plugged.place()
    Profile.objects.update(importing=False)
    clock.turn(timedelta(days=2))
    run_due(["intake.sweep"])
    assert Received.objects.count() == 0


def test_failing_sweep_keeps_its_problem_and_pauses_the_profile(plugged: World, profile: Profile) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrders")
    run_due(["intake.sweep"])
    cursor = Cursor.objects.get(sweep="new")
    assert (cursor.problem["code"], cursor.problem["remedy"], cursor.problem["tries"]) == (
        "amazon-forbidden",
        "mend the settings",
        1,
    )
    assert (cursor.position, cursor.next_at, cursor.lease_owner) == (None, clock.now() + timedelta(minutes=1), "")
    profile.refresh_from_db()
    assert profile.trouble["code"] == "amazon-forbidden"
    assert [c.sweep for c in failing_sweeps(ROOT)] == ["new"]
    clock.turn(timedelta(hours=1))
    run_due(["intake.sweep"])
    cursor.refresh_from_db()
    assert (cursor.problem["tries"], profile.paused_at is not None) == (1, True)


def test_sweep_that_fails_over_amazons_own_trouble_backs_off(plugged: World, profile: Profile) -> None:
    plugged.faults.always("server-error", "getPurchaseOrders")
    run_due(["intake.sweep"])
    cursor = Cursor.objects.get(sweep="new")
    assert (cursor.problem["tries"], cursor.next_at) == (1, clock.now() + timedelta(minutes=1))
    clock.turn(timedelta(minutes=1))
    run_due(["intake.sweep"])
    cursor.refresh_from_db()
    assert (cursor.problem["tries"], cursor.next_at) == (2, clock.now() + timedelta(minutes=2))
    assert Profile.objects.get().paused_at is None


def test_sweep_that_works_again_forgets_its_problem(plugged: World, profile: Profile) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrders")
    run_due(["intake.sweep"])
    plugged.faults.clear()
    clock.turn(timedelta(minutes=1))
    run_due(["profiles.probe", "intake.sweep"])
    profile.refresh_from_db()
    assert (Cursor.objects.get(sweep="new").problem, profile.trouble) == ({}, {})


def test_back_off_never_exceeds_the_sweeps_own_pace(plugged: World, profile: Profile) -> None:
    held = cursors.take(profile, "new")
    held.cursor.problem = {"tries": 30}
    held.failed(RuntimeError("anything"))
    cursor = Cursor.objects.get(sweep="new")
    assert (cursor.next_at, cursor.problem["message"]) == (clock.now() + timedelta(minutes=15), "RuntimeError")


def test_sweep_health_tells_of_each_sweep(plugged: World, profile: Profile) -> None:
    assert sweep_health(profile) == []
    sync.sync(profile, ["new"], who=ROOT)
    health = sweep_health(profile)
    assert [h["sweep"] for h in health] == ["new", "changed", "status", "missing"]
    assert (health[0]["position"], health[0]["running"], health[0]["result"]) == (clock.now(), False, NOTHING)


def test_two_accounts_never_mix(plugged: World, profile: Profile) -> None:
    other = connect(plugged.add_account("beta-uk", marketplace="GB"), "beta-uk")
    mine, theirs = plugged.place(account=plugged.accounts[0]), plugged.place(account="beta-uk")
    clock.turn(timedelta(minutes=1))
    for one in (profile, other):
        sync.sync(one, ["new"], who=ROOT)
    assert dict(Order.objects.values_list("number", "profile__name")) == {mine: "acme-de", theirs: "beta-uk"}


def test_sweeps_run_as_often_as_is_said() -> None:
    minutes = {name: every / timedelta(minutes=1) for name, every in cursors.EVERY.items()}
    assert minutes == {"new": 15, "changed": 60, "status": 360, "missing": 1440}


def test_date_goes_with_new_orders_only(profile: Profile) -> None:
    with pytest.raises(Refused) as caught:
        sync.start_sync(profile, ["status"], since=clock.now() - timedelta(days=3), who=ROOT)
    assert [problem.where for problem in caught.value.problems] == ["since"]
    assert Run.objects.count() == 0
