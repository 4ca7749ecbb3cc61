"""Clicks through the stand-in's portal in a browser, as the help tells it, and carries the four values away.

found = connect_by_hand(page, server.address, world.primary)
found.client_id, found.client_secret, found.refresh_token, found.vendor_codes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from purveyor.simulator.apps import FULFILLMENT, Person

ACCOUNT = "Waldhaus Germany"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a vendor copies from the portal into the hub."""

    client_id: str
    client_secret: str
    refresh_token: str
    vendor_codes: tuple[str, ...]


def sign_in(page: Any, address: str, person: Person, account: str = ACCOUNT) -> None:
    """Sign in and choose an account."""
    page.goto(f"{address}/portal/")
    page.get_by_label("User name").fill(person.user)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=account).click()


def open_console(page: Any) -> None:
    """Integration → API Integration."""
    page.get_by_text("Integration", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="API Integration").click()


def register(page: Any, roles: Sequence[str]) -> None:
    page.get_by_label("Organisation name").fill("Waldhaus Handels GmbH")
    page.get_by_label("Contact name").fill("Petra Muster")
    page.get_by_label("Contact e-mail").fill("petra@example.com")
    for role in roles:
        page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Register").click()


def add_app(page: Any, name: str, roles: Sequence[str]) -> None:
    page.get_by_role("link", name="Add new app client").click()
    page.get_by_label("App name").fill(name)
    page.get_by_label("API type").select_option("SP API")
    for role in roles:
        page.get_by_label(role, exact=True).check()
    page.get_by_label("No, I will not delegate access to PII").check()
    page.get_by_role("button", name="Save and exit").click()


def credentials(page: Any, name: str) -> tuple[str, str]:
    """LWA credentials → View: client id and secret."""
    page.get_by_role("link", name=f"View LWA credentials of {name}").click()
    return tuple(page.get_by_label(label, exact=True).input_value() for label in ("Client id", "Client secret"))


def authorise(page: Any, name: str, account: str = "Waldhaus, Germany") -> str:
    """Edit App → ▾ → Authorise → Authorise app: the refresh token."""
    page.locator("summary", has_text=f"More for {name}").click()
    page.get_by_role("link", name=f"Authorise {name}").click()
    page.get_by_role("button", name=f"Authorise app for {account}").click()
    return str(page.get_by_label("Refresh token", exact=True).input_value())


def vendor_codes(page: Any) -> tuple[str, ...]:
    """Settings → Contacts."""
    page.get_by_text("Settings", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Contacts").click()
    return tuple(page.locator("code.vendor-code").all_inner_texts())


def connect_by_hand(
    page: Any,
    address: str,
    person: Person,
    *,
    name: str = "Purveyor",
    roles: Sequence[str] = (FULFILLMENT,),
    seen: Callable[[str], None] = lambda place: None,
) -> Carried:
    """The whole way. ``seen`` is told where one is after each step."""
    sign_in(page, address, person)
    seen("home")
    open_console(page)
    seen("register")
    register(page, roles)
    seen("console")
    add_app(page, name, roles)
    seen("draft")
    client_id, secret = credentials(page, name)
    seen("credentials")
    open_console(page)
    token = authorise(page, name)
    seen("authorised")
    codes = vendor_codes(page)
    seen("contacts")
    return Carried(client_id, secret, token, codes)
