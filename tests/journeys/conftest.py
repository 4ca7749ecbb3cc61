"""A real browser and its windows on the hub, for every journey."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for all journeys. Its loop runs in this thread, where the tests ask the database as well."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Visit]:
    """Opens a window on the hub, which may go to ``also`` as well. Whatever the browser complains about, or asks
    elsewhere for, fails the journey."""
    complaints: list[str] = []
    contexts = []

    def heard(message: Any) -> None:
        # A refused form and a denied page answer with their own status; the browser mentions it.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    def open_window(*also: str, **more: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url, **({"viewport": {"width": 1280, "height": 900}} | more)
        )
        contexts.append(context)
        ours = (live_server.url, *also)
        context.on("request", lambda r: r.url.startswith(ours) or complaints.append(f"asked {r.url}"))
        context.on("console", heard)
        context.on("weberror", lambda told: complaints.append(str(told.error)))
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []
