"""From the arrival of an order on: matched, checked, held, let go; ways out; products nobody knew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cast import make_cast, make_user
from deliver import ANNA, placed, pull
from products.making import alias, cost, product
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.jobs.testing import run_due
from purveyor.orders.domain import hold, mapping, remedy
from purveyor.orders.domain.arrival import look_at, look_at_many
from purveyor.orders.models import Finding, Hold, Line, Order
from purveyor.people.models import Token
from purveyor.people.who import Who
from purveyor.products.models import Alias, Product
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

WINDOW = "2026-03-09T00:00:00Z--2026-03-16T00:00:00Z"
Row = tuple[str, str | None, str, str]


def findings(order: Order) -> list[Row]:
    """What is found of an order: rule, line, severity, state; what is gone is left out."""
    rows = Finding.objects.filter(order=order).exclude(state="gone").order_by("rule", "line__position")
    return list(rows.values_list("rule", "line__number", "severity", "state"))


def known(order: Order, **more: Any) -> Product:
    """A product for the order's first line, agreed at its cost."""
    line = order.lines.first()
    assert line is not None
    found = product(asin=line.asin, **more)
    cost(found, "2026-01-01", amount=str(line.net_cost))
    return found


def take(who: Who, finding: Finding, way: str, because: str = "") -> Finding:
    return remedy.take(who, finding.order, finding.pk, way, because)


def looked(order: Order) -> list[Row]:
    look_at(order.pk)
    order.refresh_from_db()
    return findings(order)


@pytest.fixture(autouse=True)
def _a_catalogue(db: None) -> None:
    """The house keeps products, though not those that are ordered."""
    product("SOMETHING-ELSE")


@pytest.fixture
def order(plugged: World, profile: Profile) -> Order:
    return placed(plugged, profile, {"amount": 10, "cost": "4.20"}, type="RegularOrder", delivery_window=WINDOW)


def test_line_is_matched_and_whole_order_has_no_finding(order: Order) -> None:
    found = known(order, on_hand=50)
    assert looked(order) == []
    assert order.lines.get().product_id == found.pk


def test_unknown_product_holds_until_it_is_known(order: Order) -> None:
    assert looked(order) == [("PRODUCT", "1", "hold", "open")]
    known(order)
    assert looked(order) == []
    assert list(Finding.objects.values_list("state", flat=True)) == ["gone"]


def test_house_without_any_product_is_warned_and_nothing_is_held(order: Order) -> None:
    Product.objects.all().delete()
    assert looked(order) == [("PRODUCT", "1", "warn", "open")]
    assert (order.holds, hold.held(order)) == (0, [])
    product("SOMETHING-ELSE")
    assert looked(order) == [("PRODUCT", "1", "hold", "open")]
    assert order.holds == 1


def test_hold_begins_and_ends_with_its_findings(order: Order) -> None:
    looked(order)
    assert [(one.check_id, one.because) for one in hold.held(order)] == [
        ("PRODUCT", "No product is known by ASIN B0TEST0001 or SKU-1.")
    ]
    known(order)
    looked(order)
    assert (order.holds, hold.held(order)) == (0, [])
    assert Hold.objects.get().released_by == "system:orders.check"


def test_hold_a_person_released_stays_so_until_more_is_found(plugged: World, order: Order) -> None:
    looked(order)
    clock.turn(timedelta(minutes=1))
    hold.release(ANNA, order, Hold.objects.get().pk, "It is a sample.")
    looked(order)
    assert order.holds == 0
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, add=[{"amount": 1, "asin": "B0NOBODY01"}])
    pull(order.profile, order.number)
    looked(order)
    assert [one.check_id for one in hold.held(order)] == ["PRODUCT"]


def test_warning_holds_nothing(order: Order) -> None:
    known(order, on_hand=4)
    assert looked(order) == [("STOCK", "1", "warn", "open")]
    assert order.holds == 0


def test_way_out_of_the_last_finding_ends_the_hold(order: Order) -> None:
    looked(order)
    take(ANNA, Finding.objects.get(), "accept", "It is a sample.")
    order.refresh_from_db()
    assert order.holds == 0


def test_looking_again_changes_nothing(order: Order) -> None:
    look_at(order.pk)
    before = (list(Finding.objects.values()), Entry.objects.count())
    look_at(order.pk)
    assert (list(Finding.objects.values()), Entry.objects.count()) == before


def test_line_whose_product_is_gone_is_matched_anew(order: Order) -> None:
    first = known(order)
    look_at(order.pk)
    Product.objects.filter(pk=first.pk).update(asin="B0OTHER001")
    assert looked(order) == [("PRODUCT", "1", "hold", "open")]
    assert order.lines.get().product_id is None


def test_numbers_of_an_open_finding_follow(order: Order) -> None:
    found = known(order, on_hand=4)
    assert looked(order) == [("STOCK", "1", "warn", "open")]
    Product.objects.filter(pk=found.pk).update(on_hand=6)
    look_at(order.pk)
    assert [one.numbers for one in Finding.objects.all()] == [{"eaches": 10, "free": 6}]


def test_accepted_finding_stays_so_while_its_numbers_do(order: Order) -> None:
    found = known(order, on_hand=4)
    look_at(order.pk)
    take(ANNA, Finding.objects.get(), "accept", "They come tomorrow.")
    assert looked(order) == [("STOCK", "1", "warn", "accepted")]
    Product.objects.filter(pk=found.pk).update(on_hand=3)
    assert looked(order) == [("STOCK", "1", "warn", "open")]


def test_severity_follows_the_setting(order: Order, profile: Profile) -> None:
    known(order, on_hand=4)
    look_at(order.pk)
    set_setting(ANNA, profile, "checks.stock", "hold")
    assert looked(order) == [("STOCK", "1", "hold", "open")]
    set_setting(ANNA, profile, "checks.stock", "off")
    assert looked(order) == []


def test_same_lines_within_days_are_a_duplicate_of_the_earlier(plugged: World, profile: Profile) -> None:
    lines = [{"amount": 7, "cost": "2.00", "asin": "B0TWIN0001"}, {"amount": 5, "cost": "2.00", "asin": "B0TWIN0002"}]
    first, twin = placed(plugged, profile, *lines, center="DTM2"), placed(plugged, profile, *lines, center="DTM2")
    other = placed(plugged, profile, {**lines[0], "amount": 5}, {**lines[1], "amount": 7}, center="DTM2")
    look_at_many([first.pk, twin.pk, other.pk])
    rows = Finding.objects.filter(rule="DUPLICATE").values_list("order", "numbers", "severity")
    assert list(rows) == [(twin.pk, {"twin": first.number}, "hold")]


def test_duplicate_days_are_the_settings(plugged: World, profile: Profile) -> None:
    first = placed(plugged, profile, {"amount": 7, "asin": "B0TWIN0001"}, center="DTM2")
    clock.turn(timedelta(days=7, seconds=1))
    twin = placed(plugged, profile, {"amount": 7, "asin": "B0TWIN0001"}, center="DTM2")
    look_at_many([first.pk, twin.pk])
    assert not Finding.objects.filter(rule="DUPLICATE").exists()
    set_setting(ANNA, profile, "checks.duplicate_days", "8")
    look_at(twin.pk)
    assert Finding.objects.get(rule="DUPLICATE").order_id == twin.pk


def test_many_orders_cost_the_same_number_of_questions(plugged: World, profile: Profile) -> None:
    counts = []
    for several in (1, 3):
        orders = [placed(plugged, profile, {"amount": 10 + several}) for _one in range(several)]
        look_at_many([one.pk for one in orders])
        with CaptureQueriesContext(connection) as asked:
            look_at_many([one.pk for one in orders])
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ways out


def test_cost_taken_once_ends_the_hold_and_keeps_the_agreement(order: Order) -> None:
    found = known(order, on_hand=50)
    found.costs.update(amount=Decimal("4.00"))
    assert looked(order) == [("PO-04", "1", "hold", "open")]
    taken = take(ANNA, Finding.objects.get(), "once")
    assert (taken.state, taken.way, taken.taken_by) == ("accepted", "once", ANNA.name)
    assert found.costs.get().amount == Decimal("4.00")
    assert Entry.objects.filter(action="finding.accepted").count() == 1


def test_cost_agreed_anew_ends_the_finding_of_every_order(plugged: World, profile: Profile, order: Order) -> None:
    found = known(order, on_hand=500)
    found.costs.update(amount=Decimal("4.00"))
    line = order.lines.get()
    other = placed(plugged, profile, {"amount": 11, "cost": "4.20", "asin": line.asin})
    look_at_many([order.pk, other.pk])
    assert Finding.objects.filter(rule="PO-04", state="open").count() == 2
    take(ANNA, Finding.objects.filter(order=order, rule="PO-04").get(), "agree")
    assert list(Finding.objects.filter(rule="PO-04", state="open").values_list("order", flat=True)) == [other.pk]
    run_due()
    assert not Finding.objects.filter(rule="PO-04", state="open").exists()
    assert [(str(one.amount), one.valid_from) for one in found.costs.order_by("valid_from")] == [
        ("4.0000", date(2026, 1, 1)),
        ("4.2000", order.ordered_at.date()),
    ]


@pytest.mark.parametrize("way", ["cut", "once", "agree", "map", "nonsense"])
def test_way_that_is_not_offered_is_refused(order: Order, way: str) -> None:
    look_at(order.pk)
    with pytest.raises(Refused) as caught:
        take(ANNA, Finding.objects.get(), way, "because")
    assert [p.where for p in caught.value.problems] == ["way"]
    assert findings(order) == [("PRODUCT", "1", "hold", "open")]


def test_going_on_needs_a_reason(order: Order) -> None:
    look_at(order.pk)
    with pytest.raises(Refused) as caught:
        take(ANNA, Finding.objects.get(), "accept", "  ")
    assert [p.where for p in caught.value.problems] == ["because"]
    assert findings(order) == [("PRODUCT", "1", "hold", "open")]


def test_what_blocks_is_not_gone_past(order: Order, profile: Profile) -> None:
    set_setting(ANNA, profile, "checks.product", "block")
    look_at(order.pk)
    with pytest.raises(Refused):
        take(ANNA, Finding.objects.get(), "accept", "because")


@pytest.mark.parametrize("player", ["warehouse", "finance", "auditor", "integrator"])
def test_way_out_is_denied_to_who_may_not_answer(order: Order, player: str) -> None:
    cast = make_cast(order.profile)
    look_at(order.pk)
    with pytest.raises(Denied):
        take(cast.who(player), Finding.objects.get(), "accept", "because")
    assert findings(order) == [("PRODUCT", "1", "hold", "open")]


def test_way_out_is_not_there_for_a_stranger(order: Order) -> None:
    cast = make_cast(order.profile)
    look_at(order.pk)
    with pytest.raises(NotFound):
        take(cast.who("stranger"), Finding.objects.get(), "accept", "because")


def test_finding_of_another_order_is_not_there(plugged: World, profile: Profile, order: Order) -> None:
    look_at(order.pk)
    with pytest.raises(NotFound):
        remedy.take(ANNA, placed(plugged, profile), Finding.objects.get().pk, "accept", "because")
    assert findings(order) == [("PRODUCT", "1", "hold", "open")]


def test_cutting_and_agreeing_need_more(order: Order) -> None:
    known(order, on_hand=4).costs.update(amount=Decimal("4.00"))
    look_at(order.pk)
    carla = make_user("carla", "commerce", order.profile)
    commerce = Who.of_token(Token(user=carla, name="robot", scopes=["orders.view", "orders.acknowledge"]))
    cost_finding, stock_finding = Finding.objects.order_by("rule")
    with pytest.raises(Denied):
        take(commerce, cost_finding, "agree")
    assert [one.way.name for one in remedy.offered_to(commerce, cost_finding, order)] == ["once", "accept"]
    with pytest.raises(Denied):
        take(commerce, stock_finding, "cut")
    assert [row[3] for row in findings(order)] == ["open", "open"]
    assert take(Who.of(carla), stock_finding, "cut").way == "cut"


# products nobody knew


def test_one_unknown_product_holds_orders_and_is_one_task(plugged: World, profile: Profile) -> None:
    orders = [placed(plugged, profile, {"amount": n, "asin": "B0NOBODY01", "sku": "X-1"}) for n in (3, 4)]
    other = placed(plugged, profile, {"amount": 5, "asin": "B0NOBODY02"})
    look_at_many([one.pk for one in [*orders, other]])
    told = mapping.unmatched(ANNA)
    assert sorted((one.asin, one.orders, one.lines) for one in told) == [("B0NOBODY01", 2, 2), ("B0NOBODY02", 1, 1)]
    assert mapping.unmatched(make_cast(profile).who("stranger")) == []


def test_mapped_product_lets_all_its_orders_go_on_by_themselves(plugged: World, profile: Profile) -> None:
    orders = [placed(plugged, profile, {"amount": n, "asin": "B0NOBODY01"}) for n in (3, 4)]
    look_at_many([one.pk for one in orders])
    vendor = Line.objects.filter(asin="B0NOBODY01")[0].vendor_product
    found = product("SPOON-9")
    told, held = mapping.map_product(ANNA, "B0NOBODY01", vendor, sku="spoon-9".upper())
    assert (told.pk, held) == (found.pk, 2)
    run_due(["orders.rematch"])
    assert set(Line.objects.values_list("product_id", flat=True)) == {found.pk}
    assert mapping.unmatched(ANNA) == []
    found.refresh_from_db()
    assert found.asin == "B0NOBODY01"


def test_product_with_another_asin_learns_the_names_as_aliases(order: Order) -> None:
    look_at(order.pk)
    line = order.lines.get()
    found = product("SPOON-9", asin="B0OTHER001")
    mapping.map_product(ANNA, line.asin, line.vendor_product, sku="B0OTHER001")
    assert line.asin in set(Alias.objects.filter(product=found).values_list("value", flat=True))
    run_due(["orders.rematch"])
    assert order.lines.get().product_id == found.pk


def test_new_product_is_made_of_what_the_order_says(order: Order) -> None:
    look_at(order.pk)
    line = order.lines.get()
    made, _held = mapping.map_product(ANNA, line.asin, line.vendor_product, new={"title": "Spoon"})
    assert (made.asin, made.sku, made.title) == (line.asin, line.vendor_product or line.asin, "Spoon")
    run_due(["orders.rematch"])
    assert looked(order) == []


def test_mapping_is_for_who_may_manage_products(order: Order) -> None:
    look_at(order.pk)
    line = order.lines.get()
    product("SPOON-9")
    with pytest.raises(Denied):
        mapping.map_product(make_cast(order.profile).who("finance"), line.asin, line.vendor_product, sku="SPOON-9")
    with pytest.raises(NotFound):
        mapping.map_product(ANNA, "B0WHOKNOWS", "", sku="SPOON-9")
    with pytest.raises(Refused):
        mapping.map_product(ANNA, line.asin, line.vendor_product, sku="NOBODY")
    assert findings(order) == [("PRODUCT", "1", "hold", "open")]


def test_lost_wake_up_is_found(order: Order) -> None:
    look_at(order.pk)
    assert mapping.due(clock.now(), 10) == []
    found = product("SPOON-9")
    alias(found, order.lines.get().asin)
    assert mapping.due(clock.now(), 10) == [found.pk]
    run_due(["orders.rematch"])
    assert mapping.due(clock.now(), 10) == []
    assert findings(order) == []


def test_change_of_the_order_is_looked_at_with_its_new_lines(plugged: World, order: Order) -> None:
    known(order)
    assert looked(order) == []
    plugged.change(order.number, costs={"1": "4.30"}, add=[{"amount": 1, "asin": "B0NOBODY01"}])
    pull(order.profile, order.number)
    assert looked(order) == [("PO-04", "1", "hold", "open"), ("PRODUCT", "2", "hold", "open")]
