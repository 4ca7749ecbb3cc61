"""A person in the portal: opens pages, fills forms, without a browser."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.test import Client, TestResponse

from purveyor.simulator import vendors
from purveyor.simulator.accounts import Account, Group
from purveyor.simulator.app import create_app
from purveyor.simulator.apps import FULFILLMENT, App, Person
from purveyor.simulator.world import World

REGISTRATION = {"organisation": "Waldhaus GmbH", "contact": "Petra Muster", "email": "petra@example.com"}
NEW_APP = {"name": "Hub", "api_type": "SP API", "delegates": "no"}


class Walk:
    """One person clicking through one world's portal."""

    def __init__(self, world: World, person: Person | None = None, group: str = "Waldhaus") -> None:
        self.world = world
        self.browser = Client(create_app(world, allowed_hosts=["standin.test"]))
        self.person = person or world.primary
        self.group = group_named(world, group)

    @property
    def home(self) -> str:
        return f"/portal/{self.group.id}/"

    def token(self, path: str = "/portal/sign-in") -> str:
        """What the forms of a page carry."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.browser.get(path).text)
        assert found is not None
        return found[1]

    def sign_in(self) -> Walk:
        form = {"csrf": self.token(), "user": self.person.user, "password": self.person.password}
        assert self.browser.post("/portal/sign-in", data=form).headers["Location"] == "/portal/accounts"
        return self

    def get(self, where: str = "") -> TestResponse:
        return self.browser.get(self.home + where)

    def post(self, where: str, **form: Any) -> TestResponse:
        form = {name: list(given) if isinstance(given, tuple) else given for name, given in form.items()}
        return self.browser.post(self.home + where, data={"csrf": self.token("/portal/accounts")} | form)

    def register(self, *roles: str) -> TestResponse:
        return self.post("integration", **REGISTRATION, roles=roles or (FULFILLMENT,))

    def add_app(self, *roles: str, **other: str) -> TestResponse:
        return self.post("apps/new", **(NEW_APP | other), roles=roles or (FULFILLMENT,))

    def app(self, name: str = "Hub") -> App:
        return next(app for app in self.world.apps.values() if app.name == name)

    def authorise(self, group: str = "", app: str = "Hub") -> str:
        """Click *Authorise app*; answers the refresh token that is shown then, empty when none is."""
        where = f"apps/{self.app(app).client_id}/authorise"
        account = group_named(self.world, group) if group else self.group
        answer = self.post(where, account=account.id)
        shown = self.get(where).text if answer.status_code == 303 else answer.text
        return value(shown, "refresh-token")

    def revoke(self, group: str = "") -> TestResponse:
        account = group_named(self.world, group) if group else self.group
        return self.post(f"apps/{self.app().client_id}/revoke", account=account.id)

    def account(self, group: str = "Waldhaus") -> Account:
        """The authorisation that came of it."""
        return next(one for one in vendors.authorisations(self.world, self.app()) if one.group == group)


def group_named(world: World, key: str) -> Group:
    return next(group for group in vendors.groups(world) if group.key == key)


def value(text: str, field: str) -> str:
    """What a field that is there to be copied holds; empty when the page has none."""
    found = re.search(rf'<textarea id="{field}"[^>]*>([^<]*)</textarea>', text)
    return html.unescape(found[1]) if found else ""


def said(response: TestResponse) -> str:
    """Why a form was refused."""
    found = re.search(r'<p class="problem"[^>]*>([^<]*)</p>', response.text)
    return html.unescape(found[1]) if found else ""
