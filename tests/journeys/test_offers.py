"""Bulk buys from end to end in a real browser: three people in three roles from the invitation to the recognised and
acknowledged orders; and a way with a clash, an approval taken back, a deputy and an expiry."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast, make_user
from deliver import document_of, pull, until_settled, work
from offers import making
from products.making import product
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.offers.models import Answer, Cell, Offer
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile
from purveyor.simulator import offers as buyer
from purveyor.simulator.world import World

from .conftest import Visit
from .test_browser import sign_in
from .test_offer_grid import PASTE, answers, open_grid, saved

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def cast(profile: Profile) -> Cast:
    """Everybody, with somebody for commerce and for manufacturing."""
    found = make_cast(profile)
    for name, role in (("carl", "commerce"), ("clara", "commerce"), ("mia", "manufacturing")):
        make_user(name, role, profile)
    return found


def window_of(visit: Visit, name: str) -> Any:
    """A window of somebody who signed in."""
    page = visit()
    sign_in(page, name)
    return page


def approve_rest(page: Any, of: Offer) -> None:
    """Open the grid and say yes to what is undecided."""
    page.goto(f"/offers/{of.pk}/grid/")
    page.locator("[data-grid][data-ready]").wait_for()
    page.get_by_text("Approve", exact=True).click()
    page.get_by_role("button", name="Say yes to what is undecided").click()
    page.locator("[data-grid][data-ready]").wait_for()


def hand_on(page: Any, words: str) -> None:
    page.get_by_role("button", name=words).click(timeout=4000)
    page.wait_for_url("**/offers/*/")


def test_from_the_invitation_to_acknowledged_orders(visit: Visit, cast: Cast, plugged: World, profile: Profile) -> None:
    """Bring the workbook, look at its rows, answer in three stages, complete, send it back, be ordered from."""
    asked = buyer.invite(plugged, layout="german", rows=12)
    for place, row in enumerate(asked.rows[1:], 1):
        product(f"ART-{place}", asin=row.asin, title=row.title)
    carl, mia, walt = (window_of(visit, name) for name in ("carl", "mia", "warehouse"))

    # The invitation comes in; one of its products is not known yet.
    carl.goto("/offers/")
    carl.get_by_role("link", name="Bring an offer").first.click()
    content = buyer.workbook(plugged, asked.number)
    carl.get_by_label("The file").set_input_files({"name": "einladung.xlsx", "mimeType": XLSX, "buffer": content})
    carl.get_by_role("button", name="Look at it").click()
    verdicts = carl.get_by_role("group", name="Every row and what becomes of it")
    sync_api.expect(verdicts.get_by_text("Waits for its product")).to_have_count(1)
    carl.get_by_role("button", name=f"Take offer {asked.number}").click()
    carl.get_by_role("link", name=f"Go to offer {asked.number}").click()
    sync_api.expect(carl.get_by_role("heading", level=1)).to_contain_text(asked.number)
    of = Offer.objects.get(number=asked.number)
    carl.locator(".notice").get_by_role("link").first.click()
    carl.get_by_label("SKU", exact=True).fill("ART-NEW")
    carl.get_by_role("button", name="Add it").click()
    sync_api.expect(carl.get_by_text("nobody knows")).to_have_count(0)

    # Commerce cuts two, refuses one, agrees with the rest.
    grid = open_again(carl, of)
    first, *_others = asked.rows
    carl.keyboard.type(str(first.pieces[0] // 2))
    carl.keyboard.press("Enter")
    carl.keyboard.press("Home")
    grid.evaluate(PASTE, "0")
    saved(carl)
    assert Answer.objects.filter(verdict=False).count() == 1
    approve_rest(carl, of)
    hand_on(carl, "Hand on to Manufacturing")

    # Manufacturing sees what commerce changed, and goes below it; the warehouse agrees.
    grid = open_again(mia, of)
    sync_api.expect(mia.locator(".g-changed").first).to_be_visible()
    mia.keyboard.type(str(first.pieces[0] // 4))
    mia.keyboard.press("Enter")
    saved(mia)
    approve_rest(mia, of)
    hand_on(mia, "Hand on to Warehouse")
    approve_rest(walt, of)
    hand_on(walt, "Warehouse is done")

    # Completed, the answers go into Amazon's own workbook.
    carl.goto(f"/offers/{of.pk}/")
    carl.get_by_role("button", name="Complete the offer").click()
    sync_api.expect(carl.locator("h1 .state")).to_have_text("Completed")
    with carl.expect_download() as told:
        carl.locator(".page-head").get_by_role("link", name="Amazon's workbook, answered").click()
    answered = Path(told.value.path()).read_bytes()
    back, errors = buyer.hand_in(plugged, asked.number, answered)
    assert (errors, back.promised) == ([], sum(Cell.objects.values_list("approved", flat=True)))

    # The buyer orders; each order is known for what it is and answered in full, by itself.
    wait = timedelta(seconds=plugged.settings.bulk_order_delay + 1)
    clock.turn(wait)
    plugged.advance(timedelta(0))
    numbers = buyer.find(plugged, asked.number).orders
    orders = [pull(profile, number) for number in numbers]
    assert orders
    for _round in range(5):
        run_due()
    work()
    for order in orders:
        order.refresh_from_db()
        until_settled(document_of(order))
    assert {(one.type, one.offer_id, one.state) for one in Order.objects.all()} == {("bulk", of.pk, "acknowledged")}
    carl.goto(f"/offers/{of.pk}/")
    for order in orders:
        sync_api.expect(carl.get_by_role("link", name=order.number)).to_be_visible()
    sync_api.expect(carl.get_by_label("Ordered and open").get_by_text("0 ea")).to_be_visible()
    assert sum(Cell.objects.values_list("consumed", flat=True)) == back.promised


def open_again(page: Any, of: Offer) -> Any:
    """The grid, with the focus in it."""
    page.goto(f"/offers/{of.pk}/grid/")
    grid = page.locator("[data-grid][data-ready]")
    grid.wait_for()
    grid.focus()
    return grid


def test_clash_revoke_deputy_and_expiry(visit: Visit, cast: Cast, profile: Profile) -> None:
    of = making.offer(profile)
    carl, clara = (visit() for _ in range(2))
    mine, theirs = open_grid(carl, of, "carl"), open_grid(clara, of, "clara")

    # Two people of commerce answer the same cell.
    mine.focus()
    carl.keyboard.type("90")
    carl.keyboard.press("Enter")
    saved(carl)
    theirs.focus()
    clara.keyboard.type("70")
    clara.keyboard.press("Enter")
    sync_api.expect(clara.get_by_role("heading", name="Somebody else answered meanwhile")).to_be_visible()
    clara.get_by_role("button", name="Take theirs").first.click()
    saved(clara)
    assert answers(of)[5, 1][1] == 90
    approve_rest(clara, of)
    hand_on(clara, "Hand on to Manufacturing")

    # Manufacturing answers; commerce takes its approval back and changes what manufacturing has seen.
    mia = window_of(visit, "mia")
    approve_rest(mia, of)
    carl.goto(f"/offers/{of.pk}/")
    carl.get_by_text("Take the approval back …").click()
    form = carl.locator("details[open]")
    form.get_by_label("Why").fill("the forks are sold out")
    form.get_by_role("button", name="Take the approval back").click()
    sync_api.expect(carl.get_by_text("The approval was taken back.")).to_be_visible()
    open_again(carl, of)
    carl.keyboard.type("40")
    carl.keyboard.press("Enter")
    saved(carl)
    hand_on(carl, "Hand on to Manufacturing")
    open_again(mia, of)
    changed = mia.locator(".g-quantity.g-changed")
    sync_api.expect(changed).to_contain_text("90 → 40")
    mia.keyboard.type("40")
    mia.keyboard.press("Enter")
    saved(mia)
    hand_on(mia, "Hand on to Warehouse")

    # The warehouse is away; its deputy answers.
    walt = window_of(visit, "warehouse")
    walt.goto("/offers/deputies/")
    walt.get_by_label("Stage").select_option("warehouse")
    walt.get_by_label("Who answers instead").select_option("mia")
    walt.get_by_label("From").fill("2026-03-02T08:00")
    walt.get_by_label("Until").fill("2026-03-20T18:00")
    walt.get_by_role("button", name="Appoint").click()
    sync_api.expect(walt.get_by_text("in force")).to_be_visible()
    approve_rest(mia, of)
    hand_on(mia, "Warehouse is done")

    # Amazon's time is over: completing it takes a reason.
    clock.turn(timedelta(days=11))
    run_due()
    carl.goto(f"/offers/{of.pk}/")
    carl.get_by_role("link", name="Complete the offer").click()
    sync_api.expect(carl.get_by_text("The offer has expired: say why")).to_be_visible()
    carl.get_by_label("Why").first.fill("the buyer gave us a day more")
    carl.get_by_role("button", name="Complete the offer").click()
    sync_api.expect(carl.locator("h1 .state")).to_have_text("Completed")
    sync_api.expect(carl.locator(".timeline")).to_contain_text("the buyer gave us a day more")
    assert making.cell(of).approved == 40
