"""Packing without script, on a tablet: begun from an order, proposed, moved, weighed, closed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from cast import Cast, make_cast
from products.making import product
from purveyor.profiles.models import Profile
from purveyor.warehouse.models import Packing
from warehouse.boxes import answered, order, shown

from .conftest import Visit
from .test_browser import SMALL, TOO_WIDE, sign_in

CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")
TABLET = {"width": 1024, "height": 768}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@pytest.fixture
def cast(profile: Profile) -> Cast:
    spoon = product("SPOON-1", asin="B0TEST0001", case_pack=6, weight_grams=400, title="Wooden spoon")
    answered(order(profile, "4ABCDEFG", 16, 3, of=[spoon]))
    return make_cast(profile)


def look(page: Any, name: str) -> None:
    """Keep a picture where somebody wants to look."""
    if folder := os.environ.get("PURVEYOR_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_an_order_is_packed_on_a_tablet_without_script(cast: Cast, visit: Visit) -> None:
    page = visit(viewport=TABLET, java_script_enabled=False)
    sign_in(page, "warehouse")
    page.goto("/packings/")
    page.get_by_role("link", name="Begin a packing").first.click()
    page.get_by_label("Shipment").fill("S-1")
    page.get_by_label("Orders").fill("4ABCDEFG")
    page.get_by_role("button", name="Begin a packing").click()
    page.get_by_role("button", name="Propose cartons").click()
    look(page, "packing")
    page.locator("summary", has_text="Move, split, say the lot").last.click()
    row = page.locator("li", has=page.locator("details[open]"))
    row.get_by_label("to", exact=True).fill("C2")
    row.get_by_role("button", name="Move", exact=True).click()
    packed = Packing.objects.get()
    assert shown(packed) == {"C1": [("1", 6)], "C2": [("1", 6), ("2", 3)], "C3": [("1", 4)]}
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Close: it may ship").click()
    page.get_by_text("Closed: it may ship.").wait_for()
    packed.refresh_from_db()
    assert packed.state == "packed"


@pytest.mark.parametrize("width", [360, 1024])
def test_the_page_of_a_packing_fits_and_its_targets_are_large_enough(cast: Cast, visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 768}, has_touch=True, is_mobile=True)
    sign_in(page, "warehouse")
    page.goto("/packings/new/")
    page.get_by_label("Shipment").fill("S-1")
    page.get_by_label("Orders").fill("4ABCDEFG")
    page.get_by_role("button", name="Begin a packing").click()
    page.locator("[data-pack][data-ready]").wait_for()
    page.goto(f"{page.url}?plain=1")
    page.get_by_role("button", name="Propose cartons").click()
    page.locator("[data-pack][data-ready]").wait_for()
    page.goto(f"{page.url}?plain=1")
    for summary in page.locator("main summary").all():
        summary.click()
    look(page, f"packing-{width}")
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(SMALL) == []
