"""Sweeps through windows: cursors that move only with what is stored, and Amazon's ways of paging (FACTS §11)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from purveyor.amazon.errors import AmazonError, Unreadable
from purveyor.amazon.paging import LONGEST
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.intake import cursors, pull, sync
from purveyor.intake.models import Cursor, Received
from purveyor.intake.sweeps.new import NEW
from purveyor.intake.sweeps.windowed import spans
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


def new(profile: Profile, **more: Any) -> dict[str, int]:
    return dict(sync.sync(profile, ["new"], who=ROOT, **more)["sweeps"]["new"])


def numbers() -> list[str]:
    return sorted(Order.objects.values_list("number", flat=True))


def asked() -> list[tuple[str, str]]:
    """The windows asked for, in order."""
    return [(r.query["createdAfter"], r.query["createdBefore"]) for r in Received.objects.order_by("pk")]


def test_windows_are_at_most_seven_days_with_their_edges() -> None:
    end = clock.now()
    everything = Profile(import_acknowledged=True, created_at=end - timedelta(days=3))
    found = spans(everything, end - timedelta(days=30), end)
    assert (found[0][0], found[-1][1], len(found)) == (end - timedelta(days=30), end, 5)
    for window in found:
        filters = NEW.filters(everything, window)
        assert filters["createdBefore"] - filters["createdAfter"] <= LONGEST
    for before, after in pairwise(found):
        assert NEW.filters(everything, after)["createdAfter"] < before[1] == after[0]


def test_first_run_reads_a_week_back_then_a_day(plugged: World, profile: Profile) -> None:
    start = clock.now()
    old = plugged.place(at=start - timedelta(days=6))
    plugged.place(at=start - timedelta(days=9))
    new(profile)
    assert numbers() == [old]
    assert Order.objects.get().backfilled
    clock.turn(timedelta(hours=2))
    fresh = plugged.place()
    clock.turn(timedelta(minutes=1))
    assert new(profile)["stored"] == 1
    assert numbers() == sorted([old, fresh])
    assert not Order.objects.get(number=fresh).backfilled
    assert asked()[-1][0] == str(start - timedelta(hours=24, seconds=1))


def test_first_run_reads_from_the_cut_off(plugged: World, profile: Profile) -> None:
    wanted = plugged.place(at=clock.now() - timedelta(days=20))
    plugged.place(at=clock.now() - timedelta(days=22))
    profile.import_from = clock.now() - timedelta(days=21)
    profile.save(update_fields=["import_from"])
    new(profile)
    assert numbers() == [wanted]


def test_overlap_finds_what_amazon_showed_late(plugged: World, profile: Profile) -> None:
    clock.turn(timedelta(hours=30))
    new(profile)
    late = plugged.place(at=clock.now() - timedelta(hours=23))
    plugged.place(at=clock.now() - timedelta(hours=25))
    clock.turn(timedelta(minutes=15))
    new(profile)
    assert numbers() == [late]


def test_dying_between_asking_and_storing_loses_nothing(
    plugged: World, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged.place_many(150, lines=1, over=timedelta(hours=1))
    clock.turn(timedelta(minutes=1))
    stored = []

    def dies(*args: Any, **more: Any) -> Any:
        if stored:
            raise KeyboardInterrupt
        stored.append(real(*args, **more))
        return stored[0]

    real = pull.store
    monkeypatch.setattr(pull, "store", dies)
    with pytest.raises(KeyboardInterrupt):
        new(profile)
    assert (Order.objects.count(), Cursor.objects.get(sweep="new").position) == (100, None)
    monkeypatch.undo()
    assert new(profile) == {"seen": 150, "stored": 50, "changed": 0, "unchanged": 100, "aside": 0}
    assert Cursor.objects.get(sweep="new").position == clock.now()


def test_failing_page_leaves_the_cursor_where_it_was(plugged: World, profile: Profile) -> None:
    clock.turn(timedelta(days=8))
    new(profile)
    position = Cursor.objects.get(sweep="new").position
    plugged.place()
    clock.turn(timedelta(hours=1))
    plugged.faults.always("missing-role", "getPurchaseOrders")
    with pytest.raises(AmazonError):
        new(profile)
    assert Cursor.objects.get(sweep="new").position == position
    plugged.faults.clear()
    assert new(profile)["stored"] == 1


def test_cursor_keeps_the_windows_done_when_a_later_one_fails(plugged: World, profile: Profile) -> None:
    profile.import_from = clock.now() - timedelta(days=20)
    profile.save(update_fields=["import_from"])
    plugged.place(at=clock.now() - timedelta(days=19))
    start = clock.now() - timedelta(days=20)

    def progress(text: str) -> None:
        if Order.objects.exists():
            plugged.faults.always("missing-role", "getPurchaseOrders")

    with pytest.raises(AmazonError):
        new(profile, progress=progress)
    assert Cursor.objects.get(sweep="new").position == start + LONGEST - timedelta(seconds=1)


@pytest.mark.parametrize("fault", ["empty-page", "spurious-400", "throttled", "server-error", "html-error", "reset"])
def test_transient_faults_lose_no_order(plugged: World, profile: Profile, fault: str) -> None:
    placed = plugged.place_many(250, lines=1, over=timedelta(hours=1))
    clock.turn(timedelta(minutes=1))
    plugged.faults.once(fault, "getPurchaseOrders", times=2)
    new(profile)
    assert numbers() == sorted(placed)
    assert plugged.faults.taken[fault, "getPurchaseOrders"] == 2


def test_repeated_token_is_asked_around(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(250, lines=1, over=timedelta(days=4))
    clock.turn(timedelta(minutes=1))
    plugged.faults.once("repeated-token", "getPurchaseOrders")
    new(profile)
    assert numbers() == sorted(placed)
    assert Cursor.objects.get(sweep="new").position == clock.now()


def test_tokens_repeated_for_ever_stop_the_sweep_and_move_nothing(plugged: World, profile: Profile) -> None:
    plugged.place_many(250, lines=1, over=timedelta(seconds=1))
    clock.turn(timedelta(minutes=1))
    plugged.faults.always("repeated-token", "getPurchaseOrders")
    with pytest.raises(Unreadable):
        new(profile)
    cursor = Cursor.objects.get(sweep="new")
    assert (cursor.problem["code"], cursor.lease_owner) == ("amazon-unreadable", "")


def test_since_within_what_was_read_moves_the_cursor_on(plugged: World, profile: Profile) -> None:
    new(profile)
    clock.turn(timedelta(hours=1))
    sync.run_sweep(profile, "new", by="x", since=clock.now() - timedelta(hours=3))
    assert Cursor.objects.get(sweep="new").position == clock.now()


def test_since_beyond_what_was_read_moves_no_cursor_over_the_gap(plugged: World, profile: Profile) -> None:
    new(profile)
    position = clock.now()
    clock.turn(timedelta(days=3))
    sync.run_sweep(profile, "new", by="x", since=clock.now() - timedelta(hours=3))
    assert Cursor.objects.get(sweep="new").position == position


def test_cursor_never_goes_back_by_itself(plugged: World, profile: Profile) -> None:
    held = cursors.take(profile, "new")
    held.keep(clock.now())
    held.keep(clock.now() - timedelta(hours=1))
    assert Cursor.objects.get(sweep="new").position == clock.now()


def test_cursor_set_back_meanwhile_stays_back_and_is_due(plugged: World, profile: Profile) -> None:
    new(profile)
    since = clock.now() - timedelta(days=3)
    held = cursors.take(profile, "new")
    clock.turn(timedelta(minutes=5))
    cursors.begin_again(profile, "new", since)
    held.keep(clock.now())
    held.done(cursors.Counts())
    cursor = Cursor.objects.get(sweep="new")
    assert (cursor.position, cursor.next_at) == (since, clock.now())


def test_begin_again_never_moves_a_cursor_on(plugged: World, profile: Profile) -> None:
    new(profile)
    position = clock.now()
    clock.turn(timedelta(days=1))
    cursors.begin_again(profile, "new", clock.now())
    assert Cursor.objects.get(sweep="new").position == position


def test_second_worker_finds_the_sweep_taken(plugged: World, profile: Profile) -> None:
    cursors.take(profile, "new")
    with pytest.raises(Conflict):
        sync.run_sweep(profile, "new", by="x")
    assert Received.objects.count() == 0
    cursors.take(profile, "changed")


def test_somebody_at_the_shell_waits_for_the_sweep(plugged: World, profile: Profile) -> None:
    cursors.take(profile, "new")
    began = clock.now()
    with pytest.raises(Conflict):
        new(profile)
    assert clock.now() - began >= timedelta(seconds=sync.PATIENCE)


def test_dead_workers_sweep_is_taken_over_and_its_pages_are_undone(plugged: World, profile: Profile) -> None:
    plugged.place()
    clock.turn(timedelta(minutes=1))
    dead = cursors.take(profile, "new")
    clock.turn(timedelta(seconds=cursors.LEASE_SECONDS))
    new(profile)
    with pytest.raises(Conflict):
        dead.keep(clock.now() + timedelta(days=1))
    assert Cursor.objects.get(sweep="new").position == clock.now()


def test_lost_lease_is_found_out_with_the_next_page(plugged: World, profile: Profile) -> None:
    plugged.place_many(150, lines=1, over=timedelta(hours=1))
    clock.turn(timedelta(minutes=1))
    Cursor.objects.all().delete()

    def progress(text: str) -> None:
        Cursor.objects.filter(sweep="new").update(lease_owner="another")

    with pytest.raises(Conflict):
        new(profile, progress=progress)
    assert (Order.objects.count(), Received.objects.count()) == (0, 0)
    assert Cursor.objects.get(sweep="new").lease_owner == "another"


def test_page_that_is_throttled_to_the_last_try_is_kept(plugged: World, profile: Profile) -> None:
    number = plugged.place()
    plugged.faults.once("throttled", "getPurchaseOrders", times=29)
    began = clock.now()
    sync.run_sweep(profile, "new", by="system:test")
    assert Order.objects.filter(number=number).exists()
    assert timedelta(minutes=5) < clock.now() - began < timedelta(seconds=cursors.LEASE_SECONDS)
