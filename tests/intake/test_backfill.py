"""Back-filling: side by side, in one process; it may be cancelled, resumed, killed."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from cast import make_cast
from plug import connect
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Conflict, Denied, PurveyorError, Refused
from purveyor.intake import sync
from purveyor.intake.models import Cursor, Received, Slice
from purveyor.intake.sweeps.backfill import result_of, start_backfill
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = pytest.mark.integration
# Threads have connections of their own: what they read has to be committed.
committed = pytest.mark.django_db(transaction=True)
ROOT = Who.cli()


@pytest.fixture
def profile(transactional_db: None, plugged: World) -> Profile:
    return connect(plugged.accounts[0])


def ago(days: float) -> Any:
    return clock.now() - timedelta(days=days)


def work(run: Run) -> Run:
    runs.work(run.pk)
    run.refresh_from_db()
    return run


@committed
def test_back_fill_brings_every_order_and_marks_it(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(730, lines=1, over=timedelta(days=29))
    run = work(start_backfill(profile, ago(30), who=ROOT))
    assert run.state == "done"
    assert run.result == {"seen": 730, "stored": 730, "changed": 0, "unchanged": 0, "aside": 0} | {
        "seen": run.result["seen"],
        "unchanged": run.result["seen"] - 730,
    }
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(placed)
    assert not Order.objects.filter(backfilled=False).exists()
    assert not Slice.objects.filter(done=False).exists()
    assert (run.done, run.total, run.step) == (run.total, 30 * 86400, f"{run.result['seen']} orders")


@committed
def test_slices_cover_the_whole_time_without_gaps(plugged: World, profile: Profile) -> None:
    plugged.place_many(900, lines=1, over=timedelta(hours=20))
    since, until = ago(10), clock.now()
    run = work(start_backfill(profile, since, who=ROOT))
    slices = list(Slice.objects.filter(run=run).order_by("start"))
    assert (slices[0].start, slices[-1].end) == (since, until)
    assert len(slices) > 2
    for before, after in itertools.pairwise(slices):
        assert before.end == after.start
    assert Order.objects.count() == 900


@committed
def test_back_fill_asks_for_statuses_when_it_is_done(plugged: World, profile: Profile) -> None:
    sync.sync(profile, ["status"], who=ROOT)
    since = ago(20)
    work(start_backfill(profile, since, who=ROOT))
    cursor = Cursor.objects.get(sweep="status")
    assert (cursor.position, cursor.next_at) == (since, clock.now())


@committed
def test_cut_off_goes_no_further_than_amazon_keeps(plugged: World, profile: Profile) -> None:
    run = start_backfill(profile, ago(400), who=ROOT)
    assert Slice.objects.filter(run=run).order_by("start").first().start == ago(180)
    profile.refresh_from_db()
    assert profile.import_from == ago(180)


@committed
def test_cut_off_is_remembered_only_when_earlier(plugged: World, profile: Profile) -> None:
    work(start_backfill(profile, ago(20), who=ROOT))
    work(start_backfill(profile, ago(5), who=ROOT))
    profile.refresh_from_db()
    assert profile.import_from == ago(20)


@committed
def test_one_back_fill_at_a_time(plugged: World, profile: Profile) -> None:
    start_backfill(profile, ago(5), who=ROOT)
    with pytest.raises(Conflict):
        start_backfill(profile, ago(3), who=ROOT)
    assert Run.objects.count() == 1


@committed
def test_date_to_come_is_refused(plugged: World, profile: Profile) -> None:
    with pytest.raises(Refused):
        start_backfill(profile, ago(-1), who=ROOT)
    assert Run.objects.count() == 0


@committed
def test_back_fill_needs_the_permission_and_is_told(plugged: World, profile: Profile) -> None:
    cast = make_cast(profile)
    with pytest.raises(Denied):
        start_backfill(profile, ago(5), who=cast.who("stranger"))
    assert (Run.objects.count(), Slice.objects.count()) == (0, 0)
    run = start_backfill(profile, ago(5), who=cast.who("vendor_manager"))
    entry = Entry.objects.get(action="backfill.started")
    assert (entry.by, entry.new["run"]) == ("user:vendor-manager", run.pk)


@committed
def test_cancelled_back_fill_goes_on_where_it_stopped(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(300, lines=1, over=timedelta(days=27))
    run = start_backfill(profile, ago(28), who=ROOT)
    Run.objects.filter(pk=run.pk).update(cancel_requested=True, state="running")
    work(run)
    assert run.state == "cancelled"
    Slice.objects.filter(run=run, start__lt=ago(14)).update(done=True)
    runs.resume(run, "user:anna")
    work(run)
    assert run.state == "done"
    asked = [r.query["createdBefore"] for r in Received.objects.filter(sweep="backfill")]
    assert min(asked) > str(ago(14))
    assert 0 < Order.objects.count() < len(placed)


@committed
def test_dead_workers_back_fill_is_finished_by_another(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(250, lines=1, over=timedelta(days=13))
    run = start_backfill(profile, ago(14), who=ROOT)
    Run.objects.filter(pk=run.pk).update(
        state="running", lease_owner="dead", lease_until=clock.now() + timedelta(seconds=60)
    )
    work(run)
    assert (run.state, Order.objects.count()) == ("running", 0)
    clock.turn(timedelta(seconds=61))
    work(run)
    assert (run.state, Order.objects.count()) == ("done", len(placed))


@committed
def test_run_taken_over_keeps_nothing_of_the_first_worker(plugged: World, profile: Profile) -> None:
    plugged.place_many(50, lines=1, over=timedelta(days=3))
    run = start_backfill(profile, ago(5), who=ROOT)
    stale = Run.objects.get(pk=run.pk)
    stale.lease_owner = "dead"
    Run.objects.filter(pk=run.pk).update(lease_owner="another", state="running")
    from purveyor.intake.sweeps import backfill

    with pytest.raises(Conflict):
        backfill.work(stale)
    assert (Order.objects.count(), Received.objects.count()) == (0, 0)


@committed
def test_lasting_trouble_fails_it_and_shows_on_the_profile(plugged: World, profile: Profile) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrders")
    run = work(start_backfill(profile, ago(5), who=ROOT))
    profile.refresh_from_db()
    assert (run.state, profile.trouble["code"]) == ("failed", "amazon-forbidden")
    plugged.faults.clear()
    runs.resume(run, "user:anna")
    work(run)
    profile.refresh_from_db()
    assert (run.state, profile.trouble) == ("done", {})


@committed
def test_transient_dice_lose_no_order(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(400, lines=1, over=timedelta(days=20))
    plugged.faults.dice(
        7, dict.fromkeys(("throttled", "server-error", "empty-page", "malformed-json", "repeated-token"), 0.05)
    )
    run = work(start_backfill(profile, ago(21), who=ROOT))
    assert run.state == "done"
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(placed)


@committed
def test_sync_with_a_date_back_fills_in_the_foreground(plugged: World, profile: Profile) -> None:
    plugged.place_many(130, lines=1, over=timedelta(days=20))
    said: list[str] = []
    found = sync.sync(profile, ["new", "status"], since=ago(21), who=ROOT, progress=said.append)
    assert found["sweeps"]["new"]["stored"] == 130
    assert list(found["sweeps"]) == ["new", "status"]
    assert Order.objects.filter(backfilled=True).count() == 130
    run = Run.objects.get(kind="backfill")
    assert (run.state, result_of(run).stored) == ("done", 130)


@committed
def test_sync_with_a_date_tells_of_a_back_fill_that_failed(plugged: World, profile: Profile) -> None:
    plugged.faults.always("missing-role", "getPurchaseOrders")
    with pytest.raises(PurveyorError):
        sync.sync(profile, ["new"], since=ago(5), who=ROOT)


@committed
def test_start_sync_with_a_date_is_a_back_fill(plugged: World, profile: Profile) -> None:
    run = sync.start_sync(profile, ["new"], since=ago(5), who=ROOT)
    assert run.kind == "backfill"
