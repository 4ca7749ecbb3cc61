"""The pages of the portal once somebody is signed in. Each shows; a form that is refused is shown again as filled."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from purveyor.common import clock
from purveyor.simulator import vendors
from purveyor.simulator.accounts import Account
from purveyor.simulator.apps import API_TYPES, MOST_AUTHORISATIONS, ROLES, SECRET_WARNING, App
from purveyor.simulator.portal.desk import Desk


def accounts(desk: Desk) -> Response:
    """Which vendor group, in which country."""
    return desk.page("accounts.html", groups=vendors.groups(desk.world))


def home(desk: Desk) -> Response:
    orders = len(desk.world.book(desk.group.key).orders)
    return desk.page("home.html", orders=orders, developer=desk.developer)


def contacts(desk: Desk) -> Response:
    """Settings → Contacts: the vendor codes of the group."""
    return desk.page("contacts.html")


def integration(desk: Desk, problem: str = "") -> Response:
    """Integration → API Integration: the registration while there is none, then the developer console."""
    found = vendors.apps_of(desk.world, desk.group)
    shown = {
        "own": [_row(desk, app) for app in found if app.developer],
        "given": [_row(desk, app) for app in found if not app.developer],
    }
    status = 400 if problem else 200
    if desk.developer is None:
        return desk.page("register.html", status, problem=problem, roles=ROLES, filled=desk.form, **shown)
    return desk.page("console.html", status, problem=problem, developer=desk.developer, **shown)


def _row(desk: Desk, app: App) -> dict[str, Any]:
    held = [one for one in vendors.authorisations(desk.world, app) if not one.revoked]
    return {
        "app": app,
        "held": len(held),
        "lacks": sorted({role for one in held for role in one.lacks()}),
        "days": _days_left(app),
    }


def _days(left: timedelta) -> int:
    """Days that have begun: the last one is 1, none are left at the deadline."""
    return max(0, math.ceil(left / timedelta(days=1)))


def _days_left(app: App) -> int | None:
    """Days until the secret's deadline, once the portal warns."""
    left = app.secret_expires_at - clock.now() if app.secret_expires_at else None
    return _days(left) if left is not None and left <= SECRET_WARNING else None


def developer(desk: Desk, problem: str = "") -> Response:
    """The developer profile: roles approved, waiting, and those one can ask for."""
    found = desk.registered
    now = clock.now()
    return desk.page(
        "developer.html",
        400 if problem else 200,
        problem=problem,
        developer=found,
        roles=ROLES,
        approved=found.approved(now),
        waiting=found.waiting(now),
    )


def new_app(desk: Desk, problem: str = "") -> Response:
    found = desk.registered
    return desk.page(
        "app_new.html",
        400 if problem else 200,
        problem=problem,
        approved=[ROLES[name] for name in found.approved(clock.now())],
        waiting=found.waiting(clock.now()),
        api_types=API_TYPES,
        filled=desk.form,
    )


def edit_app(desk: Desk, problem: str = "") -> Response:
    found, app = desk.registered, desk.own_app
    return desk.page(
        "app_edit.html",
        400 if problem else 200,
        problem=problem,
        app=app,
        approved=[ROLES[name] for name in found.approved(clock.now())],
        waiting=found.waiting(clock.now()),
        ticked=desk.form.getlist("roles") if problem else app.roles,
        name=desk.form.get("name", "") if problem else app.name,
    )


def credentials(desk: Desk, problem: str = "") -> Response:
    """LWA credentials: client id and secret, until when, and rotation."""
    app, now = desk.app, clock.now()
    left = app.secret_expires_at - now if app.secret_expires_at else None
    old = app.old_secret_until if app.old_secret_until and app.old_secret_until > now else None
    return desk.page(
        "credentials.html",
        400 if problem else 200,
        problem=problem,
        app=app,
        days=_days(left) if left is not None else None,
        expired=left is not None and left.total_seconds() <= 0,
        soon=left is not None and left <= SECRET_WARNING,
        old_until=old,
    )


def authorise(desk: Desk, problem: str = "") -> Response:
    """Every group the app can be authorised for; a fresh refresh token once."""
    app = desk.app
    held = {one.group: one for one in vendors.authorisations(desk.world, app) if not one.sandbox}
    token, token_group = ("", "") if problem else desk.visit.take_token(app.client_id)
    groups = sorted(vendors.groups(desk.world), key=lambda group: group != desk.group)
    rows = [{"group": group, "held": _standing(held.get(group.key))} for group in groups]
    return desk.page(
        "authorise.html",
        400 if problem else 200,
        problem=problem,
        app=app,
        rows=rows,
        count=sum(not one.revoked for one in held.values()),
        most=MOST_AUTHORISATIONS,
        refresh_token=token,
        refresh_group=vendors.group_of(desk.world, token_group) if token else None,
    )


def _standing(found: Account | None) -> dict[str, Any] | None:
    """An authorisation as the list shows it; None when there never was one."""
    if found is None:
        return None
    return {
        "revoked": found.revoked,
        "granted_at": found.granted_at,
        "roles": found.roles,
        "lacks": found.lacks(),
        "tokens": len(found.tokens),
    }
