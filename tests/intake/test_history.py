"""What of the time before a profile was connected is fetched: everything, or only what is still New at Amazon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deliver import placed, work
from plug import connect
from purveyor.common import clock
from purveyor.intake import cursors, sync
from purveyor.intake.models import Cursor, Received
from purveyor.intake.sweeps.backfill import start_backfill
from purveyor.jobs import runs
from purveyor.orders.models import Order
from purveyor.orders.rules import why_never
from purveyor.outbox.models import Document
from purveyor.people.who import Who
from purveyor.profiles.domain import change_profile, switch_reading_status
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

ROOT = Who.cli()
EVERYTHING = ("new", "changed", "status", "missing")


@pytest.fixture
def past(plugged: World) -> dict[str, str]:
    """Orders of the days before: two still New, one of them in part cancelled, one answered in the portal."""
    at = clock.now() - timedelta(days=3)
    found = {name: plugged.place(lines=2, at=at) for name in ("new", "answered", "cancelled")}
    plugged.acknowledge_elsewhere(found["answered"], at=at + timedelta(hours=2))
    plugged.cancel(found["cancelled"], line=1, at=at + timedelta(hours=3))
    return found


@pytest.fixture
def profile(past: dict[str, str], plugged: World) -> Profile:
    """Connected only now, without the history that was answered already."""
    return connect(plugged.accounts[0], import_acknowledged=False)


def held() -> set[str]:
    return set(Order.objects.values_list("number", flat=True))


def asked(sweep: str) -> list[str]:
    """What each page of a sweep asked for beside its times."""
    return [r.query.get("purchaseOrderState", "") for r in Received.objects.filter(sweep=sweep).order_by("pk")]


def swept(profile: Profile, *sweeps: str) -> dict[str, Any]:
    return dict(sync.sync(profile, sweeps or EVERYTHING, who=ROOT)["sweeps"])


def test_first_import_asks_for_new_orders_only(profile: Profile, past: dict[str, str]) -> None:
    swept(profile, "new")
    assert (held(), set(asked("new"))) == ({past["new"], past["cancelled"]}, {"New"})


def test_first_import_twin_takes_everything(plugged: World, past: dict[str, str]) -> None:
    swept(connect(plugged.accounts[0]), "new")
    assert (held(), set(asked("new"))) == (set(past.values()), {""})


def test_no_sweep_brings_in_what_was_left_out(profile: Profile, plugged: World, past: dict[str, str]) -> None:
    wanted = {past["new"], past["cancelled"]}
    for _day in range(3):
        found = swept(profile)
        assert (held(), found["missing"]["stored"]) == (wanted, 0)
        clock.turn(timedelta(days=1))
        plugged.change(past["answered"], shift_days=1)
    changed = Received.objects.filter(sweep="changed").order_by("pk").last()
    assert changed is not None
    assert (changed.seen, changed.unchanged) == (1, 1)


def test_orders_since_connecting_come_in_whoever_answered_them(profile: Profile, plugged: World) -> None:
    before = held()
    clock.turn(timedelta(hours=1))
    number = plugged.place(lines=1)
    plugged.acknowledge_elsewhere(number)
    clock.turn(timedelta(minutes=15))
    swept(profile, "new")
    assert number in held() - before


def test_the_missing_sweep_still_finds_holes(profile: Profile, plugged: World, past: dict[str, str]) -> None:
    swept(profile, "new")
    Order.objects.filter(number=past["new"]).delete()
    assert swept(profile, "missing")["missing"]["stored"] == 1
    assert held() == {past["new"], past["cancelled"]}


def test_back_fill_asks_for_new_orders_only(profile: Profile, plugged: World, past: dict[str, str]) -> None:
    clock.turn(timedelta(hours=1))
    run = start_backfill(profile, clock.now() - timedelta(days=30), who=ROOT)
    runs.work(run.pk)
    assert held() == {past["new"], past["cancelled"]}
    assert set(asked("backfill")) == {"New", ""}
    connected = profile.created_at.isoformat(" ")
    late = [r.query for r in Received.objects.filter(sweep="backfill") if "purchaseOrderState" not in r.query]
    assert [query["createdBefore"] > connected for query in late] == [True]


def test_wanting_history_later_fetches_it(profile: Profile, plugged: World, past: dict[str, str]) -> None:
    swept(profile, "new")
    change_profile(ROOT, profile, import_acknowledged=True)
    assert swept(profile, "missing")["missing"]["stored"] == 1
    assert held() == set(past.values())


@pytest.mark.parametrize("wanted", [True, False])
def test_history_is_never_answered_by_itself(plugged: World, past: dict[str, str], wanted: bool) -> None:
    mine = connect(plugged.accounts[0], import_acknowledged=wanted)
    swept(mine)
    work()
    reasons = {why_never(order, list(order.lines.all())) for order in Order.objects.all()}
    assert reasons == {"It came with a back-fill and may have been handled before."}
    states = set(Order.objects.values_list("number", "state"))
    shown = {(past["new"], "new"), (past["cancelled"], "new")}
    assert states == (shown | {(past["answered"], "answered elsewhere")} if wanted else shown)
    assert Document.objects.count() == 0


def test_what_is_new_since_connecting_may_be_answered(profile: Profile, plugged: World) -> None:
    """The twin: the rule does not simply forbid everything."""
    clock.turn(timedelta(hours=1))
    order = placed(plugged, profile)
    assert why_never(order, list(order.lines.all())) == ""


def test_status_is_not_read_by_schedule_where_it_is_switched_off(profile: Profile) -> None:
    cursors.ensure(profile)
    clock.turn(timedelta(days=2))
    switch_reading_status(ROOT, profile, False)
    assert set(cursors.due(clock.now()).values_list("sweep", flat=True)) == {"new", "changed", "missing"}
    switch_reading_status(ROOT, profile, True)
    assert set(cursors.due(clock.now()).values_list("sweep", flat=True)) == set(EVERYTHING)
    assert Cursor.objects.count() == len(EVERYTHING)
