"""The way into the portal: Host, session, account, form token, then the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from purveyor.common.errors import NotFound, Refused
from purveyor.simulator import html
from purveyor.simulator.guard import Guard
from purveyor.simulator.portal import forms, pages
from purveyor.simulator.portal.desk import Desk, page
from purveyor.simulator.portal.visits import TooManyTries, Visits
from purveyor.simulator.world import World

COOKIE = "standin-portal"
STATIC = {"/portal/portal.css": "portal.css", "/portal/portal.js": "portal.js"}
SIGN_IN = "/portal/sign-in"

Handler = Callable[[Desk], Response]

_APP = "/portal/<group>/apps/<app>"
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/portal/accounts", pages.accounts),
    ("GET", "/portal/<group>/", pages.home),
    ("GET", "/portal/<group>/contacts", pages.contacts),
    ("GET", "/portal/<group>/integration", pages.integration),
    ("POST", "/portal/<group>/integration", forms.register),
    ("GET", "/portal/<group>/developer", pages.developer),
    ("POST", "/portal/<group>/developer", forms.request_roles),
    ("GET", "/portal/<group>/apps/new", pages.new_app),
    ("POST", "/portal/<group>/apps/new", forms.add_app),
    ("GET", _APP + "/edit", pages.edit_app),
    ("POST", _APP + "/edit", forms.edit_app),
    ("GET", _APP + "/credentials", pages.credentials),
    ("POST", _APP + "/credentials", forms.rotate),
    ("GET", _APP + "/authorise", pages.authorise),
    ("POST", _APP + "/authorise", forms.authorise),
    ("POST", _APP + "/revoke", forms.revoke),
)
_MAP = Map(
    [Rule(path, methods=[method], endpoint=handler) for method, path, handler in _ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)


class Portal:
    """One world's portal."""

    def __init__(self, world: World, allowed_hosts: Iterable[str] = ()) -> None:
        self._world = world
        self._guard = Guard(world, allowed_hosts, cookie=COOKIE, path="/portal", same_site="Lax")
        self._visits = Visits(world)

    def answer(self, request: Request) -> Response:
        """One request for a page, a style sheet or a script, or a posted form."""
        if not self._guard.knows_host(request):
            return _refused(421, "Wrong address", "The simulator answers only under its own name.")
        if request.path in STATIC and request.method in {"GET", "HEAD"}:
            return html.static(STATIC[request.path])
        if request.method == "POST" and not self._guard.is_theirs(request):
            says = "The form was not this page's own, or is too old. Go back and load the page again."
            return _refused(403, "Refused", says)
        if request.path == SIGN_IN:
            return self._sign_in(request)
        if request.path == "/portal/sign-out" and request.method == "POST":
            self._visits.end(self._guard.visitor(request))
            return redirect(SIGN_IN, 303)
        return self._inside(request)

    def _sign_in(self, request: Request) -> Response:
        if request.method != "POST":
            return page(self._guard, self._guard.visitor(request), "sign_in.html", user="")
        try:
            mark = self._visits.begin(request.form.get("user", ""), request.form.get("password", ""))
        except TooManyTries as problem:
            return self._not_in(request, 429, f"Too many tries. Wait {problem.seconds} seconds, then try again.")
        if mark is None:
            return self._not_in(request, 403, "That user name and password do not fit.")
        self._visits.end(self._guard.visitor(request))
        return self._guard.remember(redirect("/portal/accounts", 303), mark)

    def _not_in(self, request: Request, status: int, says: str) -> Response:
        shown = {"user": request.form.get("user", ""), "problem": says}
        return page(self._guard, self._guard.visitor(request), "sign_in.html", status, **shown)

    def _inside(self, request: Request) -> Response:
        mark = self._guard.visitor(request)
        visit = self._visits.of(mark)
        if visit is None:
            return redirect(SIGN_IN, 303)
        if request.path in {"/portal", "/portal/"}:
            return redirect("/portal/accounts", 303)
        try:
            endpoint, path = _MAP.bind("").match(request.path, request.method)
            handler: Handler = endpoint
            with self._world.lock:
                return handler(Desk(self._world, self._guard, request, mark, visit, dict(path)))
        except MethodNotAllowed:
            return _refused(405, "Not done", "This page takes no such form.")
        except (HTTPException, NotFound):
            return _refused(404, "No such page", "There is nothing here for the account you chose.")
        except Refused as problem:
            return _refused(400, "Not done", problem.message)


def _refused(status: int, title: str, says: str) -> Response:
    nobody = {"person": None, "group": None, "notice": ""}
    return html.page("portal/refused.html", status, html.POLICY_WITH_SCRIPT, title=title, says=says, **nobody)
