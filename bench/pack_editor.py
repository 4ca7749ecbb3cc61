"""The editor of a packing in a browser: 300 cartons on eight pallets and their contents, scrolled, walked by key,
dragged, filled by scan, undone. Bound: no stall above 100 ms, told by the longest task of the page.

``python -m bench.pack_editor [--cartons 300]``; where there is no browser it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from bench import browser
from bench.packs import INSIDE, LINES, ground

PALLETS = 8


def prepare(cartons: int) -> int:
    """A packing of so many cartons, and as much that is not placed yet; its key."""
    browser.setup()
    from purveyor.people.who import Who
    from purveyor.warehouse.domain.edit import step
    from purveyor.warehouse.domain.pack import begin

    who, orders = Who.cli(), -(-cartons * INSIDE // LINES)
    profile = ground(cartons * INSIDE + 2 * LINES)
    browser.somebody("warehouse", profile)
    packing = begin(who, profile, "BENCH", [f"4{n:07d}" for n in range(orders)])
    for asked in (
        {"kind": "add", "box": "pallet", "count": PALLETS},
        {"kind": "propose"},
        {"kind": "bring", "orders": [f"4{orders + n:07d}" for n in range(2)]},
    ):
        packing = step(who, packing, packing.version, asked).packing
    for place, carton in enumerate(list(packing.cartons.order_by("position"))[: cartons // 2]):
        asked = {"kind": "move_carton", "carton": carton.key, "pallet": f"P{place % PALLETS + 1}"}
        packing = step(who, packing, packing.version, asked).packing
    return int(packing.pk)


def measure(address: str, packing: int) -> tuple[float, dict[str, float]]:
    """Seconds until the editor can be used, and the longest task in milliseconds by what was done."""
    with browser.signed_in(address, 1280, 800) as page:
        began = time.monotonic()
        page.goto(f"/packings/{packing}/")
        page.locator("[data-pack][data-ready]").wait_for()
        ready = time.monotonic() - began
        page.wait_for_timeout(500)
        page.evaluate(browser.WATCH)
        boxes = page.locator("[data-pack-boxes]")
        boxes.evaluate(browser.SCROLL)
        found = {"scrolling": browser.taken(page)}
        for name, does in (("walking", _walk), ("dragging", _drag), ("scanning", _scan), ("undoing", _undo)):
            does(page, boxes)
            page.get_by_text("All saved").wait_for(timeout=30_000)
            page.wait_for_timeout(600)
            found[name] = browser.taken(page)
        return ready, found


def _walk(page: Any, boxes: Any) -> None:
    boxes.focus()
    for key in ["End", "Home", *["PageDown"] * 20, *["ArrowDown"] * 40]:
        page.keyboard.press(key)


def _drag(page: Any, boxes: Any) -> None:
    """Eight lines over the whole pane, each let go on another carton."""
    for number in range(8):
        boxes.evaluate("(el, part) => { el.scrollTop = el.scrollHeight * part; }", number / 9)
        page.wait_for_timeout(60)
        line = page.locator("[data-pack-lines] .p-line:not([hidden])").nth(number % 3).bounding_box()
        pane = boxes.bounding_box()
        page.mouse.move(line["x"] + 80, line["y"] + 20)
        page.mouse.down()
        for step in range(20):
            page.mouse.move(pane["x"] + 100 + step, pane["y"] + 5 + step * (pane["height"] - 40) / 20)
        page.mouse.move(pane["x"] + 120, pane["y"] + pane["height"] / 2)
        page.mouse.up()


def _scan(page: Any, boxes: Any) -> None:
    for number in range(10):
        for code in (f"C{number * 20 + 1}", f"SKU-{number}"):
            page.keyboard.type(code)
            page.keyboard.press("Enter")


def _undo(page: Any, boxes: Any) -> None:
    for _time in range(5):
        page.locator("[data-pack-do=undo]").click()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cartons", type=int, default=300)
    given = options.parse_args()
    if not browser.there():
        print("pack editor: no browser here, nothing measured")
        return 0
    with browser.hub(lambda: prepare(given.cartons)) as (address, packing):
        ready, found = measure(address, packing)
    ok = max(found.values()) < browser.BOUND_MS
    print(
        f"pack editor of {given.cartons} cartons: longest stall {browser.told(found)} (bound {browser.BOUND_MS:.0f}),"
        f" ready after {ready:.1f} s {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
