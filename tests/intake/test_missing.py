from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from plug import SIMULATOR
from purveyor.alerts.models import Alert
from purveyor.amazon.errors import ServerError
from purveyor.amazon.transport import Reply, Request, Transport, WsgiTransport
from purveyor.common import clock
from purveyor.intake import sync
from purveyor.intake.models import Cursor, Received
from purveyor.intake.sweeps.backfill import start_backfill
from purveyor.intake.sweeps.missing import _heading_of
from purveyor.orders.models import Line, Order
from purveyor.people.who import Who
from purveyor.profiles import clients
from purveyor.profiles.models import Profile
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
ROOT = Who.cli()


def missing(profile: Profile, **more: Any) -> dict[str, int]:
    return dict(sync.sync(profile, ["missing"], who=ROOT, **more)["sweeps"]["missing"])


def counts(**more: int) -> dict[str, int]:
    return {"seen": 0, "stored": 0, "changed": 0, "unchanged": 0, "aside": 0} | more


def test_holes_are_fetched_one_by_one(plugged: World, profile: Profile) -> None:
    placed = plugged.place_many(120, lines=1, over=timedelta(days=5))
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    gone = Order.objects.filter(number__in=placed[:3])
    gone.delete()
    assert missing(profile) == counts(seen=120, stored=3, unchanged=117)
    assert sorted(Order.objects.values_list("number", flat=True)) == sorted(placed)
    assert missing(profile) == counts(seen=120, unchanged=120)


def test_only_holes_are_read_in_full(plugged: World, profile: Profile) -> None:
    plugged.place(lines=2)
    clock.turn(timedelta(minutes=1))
    missing(profile)
    assert [r.query.keys() for r in Received.objects.order_by("pk")] == [
        {"purchaseOrderNumber"},
        {"purchaseOrderNumber"},
    ]
    assert Line.objects.count() == 2


def test_hole_comes_with_its_status(plugged: World, profile: Profile) -> None:
    number = plugged.place(lines=[{"amount": 10, "cost": "4.20"}])
    plugged.acknowledge_elsewhere(number, {"1": 7})
    clock.turn(timedelta(minutes=30))
    missing(profile)
    assert (Line.objects.get().accepted, Order.objects.get().state) == (7, "answered elsewhere")


def test_order_in_another_state_than_ours_is_read_again(plugged: World, profile: Profile) -> None:
    number = plugged.place()
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    plugged.acknowledge_elsewhere(number)
    clock.turn(timedelta(minutes=30))
    assert missing(profile) == counts(seen=1, changed=1)
    assert Order.objects.get().amazon_state == "Acknowledged"


def test_orders_only_we_have_are_reported(plugged: World, profile: Profile) -> None:
    profile.import_from = clock.now() - timedelta(days=40)
    profile.save(update_fields=["import_from"])
    ours = plugged.place(at=clock.now() - timedelta(days=20))
    sync.sync(profile, ["new"], who=ROOT)
    Order.objects.update(number="GONE0001")
    missing(profile)
    result = Cursor.objects.get(sweep="missing").result
    assert (result["stored"], result["not_at_amazon"], result["not_at_amazon_numbers"]) == (1, 1, ["GONE0001"])
    assert Order.objects.filter(number=ours).exists()


def test_fresh_orders_are_never_reported(plugged: World, profile: Profile) -> None:
    plugged.place()
    clock.turn(timedelta(minutes=1))
    sync.sync(profile, ["new"], who=ROOT)
    Order.objects.update(number="GONE0001")
    missing(profile)
    assert "not_at_amazon" not in Cursor.objects.get(sweep="missing").result


def test_nothing_before_the_cut_off_is_wanted(plugged: World, profile: Profile) -> None:
    plugged.place(at=clock.now() - timedelta(days=30))
    assert missing(profile) == counts()
    assert missing(profile, since=clock.now() - timedelta(days=31)) == counts(seen=1, stored=1)


def test_while_a_back_fill_runs_it_waits(plugged: World, profile: Profile) -> None:
    plugged.place()
    clock.turn(timedelta(minutes=1))
    start_backfill(profile, clock.now() - timedelta(days=10), who=ROOT)
    assert missing(profile) == counts()
    assert "postponed" in Cursor.objects.get(sweep="missing").result


def test_pages_that_break_off_stop_it(plugged: World, profile: Profile) -> None:
    plugged.place_many(250, lines=1, over=timedelta(hours=1))
    clock.turn(timedelta(minutes=1))
    plugged.faults.always("repeated-token", "getPurchaseOrders")
    with pytest.raises(Exception, match="repeated a page token"):
        missing(profile)
    assert (Order.objects.count(), Cursor.objects.get(sweep="missing").position) == (0, None)


class Poisoned:
    """The stand-in, but for orders Amazon does not hand out."""

    def __init__(self, inner: Transport, *numbers: str) -> None:
        self.inner, self.numbers = inner, numbers

    def send(self, request: Request, timeout: float) -> Reply:
        poisoned = request.operation == "getPurchaseOrder" and request.url.rsplit("/", 1)[1] in self.numbers
        return Reply(500, {}, b"") if poisoned else self.inner.send(request, timeout)


def poison(plugged: World, *numbers: str) -> None:
    clients.plug(SIMULATOR, Poisoned(WsgiTransport(create_app(plugged)), *numbers))


def test_order_amazon_does_not_hand_out_keeps_no_other_away(plugged: World, profile: Profile) -> None:
    first, *others = sorted(plugged.place_many(4, lines=1))
    poison(plugged, first)
    clock.turn(timedelta(minutes=1))
    assert missing(profile) == counts(seen=4, stored=3)
    assert sorted(Order.objects.values_list("number", flat=True)) == others
    kept = Cursor.objects.get(sweep="missing")
    assert (kept.result["failed"], kept.result["failed_numbers"], kept.problem) == (1, [first], {})


def test_sweep_stops_where_it_is_not_the_orders(plugged: World, profile: Profile) -> None:
    numbers = plugged.place_many(8, lines=1)
    poison(plugged, *numbers)
    clock.turn(timedelta(minutes=1))
    with pytest.raises(ServerError):
        missing(profile)
    assert Cursor.objects.get(sweep="missing").problem["code"] == "amazon-server-error"


@pytest.mark.parametrize("state", [{}, {"purchaseOrderState": None}, {"purchaseOrderState": "New"}])
def test_heading_needs_no_state(state: dict[str, Any]) -> None:
    raw = json.dumps({"purchaseOrderNumber": " P1 "} | state).encode()
    assert _heading_of(raw) == ("P1", state.get("purchaseOrderState") or "")


def told(kind: str) -> list[tuple[str, str]]:
    return list(Alert.objects.filter(kind=kind).order_by("pk").values_list("state", "message"))


def test_order_that_amazon_does_not_show_is_told_until_it_does(plugged: World, profile: Profile) -> None:
    numbers = plugged.place_many(3, lines=1, over=timedelta(days=5), until=clock.now() - timedelta(days=20))
    Profile.objects.update(import_from=clock.now() - timedelta(days=60))
    profile.refresh_from_db()
    missing(profile)
    Order.objects.filter(number=numbers[0]).update(number="GONE0001")
    missing(profile)
    message = "acme-de: Amazon does not show 1 orders that are here: GONE0001."
    assert told("orders.not_at_amazon") == [("open", message)]
    Order.objects.filter(number="GONE0001").delete()
    missing(profile, since=clock.now() - timedelta(days=1))
    assert told("orders.not_at_amazon") == [("open", message)]
    missing(profile)
    assert told("orders.not_at_amazon") == [("closed", message)]
