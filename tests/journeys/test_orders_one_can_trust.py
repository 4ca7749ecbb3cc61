"""Journeys through the work with orders: what the vendor manager does on a day with trouble, and what the auditor sees
of it afterwards. Every page on the way is looked at by the accessibility engine, where it is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from deliver import document_of, placed, pull, until_settled, work
from products.making import cost, product
from purveyor.common import clock
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.arrival import look_at
from purveyor.orders.models import Acknowledgement, Finding, Order
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .conftest import Visit
from .test_browser import CHROMIUM, TOO_WIDE, _axe, _violations, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

LINE = {"amount": 10, "cost": "4.20", "asin": "B0TEST0001", "sku": "SKU-1"}
# Where somebody wants to see the pages, the journeys leave a picture of each here.
PICTURES = os.environ.get("PURVEYOR_TEST_PICTURES", "")
# Forms that change something: not those that choose the look, the language, the scope, or leave; nor one's own views.
CHANGING = """() => [...document.querySelectorAll('main form')]
  .filter((el) => el.method === 'post' && !/^\\/(lists|views|audit\\/export)\\//.test(new URL(el.action).pathname))
  .map((el) => el.outerHTML.slice(0, 200))"""


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


@pytest.fixture
def arrive(plugged: World, profile: Profile) -> Iterator[Any]:
    """Places an order, imports it, and looks at it as the worker would."""

    def make(**line: Any) -> Order:
        found = placed(plugged, profile, LINE | line, type="RegularOrder", at=clock.now() - timedelta(hours=2))
        look_at(found.pk)
        found.refresh_from_db()
        return found

    return make


def look(page: Any, name: str = "") -> None:
    """The page as it stands is free of faults for people with a reader, at the width it has and on a telephone."""
    engine = _axe()
    if engine:
        assert _violations(page, Path(engine).read_text(encoding="utf-8")) == [], page.url
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(TOO_WIDE) == [], page.url
    if PICTURES and name:
        page.screenshot(path=f"{PICTURES}/{name}-390.png", full_page=True)
    page.set_viewport_size(before)
    if PICTURES and name:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def headline(page: Any, text: str) -> None:
    sync_api.expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def test_unknown_product_is_named_from_its_task_and_the_order_goes_on(visit: Visit, cast: Cast, arrive: Any) -> None:
    product("SPOON-1")
    order = arrive(asin="B0NOBODY01")
    assert order.holds == 1
    page = visit()
    sign_in(page)
    look(page, "today")
    page.get_by_role("link", name="B0NOBODY01").click()
    headline(page, "Unknown products")
    look(page, "unmatched")
    page.get_by_role("link", name="B0NOBODY01").click()
    headline(page, "Which product is it?")
    page.get_by_label("SKU, title, EAN or ASIN").fill("spoon")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    look(page, "which-product")
    page.get_by_role("button", name="It is this one SPOON-1").click()
    page.wait_for_url("**/orders/unmatched/")
    run_due(["orders.rematch"])
    page.reload()
    sync_api.expect(page.get_by_role("heading", name="Every product is known")).to_be_visible()
    order.refresh_from_db()
    assert (order.holds, order.lines.get().product.sku) == (0, "SPOON-1")
    page.goto("/")
    sync_api.expect(page.get_by_text("B0NOBODY01")).to_have_count(0)
    page.get_by_role("link", name=order.number, exact=True).click()
    page.get_by_role("button", name="Preview the answer").last.click()
    page.get_by_role("button", name="Send to Amazon").click()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledging")


def test_cost_is_accepted_once(visit: Visit, cast: Cast, arrive: Any) -> None:
    cost(product(asin="B0TEST0001"), "2026-01-01", amount="4.00")
    order = arrive()
    page = visit()
    sign_in(page)
    page.get_by_role("link", name=order.number, exact=True).click()
    sync_api.expect(page.get_by_text("The order names 4.20 EUR, agreed are 4.00 EUR.").first).to_be_visible()
    look(page, "order-findings")
    page.get_by_role("button", name="Accept the cost once").click()
    sync_api.expect(page.get_by_text("Accept the cost once · vendor-manager")).to_be_visible()
    assert Finding.objects.get(rule="PO-04").state != "open"
    order.refresh_from_db()
    assert order.holds == 0
    look(page, "order-accepted")


def test_policy_is_tried_dry_and_then_set(visit: Visit, cast: Cast, arrive: Any, profile: Profile) -> None:
    product(asin="B0TEST0001", on_hand=40)
    order = arrive()
    page = visit()
    sign_in(page)
    page.goto(f"/profiles/{profile.name}/settings/")
    look(page, "settings")
    page.get_by_role("link", name="Dry run").click()
    look(page, "dry-run")
    page.get_by_label("Weekly orders").select_option("on_arrival_full")
    page.get_by_label("Orders of no type").select_option("on_arrival_full")
    page.get_by_role("button", name="Begin the dry run").click()
    page.wait_for_url("**/runs/*/")
    runs.work(Run.objects.get().pk)
    page.reload()
    sync_api.expect(page.get_by_text("1 would have been answered otherwise")).to_be_visible()
    sync_api.expect(page.get_by_role("rowheader", name=order.number)).to_be_visible()
    look(page, "dry-run-result")
    page.goto(f"/profiles/{profile.name}/settings/policy.weekly/")
    look(page, "setting")
    page.get_by_role("radio").nth(1).check()
    page.get_by_label("Reason").fill("the dry run convinced us")
    page.get_by_role("button", name="Store").click()
    page.wait_for_url("**/settings/")
    sync_api.expect(page.get_by_role("row", name="Weekly orders")).to_contain_text("vendor-manager")
    assert not Acknowledgement.objects.exists()


def test_changed_order_is_answered_again_from_the_proposal(
    visit: Visit, cast: Cast, plugged: World, profile: Profile
) -> None:
    order = placed(plugged, profile, LINE)
    acknowledge(Who.cli(), order.pk)
    work()
    until_settled(document_of(order))
    clock.turn(timedelta(minutes=1))
    plugged.change(order.number, quantities={"1": 4})
    pull(profile, order.number)
    run_due(["orders.tell-change"])
    page = visit()
    sign_in(page)
    page.get_by_role("link", name=order.number, exact=True).first.click()
    sync_api.expect(page.get_by_role("heading", name="What you sent, and what to answer now")).to_be_visible()
    look(page, "order-changed")
    page.get_by_role("link", name="Take it over into the answer").click()
    sync_api.expect(page.get_by_label("Line 1: accept")).to_have_value("4")
    look(page, "order-again")
    page.get_by_role("button", name="Preview the answer").last.click()
    page.get_by_role("button", name="Send to Amazon").click()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledging")
    assert [one.eaches for one in Acknowledgement.objects.latest("revision").answers.all()] == [4]
    page.goto("/alerts/")
    look(page, "alerts")


def test_orders_are_held_together_and_let_go_then_a_view_is_kept_and_exported(
    visit: Visit, cast: Cast, arrive: Any
) -> None:
    product(asin="B0TEST0001", on_hand=400)
    orders = [arrive(amount=amount) for amount in (3, 4)]
    page = visit()
    sign_in(page)
    page.goto("/orders/?state=waiting")
    look(page, "orders")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Hold …").click()
    headline(page, "2 orders")
    look(page, "hold-preview")
    page.get_by_label("Why").fill("the truck is late")
    page.get_by_role("main").locator(".send-bar .button.first").click()
    headline(page, "Done for 2 orders")
    look(page, "hold-done")
    assert {one.holds for one in Order.objects.all()} == {1}
    page.get_by_role("button", name="Take it back").click()
    headline(page, "Taken back for 2 orders")
    assert {one.holds for one in Order.objects.all()} == {0}

    page.goto("/orders/?state=waiting")
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Vendor code").check()
    page.get_by_role("button", name="Show these").click()
    sync_api.expect(page.get_by_role("columnheader", name="Vendor code")).to_be_visible()
    page.locator("summary", has_text="Views").click()
    look(page, "views-open")
    page.get_by_label("Save what is shown as").fill("Mine to answer")
    page.get_by_role("button", name="Save the view").click()
    sync_api.expect(page.locator("summary", has_text="Mine to answer")).to_be_visible()
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").first.click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 3
    assert all(any(order.number in line for line in lines) for order in orders)


def test_auditor_sees_everything_and_is_offered_nothing_that_changes_it(
    visit: Visit, cast: Cast, arrive: Any, profile: Profile
) -> None:
    cost(product(asin="B0TEST0001"), "2026-01-01", amount="4.00")
    order = arrive()
    acknowledge(cast.who("vendor_manager"), arrive(amount=3, cost="4.00").pk)
    work()
    page = visit()
    sign_in(page, "auditor")
    paths = (
        "/",
        "/orders/",
        f"/orders/{order.pk}/",
        "/orders/unmatched/",
        "/documents/",
        f"/documents/{document_of(Order.objects.latest('pk')).pk}/",
        "/products/",
        f"/products/{order.lines.get().product_id}/",
        "/files/",
        "/centers/",
        f"/centers/{order.ship_to}/",
        "/charts/",
        "/alerts/",
        f"/profiles/{profile.name}/settings/",
        f"/profiles/{profile.name}/settings/checks.cost/",
    )
    unseen = {path for path in paths if path.startswith(("/doc", "/prod", "/files", "/centers", "/charts"))}
    offered = {}
    for path in paths:
        assert page.goto(path).status == 200, path
        if path in unseen:
            look(page, "auditor-" + path.strip("/").replace("/", "-"))
        offered[path] = page.evaluate(CHANGING)
    assert {path: forms for path, forms in offered.items() if forms} == {}


def test_auditor_reads_the_history_the_rights_and_takes_the_audit_away(visit: Visit, cast: Cast, arrive: Any) -> None:
    product(asin="B0TEST0001", on_hand=400)
    order = arrive()
    acknowledge(cast.who("vendor_manager"), order.pk, because="agreed by telephone")
    page = visit()
    sign_in(page, "auditor")
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Everything that was done to it").click()
    headline(page, order.number)
    sync_api.expect(page.get_by_text("agreed by telephone").first).to_be_visible()
    look(page, "history")
    page.goto("/audit/")
    look(page, "audit")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="The whole chain").click()
    told = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "agreed by telephone" in told
    page.goto("/people/rights/")
    headline(page, "Who may what")
    sync_api.expect(page.get_by_role("rowheader", name="auditor")).to_be_visible()
    look(page, "rights")
