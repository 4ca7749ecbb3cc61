"""The token endpoint, with Amazon's failures (FACTS §1.1, §1.2). Errors are OAuth's, not the API's envelope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from purveyor.common import clock
from purveyor.simulator import tokens, wire
from purveyor.simulator.accounts import Account
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
    accounts = _app(world, form)
    if grant not in accounts[0].grants:
        raise Refusal(400, "unauthorized_client", "The client may not use this grant type.")
    return _refresh(world, form, accounts) if grant == REFRESH else _grantless(world, form, accounts)


def _field(form: MultiDict[str, str], name: str) -> str:
    found = form.get(name, "")
    if not found:
        raise Refusal(400, "invalid_request", f"The request lacks the parameter {name}.")
    return found


def _app(world: World, form: MultiDict[str, str]) -> list[Account]:
    """The accounts of the app that signs in. An unknown app and a wrong secret are not told apart."""
    client_id, secret = _field(form, "client_id"), _field(form, "client_secret")
    accounts = [one for one in world.accounts if one.client_id == client_id]
    known = _CLIENT_ID.fullmatch(client_id) and accounts
    if not known or not accounts[0].secret_is_good(secret, clock.now()):
        raise Refusal(401, "invalid_client", "Client authentication failed.")
    return accounts


def _refresh(world: World, form: MultiDict[str, str], accounts: list[Account]) -> dict[str, object]:
    if "scope" in form:
        raise Refusal(400, "invalid_request", "A refresh token is exchanged without a scope.")
    given = _field(form, "refresh_token")
    account = next((one for one in accounts if given in (one.refresh_token, *one.earlier_tokens)), None)
    if account is None or account.revoked:
        raise Refusal(400, "invalid_grant", "The refresh token is invalid, revoked or belongs to another client.")
    token = tokens.make(world.key, account.name, account.client_id)
    return _granted(token) | {"refresh_token": given}


def _grantless(world: World, form: MultiDict[str, str], accounts: list[Account]) -> dict[str, object]:
    if "refresh_token" in form:
        raise Refusal(400, "invalid_request", "Client credentials are exchanged without a refresh token.")
    scope = _field(form, "scope")
    if scope not in SCOPES:
        raise Refusal(400, "invalid_scope", "The scope is unknown.")
    return _granted(tokens.make(world.key, accounts[0].name, accounts[0].client_id, scope))


def _granted(token: str) -> dict[str, object]:
    return {"access_token": token, "token_type": "bearer", "expires_in": int(tokens.LIFE.total_seconds())}
