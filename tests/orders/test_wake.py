"""Orders are looked at again when something they wait for happens, also when the wake-up for it is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deliver import ANNA, placed
from products.making import alias, cost, product
from purveyor.base.filekinds import Loading, Row
from purveyor.common import clock
from purveyor.jobs.testing import collector, run_commit_hooks, run_due
from purveyor.orders.domain import arrival, hold, knowledge, mapping, wake
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.follow import settle
from purveyor.orders.models import Finding, Order
from purveyor.products.domain.costs import remove_cost, set_cost
from purveyor.products.domain.load import take
from purveyor.products.domain.load_more import take_aliases, take_costs, take_stock
from purveyor.products.domain.stock import count
from purveyor.products.domain.update import remove_alias
from purveyor.products.models import Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
TASKS = ["orders.look", "orders.rematch"]
FILE = Loading(ANNA.name, "stock.csv", dry_run=False)


@pytest.fixture
def spoon(plugged: World) -> Product:
    """A product agreed at 4.20, of which there are enough."""
    found = product(asin="B0SPOON001", on_hand=50)
    cost(found, "2026-01-01", amount="4.20")
    return found


@pytest.fixture
def order(plugged: World, profile: Profile, spoon: Product) -> Order:
    """An order for ten of it that waits for its answer, looked at, with nothing to be said."""
    return waiting(plugged, profile)


def waiting(plugged: World, profile: Profile, asin: str = "B0SPOON001") -> Order:
    found = placed(
        plugged, profile, {"amount": 10, "cost": "4.20", "asin": asin}, type="RegularOrder", delivery_window=WINDOW
    )
    set_setting(ANNA, profile, "checks.duplicate", "off")
    arrival.look_at(found.pk)
    run_due(TASKS)
    return found


def rules(order: Order) -> list[str]:
    return sorted(Finding.objects.filter(order=order, state="open").values_list("rule", flat=True))


def marked() -> list[int]:
    return wake.due(clock.now(), 100)


def cut_stock(spoon: Product, on_hand: int = 4) -> None:
    count(ANNA, spoon, on_hand)


def raise_cost(spoon: Product) -> None:
    set_cost(ANNA, spoon, {"marketplace": "DE", "amount": "3.00", "valid_from": "2026-02-01"})


def cut_stock_by_file(spoon: Product) -> None:
    take_stock([Row(2, {"sku": spoon.sku, "on_hand": 4})], FILE)


def raise_cost_by_file(spoon: Product) -> None:
    values: dict[str, Any] = {"marketplace": "DE", "amount": Decimal("3.00"), "valid_from": date(2026, 2, 1)}
    take_costs([Row(2, {"sku": spoon.sku} | values)], FILE)


def case_by_file(spoon: Product) -> None:
    take([Row(2, {"sku": spoon.sku, "case_pack": 4})], FILE)


@pytest.mark.parametrize(
    ("befalls", "then"),
    [
        (cut_stock, "STOCK"),
        (raise_cost, "PO-04"),
        (cut_stock_by_file, "STOCK"),
        (raise_cost_by_file, "PO-04"),
        (case_by_file, "CASE"),
    ],
)
def test_change_of_a_product_is_found_in_orders_that_wait(
    order: Order, spoon: Product, befalls: Any, then: str
) -> None:
    assert (rules(order), marked()) == ([], [])
    befalls(spoon)
    assert marked() == [order.pk]
    run_due(TASKS)
    assert (rules(order), marked()) == ([then], [])


@pytest.mark.parametrize("befalls", [cut_stock, cut_stock_by_file, raise_cost_by_file])
def test_change_of_a_product_is_found_when_the_wake_up_is_lost(order: Order, spoon: Product, befalls: Any) -> None:
    befalls(spoon)
    run_commit_hooks()
    collector().nudges.clear()
    run_due(["orders.look"])
    assert rules(order) != []


def test_cost_that_is_taken_away_and_a_name_that_is_lost_are_found(order: Order, spoon: Product) -> None:
    raise_cost(spoon)
    run_due(TASKS)
    remove_cost(ANNA, spoon, "DE", date(2026, 2, 1))
    assert marked() == [order.pk]
    run_due(TASKS)
    assert rules(order) == []
    name = order.lines.get().vendor_product
    alias(spoon, name)
    Product.objects.filter(pk=spoon.pk).update(asin="")
    remove_alias(ANNA, spoon, name)
    run_due(TASKS)
    assert rules(order) == ["PRODUCT"]


def test_other_orders_are_left_alone(plugged: World, profile: Profile, order: Order, spoon: Product) -> None:
    product("FORK-1", asin="B0FORK0001", on_hand=50)
    waiting(plugged, profile, "B0FORK0001")
    answered = waiting(plugged, profile)
    acknowledge(ANNA, answered.pk)
    run_due(TASKS)
    cut_stock(spoon)
    assert marked() == [order.pk]


def test_row_that_changes_nothing_and_a_dry_run_wake_nobody(order: Order, spoon: Product) -> None:
    take_stock([Row(2, {"sku": spoon.sku, "on_hand": 50})], Loading(ANNA.name, "a.csv", dry_run=False))
    take_stock([Row(2, {"sku": spoon.sku, "on_hand": 4})], Loading(ANNA.name, "b.csv", dry_run=True))
    run_commit_hooks()
    assert (marked(), collector().take(TASKS)) == ([], None)


@pytest.mark.parametrize("by", ["product", "alias"])
def test_file_that_names_an_unknown_product_lets_its_orders_go_at_once(
    plugged: World, profile: Profile, spoon: Product, by: str
) -> None:
    order = waiting(plugged, profile, "B0FORK0001")
    assert rules(order) == ["PRODUCT"]
    loading = Loading(ANNA.name, "names.csv", dry_run=False)
    if by == "product":
        take([Row(2, {"sku": "FORK-1", "asin": "B0FORK0001"})], loading)
    else:
        take_aliases([Row(2, {"sku": spoon.sku, "alias": "B0FORK0001"})], loading)
    run_commit_hooks()
    nudged = collector().take(["orders.rematch"])
    assert nudged is not None
    mapping.rematch(nudged[1])
    assert "PRODUCT" not in rules(order)


def test_first_product_of_the_catalogue_makes_the_unknown_count(plugged: World, profile: Profile) -> None:
    """Before, nobody could know any product: what is unknown only warned."""
    order = waiting(plugged, profile)
    found = Finding.objects.filter(order=order, rule="PRODUCT").values_list("severity", "state")
    assert list(found.all()) == [("warn", "open")]
    take([Row(2, {"sku": "FORK-1"})], FILE)
    run_due(TASKS)
    assert list(found.all()) == [("hold", "open")]
    order.refresh_from_db()
    assert order.holds == 1
    take([Row(2, {"sku": "FORK-2"})], FILE)
    assert marked() == []


def test_many_products_are_one_wake_up(plugged: World, spoon: Product) -> None:
    rows = [Row(n, {"sku": f"FORK-{n}"}) for n in range(2, 40)]
    take(rows, Loading(ANNA.name, "many.csv", dry_run=False))
    run_commit_hooks()
    assert [one for one in collector().nudges if one[0] == "orders.rematch"] == [("orders.rematch", mapping.ANY)]


def test_hold_that_ends_is_looked_at_when_the_wake_up_is_lost(order: Order) -> None:
    made = hold.hold(ANNA, order, "wait a moment")
    hold.release(ANNA, order, made.pk)
    run_commit_hooks()
    collector().nudges.clear()
    assert marked() == [order.pk]
    run_due(["orders.look"])
    assert marked() == []


def test_answer_is_looked_at_when_the_wake_up_is_lost(order: Order) -> None:
    acknowledge(ANNA, order.pk)
    assert marked() == [order.pk]


def test_one_look_takes_the_others_along(plugged: World, profile: Profile, order: Order, spoon: Product) -> None:
    other = waiting(plugged, profile)
    cut_stock(spoon)
    assert marked() == [order.pk, other.pk]
    arrival.look_at_marked(order.pk)
    assert (marked(), rules(other)) == ([], ["STOCK"])


def test_mark_that_came_during_a_look_stays(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens after the look has read is looked at again: the mark goes before anything is read."""
    read = knowledge.read

    def meanwhile(*args: Any) -> Any:
        found = read(*args)
        wake.wake([order.pk])
        return found

    monkeypatch.setattr(knowledge, "read", meanwhile)
    wake.wake([order.pk])
    arrival.look_at_marked(order.pk)
    assert marked() == [order.pk]


def test_only_so_many_wake_ups_go_out(plugged: World, profile: Profile, order: Order) -> None:
    with_many = list(range(order.pk, order.pk + 100))
    wake.wake(with_many)
    run_commit_hooks()
    assert len([one for one in collector().nudges if one[0] == wake.LOOK]) == wake.MOST_NUDGED


def test_order_that_closes_leaves_nothing_found(order: Order, spoon: Product) -> None:
    """Also where what was found only warned, and no hold ends with it."""
    raise_cost(spoon)
    run_due(TASKS)
    Finding.objects.update(severity="warn")
    hold.let_go(order, check="PO-04", by="system:test", because="for the test")
    run_due(["orders.look"])
    Finding.objects.update(severity="warn", state="open")
    Order.objects.update(to_look=False, amazon_state="Closed")
    order.refresh_from_db()
    settle(order, by="system:test")
    assert (order.state, marked()) == ("closed", [order.pk])
    run_due(["orders.look"])
    assert rules(order) == []
