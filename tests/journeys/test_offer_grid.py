"""The grid of an offer in a real browser: keys, clipboard, filters, clashes, lost connections, telephones, axe."""

from __future__ import annotations

import importlib.util
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast, make_user
from offers import making
from products.making import product
from purveyor.offers.domain.keep import NewRow
from purveyor.offers.models import Answer, Offer
from purveyor.profiles.models import Profile

from .conftest import Visit
from .test_browser import NAMELESS, SMALL, TOO_WIDE, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
ROWS = 120


@pytest.fixture
def cast(profile: Profile) -> Cast:
    found = make_cast(profile)
    for name in ("carl", "clara"):
        make_user(name, "commerce", profile)
    return found


@pytest.fixture
def found(cast: Cast) -> Offer:
    """An offer of 120 rows in two deliveries, the last without a product."""
    rows = []
    for number in range(1, ROWS + 1):
        asin = f"B{number:09d}"
        if number < ROWS:
            product(f"SKU-{number}", asin=asin, title=f"Thing {number}")
        asked = {1: (100, Decimal("4.50")), 2: (50, Decimal("2.00"))}
        rows.append(NewRow(number, asin, f"SKU-{number}", f"Thing {number}", asked))
    return making.offer(cast.profile, products=False, rows=rows)


def open_grid(page: Any, of: Offer, name: str = "carl") -> Any:
    sign_in(page, name)
    page.goto(f"/offers/{of.pk}/grid/")
    grid = page.locator("[data-grid][data-ready]")
    grid.wait_for()
    return grid


def saved(page: Any) -> None:
    sync_api.expect(page.locator("[data-save-state]")).to_have_text("All saved")


def answers(of: Offer) -> dict[tuple[int, int], tuple[bool, int, Decimal | None, str]]:
    rows = Answer.objects.filter(stage__offer=of).values_list(
        "cell__row__number", "cell__delivery__position", "verdict", "quantity", "price", "comment"
    )
    return {(row, delivery): tuple(rest) for row, delivery, *rest in rows}


def test_keys_fill_the_grid(visit: Visit, found: Offer) -> None:
    """Typing, Tab, Enter, F2, Escape, arrows, Home and End, Delete, copying and filling down."""
    page = visit()
    grid = open_grid(page, found)
    grid.focus()
    keys = page.keyboard
    keys.type("80")
    keys.press("Tab")
    keys.type("4.25")
    keys.press("Tab")
    keys.press("n")
    keys.press("ArrowRight")
    keys.type("not in April")
    keys.press("Enter")
    saved(page)
    assert answers(found) == {(1, 1): (False, 0, Decimal("4.25"), "not in April")}
    keys.press("Home")
    keys.press("F2")
    keys.type("77")
    keys.press("Escape")
    saved(page)
    keys.type("60")
    keys.press("Enter")
    keys.press("End")
    keys.type("late")
    keys.press("Enter")
    sync_api.expect(page.locator("[data-save-state]")).to_have_text("Not taken: 1; see the red cells.")
    assert answers(found)[2, 1] == (True, 60, None, "")
    keys.press("ArrowUp")
    keys.press("Delete")
    keys.press("Control+Home")
    keys.press("Delete")
    keys.press("ArrowDown")
    keys.press("Shift+ArrowDown")
    keys.press("Shift+ArrowDown")
    keys.press("Control+d")
    saved(page)
    assert answers(found) == {(row, 1): (True, 60, None, "") for row in (2, 3, 4)}
    keys.press("Escape")
    keys.press("Tab")
    assert not grid.evaluate("(el) => el.contains(document.activeElement)")


PASTE = """(el, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  el.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
COPY = """(el) => {
  const data = new DataTransfer();
  el.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
  return data.getData("text/plain");
}"""


def test_rectangle_of_a_spreadsheet_is_pasted_and_copied_back(visit: Visit, found: Offer) -> None:
    page = visit()
    grid = open_grid(page, found)
    page.get_by_text("Columns", exact=True).click()
    for name in ("Price", "Yes or no", "Comment"):
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_text("Columns", exact=True).click()
    grid.focus()
    lines = [f"{100 - number}\t{number}" for number in range(1, 51)]
    grid.evaluate(PASTE, "\r\n".join(lines) + "\r\n")
    saved(page)
    told = answers(found)
    assert len(told) == 100
    assert [told[7, 1][1], told[7, 2][1], told[50, 2][1]] == [93, 7, 50]
    assert grid.evaluate(COPY).split("\n") == lines
    sync_api.expect(page.locator('[data-total="commerce"]')).to_contain_text("100")


def test_filters_show_what_is_undecided_and_what_changed(visit: Visit, found: Offer) -> None:
    making.say(making.ROOT, found, "commerce", making.given(1, quantity=10), making.given(1, 2, quantity=10))
    page = visit()
    grid = open_grid(page, found)
    assert grid.get_attribute("aria-rowcount") == str(ROWS + 2)
    page.get_by_role("button", name="Undecided").click()
    assert grid.get_attribute("aria-rowcount") == str(ROWS - 2 + 2)
    page.get_by_role("button", name="Without product").click()
    assert grid.get_attribute("aria-rowcount") == "3"
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_placeholder("ASIN, SKU or title").fill("thing 11")
    sync_api.expect(grid).to_have_attribute("aria-rowcount", str(11 + 2))


def test_clash_shows_both_and_lets_choose(visit: Visit, found: Offer) -> None:
    carl, clara = visit(), visit()
    first, second = open_grid(carl, found), open_grid(clara, found, "clara")
    first.focus()
    carl.keyboard.type("80")
    carl.keyboard.press("Enter")
    saved(carl)
    second.focus()
    clara.keyboard.type("60")
    clara.keyboard.press("Enter")
    box = clara.get_by_role("region", name="Somebody else answered meanwhile")
    row = box.get_by_role("row").filter(has_text="Thing 1")
    sync_api.expect(row).to_contain_text("60")
    sync_api.expect(row).to_contain_text("80")
    sync_api.expect(row).to_contain_text("carl")
    assert answers(found)[1, 1][1] == 80
    row.get_by_role("button", name="Keep mine").click()
    saved(clara)
    assert answers(found)[1, 1][1] == 60
    first.focus()
    carl.keyboard.press("Control+Home")
    carl.keyboard.type("70")
    carl.keyboard.press("Enter")
    carl.get_by_role("button", name="Take theirs").first.click()
    saved(carl)
    assert answers(found)[1, 1][1] == 60


def test_lost_connection_loses_nothing(visit: Visit, found: Offer) -> None:
    page = visit()
    grid = open_grid(page, found)
    page.route("**/grid/answers/", lambda route: route.fulfill(status=429, body="no"))
    grid.focus()
    page.keyboard.type("80")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator("[data-save-state]")).to_contain_text("No connection. Not saved yet: 1;")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    assert answers(found) == {}
    page.wait_for_function("() => Object.values(localStorage).some((text) => text.includes('70'))")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("[data-grid][data-ready]").wait_for()
    sync_api.expect(page.locator("[data-said]")).to_contain_text("Back from your last visit, not saved then: 2.")
    page.unroute("**/grid/answers/")
    page.locator("[data-save-now]").or_(page.get_by_text("All saved")).first.wait_for()
    if page.locator("[data-save-now]").is_visible():
        page.locator("[data-save-now]").click()
    saved(page)
    assert {cell: told[1] for cell, told in answers(found).items()} == {(1, 1): 80, (2, 1): 70}


def test_end_of_a_long_offer_is_reached_by_key(visit: Visit, found: Offer) -> None:
    page = visit()
    grid = open_grid(page, found)
    grid.focus()
    page.keyboard.press("Control+End")
    active = grid.evaluate("(el) => document.getElementById(el.getAttribute('aria-activedescendant')).ariaLabel")
    assert active.startswith(f"Thing {ROWS}, May, Comment")
    assert page.locator("[role=row]").count() < 60


def test_stage_is_handed_on_once_all_is_saved(visit: Visit, found: Offer) -> None:
    page = visit()
    open_grid(page, found)
    sync_api.expect(page.get_by_role("button", name="Hand on to Manufacturing")).to_be_disabled()
    page.get_by_text("Approve", exact=True).click()
    page.get_by_role("button", name="Say yes to what is undecided").click()
    page.locator("[data-grid][data-ready]").wait_for()
    page.locator("[data-grid]").focus()
    pieces = page.locator("[data-total=commerce] [data-pieces]")
    before = pieces.inner_text()
    page.keyboard.type("999")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator("[data-save-state]")).to_have_text("Not taken: 1; see the red cells.")
    sync_api.expect(pieces).to_have_text(before)
    page.keyboard.press("ArrowUp")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Hand on to Manufacturing").click()
    page.wait_for_url(f"**/offers/{found.pk}/")
    assert (making.states(found), answers(found)[1, 1][1]) == (["done", "open", "waiting"], 12)


def test_same_answers_without_script(visit: Visit, found: Offer) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page, "carl")
    page.goto(f"/offers/{found.pk}/grid/")
    page.get_by_label("Thing 1, April: Quantity").fill("33")
    page.get_by_label("Thing 2, May: Answer").select_option("no")
    page.get_by_role("button", name="Save these answers").click()
    sync_api.expect(page.get_by_text("2 answers were saved.")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    sync_api.expect(page.get_by_label("Thing 51, April: Quantity")).to_be_visible()
    assert answers(found) == {(1, 1): (True, 33, None, ""), (2, 2): (False, 0, None, "")}


def pages_of(of: Offer) -> list[str]:
    base = f"/offers/{of.pk}/"
    ends = ("", "grid/", "grid/?plain=1", "facts/", "cells/1/1/", f"rows/{ROWS}/")
    return ["/offers/", "/offers/new/", "/offers/deputies/", *(f"{base}{end}" for end in ends)]


@pytest.mark.parametrize("width", [320, 390])
def test_pages_fit_a_telephone(visit: Visit, found: Offer, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800}, has_touch=True, is_mobile=True)
    sign_in(page, "administrator")
    wrong = {}
    for path in pages_of(found):
        page.goto(path)
        if "grid/" in path and "plain" not in path:
            page.locator("[data-grid][data-ready]").wait_for()
        told = page.evaluate(TOO_WIDE) + page.evaluate(SMALL)
        wrong[path] = [one for one in told if "g-input" not in one]
    assert {path: one for path, one in wrong.items() if one} == {}


def test_finger_answers_a_cell(visit: Visit, found: Offer) -> None:
    page = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    open_grid(page, found)
    cell = page.get_by_role("row").filter(has_text="Thing 1").first.get_by_role("gridcell").first
    cell.tap()
    cell.tap()
    page.locator(".g-input").fill("44")
    page.keyboard.press("Enter")
    saved(page)
    assert answers(found)[1, 1][1] == 44


def _axe() -> str | None:
    told = importlib.util.find_spec("axe_playwright_python")
    return str(Path(str(told.origin)).parent / "axe.min.js") if told else None


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(("look", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing(visit: Visit, found: Offer, look: str, width: int) -> None:
    making.say(making.ROOT, found, "commerce", making.given(1, quantity=10), making.given(1, 2, verdict=False))
    page = visit(viewport={"width": width, "height": 900}, color_scheme=look)
    engine = Path(str(_axe())).read_text(encoding="utf-8")
    sign_in(page, "administrator")
    wrong = {}
    for path in pages_of(found):
        page.goto(path)
        if "grid/" in path and "plain" not in path:
            page.locator("[data-grid][data-ready]").wait_for()
            page.locator("[data-grid]").focus()
        page.evaluate(engine)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        told = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", tags)
        wrong[path] = [f"{v['id']}: {n['html'][:150]}" for v in told["violations"] for n in v["nodes"][:3]]
        assert page.evaluate(NAMELESS) == [], path
    assert {path: one for path, one in wrong.items() if one} == {}
