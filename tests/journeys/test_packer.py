"""A packer in a real browser: a packing on a tablet by drag, scan and keys, two at once, a lost connection, axe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from products.making import product
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain.edit import step
from purveyor.warehouse.models import Packing
from warehouse.boxes import ROOT, SSCC, answered, order, packing, shown

from .conftest import Visit
from .test_browser import NAMELESS, SMALL, TOO_WIDE, _axe, sign_in

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]
TABLET = {"viewport": {"width": 1280, "height": 800}, "has_touch": True}
EAN = "4006381333931"


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


@pytest.fixture
def made(cast: Cast) -> Packing:
    """24 pieces of PEN in cases of six, and ten of INK, nothing placed; one INK weighs 3 kg."""
    goods = (
        product("PEN", asin="B000000001", gtin=f"0{EAN}", case_pack=6, weight_grams=20, title="A pen"),
        product("INK", asin="B000000002", weight_grams=3000, title="Ink"),
    )
    answered(order(cast.profile, "4ABCDEFG", 24, 10, of=goods))
    return packing(cast.profile, "S-1", "4ABCDEFG")


def changed(of: Packing, kind: str, **asked: Any) -> None:
    """A step of somebody else."""
    step(ROOT, of.pk, Packing.objects.get(pk=of.pk).version, {"kind": kind, **asked})


def open_desk(page: Any, of: Packing, name: str = "warehouse") -> None:
    sign_in(page, name)
    page.goto(f"/packings/{of.pk}/")
    page.locator("[data-pack][data-ready]").wait_for()


def row(page: Any, text: str, pane: str = "boxes") -> Any:
    return page.locator(f"[data-pack-{pane}] [role=treeitem]:not([hidden])").filter(has_text=text).first


def said(page: Any, text: str) -> None:
    sync_api.expect(page.locator("[data-pack-said]")).to_contain_text(text)


def saved(page: Any) -> None:
    sync_api.expect(page.locator("[data-save-state]")).to_have_text("All saved")


def scan(page: Any, *codes: str) -> None:
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def drag(page: Any, source: Any, target: Any) -> None:
    _at(source, page.mouse.move)
    page.mouse.down()
    _at(target, lambda x, y: page.mouse.move(x, y, steps=4))
    page.wait_for_function("() => document.querySelector('.p-under')")
    page.mouse.up()


def _at(el: Any, does: Callable[[float, float], Any]) -> tuple[float, float]:
    box = el.bounding_box()
    x, y = box["x"] + 90, box["y"] + box["height"] / 2
    does(x, y)
    return x, y


def finger(page: Any, source: Any, target: Any) -> None:
    """Drag by touch: from the grip of a row to another row."""
    touch = page.context.new_cdp_session(page)
    target.scroll_into_view_if_needed()
    grip, onto = source.locator(".p-grip").bounding_box(), target.bounding_box()
    begin = (grip["x"] + 20, grip["y"] + 20)
    end = (onto["x"] + 90, onto["y"] + 20)
    for kind, points in (("touchStart", [begin]), ("touchMove", [end]), ("touchMove", [(end[0] + 1, end[1])])):
        told = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})
    page.wait_for_function("() => document.querySelector('.p-under')")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_packing_is_packed_on_a_tablet(visit: Visit, made: Packing) -> None:
    """Propose and undo; scan pieces and cases; drag lines, contents, cartons and a pallet by mouse and finger; keys;
    split; what is found; weigh; close."""
    page = visit(**TABLET)
    open_desk(page, made)
    keys = page.keyboard
    page.get_by_role("button", name="Propose cartons").click()
    sync_api.expect(row(page, "Carton C6")).to_be_visible()
    sync_api.expect(page.get_by_text("Everything is placed.")).to_be_visible()
    keys.press("u")
    said(page, "Taken back")
    sync_api.expect(page.get_by_text("No carton yet.")).to_be_visible()

    page.get_by_role("button", name="Pallet", exact=True).click()
    said(page, "Pallet P1 is there.")
    page.get_by_role("button", name="Carton", exact=True).click()
    said(page, "Carton C1 is there.")
    scan(page, "C1", EAN, "pen")
    said(page, "1 piece of PEN placed in Carton C1. 22 are left.")
    page.get_by_role("button", name="Scan: a piece").click()
    scan(page, f"0{EAN}", "C1", "P1")
    said(page, "Carton C1 stands on pallet P1.")
    assert shown(made) == {"P1": [], "C1": [("1", 8)], "-": [("1", 16), ("2", 10)]}
    scan(page, "4011200296908")
    sync_api.expect(page.get_by_role("alert").first).to_contain_text("Nothing here has the code 4011200296908.")

    drag(page, row(page, "INK", "lines"), row(page, "Carton C1"))
    said(page, "10 pieces of INK placed in Carton C1. All of it is placed.")
    sync_api.expect(row(page, "weighs 30.16 kg as its pieces weigh")).to_be_visible()
    finger(page, row(page, "PEN", "lines"), row(page, "Pallet P1"))
    said(page, "16 pieces of PEN placed in Pallet P1.")
    finger(page, row(page, "Carton C1"), row(page, "On no pallet"))
    said(page, "Carton C1 stands on no pallet.")
    assert shown(made) == {"P1": [("1", 16)], "C1": [("1", 8), ("2", 10)]}

    row(page, "INK").click()
    keys.press("s")
    page.locator("[data-pack-amount]").fill("4")
    keys.press("Enter")
    said(page, "4 pieces of INK are in carton C2 now.")
    sync_api.expect(row(page, "weighs 30.16 kg")).to_have_count(0)
    page.locator("[data-pack-boxes]").focus()
    for key in ("Home", "ArrowDown", "m", "6"):
        keys.press(key)
    sync_api.expect(page.locator("[data-pack-amount]")).to_have_value("6")
    keys.press("End")
    keys.press("Enter")
    said(page, "6 pieces of PEN moved to Carton C2.")
    for key in ("Home", "ArrowDown", "Delete"):
        keys.press(key)
    said(page, "10 pieces of PEN taken out: not placed.")
    keys.press("u")
    said(page, "Taken back")
    assert shown(made) == {"P1": [("1", 10)], "C1": [("1", 8), ("2", 6)], "C2": [("1", 6), ("2", 4)]}

    row(page, "Carton C2").click()
    keys.press("w")
    page.get_by_label("Weight (g)").fill("12.500")
    page.get_by_label("SSCC").fill(SSCC)
    keys.press("Enter")
    sync_api.expect(row(page, "Carton C2")).to_contain_text("12.5 kg")
    scan(page, f"00{SSCC}", "P1")
    said(page, "Carton C2 stands on pallet P1.")
    page.get_by_role("button", name="Close: it may ship").click()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Closed")


def test_two_pack_at_once_and_nothing_is_lost(visit: Visit, made: Packing) -> None:
    """What another did is shown; a step that still fits is done on top; one that does not waits; so does one without a
    connection."""
    page = visit(**TABLET)
    changed(made, "add", box="carton", count=2)
    open_desk(page, made)
    changed(made, "place", line=made.contents.first().line_id, eaches=4, to={"carton": "C1"})
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    theirs = page.get_by_role("region", name="Somebody else changed it")
    sync_api.expect(theirs).to_contain_text("changed it meanwhile: 4 × PEN")
    sync_api.expect(row(page, "PEN")).to_contain_text("4")
    theirs.get_by_role("button", name="Seen").click()

    changed(made, "add", box="pallet")
    scan(page, "C2", "INK")
    sync_api.expect(theirs).to_contain_text("Your step was done on top of it.")
    said(page, "1 piece of INK placed in Carton C2.")

    changed(made, "move_content", content=made.contents.get(carton__key="C1").pk, eaches=1, to={"carton": "C2"})
    row(page, "PEN").click()
    page.get_by_role("button", name="Take out").click()
    sync_api.expect(theirs).to_contain_text("Your step waits for you: 4 pieces of PEN taken out")
    page.get_by_role("button", name="Do mine now").click()
    saved(page)
    assert shown(made) == {"P1": [], "C1": [], "C2": [("1", 1), ("2", 1)], "-": [("1", 23), ("2", 9)]}

    page.route("**/steps/", lambda route: route.fulfill(status=429, body="no"))
    scan(page, "C1", "PEN")
    sync_api.expect(page.locator("[data-save-state]")).to_have_text("No connection; 1 step waits and is tried again.")
    scan(page, "PEN")
    page.unroute("**/steps/")
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    saved(page)
    assert shown(made)["C1"] == [("1", 2)]


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(("look", "width"), [("light", 1280), ("dark", 390)])
def test_the_editor_is_for_everybody(visit: Visit, made: Packing, look: str, width: int) -> None:
    """axe finds nothing, everything has a name, fits and is large enough for a glove, in both of its states."""
    changed(made, "add", box="pallet")
    changed(made, "add", box="carton", pallet="P1", count=2)
    changed(made, "place", line=made.contents.last().line_id, eaches=9, to={"carton": "C1"})
    page = visit(viewport={"width": width, "height": 800}, color_scheme=look, has_touch=True)
    open_desk(page, made)
    page.evaluate(Path(str(_axe())).read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for key in ("End", "m"):
        page.locator("[data-pack-boxes]").focus()
        page.keyboard.press(key)
        page.wait_for_timeout(120)
        told = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", tags)
        assert [f"{v['id']}: {n['html'][:200]}" for v in told["violations"] for n in v["nodes"][:3]] == []
        assert page.evaluate(NAMELESS) + page.evaluate(TOO_WIDE) == []
        assert [one for one in page.evaluate(SMALL.replace("43.9", "47.9")) if "data-pack" in one] == []
