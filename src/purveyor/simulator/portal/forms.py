"""What the portal's forms do. Each calls one verb of ``vendors``, then leads on; what is refused is said on the page
the form came from, with everything that was filled in.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Response

from purveyor.common.errors import Refused
from purveyor.simulator import vendors
from purveyor.simulator.portal import pages
from purveyor.simulator.portal.desk import Desk


def _shown_again(again: Callable[[Desk, str], Response]) -> Callable[[Callable[[Desk], Response]], Handler]:
    """Say on the form's own page why it was refused."""

    def wrap(work: Callable[[Desk], Response]) -> Handler:
        def handle(desk: Desk) -> Response:
            try:
                return work(desk)
            except Refused as problem:
                return again(desk, problem.message)

        return handle

    return wrap


Handler = Callable[[Desk], Response]


@_shown_again(pages.integration)
def register(desk: Desk) -> Response:
    desk.require_primary()
    found = vendors.register(
        desk.world,
        desk.group,
        organisation=desk.form.get("organisation", ""),
        contact=desk.form.get("contact", ""),
        email=desk.form.get("email", ""),
        roles=desk.form.getlist("roles"),
    )
    return desk.go("integration", f"{found.organisation} is registered as developer.")


@_shown_again(pages.developer)
def request_roles(desk: Desk) -> Response:
    desk.require_primary()
    wanted = vendors.request_roles(desk.world, desk.registered, desk.form.getlist("roles"))
    return desk.go("developer", f"You asked for {', '.join(wanted)}.")


@_shown_again(pages.new_app)
def add_app(desk: Desk) -> Response:
    answer = {"yes": True, "no": False}.get(desk.form.get("delegates", ""))
    app = vendors.add_app(
        desk.world,
        desk.registered,
        name=desk.form.get("name", ""),
        api_type=desk.form.get("api_type", ""),
        roles=desk.form.getlist("roles"),
        delegates_pii=answer,
    )
    return desk.go("integration", f"{app.name} is saved as a draft.")


@_shown_again(pages.edit_app)
def edit_app(desk: Desk) -> Response:
    app = desk.own_app
    held = any(not one.revoked for one in vendors.authorisations(desk.world, app))
    gained = vendors.edit_app(
        desk.world, desk.registered, app, name=desk.form.get("name", ""), roles=desk.form.getlist("roles")
    )
    if gained and held:
        says = f"You added {', '.join(gained)}. Authorise {app.name} again: its authorisations do not have it yet."
        return desk.go(f"apps/{app.client_id}/authorise", says)
    return desk.go("integration", f"{app.name} is saved.")


@_shown_again(pages.credentials)
def rotate(desk: Desk) -> Response:
    desk.require_primary()
    app = desk.app
    vendors.rotate(desk.world, app)
    return desk.go(f"apps/{app.client_id}/credentials", "There is a new client secret.")


@_shown_again(pages.authorise)
def authorise(desk: Desk) -> Response:
    app, group = desk.app, vendors.group_of(desk.world, desk.form.get("account", ""))
    visit = desk.visit
    visit.token = vendors.authorise(desk.world, app, group)
    visit.token_app, visit.token_group = app.client_id, group.id
    return desk.go(f"apps/{app.client_id}/authorise")


@_shown_again(pages.authorise)
def revoke(desk: Desk) -> Response:
    app, group = desk.app, vendors.group_of(desk.world, desk.form.get("account", ""))
    vendors.revoke(desk.world, app, group)
    says = f"{app.name} may no longer act for {group.name}, {group.country}."
    return desk.go(f"apps/{app.client_id}/authorise", says)
