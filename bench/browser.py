"""A hub in a process of its own and a browser signed in to it, which tells the longest task of its page; for benchmarks
of what people see. The browser tells of none below 50 ms."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.hub import free_port

BOUND_MS = 100.0
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")
PASSWORD = "only for a benchmark"

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


def there() -> bool:
    """Whether there is a browser to measure with."""
    return importlib.util.find_spec("playwright") is not None and Path(CHROMIUM).exists()


def setup() -> None:
    """Django on the home of this process, its tables made."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "purveyor.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def somebody(role: str, profile: Any) -> None:
    """The person who signs in."""
    from django.contrib.auth.hashers import make_password

    from purveyor.people.models import Grant, User

    user = User.objects.create(username="bench", password=make_password(PASSWORD))
    Grant.objects.create(user=user, role=role, profile=profile)


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


@contextmanager
def hub(prepare: Callable[[], int]) -> Iterator[tuple[str, int]]:
    """The address of a hub with what ``prepare`` makes in it, and the key that this returns."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PURVEYOR_HOME"] = folder
        made, port = prepare(), free_port()
        command = [sys.executable, "-m", "purveyor", "web", "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", made
        finally:
            process.terminate()
            process.wait(40)


@contextmanager
def signed_in(address: str, width: int = 1440, height: int = 900) -> Iterator[Any]:
    """A window of somebody who signed in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(base_url=address, viewport={"width": width, "height": height})
        page.goto("/sign-in/")
        page.locator("input[name=username]").fill("bench")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button.first").click()
        page.wait_for_url("**/")
        yield page
        browser.close()


def taken(page: Any) -> float:
    """The longest task since it was asked last, in milliseconds."""
    return float(page.evaluate(TAKE))


def told(found: Mapping[str, float]) -> str:
    """The longest task by what was done, in words."""
    return ", ".join(f"{name} {stall:.0f} ms" if stall else f"{name} below 50 ms" for name, stall in found.items())
