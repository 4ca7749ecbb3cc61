"""Findings, unknown products, second persons, pick results and dry runs at the command line."""

from __future__ import annotations

import pytest

from cli.conftest import Run
from deliver import placed
from products.making import cost, product
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Acknowledgement, Finding, Order
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001", "sku": "SKU-1"}


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    window = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
    found = placed(plugged, profile, LINE, type="RegularOrder", delivery_window=window)
    look_at(found.pk)
    return found


def test_unknown_product_is_listed_and_mapped(run: Run, order: Order) -> None:
    told = run("product", "unmatched", "--json").json["unmatched"]
    assert [(one["asin"], one["vendor_product"], one["orders"]) for one in told] == [("B0TEST0001", "SKU-1", 1)]
    product("SPOON-1")
    done = run("product", "map", "--asin", "B0TEST0001", "--vendor-product", "SKU-1", "--sku", "SPOON-1", "--json")
    assert done.json == {"sku": "SPOON-1", "orders": 1}
    assert run("product", "unmatched", "--json").json == {"unmatched": []}


def test_mapping_to_no_product_is_refused(run: Run, order: Order) -> None:
    done = run("product", "map", "--asin", "B0TEST0001", "--vendor-product", "SKU-1", "--sku", "NOBODY", "--json")
    assert (done.status, Finding.objects.get().state) == (1, "open")


def test_way_out_is_taken_by_name(run: Run, order: Order) -> None:
    cost(product(asin="B0TEST0001", on_hand=50), "2026-01-01", amount="4.00")
    look_at(order.pk)
    shown = run("order", "show", order.number, "--json").json
    (finding,) = [one for one in shown["lines"][0]["findings"] if one["check"] == "PO-04"]
    assert [way["way"] for way in finding["ways"]] == ["once", "agree", "accept"]
    done = run("order", "resolve", order.number, str(finding["id"]), "once", "--json")
    assert (done.json["state"], done.json["way"]) == ("accepted", "once")
    assert run("order", "resolve", order.number, "999", "once").status == 1


def test_rejection_for_good_is_not_confirmed_by_its_own_asker(run: Run, order: Order) -> None:
    entry = {"code": "Rejected", "eaches": 10, "reason": "ObsoleteProduct"}
    given = {"orders": [{"number": order.number, "lines": [{"line": "1", "answers": [entry]}]}]}
    done = run("order", "acknowledge", "--answers", "-", "--confirm-hold", "--json", stdin=given)
    assert (done.status, "awaits-second" in done.out) == (1, True)
    assert run("order", "second", order.number, "--confirm").status == 1
    assert run("order", "second", order.number, "--decline").status == 0
    assert Acknowledgement.objects.count() == 0


def test_pick_nobody_waits_for_is_refused(run: Run, order: Order) -> None:
    assert run("order", "pick", order.number, "1=5").status == 1
    assert run("order", "pick", order.number, "1").status == 2


def test_dry_run_tells_and_changes_nothing(run: Run, order: Order, profile: Profile) -> None:
    told = run(
        "setting", "dry-run", profile.name, "policy.undefined=on_arrival_full", "checks.product=off", "--json"
    ).json
    assert (told["orders"], told["would"], told["was"]) == (1, {"full": 1}, {"none": 1})
    assert run("setting", "dry-run", profile.name, "policy.undefined=nonsense").status == 1
    assert run("setting", "dry-run", profile.name, "nonsense").status == 2
    assert Acknowledgement.objects.count() == 0
