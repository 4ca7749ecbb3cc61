"""The grid of an offer in a browser: 5,000 rows in three deliveries, scrolled, typed into, 500 cells pasted. Bound: no
stall above 100 ms, told by the longest task of the page.

``python -m bench.grid [--rows 5000]``; where there is no browser it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from decimal import Decimal
from typing import Any

from bench import browser

DELIVERIES = 3
PASTE = """async (el, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  el.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  await new Promise((done) => setTimeout(done, 1500));
}"""


def prepare(rows: int) -> int:
    """An offer, its products and somebody to answer it, in the hub of this process's home; the offer's key."""
    browser.setup()
    from purveyor.common import clock
    from purveyor.offers.domain.keep import NewDelivery, NewOffer, NewRow, take_in
    from purveyor.people.who import Who
    from purveyor.products.models import Product
    from purveyor.profiles.models import Profile

    profile = Profile.objects.create(
        name="bench", marketplace="DE", environment="simulator", client_id="bench", created_at=clock.now()
    )
    browser.somebody("commerce", profile)
    names = [f"B{number:09d}" for number in range(1, rows + 1)]
    Product.objects.bulk_create(
        [Product(sku=f"SKU-{name}", asin=name, title=f"Thing {name}", updated_at=clock.now()) for name in names]
    )
    asked = {place: (120, Decimal("4.50")) for place in range(1, DELIVERIES + 1)}
    new = NewOffer(
        number="BENCH",
        currency="EUR",
        zone="UTC",
        rows=[NewRow(at, name, "", f"Thing {name}", asked) for at, name in enumerate(names, 1)],
        deliveries=[NewDelivery(place) for place in range(1, DELIVERIES + 1)],
    )
    return take_in(Who.cli(), profile, new).pk


def measure(address: str, offer: int) -> tuple[float, dict[str, float]]:
    """Seconds until the grid can be used, and the longest task in milliseconds by what was done."""
    with browser.signed_in(address) as page:
        began = time.monotonic()
        page.goto(f"/offers/{offer}/grid/")
        grid = page.locator("[data-grid][data-ready]")
        grid.wait_for()
        ready = time.monotonic() - began
        page.wait_for_timeout(500)
        page.evaluate(browser.WATCH)
        grid.evaluate(browser.SCROLL)
        scrolling = browser.taken(page)
        return ready, {"scrolling": scrolling, "typing": _typing(page, grid), "pasting 500": _paste(page, grid)}


def _typing(page: Any, grid: Any) -> float:
    grid.focus()
    page.keyboard.press("Control+Home")
    for number in range(30):
        page.keyboard.type(str(40 + number))
        page.keyboard.press("Enter")
    page.get_by_text("All saved").wait_for(timeout=20_000)
    return browser.taken(page)


def _paste(page: Any, grid: Any) -> float:
    page.keyboard.press("Control+Home")
    grid.evaluate(PASTE, "\n".join(str(number % 120) for number in range(500)))
    page.get_by_text("All saved").wait_for(timeout=20_000)
    return browser.taken(page)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5000)
    given = options.parse_args()
    if not browser.there():
        print("grid: no browser here, nothing measured")
        return 0
    with browser.hub(lambda: prepare(given.rows)) as (address, offer):
        ready, found = measure(address, offer)
    ok = max(found.values()) < browser.BOUND_MS
    print(
        f"grid of {given.rows} rows x {DELIVERIES}: longest stall {browser.told(found)} (bound {browser.BOUND_MS:.0f}),"
        f" ready after {ready:.1f} s {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
