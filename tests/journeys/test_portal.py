"""The stand-in's portal in a real browser: wide and narrow, light and dark, with and without script."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clicks import connect_by_hand
from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World
from simulator.talk import Talk

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def server() -> Iterator[Server]:
    """A stand-in as it is served: on the running clock, with an ordinary day behind it."""
    world = World(scenario="day")
    with serve(world) as found:
        yield found
    world.close()


@pytest.mark.parametrize("script", [True, False])
def test_person_carries_the_four_values_away(chromium: Any, server: Server, script: bool) -> None:
    world = server.world
    page = chromium.new_page(java_script_enabled=script)
    found = connect_by_hand(page, server.address, world.primary)
    mine = world.accounts[-1]
    assert (found.client_id, found.client_secret) == (mine.client_id, mine.client_secret)
    assert (found.refresh_token, found.vendor_codes) == (mine.refresh_token, ("WALD1", "WALD2"))
    assert Talk(world, mine).sign_in().status_code == 200


def _axe() -> str | None:
    """The accessibility engine, where its package is installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    return (Path(str(found.origin)).parent / "axe.min.js").read_text(encoding="utf-8") if found else None


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(("look", "width"), [("light", 1440), ("dark", 390), ("light", 320)])
def test_pages_fit_and_axe_finds_nothing(chromium: Any, server: Server, look: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=look)
    engine, wrong = _axe(), []

    def look_at(place: str) -> None:
        page.evaluate(engine)
        found = page.evaluate("() => axe.run()")
        wrong.extend(f"{place}: {v['id']} {n['html'][:120]}" for v in found["violations"] for n in v["nodes"])
        if page.evaluate(TOO_WIDE):
            wrong.append(f"{place} is too wide")

    connect_by_hand(page, server.address, server.world.primary, seen=look_at)
    assert wrong == []
