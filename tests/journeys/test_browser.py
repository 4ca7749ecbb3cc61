"""Journeys in a real browser: the whole loop by mouse and by keyboard, with and without script, on wide and narrow
screens; and what a machine can tell about access for everybody."""

from __future__ import annotations

import importlib.util
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cast import PASSWORD, Cast, make_cast
from deliver import document_of, placed, until_settled, work
from plug import SIMULATOR
from purveyor.common import clock
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import drafts, steps
from purveyor.simulator.world import World

from .conftest import Visit

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]


@pytest.fixture
def cast(profile: Profile) -> Cast:
    return make_cast(profile)


@pytest.fixture
def order(plugged: World, profile: Profile, cast: Cast) -> Order:
    """A new order, due soon: a line of 10 pieces, and one of 4 cases of 6."""
    lines = [{"amount": 10, "cost": "4.20"}, {"amount": 4, "unit": "Cases", "unit_size": 6, "cost": "2.00"}]
    return placed(plugged, profile, *lines, at=clock.now() - timedelta(hours=20))


def sign_in(page: Any, name: str = "vendor-manager") -> None:
    page.goto("/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def test_from_sign_in_to_the_proof(visit: Visit, cast: Cast, order: Order) -> None:
    """Sign in, Today, open an order, cut one line, preview, send, see it verified."""
    page = visit()
    sign_in(page)
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    sync_api.expect(page.get_by_text("1 order waits for an answer.")).to_be_visible()
    page.get_by_role("link", name=f"Answer {order.number}").click()

    page.get_by_label("Line 1: accept").fill("7")
    rest = page.get_by_label("Line 1: the rest")
    sync_api.expect(rest).to_be_visible()
    rest.select_option("TemporarilyUnavailable")
    sync_api.expect(page.locator("[data-sum]")).to_contain_text("Accepts 31 of 34 ea · 77.40 EUR")
    page.get_by_role("button", name="Preview the answer").last.click()

    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text(f"This will be sent for {order.number}")
    rows = page.locator("tbody tr")
    sync_api.expect(rows.nth(0)).to_contain_text("Accepted")
    sync_api.expect(rows.nth(1)).to_contain_text("Rejected 3 ea", use_inner_text=True)
    page.get_by_text("The exact document").click()
    sync_api.expect(page.locator("pre.body")).to_contain_text('"rejectionReason": "TemporarilyUnavailable"')
    page.get_by_label("Why").fill("only seven left")
    page.get_by_role("button", name="Send to Amazon").click()

    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledging")
    work()
    until_settled(document_of(order))
    # The page asks by itself; nobody reloads it.
    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledged", timeout=15_000)
    sync_api.expect(page.get_by_text("Answered, and proved by Amazon's own status.")).to_be_visible()
    sync_api.expect(page.locator("#h-what ~ *, .timeline").last).to_contain_text("only seven left")
    sync_api.expect(page.get_by_text("Partly accepted")).to_be_visible()
    page.get_by_role("link", name="Acknowledgement", exact=True).click()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Verified")


def test_the_same_without_script(visit: Visit, cast: Cast, order: Order) -> None:
    page = visit(java_script_enabled=False)
    sign_in(page)
    page.get_by_role("link", name=f"Answer {order.number}").click()
    page.get_by_label("Line 1: accept").fill("7")
    page.get_by_role("button", name="Preview the answer").last.click()
    page.get_by_role("button", name="Change it").click()
    sync_api.expect(page.get_by_label("Line 1: accept")).to_have_value("7")
    page.get_by_text("Date, cost, split").first.click()
    page.get_by_role("button", name="Another part of line 1").click()
    sync_api.expect(page.get_by_label("How many")).to_have_value("3")
    page.get_by_role("button", name="Take this part away").click()
    page.get_by_role("button", name="Preview the answer").last.click()
    page.get_by_role("button", name="Send to Amazon").click()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledging")
    work()
    until_settled(document_of(order))
    page.reload()
    sync_api.expect(page.locator("h1 .state")).to_have_text("Acknowledged")


def test_keyboard_and_scanner(visit: Visit, cast: Cast, order: Order) -> None:
    page = visit()
    sign_in(page)
    page.keyboard.press("/")
    sync_api.expect(page.locator("#find")).to_be_focused()
    page.goto("/orders/")
    page.keyboard.press("j")
    sync_api.expect(page.locator("a.row")).to_be_focused()
    page.keyboard.press("x")
    sync_api.expect(page.get_by_label(f"Select {order.number}")).to_be_checked()
    sync_api.expect(page.get_by_role("button", name="Accept in full")).to_be_enabled()
    page.locator("a.row").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.pk}/")
    page.goto("/profiles/")
    page.keyboard.type(order.number)  # a fast burst, wherever the focus is, ended by Enter
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{order.pk}/")
    page.keyboard.press("Control+k")
    sync_api.expect(page.locator("#find")).to_be_focused()


def test_several_orders_at_once(visit: Visit, cast: Cast, order: Order, plugged: World, profile: Profile) -> None:
    other = placed(plugged, profile)
    page = visit()
    sign_in(page)
    page.goto("/orders/?state=waiting&sort=due")
    sync_api.expect(page.get_by_role("button", name="Accept in full")).to_be_disabled()
    page.get_by_label("Select all on this page").check()
    sync_api.expect(page.locator("[data-chosen]")).to_have_text("2")
    page.get_by_role("button", name="Accept in full").click()
    page.get_by_role("button", name="Send to Amazon").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("2 orders are answered")
    assert set(Order.objects.values_list("number", "state")) == {
        (order.number, "acknowledging"),
        (other.number, "acknowledging"),
    }


def draft_of(cast: Cast) -> WizardDraft:
    """A connection somebody began."""
    found = WizardDraft.objects.first()
    told = {"name": "acme-new", "marketplace": "DE", "environment": "simulator", "endpoint": SIMULATOR}
    return found or drafts.begin(cast.who("administrator"), told)


def pages_of(order: Order, cast: Cast) -> list[str]:
    """Every kind of page an administrator can open."""
    return [
        "/",
        "/orders/",
        f"/orders/{order.pk}/",
        f"/orders/{order.pk}/versions/order/1/",
        "/orders/aside/",
        "/documents/",
        f"/documents/{document_of(order).pk}/",
        "/profiles/",
        f"/profiles/{cast.profile.name}/",
        f"/profiles/{cast.profile.name}/check/",
        f"/profiles/{cast.profile.name}/sending/",
        f"/profiles/{cast.profile.name}/secret/",
        "/connect/",
        *(f"/connect/{draft_of(cast).pk}/{key}/" for key in steps.KEYS),
        f"/connect/{draft_of(cast).pk}/discard/",
        f"/connect/started/{cast.profile.name}/",
        "/connect/at-once/",
        "/people/",
        f"/people/{cast.warehouse.pk}/",
        "/people/add/",
        "/audit/",
        "/account/",
        "/account/password/",
        "/account/tokens/new/",
        "/account/second-factor/",
        "/search/?q=nothing",
        "/nowhere/",
    ]


@pytest.fixture
def answered(cast: Cast, order: Order, plugged: World, profile: Profile) -> Order:
    """An order with a document, and a second one that waits."""
    from purveyor.orders.domain.acknowledge import acknowledge

    placed(plugged, profile, {"amount": 12, "cost": "9.99", "backorder": True})
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    return order


def waiting() -> Order:
    return Order.objects.get(state="new")


NAMELESS = """() => [...document.querySelectorAll('input, select, textarea, button, a[href]')]
  .filter((el) => el.type !== 'hidden' && el.offsetParent !== null)
  .filter((el) => !(el.labels && el.labels.length) && !el.getAttribute('aria-label') && !el.textContent.trim())
  .map((el) => el.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('button, .button, select, summary, .rail-list a, .tabs a, .chip, ' +
    'input:not([type=checkbox]):not([type=radio]):not([type=hidden])')]
  .filter((el) => el.offsetParent !== null && !el.classList.contains('sr-only'))
  .map((el) => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.9 || (box.width < 43.9 && box.width > 0))
  .map(([el, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${el.outerHTML.slice(0, 120)}`)"""
TOO_WIDE = """() => document.documentElement.scrollWidth > window.innerWidth
  ? [...document.querySelectorAll('main *')].filter((el) => el.getBoundingClientRect().right > window.innerWidth + 1
      && !el.closest('.table, pre')).map((el) => el.outerHTML.slice(0, 120)).slice(0, 5).concat(['too wide']) : []"""


def test_every_page_has_its_landmarks_and_names(visit: Visit, cast: Cast, answered: Order) -> None:
    page = visit()
    sign_in(page, "administrator")
    for path in [*pages_of(answered, cast), f"/orders/{waiting().pk}/"]:
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path
        assert page.evaluate(NAMELESS) == [], path
        ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((el) => el.id)")
        assert len(ids) == len(set(ids)), path
        assert re.fullmatch(r".+ · Purveyor", page.title()), path


@pytest.mark.parametrize("width", [320, 390])
def test_every_page_fits_a_telephone(visit: Visit, cast: Cast, answered: Order, width: int) -> None:
    page = visit(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    sign_in(page, "administrator")
    found = {}
    for path in [*pages_of(answered, cast), f"/orders/{waiting().pk}/"]:
        page.goto(path)
        found[path] = page.evaluate(TOO_WIDE) + page.evaluate(SMALL)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _axe() -> str | None:
    """The accessibility engine, where its package is installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    return str(Path(str(found.origin)).parent / "axe.min.js") if found else None


@pytest.mark.skipif(_axe() is None, reason="axe-playwright-python is not installed")
@pytest.mark.parametrize(("look", "width"), [("light", 1440), ("dark", 390), ("light", 320)])
def test_axe_finds_nothing(visit: Visit, cast: Cast, answered: Order, look: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 900}, color_scheme=look)
    engine = Path(str(_axe())).read_text(encoding="utf-8")
    page.goto("/sign-in/")
    found = {"/sign-in/": _violations(page, engine)}
    sign_in(page, "administrator")
    for path in [*pages_of(answered, cast), f"/orders/{waiting().pk}/"]:
        page.goto(path)
        found[path] = _violations(page, engine)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _violations(page: Any, engine: str) -> list[str]:
    page.evaluate(engine)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("(tags) => axe.run({ runOnly: { type: 'tag', values: tags } })", tags)
    return [f"{v['id']}: {n['html'][:150]}" for v in found["violations"] for n in v["nodes"][:3]]
