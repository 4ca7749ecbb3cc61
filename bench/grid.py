"""The grid of an offer in a browser: 5,000 rows in three deliveries, scrolled, typed into, 500 cells pasted. Bound: no
stall above 100 ms, told by the longest task of the page; the browser tells of none below 50 ms.

``python -m bench.grid [--rows 5000]``; where there is no browser it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.hub import free_port

BOUND_MS = 100.0
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "only for a benchmark"
DELIVERIES = 3

WATCH = """() => {
  window.stalls = { task: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    window.stalls.task = Math.max(window.stalls.task, one.duration);
  })).observe({ type: "longtask" });
}"""
TAKE = "() => { const found = window.stalls.task; window.stalls.task = 0; return found; }"
SCROLL = """async (el) => {
  const until = el.scrollHeight;
  for (let top = 0; top < until; top += until / 200) {
    el.scrollTop = top;
    await new Promise(requestAnimationFrame);
  }
  el.scrollTop = 0;
  await new Promise(requestAnimationFrame);
}"""
PASTE = """async (el, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  el.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  await new Promise((done) => setTimeout(done, 1500));
}"""


def prepare(rows: int) -> int:
    """An offer, its products and somebody to answer it, in the hub of this process's home; the offer's key."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "purveyor.config.settings"
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command

    from purveyor.common import clock
    from purveyor.offers.domain.keep import NewDelivery, NewOffer, NewRow, take_in
    from purveyor.people.models import Grant, User
    from purveyor.people.who import Who
    from purveyor.products.models import Product
    from purveyor.profiles.models import Profile

    call_command("migrate", verbosity=0)
    profile = Profile.objects.create(
        name="bench", marketplace="DE", environment="simulator", client_id="bench", created_at=clock.now()
    )
    user = User.objects.create(username="bench", password=make_password(PASSWORD))
    Grant.objects.create(user=user, role="commerce", profile=profile)
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


def wait_for(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def measure(address: str, offer: int) -> tuple[float, dict[str, float]]:
    """Seconds until the grid can be used, and the longest task in milliseconds by what was done."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
        page.goto("/sign-in/")
        page.locator("input[name=username]").fill("bench")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button.first").click()
        page.wait_for_url("**/")
        began = time.monotonic()
        page.goto(f"/offers/{offer}/grid/")
        grid = page.locator("[data-grid][data-ready]")
        grid.wait_for()
        ready = time.monotonic() - began
        page.wait_for_timeout(500)
        page.evaluate(WATCH)
        found = {"scrolling": _scroll(page, grid), "typing": _typing(page, grid), "pasting 500": _paste(page, grid)}
        browser.close()
        return ready, found


def _scroll(page: Any, grid: Any) -> float:
    grid.evaluate(SCROLL)
    return float(page.evaluate(TAKE))


def _typing(page: Any, grid: Any) -> float:
    grid.focus()
    page.keyboard.press("Control+Home")
    for number in range(30):
        page.keyboard.type(str(40 + number))
        page.keyboard.press("Enter")
    page.get_by_text("All saved").wait_for(timeout=20_000)
    return float(page.evaluate(TAKE))


def _paste(page: Any, grid: Any) -> float:
    page.keyboard.press("Control+Home")
    grid.evaluate(PASTE, "\n".join(str(number % 120) for number in range(500)))
    page.get_by_text("All saved").wait_for(timeout=20_000)
    return float(page.evaluate(TAKE))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5000)
    given = options.parse_args()
    if importlib.util.find_spec("playwright") is None or not Path(CHROMIUM).exists():
        print("grid: no browser here, nothing measured")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PURVEYOR_HOME"] = folder
        offer, port = prepare(given.rows), free_port()
        command = [sys.executable, "-m", "purveyor", "web", "--port", str(port)]
        hub = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            ready, found = measure(f"http://127.0.0.1:{port}", offer)
        finally:
            hub.terminate()
            hub.wait(40)
    ok = max(found.values()) < BOUND_MS
    parts = ", ".join(f"{name} {stall:.0f} ms" if stall else f"{name} below 50 ms" for name, stall in found.items())
    print(
        f"grid of {given.rows} rows x {DELIVERIES}: longest stall {parts} (bound {BOUND_MS:.0f}), "
        f"ready after {ready:.1f} s {'ok' if ok else 'MISSED'}"
    )
    return not ok


if __name__ == "__main__":
    sys.exit(main())
