"""From an empty database to the first order, both sides by mouse; then each mistake, mended as the check says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler

import clicks
from cast import PASSWORD, make_user
from purveyor.common import clock
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order
from purveyor.people.domain.setup import new_setup_code
from purveyor.people.who import Who
from purveyor.profiles.domain import change_profile
from purveyor.profiles.models import Profile, WizardDraft
from purveyor.profiles.wizard import steps
from purveyor.simulator.apps import ANALYTICS, FULFILLMENT
from purveyor.simulator.server import Server, serve
from purveyor.simulator.world import World
from secrecy import assert_no_secret
from stopwatch import Stopwatch

from .conftest import Visit

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("PURVEYOR_TEST_CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

expect = sync_api.expect


@pytest.fixture
def server() -> Iterator[Server]:
    """A stand-in as it is served: on the running clock, with an ordinary day behind it."""
    world = World(scenario="day")
    with serve(world) as found:
        yield found
    world.close()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything the hub was asked for and answered: addresses, headers, bodies."""
    found: list[str] = []
    whole = BaseHandler.get_response

    def kept(handler: Any, request: Any) -> Any:
        answer = whole(handler, request)
        body = "" if answer.streaming else answer.content.decode(errors="replace")
        found.append(f"{request.get_full_path()}\n{dict(answer.headers)}\n{body}")
        return answer

    monkeypatch.setattr(BaseHandler, "get_response", kept)
    return found


# ---- the whole way


def go_on(page: Any, key: str) -> None:
    """Save a step, and be on the one behind it."""
    page.locator("#step button[value=next]").click()
    page.wait_for_url(f"**/{steps.after(key)}/")


def sign_up(page: Any) -> None:
    page.goto("/")
    page.get_by_label("Set-up code").fill(new_setup_code())
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the administrator and sign in").click()


def begin(page: Any, endpoint: str, marketplace: str = "DE") -> None:
    """The first step, on whichever page it stands."""
    page.get_by_label("Name", exact=True).fill("acme-de")
    page.locator("[name=marketplace]").select_option(marketplace)
    page.get_by_label("A simulator on this machine, to rehearse").check()
    page.get_by_label("Address of the simulator").fill(endpoint)


def test_from_an_empty_database_to_the_first_order(
    visit: Visit, server: Server, answers: list[str], live_server: Any
) -> None:
    page, stopwatch = visit(server.address), Stopwatch(live_server.url)
    stopwatch.watch(page.context)
    sign_up(page)
    expect(page.get_by_role("heading", name="Connect your vendor account")).to_be_visible()
    page.get_by_role("link", name="Connect it step by step").click()
    begin(page, server.address)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/sign-in/")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the simulator's portal").click()
    portal, person = opened.value, server.world.primary
    clicks.sign_in(portal, server.address, person)
    clicks.open_console(portal)
    go_on(page, "sign-in")
    clicks.register(portal, [FULFILLMENT])
    go_on(page, "developer")
    clicks.add_app(portal, "Purveyor", [FULFILLMENT])
    go_on(page, "app")
    codes = clicks.vendor_codes(portal)
    page.get_by_label("Vendor codes").fill(" ".join(codes))
    go_on(page, "codes")
    clicks.open_console(portal)
    client_id, secret = clicks.credentials(portal, "Purveyor")
    page.locator("[name=client_id]").fill(client_id)
    page.locator("[name=client_secret]").fill(secret)
    go_on(page, "credentials")
    clicks.open_console(portal)
    token = clicks.authorise(portal, "Purveyor")
    page.locator("[name=refresh_token]").fill(token)
    go_on(page, "token")

    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("heading", name="The connection works.")).to_be_visible()
    page.get_by_role("link", name="Go on", exact=True).click()
    page.locator("#cutoff-7").check()
    go_on(page, "history")
    page.get_by_role("button", name="Fill the parties in later").click()
    page.wait_for_url("**/finish/")
    page.get_by_role("button", name="Connect and fetch the first orders").click()
    page.wait_for_url("**/connect/started/acme-de/")
    expect(page.locator("#first-import progress")).to_be_visible()

    run_due()
    print(stopwatch)
    assert (stopwatch.clicks > 20, 3 < stopwatch.minutes < 10) == (True, True), stopwatch
    # The page asks by itself; nobody reloads it.
    page.get_by_role("link", name="Open order").click(timeout=15_000)
    made = Profile.objects.get()
    opened_order = Order.objects.get(pk=int(page.url.rstrip("/").rpartition("/")[2]))
    expect(page.get_by_role("heading", level=1)).to_contain_text(opened_order.number)
    assert (sorted(made.vendor_codes.values_list("code", flat=True)), made.client_id) == (list(codes), client_id)
    assert opened_order.number in server.world.orders_of()
    assert not WizardDraft.objects.exists()
    assert_no_secret("\n".join(answers), world=server.world, more=[secret, token])
    assert len(answers) > 20


# ---- each mistake


@dataclass
class Rehearsal:
    """A person with the wizard in one window and the portal in another, and the four right values at hand."""

    page: Any
    portal: Any
    server: Server
    values: clicks.Carried
    wizard: str = ""
    connected: str = ""

    def connect(self) -> None:
        """Finish the wizard as it stands, check or no check; from now on the profile's own pages are used."""
        self.page.goto(self.wizard + "finish/")
        self.page.get_by_role("button", name="Connect and fetch the first orders").click()
        self.page.wait_for_url("**/connect/started/acme-de/")
        self.connected = "/profiles/acme-de/"

    def begin(self, endpoint: str = "", marketplace: str = "DE") -> None:
        self.page.goto("/connect/")
        begin(self.page, endpoint or self.server.address, marketplace)
        self.page.get_by_role("button", name="Begin").click()
        self.page.wait_for_url("**/sign-in/")
        self.wizard = self.page.url.removesuffix("sign-in/")

    def start_again_at(self, endpoint: str = "", marketplace: str = "DE") -> None:
        """Put the first step right. A profile that is connected is changed at the command line, with its secrets."""
        if self.connected:
            where = endpoint or self.server.address
            told = {"endpoint": where, "login_url": where + "/auth/o2/token"}
            change_profile(Who.cli(), Profile.objects.get(), **told, **self.secrets)
            return
        self.page.goto(self.wizard + "start/")
        begin(self.page, endpoint or self.server.address, marketplace)
        go_on(self.page, "start")

    def put(self, key: str, **typed: str) -> None:
        """Fill a step in anew; a value that is stored is replaced."""
        if self.connected:
            self.put_connected(**typed)
            return
        self.page.goto(f"{self.wizard}{key}/")
        for name, value in typed.items():
            field = self.page.locator(f"[name={name}]")
            if not field.is_visible():
                self.page.locator("details", has=field).locator("summary").click()
            field.fill(value)
        go_on(self.page, key)

    def put_connected(self, **typed: str) -> None:
        """The same for a profile: secrets on its page, vendor codes at the command line."""
        if "vendor_codes" in typed:
            change_profile(Who.cli(), Profile.objects.get(), vendor_codes=typed["vendor_codes"].split())
            return
        self.page.goto(f"{self.connected}secret/")
        for name, value in typed.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.get_by_role("button", name="Try and store").click()
        self.page.wait_for_url(f"**{self.connected}")

    @property
    def secrets(self) -> dict[str, str]:
        return {"client_secret": self.values.client_secret, "refresh_token": self.values.refresh_token}

    def put_all(self, **other: str) -> None:
        """The right values, but for these."""
        if self.connected:
            return  # they went with the address
        mine = self.values
        right = {
            "vendor_codes": " ".join(mine.vendor_codes),
            "client_id": mine.client_id,
            "client_secret": mine.client_secret,
            "refresh_token": mine.refresh_token,
        } | other
        self.put("codes", vendor_codes=right["vendor_codes"])
        self.put("credentials", client_id=right["client_id"], client_secret=right["client_secret"])
        self.put("token", refresh_token=right["refresh_token"])

    def check(self) -> Any:
        """Press the button; what the page says in the end."""
        self.page.goto(f"{self.connected or self.wizard}check/")
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=re.compile("^Check (now|again)$")).click()
        return self.page.locator("main")

    def authorise(self, account: str = "Waldhaus, Germany", name: str = "Purveyor") -> str:
        """Edit App, Authorise, Authorise app."""
        clicks.open_console(self.portal)
        return clicks.authorise(self.portal, name, account)

    def secret_shown(self) -> str:
        clicks.open_console(self.portal)
        return clicks.credentials(self.portal, "Purveyor")[1]


@pytest.fixture
def rehearsal(visit: Visit, server: Server) -> Rehearsal:
    make_user("administrator", "administrator")
    page, portal = visit(), visit(server.address)
    page.goto("/")
    page.get_by_label("User name").fill("administrator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    roles = (FULFILLMENT, ANALYTICS)
    found = clicks.connect_by_hand(portal, server.address, server.world.primary, roles=roles)
    return Rehearsal(page, portal, server, found)


Act = Callable[[Rehearsal], None]
CLIENT = "Amazon does not take client id and client secret together. It does not say which of the two is wrong."
TOKEN = "Client id and client secret are right: Amazon knows the application. It does not take the refresh token."
CLOSED = "All secrets are right. Amazon refuses getPurchaseOrders"
ABROAD = "The order looks like one of another country's account than DE (EUR)."


def wrong_secret(me: Rehearsal) -> None:
    me.begin()
    me.put_all(client_secret="amzn1.oa2-cs.v1." + "ab" * 32)


def store_the_secret_shown(me: Rehearsal) -> None:
    me.put("credentials", client_secret=me.secret_shown())


def expired_secret(me: Rehearsal) -> None:
    me.begin()
    me.put_all()
    me.server.world.set_account(me.server.world.accounts[-1], secret_expires_at=clock.now())


def rotate(me: Rehearsal) -> None:
    me.secret_shown()
    me.portal.get_by_role("button", name="Rotate secret").click()
    me.put("credentials", client_secret=me.portal.get_by_label("Client secret", exact=True).input_value())


def token_of_another_app(me: Rehearsal) -> None:
    clicks.open_console(me.portal)
    clicks.add_app(me.portal, "Another", (FULFILLMENT,))
    me.begin()
    me.put_all(refresh_token=me.authorise(name="Another"))


def revoked(me: Rehearsal) -> None:
    me.authorise()
    me.portal.get_by_role("button", name="Revoke for Waldhaus, Germany").click()
    me.begin()
    me.put_all()


def authorise(me: Rehearsal) -> None:
    me.put("token", refresh_token=me.authorise())


def missing_role(me: Rehearsal) -> None:
    clicks.open_console(me.portal)
    clicks.add_app(me.portal, "Reader", (ANALYTICS,))
    clicks.open_console(me.portal)
    client_id, secret = clicks.credentials(me.portal, "Reader")
    me.begin()
    me.put_all(client_id=client_id, client_secret=secret, refresh_token=me.authorise(name="Reader"))


def give_the_role(me: Rehearsal) -> None:
    clicks.open_console(me.portal)
    me.portal.get_by_role("link", name="Edit App Reader").click()
    me.portal.get_by_label(FULFILLMENT, exact=True).check()
    me.portal.get_by_role("button", name="Save and exit").click()
    me.put("token", refresh_token=me.authorise(name="Reader"))


def other_country(me: Rehearsal) -> None:
    token = me.authorise("Waldhaus, United Kingdom")
    me.server.world.place(account=me.server.world.accounts[-1])
    me.begin()
    me.put_all(refresh_token=token)


def other_code(me: Rehearsal) -> None:
    me.begin()
    me.put_all(vendor_codes="NORD1")


def compare_codes(me: Rehearsal) -> None:
    me.put("codes", vendor_codes=" ".join(clicks.vendor_codes(me.portal)))


def other_region(me: Rehearsal) -> None:
    me.begin(me.server.address + "/na")
    me.put_all()


def closed_port(me: Rehearsal) -> None:
    me.begin("http://127.0.0.1:9")
    me.put_all()


def right_address(me: Rehearsal) -> None:
    """Secrets went with the other address: they are typed again."""
    me.start_again_at()
    me.put_all()


MISTAKES: dict[str, tuple[Act, str, str, Act]] = {
    "wrong-secret": (wrong_secret, CLIENT, "Compare both with LWA credentials, View", store_the_secret_shown),
    "expired-secret": (expired_secret, CLIENT, "rotate the secret there if it is old", rotate),
    "token-of-another-app": (token_of_another_app, TOKEN, "Edit App, Authorise, Authorise app", authorise),
    "revoked": (revoked, TOKEN, "Edit App, Authorise, Authorise app", authorise),
    "missing-role": (missing_role, CLOSED, "Give the application the role Amazon Fulfillment", give_the_role),
    "other-country": (other_country, ABROAD, "Authorise the application in the Vendor Central of", authorise),
    "other-code": (other_code, "entered is NORD1.", "Compare with Settings, Contacts", compare_codes),
    "other-region": (other_region, CLOSED, "region", right_address),
    "closed-port": (closed_port, "127.0.0.1:9 takes no connection", "Check the address and its port", right_address),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_and_mended_as_the_check_says(rehearsal: Rehearsal, mistake: str) -> None:
    make, means, do, mend = MISTAKES[mistake]
    make(rehearsal)
    said = rehearsal.check()
    expect(said).to_contain_text("Start with the first step that is wrong.")
    expect(said).to_contain_text(means)
    expect(said).to_contain_text(do)
    mend(rehearsal)
    expect(rehearsal.check()).to_contain_text("The connection works.")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_of_a_connected_profile_is_told_and_mended_on_its_own_page(rehearsal: Rehearsal, mistake: str) -> None:
    make, means, do, mend = MISTAKES[mistake]
    make(rehearsal)
    rehearsal.connect()
    said = rehearsal.check()
    expect(said).to_contain_text("Start with the first step that is wrong.")
    expect(said).to_contain_text(means)
    expect(said).to_contain_text(do)
    assert rehearsal.page.url.endswith("/profiles/acme-de/check/")
    mend(rehearsal)
    expect(rehearsal.check()).to_contain_text("The connection works.")
    assert Profile.objects.get().trouble == {}


def test_swapped_secret_and_token_are_put_right_with_one_click(rehearsal: Rehearsal) -> None:
    rehearsal.begin()
    mine, page = rehearsal.values, rehearsal.page
    rehearsal.put("codes", vendor_codes=" ".join(mine.vendor_codes))
    page.goto(rehearsal.wizard + "credentials/")
    page.locator("[name=client_id]").fill(mine.client_id)
    page.locator("[name=client_secret]").fill(mine.refresh_token)
    page.locator("#step button[value=next]").click()
    expect(page.locator("main")).to_contain_text("This is the refresh token, not the client secret.")
    page.locator("button[value=right]").first.click()
    expect(page.locator("main")).to_contain_text("Every value is where it belongs.")
    rehearsal.put("credentials", client_secret=mine.client_secret)
    expect(rehearsal.check()).to_contain_text("The connection works.")
