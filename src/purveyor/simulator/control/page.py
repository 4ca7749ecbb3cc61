"""The control page: what the stand-in is doing, and buttons for it. Works without script; of all secrets it shows only
how to sign in to the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from purveyor.common.errors import PurveyorError, Refused
from purveyor.simulator import html, offers
from purveyor.simulator.accounts import Account
from purveyor.simulator.control import views
from purveyor.simulator.control.api import XLSX
from purveyor.simulator.faults import KINDS
from purveyor.simulator.guard import FIELD, Guard
from purveyor.simulator.offers.layouts import LAYOUTS, VARIANTS
from purveyor.simulator.world import World

SHOWN = 40
ERRORS_SHOWN = 200
BOOK = ".xlsx"
LONGEST_APPROVAL = 365 * 86_400.0
READS = frozenset({"GET", "HEAD"})


def answer(world: World, guard: Guard, request: Request) -> Response:
    """One request for a page, its style sheet, or a posted form."""
    if not guard.knows_host(request):
        return html.page(
            "refused.html", 421, title="Wrong address", says="The simulator answers only under its own name."
        )
    if request.path == "/control/simulator.css" and request.method in READS:
        return html.static("simulator.css")
    if request.path in {"/control", "/control/"} and request.method in READS:
        return _show(world, guard, request)
    if request.path.endswith(BOOK) and request.method in READS:
        return _workbook(world, request.path.rpartition("/")[2].removesuffix(BOOK))
    verb = _VERBS.get(request.path.removeprefix("/control/"))
    if verb is None or request.method != "POST":
        return html.page("refused.html", 404, title="No such page", says="There is nothing here.")
    if not guard.is_theirs(request):
        says = "The form was not this page's own, or is too old. Go back and load the page again."
        return html.page("refused.html", 403, title="Refused", says=says)
    try:
        if verb is _hand_in:
            return _handed_in(world, request)
        verb(world, request.form.to_dict())
    except (PurveyorError, ValueError) as problem:
        return html.page("refused.html", 400, title="Not done", says=str(problem))
    return redirect("/control/", 303)


def _show(world: World, guard: Guard, request: Request) -> Response:
    visitor = guard.visitor(request)
    with world.lock:
        found = world.all_orders()
        found.sort(key=lambda order: (order.created_at, order.number), reverse=True)
        shown = [views.order(order) for order in found[:SHOWN]]
    response = html.page(
        "control.html",
        200,
        state=views.state(world),
        orders=shown,
        count=len(found),
        says=world.scenario.says,
        offers=_offers(world),
        layouts=list(LAYOUTS),
        variants=VARIANTS,
        people=world.people,
        approval=world.settings.approval_delay,
        kinds=KINDS,
        field=FIELD,
        token=guard.token(visitor),
    )
    return guard.remember(response, visitor)


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


def _approval(world: World, form: Form) -> None:
    seconds = float(form.get("seconds", ""))
    if not 0 <= seconds <= LONGEST_APPROVAL:
        raise Refused("the seconds until approval must be between 0 and a year")
    world.settings.approval_delay = seconds
    world.keep_settings()


def _cancel(world: World, form: Form) -> None:
    _known(world, form, lambda number, account: world.cancel(number, account=account))


def _receive(world: World, form: Form) -> None:
    _known(world, form, lambda number, account: world.receive(number, account=account))


def _offers(world: World) -> list[dict[str, Any]]:
    """The invitations of every group, the newest first."""
    groups = {account.group: account for account in world.accounts}
    found = [one for account in groups.values() for one in offers.every(world, account)]
    found.sort(key=lambda one: one.created_at, reverse=True)
    return [views.invitation(one) for one in found[:SHOWN]]


def _invite(world: World, form: Form) -> None:
    offers.invite(world, form.get("account") or None, layout=form.get("layout", ""), variant=form.get("variant", ""))


def _account_of(world: World, number: str) -> Account:
    """The account an invitation was sent to. Raises Refused."""
    for account in world.accounts:
        if any(one.number == number for one in offers.every(world, account)):
            return account
    raise Refused(f"there is no invitation {number}")


def _workbook(world: World, number: str) -> Response:
    try:
        content = offers.workbook(world, number, _account_of(world, number))
    except PurveyorError as problem:
        return html.page("refused.html", 404, title="No such workbook", says=str(problem))
    headers = {"Content-Disposition": f'attachment; filename="{number}.xlsx"', "X-Content-Type-Options": "nosniff"}
    return Response(content, content_type=XLSX, headers=headers)


def _hand_in(world: World, form: Form) -> None:
    """Only a file can be handed in."""
    raise Refused("choose the answered workbook first")


def _handed_in(world: World, request: Request) -> Response:
    """The answered workbook: taken, or every error in it."""
    number, given = request.form.get("number", ""), request.files.get("file")
    if given is None or not given.filename:
        raise Refused("choose the answered workbook first")
    _found, errors = offers.hand_in(world, number, given.read(), _account_of(world, number))
    if errors:
        return html.page("offer.html", 400, number=number, errors=errors[:ERRORS_SHOWN], count=len(errors))
    return redirect("/control/", 303)


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
    "approval": _approval,
    "invite": _invite,
    "offer-answer": _hand_in,
    "cancel": _cancel,
    "receive": _receive,
}
