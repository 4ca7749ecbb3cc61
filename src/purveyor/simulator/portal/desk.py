"""What a page of the portal works with: the world, who asks, for which account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.simulator import html, vendors
from purveyor.simulator.accounts import Group
from purveyor.simulator.apps import App, Developer
from purveyor.simulator.guard import FIELD, Guard
from purveyor.simulator.portal.visits import Visit
from purveyor.simulator.world import World


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of somebody who is signed in. ``path`` holds the parameters of the address."""

    world: World
    guard: Guard
    request: Request
    mark: str
    visit: Visit
    path: dict[str, str]

    @property
    def form(self) -> MultiDict[str, str]:
        return self.request.form

    @property
    def group(self) -> Group:
        """The account chosen. Raises NotFound."""
        return vendors.group_of(self.world, self.path["group"])

    @property
    def developer(self) -> Developer | None:
        return self.world.developers.get(self.group.key)

    @property
    def registered(self) -> Developer:
        """The registration. Raises Refused when there is none."""
        found = self.developer
        if found is None:
            raise Refused("Register as developer first.")
        return found

    @property
    def app(self) -> App:
        """The app of the address. Raises NotFound when this account's console does not show it."""
        return vendors.app_of(self.world, self.group, self.path["app"])

    @property
    def own_app(self) -> App:
        """The same, to be changed. Raises NotFound for one that came with the simulator."""
        found = self.app
        if found.developer != self.registered.group:
            raise NotFound(f"no app {found.client_id}")
        return found

    def require_primary(self) -> None:
        """Raises Refused for anybody but the primary user (FACTS §1.3, §1.5)."""
        if not self.visit.person.primary:
            raise Refused("Only the account's primary user may do this.")

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        group = self.group if "group" in self.path else None
        return page(
            self.guard,
            self.mark,
            template,
            status,
            person=self.visit.person,
            group=group,
            notice=self.visit.take_notice(),
            now=clock.now(),
            **values,
        )

    def go(self, where: str, notice: str = "") -> Response:
        """Lead on to a page of the chosen account, with something to say there."""
        self.visit.notice = notice
        return redirect(f"/portal/{self.path['group']}/{where}", 303)


def page(guard: Guard, mark: str, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the portal, with the token its forms need."""
    common = {"person": None, "group": None, "notice": "", "problem": ""}
    shown = common | {"field": FIELD, "token": guard.token(mark)} | values
    response = html.page(f"portal/{template}", status, html.POLICY_WITH_SCRIPT, **shown)
    return guard.remember(response, mark)
