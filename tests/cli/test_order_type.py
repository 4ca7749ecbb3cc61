"""Of which type an order is, by command."""

from __future__ import annotations

import pytest

from cli.conftest import Run
from deliver import placed
from orders.offered import offered
from products.making import product
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    """An order that wants more than its offer has left."""
    offered(profile, (product(asin="B0TEST0001"), [50]))
    line = {"amount": 60, "cost": "4.20", "asin": "B0TEST0001"}
    found = placed(plugged, profile, line, type="RegularOrder", delivery_window=WINDOW)
    look_at(found.pk)
    return found


def test_type_is_shown_with_its_reasons(run: Run, order: Order) -> None:
    shown = run("order", "type", order.number).out
    assert "undefined" in shown
    assert "60 pieces are ordered, but only 50 of 50 were left." in shown
    assert run("order", "type", order.number, "--json").json["offer"] == "BB-1"


def test_type_is_overruled_and_the_order_acknowledged(run: Run, order: Order) -> None:
    said = ["--type", "bulk", "--offer", "BB-1", "--reason", "Agreed.", "--acknowledge"]
    told = run("order", "type", order.number, *said, "--json").json
    assert (told["type"], told["overruled"], told["decisions"][0]["because"]) == ("bulk", True, "Agreed.")
    order.refresh_from_db()
    assert order.state == "acknowledging"


def test_what_cannot_be_said_is_refused(run: Run, order: Order) -> None:
    assert run("order", "type", order.number, "--type", "odd", "--reason", "r").status == 1
    assert run("order", "type", order.number, "--reason", "r").status == 2


def test_order_nobody_looked_at_has_no_type_yet(run: Run, plugged: World, profile: Profile) -> None:
    assert (
        "Nobody looked at its type yet; that happens within a minute."
        in run("order", "type", placed(plugged, profile).number).out
    )


def test_dry_run_of_types_lists_each_order(run: Run, order: Order) -> None:
    told = run("setting", "dry-run", "acme-de", "--types", "types.slack_days=0", "--json").json
    assert (told["orders"], told["would"], told["offers"]) == (
        1,
        {"undefined": 1},
        [{"offer": "BB-1", "approved": 50, "left": 0}],
    )
    assert order.number in run("setting", "dry-run", "acme-de", "--types").out
