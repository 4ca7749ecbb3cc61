"""The token endpoint, with Amazon's failures (FACTS §1.1, §1.2). Errors are OAuth's, not the API's envelope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.simulator import tokens, vendors, wire
from purveyor.simulator.apps import App
from purveyor.simulator.world import World

REFRESH = "refresh_token"
CREDENTIALS = "client_credentials"
GRANTS = (REFRESH, CREDENTIALS)
SCOPES = frozenset({"sellingpartnerapi::notifications", "sellingpartnerapi::client_credential:rotation"})

_CLIENT_ID = re.compile(r"amzn1\.application-oa2-client\.[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """The exchange is refused, in OAuth's words."""

    status: int
    error: str
    description: str


def client_refused() -> Refusal:
    """One answer for an unknown app, a wrong secret and one past its deadline (FACTS §1.2)."""
    return Refusal(401, "invalid_client", "Client authentication failed.")


def token_refused() -> Refusal:
    """One answer for a refresh token that is revoked, malformed or another app's (FACTS §1.2)."""
    return Refusal(400, "invalid_grant", "The refresh token is invalid, revoked or belongs to another client.")


def exchange(world: World, request: Request) -> Response:
    """Answer one token request."""
    try:
        return _json(200, _exchange(world, request))
    except Refusal as refusal:
        return refused(refusal)


def refused(refusal: Refusal) -> Response:
    """A refusal as the endpoint says it."""
    return _json(refusal.status, {"error": refusal.error, "error_description": refusal.description})


def _json(status: int, body: dict[str, object]) -> Response:
    response = Response(wire.encode(body), status, content_type="application/json;charset=UTF-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _exchange(world: World, request: Request) -> dict[str, object]:
    if request.method != "POST":
        raise Refusal(405, "invalid_request", "Tokens are asked for with POST.")
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Refusal(400, "invalid_request", "The request must be form-encoded.")
    form = request.form
    grant = _field(form, "grant_type")
    if grant not in GRANTS:
        raise Refusal(400, "unsupported_grant_type", "This grant type is not supported.")
    app = _app(world, form)
    if grant not in app.grants:
        raise Refusal(400, "unauthorized_client", "The client may not use this grant type.")
    return _refresh(world, form, app) if grant == REFRESH else _grantless(world, form, app)


def _field(form: MultiDict[str, str], name: str) -> str:
    found = form.get(name, "")
    if not found:
        raise Refusal(400, "invalid_request", f"The request lacks the parameter {name}.")
    return found


def _app(world: World, form: MultiDict[str, str]) -> App:
    """The app that signs in."""
    client_id, secret = _field(form, "client_id"), _field(form, "client_secret")
    app = world.apps.get(client_id)
    if app is None or not _CLIENT_ID.fullmatch(client_id) or not app.secret_is_good(secret, clock.now()):
        raise client_refused()
    return app


def _refresh(world: World, form: MultiDict[str, str], app: App) -> dict[str, object]:
    if "scope" in form:
        raise Refusal(400, "invalid_request", "A refresh token is exchanged without a scope.")
    given = _field(form, "refresh_token")
    account = next((one for one in vendors.authorisations(world, app) if given in one.tokens), None)
    if account is None or account.revoked:
        raise token_refused()
    token = tokens.make(world.key, account.name, app.client_id)
    return _granted(token) | {"refresh_token": given}


def _grantless(world: World, form: MultiDict[str, str], app: App) -> dict[str, object]:
    if "refresh_token" in form:
        raise Refusal(400, "invalid_request", "Client credentials are exchanged without a refresh token.")
    scope = _field(form, "scope")
    if scope not in SCOPES:
        raise Refusal(400, "invalid_scope", "The scope is unknown.")
    return _granted(tokens.make(world.key, "", app.client_id, scope))


def _granted(token: str) -> dict[str, object]:
    return {"access_token": token, "token_type": "bearer", "expires_in": int(tokens.LIFE.total_seconds())}
