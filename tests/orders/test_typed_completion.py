"""An offer completed by its people recognises the orders that wait; opened again, it lets them go."""

from __future__ import annotations

import pytest

from deliver import placed
from offers.making import ROOT, offer, through
from purveyor.jobs.testing import run_due
from purveyor.offers.domain.complete import complete, reopen
from purveyor.offers.models import Cell
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

APRIL = "2026-04-06T00:00:00Z--2026-04-10T00:00:00Z"


def test_completion_recognises_waiting_orders_and_reopening_lets_them_go(plugged: World, profile: Profile) -> None:
    made = through(offer(profile))
    line = {"amount": 60, "cost": "4.50", "asin": "B000000001"}
    order = placed(plugged, profile, line, type="RegularOrder", delivery_window=APRIL)
    run_due(["orders.check"])
    order.refresh_from_db()
    assert (order.type, order.offer) == ("undefined", None)
    complete(ROOT, made)
    run_due(["orders.offers"])
    order.refresh_from_db()
    assert (order.type, order.offer) == ("bulk", made)
    assert sorted(Cell.objects.values_list("consumed", flat=True)) == [0, 0, 60]
    reopen(ROOT, made, "A price was wrong.")
    run_due(["orders.offers"])
    order.refresh_from_db()
    assert (order.type, order.offer) == ("undefined", None)
    assert not Cell.objects.filter(consumed__gt=0).exists()
