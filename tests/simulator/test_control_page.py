"""The control page and what guards it."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client, TestResponse

from purveyor.simulator.app import create_app
from purveyor.simulator.guard import COOKIE
from purveyor.simulator.world import World
from simulator.talk import Talk

pytestmark = pytest.mark.unit

PAGE = "/control/"


@pytest.fixture
def browser(world: World) -> Client:
    return Client(create_app(world, allowed_hosts=["standin.test"]))


def post(browser: Client, action: str, **form: str) -> TestResponse:
    """Press a button of the page as it was shown."""
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(PAGE).text)
    assert token is not None
    return browser.post(PAGE + action, data={"csrf": token[1]} | form)


def test_page_says_it_is_a_stand_in(browser: Client) -> None:
    response = browser.get(PAGE)
    assert response.status_code == 200
    assert "This is a simulator, not Amazon." in response.text


@pytest.mark.parametrize(("path", "status"), [("/control/nothing", 404), ("/control/place", 404)])
def test_every_page_says_so(browser: Client, path: str, status: int) -> None:
    response = browser.get(path)
    assert response.status_code == status
    assert "This is a simulator, not Amazon." in response.text


def test_root_leads_to_the_page(browser: Client) -> None:
    assert browser.get("/").headers["Location"] == "/control/"


def test_page_shows_accounts_orders_and_faults_but_no_secret(browser: Client, world: World) -> None:
    number = world.place()
    world.faults.always("throttled")
    text = browser.get(PAGE).text
    mine = world.account
    for shown in (number, mine.client_id, *mine.vendor_codes, "answers 429", "Clear all faults"):
        assert shown in text
    assert [s for s in (mine.client_secret, mine.refresh_token, world.key, world.control_token) if s in text] == []


def test_page_escapes_what_it_shows(browser: Client, world: World) -> None:
    world.add_account("<b>Bold</b>")
    text = browser.get(PAGE).text
    assert "<b>Bold" not in text
    assert "&lt;b&gt;Bold" in text


def test_page_needs_no_script_and_allows_none(browser: Client, world: World) -> None:
    world.place()
    response = browser.get(PAGE)
    assert re.findall(r"<script|<style| style=|javascript:| on[a-z]+=", response.text) == []
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy


def test_style_sheet_is_a_file_of_its_own(browser: Client) -> None:
    response = browser.get("/control/simulator.css")
    assert (response.status_code, response.mimetype) == (200, "text/css")
    assert "prefers-color-scheme: dark" in response.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8001", 200),
        ("127.0.0.1:8001", 200),
        ("127.1.2.3", 200),
        ("[::1]:8001", 200),
        ("standin.test:8001", 200),
        ("STANDIN.test", 200),
        ("evil.test", 421),
        ("10.0.0.1", 421),
        ("localhost.evil.test", 421),
        ("", 421),
    ],
)
def test_page_answers_under_its_own_names_only(browser: Client, host: str, status: int) -> None:
    assert browser.get(PAGE, environ_overrides={"HTTP_HOST": host}).status_code == status


def test_posting_under_another_name_changes_nothing(browser: Client, world: World) -> None:
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(PAGE).text)
    assert token is not None
    form = {"csrf": token[1]}
    response = browser.post(PAGE + "place", data=form, environ_overrides={"HTTP_HOST": "evil.test"})
    assert response.status_code == 421
    assert dict(world.orders) == {}


def test_button_places_an_order(browser: Client, world: World) -> None:
    response = post(browser, "place")
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    assert len(world.orders) == 1


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
def test_form_from_elsewhere_changes_nothing(browser: Client, world: World, form: dict[str, str]) -> None:
    browser.get(PAGE)
    assert browser.post(PAGE + "place", data=form).status_code == 403
    assert dict(world.orders) == {}


def test_form_of_another_visitor_changes_nothing(browser: Client, world: World) -> None:
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(PAGE).text)
    assert token is not None
    stranger = Client(create_app(world))
    assert stranger.post(PAGE + "place", data={"csrf": token[1]}).status_code == 403
    stranger.get(PAGE)
    assert stranger.post(PAGE + "place", data={"csrf": token[1]}).status_code == 403
    assert dict(world.orders) == {}


def test_cookie_keeps_to_itself(browser: Client) -> None:
    cookie = browser.get(PAGE).headers["Set-Cookie"]
    assert cookie.startswith(COOKIE + "=")
    assert [part for part in ("HttpOnly", "SameSite=Strict", "Path=/control") if part not in cookie] == []


def test_buttons_set_and_clear_faults(browser: Client, world: World) -> None:
    post(browser, "fault", name="reset", how="once")
    post(browser, "fault", name="slow", how="always")
    assert [(rule.name, rule.times) for rule in world.faults.rules] == [("reset", 1), ("slow", -1)]
    post(browser, "clear")
    assert world.faults.rules == ()


def test_button_turns_the_speed(browser: Client, world: World) -> None:
    post(browser, "speed", speed="60")
    assert world.speed == 60


@pytest.mark.parametrize(("action", "form"), [("speed", {"speed": "fast"}), ("fault", {"name": "x"}), ("cancel", {})])
def test_nonsense_is_explained(browser: Client, action: str, form: dict[str, str]) -> None:
    response = post(browser, action, **form)
    assert response.status_code == 400
    assert "Not done" in response.text


def test_buttons_cancel_and_receive_whoever_holds_the_order(browser: Client, world: World) -> None:
    world.add_account("Other")
    one, two = world.place(account="Other"), world.place()
    post(browser, "cancel", number=one)
    post(browser, "receive", number=two)
    assert world.order(one, "Other").cancelled
    assert (world.order(two).state, world.order(two).cancelled) == ("Closed", False)


def test_page_shows_what_was_asked(talk: Talk, browser: Client) -> None:
    talk.sign_in()
    assert "token</th><td>200</td>" in browser.get(PAGE).text
