"""The control API: JSON under ``/control/api/``, with the world's control token as bearer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from hmac import compare_digest
from typing import Any

import msgspec
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.common.errors import NotFound, PurveyorError, Refused
from purveyor.common.windows import moment
from purveyor.simulator import offers, wire
from purveyor.simulator.control import views
from purveyor.simulator.offers.layouts import LAYOUTS, VARIANTS
from purveyor.simulator.world import World

Body = dict[str, Any]
Route = Callable[[World, dict[str, str], Body], Any]
A_YEAR = 365 * 86400.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIPPED = b"PK"


def answer(world: World, request: Request) -> Response:
    """One request of a program that drives the stand-in."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(given.encode(), world.control_token.encode()):
        response = _json(401, {"error": {"code": "denied", "message": "the control token is missing or wrong"}})
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    try:
        route, path = _find(request)
        found = route(world, path, _body(request))
        return found if isinstance(found, Response) else _json(200, found)
    except NotFound as problem:
        return _json(404, {"error": problem.as_dict()})
    except PurveyorError as problem:
        return _json(400, {"error": problem.as_dict()})
    except KeyError as problem:
        return _json(400, {"error": Refused(f"{problem} is missing").as_dict()})
    except (TypeError, ValueError, AttributeError, OverflowError, msgspec.MsgspecError) as problem:
        return _json(400, {"error": Refused(str(problem)).as_dict()})


def _json(status: int, body: Any) -> Response:
    return Response(wire.encode(body), status, content_type="application/json")


def _body(request: Request) -> Body:
    """The posted object, else the query's parameters; a posted file is the ``content`` beside these."""
    if request.method in {"GET", "DELETE"}:
        return dict(request.args)
    data = request.get_data()
    if data.startswith(ZIPPED):
        return dict(request.args) | {"content": data}
    return msgspec.json.decode(data, type=dict[str, Any]) if data else {}


def _find(request: Request) -> tuple[Route, dict[str, str]]:
    for method, path, route in ROUTES:
        match = path.fullmatch(request.path.removeprefix("/control/api"))
        if match and method == request.method:
            return route, match.groupdict()
    raise NotFound(f"no {request.method} {request.path}")


def _state(world: World, path: dict[str, str], body: Body) -> Any:
    return views.state(world)


def _orders(world: World, path: dict[str, str], body: Body) -> Any:
    found = list(world.orders_of(body.get("account")).values())
    found.sort(key=lambda order: (order.created_at, order.number), reverse=True)
    return {"orders": [views.order(order) for order in found[: int(body.get("limit", 100))]], "count": len(found)}


def _order(world: World, path: dict[str, str], body: Body) -> Any:
    number, account = path["number"], body.get("account")
    order = world.order(number, account)
    with world.lock:
        return views.order(order) | {
            "document": msgspec.json.decode(wire.order_wire(order)),
            "status": wire.status(order, clock.now(), world.settings),
            "acknowledgements": [views.acknowledgement(one) for one in world.acknowledgements(number, account)],
        }


def _place(world: World, path: dict[str, str], body: Body) -> Any:
    if count := body.pop("count", None):
        hours = float(body.pop("hours", 168))
        numbers = world.place_many(int(count), over=timedelta(hours=hours), **_only(body, "lines", "account"))
        return {"numbers": numbers}
    return {"number": world.place(**_moment(body))}


def _verb(name: str) -> Route:
    """The world's verb of that name on one order; the body holds its arguments."""

    def route(world: World, path: dict[str, str], body: Body) -> Any:
        getattr(world, name)(path["number"], **_moment(body))
        return views.order(world.order(path["number"], body.get("account")))

    return route


def _moment(body: Body) -> Body:
    """``at`` as a moment; one without a zone would be no moment. Raises ValueError."""
    return body | ({"at": moment(body["at"])} if "at" in body else {})


def _only(body: Body, *names: str) -> Body:
    if unknown := set(body) - set(names):
        raise Refused(f"unknown: {', '.join(sorted(unknown))}")
    return body


def _invitations(world: World, path: dict[str, str], body: Body) -> Any:
    found = offers.every(world, body.get("account"))
    return {"offers": [views.invitation(one) for one in found], "layouts": list(LAYOUTS), "variants": VARIANTS}


def _invite(world: World, path: dict[str, str], body: Body) -> Any:
    return views.invitation(offers.invite(world, body.pop("account", None), **_moment(body)))


def _invitation(world: World, path: dict[str, str], body: Body) -> Any:
    found = offers.find(world, path["number"], body.get("account"))
    promises = [
        {"row": one.row, "delivery": one.delivery + 1, "pieces": one.pieces, "cost": one.cost} for one in found.promises
    ]
    return views.invitation(found) | {"promises": promises}


def _workbook(world: World, path: dict[str, str], body: Body) -> Response:
    content = offers.workbook(world, path["number"], body.get("account"), body.get("kind", "sent"))
    headers = {"Content-Disposition": f'attachment; filename="{path["number"]}.xlsx"'}
    return Response(content, content_type=XLSX, headers=headers)


def _answer_offer(world: World, path: dict[str, str], body: Body) -> Any:
    """The answered workbook as the request's body; with anything wrong in it nothing counts (``errors``)."""
    found, errors = offers.hand_in(world, path["number"], body["content"], body.get("account"))
    told = [{"cell": one.cell, "value": one.value, "message": one.message} for one in errors]
    return views.invitation(found) | {"errors": told}


def _faults(world: World, path: dict[str, str], body: Body) -> Any:
    return {"faults": [views.rule(rule) for rule in world.faults.rules], "struck": views.state(world)["struck"]}


def _set_fault(world: World, path: dict[str, str], body: Body) -> Any:
    """``{"name", "operation", "times", "after", "seconds"}``, or ``{"seed", "dice": {name: chance}}``."""
    if "dice" in body:
        world.faults.dice(int(body.pop("seed", world.seed)), body.pop("dice"), **body)
    elif "times" in body:
        world.faults.once(**body)
    else:
        world.faults.always(**body)
    return _faults(world, path, {})


def _clear_faults(world: World, path: dict[str, str], body: Body) -> Any:
    world.faults.clear(body.get("name"))
    return _faults(world, path, {})


def _clock(world: World, path: dict[str, str], body: Body) -> Any:
    """``speed``, and ``advance`` in seconds where the clock is held."""
    if "speed" in body:
        world.set_speed(float(body["speed"]))
    if "advance" in body:
        if not clock.is_held():
            raise Refused("the clock runs by itself; only a held one can be turned")
        clock.turn(timedelta(seconds=float(body["advance"])))
    return {"happened": world.tick(), "speed": world.speed}


def _settings(world: World, path: dict[str, str], body: Body) -> Any:
    given = {name: _fitting(getattr(world.settings, name), value) for name, value in _settable(world, body).items()}
    for name, value in given.items():
        setattr(world.settings, name, value)
    world.keep_settings()
    return asdict(world.settings)


def _settable(world: World, body: Body) -> Body:
    return _only(body, *asdict(world.settings))


def _fitting(held: Any, value: Any) -> Any:
    """A value in the kind of the one held; delays are seconds, at most a year. Raises Refused and ValueError."""
    found = type(held)(value)
    if isinstance(found, float) and not 0 <= found <= A_YEAR:
        raise Refused(f"{value} is no delay; seconds from 0 to {A_YEAR:.0f} are")
    return found


def _accounts(world: World, path: dict[str, str], body: Body) -> Any:
    return {"accounts": [views.account(world, found) for found in world.accounts]}


def _add_account(world: World, path: dict[str, str], body: Body) -> Any:
    name = body.pop("name")
    if not isinstance(name, str) or not name.strip():
        raise Refused("an account needs a name")
    found = world.add_account(name, **body)
    return views.account(world, found)


def _portal(world: World, path: dict[str, str], body: Body) -> Any:
    """Who may sign in to the portal, and with what."""
    return {"path": "/portal/", "people": world.people}


def _credentials(world: World, path: dict[str, str], body: Body) -> Any:
    """What a hub needs to connect: the stand-in's own inventions, for whoever holds the control token."""
    found = world.account_named(path["name"])
    names = ("client_id", "client_secret", "refresh_token")
    return {name: getattr(found, name) for name in names} | {"vendor_codes": list(found.vendor_codes)}


def _rotate(world: World, path: dict[str, str], body: Body) -> Any:
    world.rotate_secret(path["name"])
    return _credentials(world, path, body)


def _revoke(world: World, path: dict[str, str], body: Body) -> Any:
    world.revoke(path["name"])
    return views.account(world, world.account_named(path["name"]))


def _reauthorise(world: World, path: dict[str, str], body: Body) -> Any:
    world.reauthorise(path["name"])
    return _credentials(world, path, body)


_OFFER = r"/offers/(?P<number>[^/]+)"
_ORDER = r"/orders/(?P<number>[^/]+)"
_ACCOUNT = r"/accounts/(?P<name>[^/]+)"
ROUTES: tuple[tuple[str, re.Pattern[str], Route], ...] = tuple(
    (method, re.compile(path), route)
    for method, path, route in (
        ("GET", r"/state", _state),
        ("GET", r"/orders", _orders),
        ("POST", r"/orders", _place),
        ("GET", _ORDER, _order),
        ("POST", _ORDER + "/change", _verb("change")),
        ("POST", _ORDER + "/cancel", _verb("cancel")),
        ("POST", _ORDER + "/uncancel", _verb("uncancel")),
        ("POST", _ORDER + "/receive", _verb("receive")),
        ("POST", _ORDER + "/acknowledge", _verb("acknowledge_elsewhere")),
        ("GET", r"/offers", _invitations),
        ("POST", r"/offers", _invite),
        ("GET", _OFFER, _invitation),
        ("GET", _OFFER + "/workbook", _workbook),
        ("POST", _OFFER + "/answer", _answer_offer),
        ("GET", r"/faults", _faults),
        ("POST", r"/faults", _set_fault),
        ("DELETE", r"/faults", _clear_faults),
        ("POST", r"/clock", _clock),
        ("POST", r"/settings", _settings),
        ("GET", r"/portal", _portal),
        ("GET", r"/accounts", _accounts),
        ("POST", r"/accounts", _add_account),
        ("GET", _ACCOUNT + "/credentials", _credentials),
        ("POST", _ACCOUNT + "/rotate", _rotate),
        ("POST", _ACCOUNT + "/revoke", _revoke),
        ("POST", _ACCOUNT + "/reauthorise", _reauthorise),
    )
)
