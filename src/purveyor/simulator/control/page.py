"""The control page: what the stand-in is doing, and buttons for it. Works without script; holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from purveyor.common.errors import PurveyorError, Refused
from purveyor.simulator.control import views
from purveyor.simulator.faults import KINDS
from purveyor.simulator.guard import FIELD, Guard
from purveyor.simulator.world import World

SHOWN = 40
READS = frozenset({"GET", "HEAD"})
# Nothing but our own style sheet, and nobody may frame the page.
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("purveyor.simulator"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def answer(world: World, guard: Guard, request: Request) -> Response:
    """One request for a page, its style sheet, or a posted form."""
    if not guard.knows_host(request):
        return _page("refused.html", 421, title="Wrong address", says="The stand-in answers only under its own name.")
    if request.path == "/control/simulator.css" and request.method in READS:
        return _style()
    if request.path in {"/control", "/control/"} and request.method in READS:
        return _show(world, guard, request)
    verb = _VERBS.get(request.path.removeprefix("/control/"))
    if verb is None or request.method != "POST":
        return _page("refused.html", 404, title="No such page", says="There is nothing here.")
    if not guard.is_theirs(request):
        says = "The form was not this page's own, or is too old. Go back and load the page again."
        return _page("refused.html", 403, title="Refused", says=says)
    try:
        verb(world, request.form.to_dict())
    except (PurveyorError, ValueError) as problem:
        return _page("refused.html", 400, title="Not done", says=str(problem))
    return redirect("/control/", 303)


def _show(world: World, guard: Guard, request: Request) -> Response:
    visitor = guard.visitor(request)
    with world.lock:
        found = world.all_orders()
        found.sort(key=lambda order: (order.created_at, order.number), reverse=True)
        shown = [views.order(order) for order in found[:SHOWN]]
    response = _page(
        "control.html",
        200,
        state=views.state(world),
        orders=shown,
        count=len(found),
        says=world.scenario.says,
        kinds=KINDS,
        field=FIELD,
        token=guard.token(visitor),
    )
    return guard.remember(response, visitor)


def _page(template: str, status: int, **values: Any) -> Response:
    response = Response(
        _templates().get_template(template).render(**values), status, content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _style() -> Response:
    text = resources.files("purveyor.simulator").joinpath("static/simulator.css").read_text("utf-8")
    return Response(text, content_type="text/css; charset=utf-8")


Form = dict[str, str]


def _place(world: World, form: Form) -> None:
    world.place(account=form.get("account") or None)


def _fault(world: World, form: Form) -> None:
    """Set a fault once, or for good."""
    name, how = form.get("name", ""), form.get("how", "once")
    if how == "always":
        world.faults.always(name)
    else:
        world.faults.once(name)


def _clear(world: World, form: Form) -> None:
    world.faults.clear()


def _speed(world: World, form: Form) -> None:
    world.set_speed(float(form.get("speed", "")))


def _cancel(world: World, form: Form) -> None:
    _known(world, form, lambda number, account: world.cancel(number, account=account))


def _receive(world: World, form: Form) -> None:
    _known(world, form, lambda number, account: world.receive(number, account=account))


def _known(world: World, form: Form, verb: Callable[[str, str], None]) -> None:
    """Do something to the order a form names, whichever account holds it."""
    number = form.get("number", "")
    for account in world.accounts:
        if number in world.orders_of(account):
            verb(number, account.name)
            return
    raise Refused(f"there is no order {number}")


_VERBS: dict[str, Callable[[World, Form], None]] = {
    "place": _place,
    "fault": _fault,
    "clear": _clear,
    "speed": _speed,
    "cancel": _cancel,
    "receive": _receive,
}
