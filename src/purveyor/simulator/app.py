"""One WSGI app under one roof: login, API, the portal, and the pages and JSON that drive the stand-in.

    app = create_app(World(scenario="quiet"))

Login and API answer any Host, as some clients send a wrong one; pages check it (see ``guard``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.simulator import login, misbehave
from purveyor.simulator.control import api, page
from purveyor.simulator.faults import EXCHANGE, Hit
from purveyor.simulator.guard import Guard
from purveyor.simulator.portal.door import Portal
from purveyor.simulator.requests import Asked
from purveyor.simulator.spapi import door, envelope
from purveyor.simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

LOGIN_PATH = "/auth/o2/token"
REQUEST_ID = "x-amzn-RequestId"


def create_app(world: World, *, allowed_hosts: Iterable[str] = ()) -> WSGIApplication:
    """The whole stand-in. ``allowed_hosts``: names besides loopback under which its pages may be asked for.

    In process a broken line is a ConnectionResetError, ConnectionRefusedError or TimeoutError raised by the call.
    """
    guard, portal = Guard(world, allowed_hosts), Portal(world, allowed_hosts)

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        try:
            return _route(world, guard, portal, request)(environ, start_response)
        finally:
            request.close()  # of files that were handed over

    return app


def _route(world: World, guard: Guard, portal: Portal, request: Request) -> Response:
    path = request.path
    if path == LOGIN_PATH:
        return _logged(world, request, EXCHANGE, lambda hit: _sign_in(world, request, hit))
    if path.startswith("/control/api/"):
        world.tick()
        return api.answer(world, request)
    if path == "/":
        return redirect("/control/")
    if path == "/control" or path.startswith("/control/"):
        world.tick()
        return page.answer(world, guard, request)
    if path == "/portal" or path.startswith("/portal/"):
        world.tick()
        return portal.answer(request)
    return _call(world, request)


def _call(world: World, request: Request) -> Response:
    try:
        operation, found = door.find(request)
    except envelope.Bad as bad:
        return _named(envelope.error(bad), str(uuid.uuid4()))
    return _logged(world, request, operation.name, lambda hit: door.answer(world, request, operation, found, hit))


def _sign_in(world: World, request: Request, hit: Hit | None) -> Response:
    early = misbehave.before(hit, EXCHANGE)
    return early if early is not None else login.exchange(world, request)


def _logged(world: World, request: Request, operation: str, work: Callable[[Hit | None], Response]) -> Response:
    """Do the work with whatever fault befalls it, and write down that it was asked for."""
    request_id, status = str(uuid.uuid4()), 0
    # Read the body first: a broken line must leave nothing unread that would garble the next request.
    request.get_data(parse_form_data=operation == EXCHANGE)
    world.tick()
    hit = world.faults.draw(operation, 2 if request.args.get("nextToken") else 1)
    try:
        response = misbehave.after(hit, operation, request, work(hit))
        clock.sleep(world.settings.latency)
        status = response.status_code
        return _named(response, request_id)
    finally:
        query = request.query_string.decode("latin-1")
        world.requests.add(Asked(clock.now(), operation, status, request_id, query))


def _named(response: Response, request_id: str) -> Response:
    response.headers[REQUEST_ID] = request_id
    return response
