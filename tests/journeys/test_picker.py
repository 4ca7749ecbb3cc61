"""A picker with a tablet: a whole list by scans and by keys, with everything that goes wrong on the way."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from purveyor.common.gs1 import check_digit
from purveyor.people.models import User
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.hold import hold, let_go
from purveyor.warehouse.models import Picked, PickLine, PickList
from warehouse.making import ME, ean, picked, product, released, results, state

from .conftest import Visit
from .test_browser import NAMELESS, TOO_WIDE, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
TABLET = {"viewport": {"width": 1280, "height": 800}, "has_touch": True}
# A scanner's keys where the focus is, all in one burst; with ``pause`` as a hand types them.
SCAN = """async ([text, pause]) => {
  for (const key of pause ? text : [...text, "Enter"]) {
    const down = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    (document.activeElement || document.body).dispatchEvent(down);
    if (pause) await new Promise((done) => { setTimeout(done, pause); });
  }
}"""
# What a glove cannot hit.
THIN = """() => [...document.querySelectorAll("button, a, input, select")]
  .filter((el) => el.checkVisibility() && !el.closest(".skip"))
  .map((el) => [el.getBoundingClientRect(), el]).filter(([box]) => box.width < 56 || box.height < 56)
  .map(([box, el]) => `${el.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


@pytest.fixture
def out(cast: Cast) -> PickList:
    """Ten of product 1 in cases of 4, six of product 2 that expires, two of product 3 to be bagged."""
    product(1, title="Spoon")
    product(2, title="Yoghurt", expiry_tracked=True, case_pack=None)
    product(3, title="Doll", prep="Bag it")
    return released(cast.profile, eaches=[10, 6, 2])


def case_of(number: int) -> str:
    body = "1" + ean(number)[:12]
    return body + check_digit(body)


def open_page(page: Any, of: PickList, name: str = "warehouse") -> None:
    sign_in(page, name)
    page.goto(f"/warehouse/lists/{of.pk}/pick/")
    page.locator("[data-pick][data-ready]").wait_for()


def scan(page: Any, code: str, pause: int = 0) -> None:
    page.evaluate(SCAN, [code, pause])


def says(page: Any, text: str) -> None:
    sync_api.expect(page.locator("[data-said-box]")).to_contain_text(text)


def count(page: Any) -> str:
    return str(page.locator(".pick-count").inner_text())


def test_list_is_picked_by_scans(visit: Visit, out: PickList, cast: Cast) -> None:
    other = released(cast.profile, "4OTHER", [1])
    page = visit(**TABLET)
    open_page(page, out)
    page.get_by_role("button", name="Undo").focus()
    scan(page, ean(1))
    says(page, "SKU-1: 1 of 10")
    scan(page, case_of(1))
    says(page, "SKU-1: 5 of 10")
    # A hand that types slowly is no scanner: its digits are a quantity, which is too much.
    scan(page, "4711", 90)
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("dialog")).to_contain_text("At most 10.")
    page.get_by_role("button", name="Cancel").click()
    # Wrong product, another list, too many: said loudly, never counted.
    scan(page, ean(77))
    sync_api.expect(page.get_by_role("alert").filter(has_text="Wrong")).to_contain_text("Nobody knows this symbol.")
    scan(page, f"{other.number}/1")
    sync_api.expect(page.get_by_role("link", name="Go to 4OTHER-1")).to_be_visible()
    scan(page, case_of(1))
    scan(page, case_of(1))
    says(page, "Too many: SKU-1 is asked for 10 times, 9 are picked. Not counted.")
    page.get_by_role("button", name="Undo").click()
    says(page, "Undone: SKU-1 4 pieces")
    assert count(page) == "5 / 10"
    # The power fails.
    page.reload()
    begun = page.get_by_role("region", name="Begun, not finished")
    sync_api.expect(begun).to_contain_text("warehouse had picked 5 pieces")
    scan(page, ean(1))
    says(page, "Not counted")
    page.get_by_role("button", name="Continue").click()
    assert count(page) == "5 / 10"
    page.get_by_role("button", name="Less there").click()
    page.get_by_role("button", name="damaged").click()
    says(page, "SKU-1: 5 of 10, damaged")
    # What expires asks first; a scanner may read the lot, too.
    scan(page, ean(2))
    scan(page, ean(3))
    says(page, "SKU-3: 1 of 2")
    scan(page, f"{out.number}/2")
    says(page, "Line 2: SKU-2")
    scan(page, ean(2))
    scan(page, ean(77))
    says(page, "Wrong")
    scan(page, ean(2))
    page.get_by_role("textbox", name="Lot").fill("L-2026")
    page.get_by_label("Expiry", exact=True).fill("2027-01-31")
    page.get_by_role("button", name="Apply").click()
    says(page, "SKU-2: 1 of 6")
    page.get_by_role("button", name="Quantity").click()
    page.get_by_role("button", name="6", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    says(page, "SKU-2 is complete")
    scan(page, ean(3))
    says(page, "Now: Bag it")
    page.get_by_role("button", name="Finish").click()
    sync_api.expect(page.get_by_role("dialog")).to_contain_text("not confirmed: Bag it")
    page.get_by_role("button", name="Back to picking").click()
    page.get_by_role("button", name="Prepared", exact=True).click()
    says(page, "Everything is picked.")
    finish(page, out)


def finish(page: Any, out: PickList) -> None:
    """The reply to the first try is lost; the second counts once."""
    lost: list[int] = []

    def swallow(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.fulfill(status=429, body="no")

    page.route("**/pick/take/", swallow)
    page.get_by_role("button", name="Finish").click()
    box = page.get_by_role("dialog")
    sync_api.expect(box).to_contain_text("damaged")
    box.get_by_role("button", name="Send: 13 of 18 pieces").click()
    sync_api.expect(box).to_contain_text("No reply. Send again")
    assert (lost, state(out)) == ([200], "picked")
    box.get_by_role("button", name="Send: 13 of 18 pieces").click()
    page.wait_for_url(f"**/warehouse/lists/{out.pk}/")
    sync_api.expect(page.get_by_text("Taken down.")).to_be_visible()
    assert picked(out) == {"1": (5, 0, "damaged"), "2": (6, 0, ""), "3": (2, 0, "")}
    assert len(results(out)) == 1
    assert set(Picked.objects.filter(lot="L-2026").values_list("eaches", flat=True)) == {6}
    assert Picked.objects.get(pick_line__line__number="3").prepared is True
    assert page.evaluate("Object.keys(localStorage).filter((key) => /^purveyor:pick:\\d/.test(key))") == []


def test_list_is_picked_by_keyboard_alone_in_german(visit: Visit, out: PickList, cast: Cast) -> None:
    User.objects.filter(username="warehouse").update(language="de")
    page = visit(**TABLET)
    open_page(page, out)
    keys = page.keyboard
    keys.press("1")
    sync_api.expect(page.get_by_role("dialog", name="Wie viele sind gepickt?")).to_be_visible()
    keys.press("0")
    keys.press("Enter")
    says(page, "SKU-1 ist vollständig")
    # Now the list is stopped; nothing counts, and nothing is lost.
    hold(ME, out.pk, "eine Ratte")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sync_api.expect(page.get_by_role("region", name="Halt")).to_contain_text("eine Ratte")
    scan(page, ean(3))
    says(page, "Nicht gezählt")
    let_go(ME, out.pk, "")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    says(page, "Die Liste geht weiter")
    # The order asks for less by now: what still fits is kept.
    PickLine.objects.filter(pick_list=out, line__number="1").update(asked=8)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    says(page, "Halt: Diese Liste verlangt jetzt etwas anderes.")
    page.get_by_role("button", name="Laden, wie sie jetzt ist").click()
    sync_api.expect(page.get_by_text("10 Stück gepickt, bevor die Liste geändert wurde")).to_be_visible()
    keys.press("Enter")
    sync_api.expect(page.locator("[data-progress-words]")).to_have_text("8 von 16 Stück")
    keys.press("ArrowDown")
    keys.press("+")
    says(page, "SKU-3: 1 von 2")
    keys.press("+")
    says(page, "Jetzt: Bag it")
    keys.press("p")
    says(page, "Bag it – erledigt")
    keys.press("s")
    keys.press("1")
    says(page, "SKU-2: 0 von 6, nicht gefunden")
    keys.press("f")
    sync_api.expect(page.get_by_role("button", name="Senden: 10 von 16 Stück")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(f"**/warehouse/lists/{out.pk}/")
    assert picked(out) == {"1": (8, 0, ""), "2": (0, 0, "missing"), "3": (2, 0, "")}


def _axe() -> str | None:
    told = importlib.util.find_spec("axe_playwright_python")
    return str(Path(str(told.origin)).parent / "axe.min.js") if told else None


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(
    ("look", "width", "height"), [("light", 1280, 800), ("dark", 800, 1280), ("dark", 390, 800)], ids=str
)
def test_page_is_for_everybody(visit: Visit, out: PickList, look: str, width: int, height: int) -> None:
    """Axe finds nothing, a glove hits everything, nothing is wider than the screen, in each of its boxes."""
    page = visit(viewport={"width": width, "height": height}, color_scheme=look, has_touch=True)
    engine = Path(str(_axe())).read_text(encoding="utf-8")
    open_page(page, out)
    scan(page, ean(2))
    wrong = {"lot": _faults(page, engine)}
    page.get_by_role("button", name="No date on it").click()
    for name, key in (("quantity", "4"), ("short", "s"), ("finish", "f")):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        wrong[name] = _faults(page, engine)
        page.keyboard.press("Escape")
    scan(page, ean(77))
    says(page, "Nobody knows")
    wrong["page"] = _faults(page, engine)
    assert {name: told for name, told in wrong.items() if told} == {}


def _faults(page: Any, engine: str) -> list[str]:
    page.evaluate(engine)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    told = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", tags)
    found = [f"{v['id']}: {n['html'][:150]}" for v in told["violations"] for n in v["nodes"][:3]]
    return [*found, *page.evaluate(NAMELESS), *page.evaluate(TOO_WIDE), *page.evaluate(THIN)]
