"""Who may what, route by route: every page and every operation of the REST API has a row for each method it takes.

A new route is one new line here: its name, its method, and what it asks for. A test fails for a route without a row.

* ``where`` says on what the permissions must be held: ``ON`` the thing's own profile, ``SOMEWHERE`` on one at least,
  ``EVERYWHERE`` on every profile there is and will be, ``OVER`` all that the person concerned holds; ``OWN`` is for
  everybody who signed in, ``PUBLIC`` for anybody.
* ``sees`` is the permission without which the thing itself is not there (404); with it, a denial says so (403).
* ``fill`` is what somebody who may would send; words in braces are taken from the world (``world.py``).
* ``args`` name another thing of the world for an argument of the address.
* ``denied`` and ``unseen`` are the status for who sees the thing and may not, and for who does not see it; ``answers``
  that for who may, where it is not the usual one. ``elsewhere`` is for who may do the like on another profile only.
* ``changes`` tells whether a call that is allowed leaves a trace in the database; nothing that is denied ever does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from purveyor.people.permissions import ROLES

PUBLIC, OWN, SOMEWHERE, EVERYWHERE, ON, OVER = "public", "own", "somewhere", "everywhere", "on", "over"
ANY = "any permission at all"
SECRET = "amzn1.oa2-cs.v1." + "0" * 64
PASSWORD = "another long enough one"


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one route."""

    route: str
    method: str
    where: str
    needs: frozenset[str] = frozenset()
    sees: str = ""
    fill: Mapping[str, Any] = field(default_factory=dict)
    args: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    changes: bool = False
    denied: int = 403
    unseen: int = 404
    elsewhere: int = 0
    answers: int = 0

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"


def giving(role: str) -> str:
    """What somebody needs to give a role: nobody gives what they do not hold."""
    return " ".join({"people.manage", *ROLES[role].permissions})


def get(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row that reads."""
    return Row(route, "GET", where, frozenset(needs.split()), **more)


def post(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row that does something."""
    return Row(route, more.pop("method", "POST"), where, frozenset(needs.split()), **({"changes": True} | more))


BECAUSE = {"because": "it must be"}
PASSWORDS = {"password": PASSWORD, "again": PASSWORD}
CHOSEN = {"order": "{order_id}", "do": "send"}
NEW_SECRET = {"client_secret": "{fresh_secret}"}
CONNECT = "profiles.manage profiles.credentials"
START = {"name": "acme-es", "marketplace": "ES", "environment": "sandbox"}
SELLER = {
    "party_id": "ACME1",
    "name": "Acme GmbH",
    "address_line1": "Werkstraße 1",
    "city": "Berlin",
    "postal_code": "10115",
    "country_code": "DE",
}
PARTY = {f"selling-{name}": value for name, value in SELLER.items()}
_ON_ORDER = {"sees": "orders.view"}
_ON_DOCUMENT = {"sees": "documents.view"}
_ON_PROFILE = {"sees": "profiles.view"}
_ON_RUN = {"sees": "profiles.view"}
_ON_ALERT = {"sees": "alerts.view"}

PAGES: tuple[Row, ...] = (
    get("today", OWN),
    get("search", OWN, answers=302),
    # doors
    get("setup", PUBLIC),
    post("setup", PUBLIC, changes=False),
    get("sign-in", PUBLIC),
    post("sign-in", PUBLIC, changes=False),
    get("second-factor", PUBLIC),
    post("second-factor", PUBLIC, changes=False),
    post("sign-out", OWN, changes=False),
    post("look", PUBLIC, changes=False),
    post("language", PUBLIC, changes=False),
    # one's own
    post("scope", OWN, changes=False),
    get("account", OWN),
    post("account", OWN, fill={"full_name": "Somebody", "email": "", "language": "en"}),
    get("password", OWN),
    post("password", OWN, fill={"old": "a long enough password", **PASSWORDS}),
    get("my-second-factor", OWN),
    post("my-second-factor", OWN, fill={"code": "000000"}, answers=422),
    post("my-second-factor-off", OWN, fill={"password": "a long enough password"}, changes=False),
    get("my-token", OWN),
    post("my-token", OWN, fill={"name": "", "days": "30"}, answers=422, changes=False),
    post("my-token-revoke", OWN, args={"token_id": "own_token_id"}),
    # orders
    get("orders", SOMEWHERE, "orders.view"),
    get("orders-export", SOMEWHERE, "orders.view"),
    # What one does not see is left out of what was chosen; with nothing left the list is shown again.
    post(
        "orders-acknowledge",
        ON,
        "orders.acknowledge",
        fill={"order": "{order_id}", "do": "send"},
        unseen=403,
        elsewhere=302,
        **_ON_ORDER,
    ),
    get("asides", SOMEWHERE, "orders.view"),
    get("aside", ON, "orders.view", denied=404),
    get("order", ON, "orders.view", **_ON_ORDER),
    post("order-answer", ON, "orders.acknowledge", fill={"do": "send", "accept-1": "10", "version": "1"}, **_ON_ORDER),
    get("order-version", ON, "orders.view", **_ON_ORDER, args={"number": "version"}),
    # documents
    get("documents", SOMEWHERE, "documents.view"),
    post("sending-hold", EVERYWHERE, "profiles.send", fill={"do": "hold", **BECAUSE}),
    get("document", ON, "documents.view", **_ON_DOCUMENT),
    post(
        "document-resolve",
        ON,
        "documents.resolve",
        fill={"verdict": "arrived", **BECAUSE},
        args={"document_id": "asked_id"},
        **_ON_DOCUMENT,
    ),
    post("document-withdraw", ON, "orders.acknowledge", fill=BECAUSE, **_ON_DOCUMENT),
    # alerts
    get("alerts", SOMEWHERE, "alerts.view"),
    post("alert-take", ON, "alerts.take", **_ON_ALERT),
    post("alert-close", ON, "alerts.take", fill=BECAUSE, **_ON_ALERT),
    # profiles
    get("profiles", SOMEWHERE, "profiles.view"),
    get("wizard-begin", EVERYWHERE, CONNECT),
    post("wizard-begin", EVERYWHERE, CONNECT, fill=START),
    get("profile-add", EVERYWHERE, "profiles.manage"),
    post("profile-add", EVERYWHERE, "profiles.manage", fill={"name": "?"}, answers=422, changes=False),
    get("wizard", EVERYWHERE, CONNECT, answers=302),
    get("wizard-discard", EVERYWHERE, CONNECT),
    post("wizard-discard", EVERYWHERE, CONNECT),
    get("wizard-step", EVERYWHERE, CONNECT),
    post("wizard-step", EVERYWHERE, CONNECT, fill={"version": "1", "vendor_codes": "ACME1"}),
    post("wizard-look", EVERYWHERE, CONNECT, fill={"vendor_codes": "ACME1"}, changes=False),
    get("wizard-started", ON, "profiles.view", **_ON_PROFILE),
    get("wizard-started-part", ON, "profiles.view", **_ON_PROFILE),
    get("profile", ON, "profiles.view", **_ON_PROFILE),
    get("profile-sending", ON, "profiles.send", **_ON_PROFILE),
    post("profile-sending", ON, "profiles.send", fill={"on": "0", **BECAUSE}, **_ON_PROFILE),
    post("profile-importing", ON, "profiles.manage", fill={"on": "0"}, **_ON_PROFILE),
    get("profile-check", ON, "profiles.view", **_ON_PROFILE),
    post("profile-check", ON, "sync.run", **_ON_PROFILE),
    get("profile-secret", ON, "profiles.credentials", **_ON_PROFILE),
    post("profile-secret", ON, "profiles.credentials", fill=NEW_SECRET, **_ON_PROFILE),
    get("profile-secret-age", ON, "profiles.credentials", **_ON_PROFILE),
    post("profile-secret-age", ON, "profiles.credentials", fill={"issued_at": "2026-02-01"}, **_ON_PROFILE),
    get("profile-parties", ON, "profiles.manage", **_ON_PROFILE),
    post("profile-parties", ON, "profiles.manage", fill=PARTY, **_ON_PROFILE),
    post("profile-reading-status", ON, "profiles.manage", fill={"on": "0"}, **_ON_PROFILE),
    post("profile-history", ON, "profiles.manage", fill={"on": "0"}, **_ON_PROFILE),
    get("profile-disconnect", ON, "profiles.manage", **_ON_PROFILE),
    post("profile-disconnect", ON, "profiles.manage", fill={"what": "disconnect", **BECAUSE}, **_ON_PROFILE),
    post("profile-sync", ON, "sync.run", args={"name": "bare"}, **_ON_PROFILE),
    post("profile-backfill", ON, "sync.run", fill={"since": "2026-02-01"}, args={"name": "bare"}, **_ON_PROFILE),
    get("run", ON, "profiles.view", **_ON_RUN),
    get("run-part", ON, "profiles.view", **_ON_RUN),
    post("run-cancel", ON, "sync.run", **_ON_RUN),
    post("run-resume", ON, "sync.run", args={"run_id": "failed_run_id"}, **_ON_RUN),
    # people
    get("people", SOMEWHERE, "people.manage"),
    get("person-add", SOMEWHERE, "people.manage"),
    post(
        "person-add",
        ON,
        giving("warehouse"),
        elsewhere=422,
        fill={"username": "nora", "language": "en", "role": "warehouse", "profile": "{name}", **PASSWORDS},
    ),
    get("rights", OWN),
    get("rights-export", OWN),
    get("person", SOMEWHERE, "people.manage"),
    post("person-give", ON, giving("auditor"), elsewhere=422, fill={"role": "auditor", "profile": "{name}"}),
    post("person-take", OVER, "people.manage"),
    get("person-password", OVER, "people.manage"),
    post("person-password", OVER, "people.manage", fill=PASSWORDS),
    post("person-shut-out", OVER, "people.manage"),
    post("person-let-in", OVER, "people.manage", args={"user_id": "shut_out_id"}),
    post("person-second-factor-off", OVER, "people.manage"),
    post("person-token-revoke", OVER, "people.manage"),
    # audit
    get("audit", SOMEWHERE, "audit.view"),
    post("audit-export", SOMEWHERE, "audit.view"),
    get("history", ON, "audit.view", args={"kind": "object_kind"}, elsewhere=404),
    # for machines
    get("live", PUBLIC),
    get("ready", PUBLIC),
    get("metrics", PUBLIC),
)


def rest(route: str, where: str, needs: str = "", **more: Any) -> Row:
    """A row of the REST API, spelt as its method and its path."""
    method, path = route.split()
    told = {"changes": method != "GET"} | more
    return Row(path, method, where, frozenset(needs.split()), **told)


_PERSON = {"args": {"name": "paula"}}

OPERATIONS: tuple[Row, ...] = (
    rest("GET /today", OWN),
    # orders
    rest("GET /orders", OWN),
    rest(
        "POST /orders/acknowledge",
        ON,
        "orders.acknowledge",
        fill={"numbers": ["{number}"]},
        denied=200,
        unseen=200,
        **_ON_ORDER,
    ),
    rest("GET /orders/{profile}/{number}", ON, "orders.view", **_ON_ORDER),
    rest("GET /orders/{profile}/{number}/versions/{int:version}", ON, "orders.view", **_ON_ORDER),
    rest(
        "POST /orders/{profile}/{number}/acknowledgement/preview", ON, "orders.acknowledge", changes=False, **_ON_ORDER
    ),
    rest("POST /orders/{profile}/{number}/acknowledgement", ON, "orders.acknowledge", **_ON_ORDER),
    # documents
    rest("GET /documents", OWN),
    rest("GET /documents/hold", SOMEWHERE, "documents.view"),
    rest("POST /documents/hold", EVERYWHERE, "profiles.send", fill=BECAUSE),
    rest("POST /documents/hold/release", EVERYWHERE, "profiles.send", fill=BECAUSE, changes=False),
    rest("GET /documents/{int:number}", ON, "documents.view", args={"number": "document_id"}, **_ON_DOCUMENT),
    rest("GET /documents/{int:number}/body", ON, "documents.view", args={"number": "document_id"}, **_ON_DOCUMENT),
    rest(
        "POST /documents/{int:number}/resolve",
        ON,
        "documents.resolve",
        fill={"verdict": "arrived", **BECAUSE},
        args={"number": "asked_id"},
        **_ON_DOCUMENT,
    ),
    rest(
        "POST /documents/{int:number}/withdraw",
        ON,
        "orders.acknowledge",
        fill=BECAUSE,
        args={"number": "document_id"},
        **_ON_DOCUMENT,
    ),
    # profiles
    rest("GET /profiles", OWN),
    rest(
        "POST /profiles",
        EVERYWHERE,
        CONNECT,
        fill={
            "name": "acme-es",
            "marketplace": "ES",
            "vendor_codes": ["ACME1"],
            "client_id": "amzn1.application-oa2-client." + "0123456789abcdef" * 2,
            "client_secret": SECRET,
            "refresh_token": "Atzr|an-obviously-fake-refresh-token-for-tests",
            "environment": "sandbox",
        },
    ),
    rest("GET /profiles/{name}", ON, "profiles.view", **_ON_PROFILE),
    rest("PATCH /profiles/{name}", ON, "profiles.manage", fill={"visibility_seconds": 900}, **_ON_PROFILE),
    rest("DELETE /profiles/{name}", ON, CONNECT, args={"name": "bare"}, **_ON_PROFILE),
    rest("POST /profiles/{name}/check", ON, "sync.run", **_ON_PROFILE),
    rest(
        "POST /profiles/{name}/secret",
        ON,
        "profiles.credentials",
        fill=NEW_SECRET,
        **_ON_PROFILE,
    ),
    rest("POST /profiles/{name}/secret-age", ON, "profiles.credentials", fill={"issued_at": None}, **_ON_PROFILE),
    rest("GET /profiles/{name}/parties", ON, "profiles.view", **_ON_PROFILE),
    rest("PUT /profiles/{name}/parties", ON, "profiles.manage", fill={"selling": SELLER}, **_ON_PROFILE),
    rest("GET /profiles/{name}/features", ON, "profiles.view", **_ON_PROFILE),
    rest("POST /profiles/{name}/disconnect", ON, CONNECT, fill=BECAUSE, args={"name": "bare"}, **_ON_PROFILE),
    rest("POST /profiles/{name}/sending", ON, "profiles.send", fill={"on": False}, **_ON_PROFILE),
    rest("POST /profiles/{name}/importing", ON, "profiles.manage", fill={"on": False}, **_ON_PROFILE),
    rest("POST /profiles/{name}/reading-status", ON, "profiles.manage", fill={"on": False}, **_ON_PROFILE),
    rest("POST /profiles/{name}/replay", ON, "sync.run", changes=False, **_ON_PROFILE),
    rest("POST /profiles/{name}/sync", ON, "sync.run", args={"name": "bare"}, **_ON_PROFILE),
    # runs
    rest("GET /runs", OWN),
    rest("GET /runs/{int:number}", ON, "sync.run", args={"number": "run_id"}, denied=404),
    rest("POST /runs/{int:number}/cancel", ON, "sync.run", args={"number": "run_id"}, denied=404),
    rest("POST /runs/{int:number}/resume", ON, "sync.run", args={"number": "failed_run_id"}, denied=404),
    # what stands aside
    rest("GET /asides", OWN),
    rest("GET /asides/{int:number}/document", ON, "orders.view", args={"number": "aside_id"}, denied=404),
    # alerts
    rest("GET /alerts", OWN),
    rest("GET /alerts/{int:number}", ON, "alerts.view", args={"number": "alert_id"}, **_ON_ALERT),
    rest("POST /alerts/{int:number}/take", ON, "alerts.take", args={"number": "alert_id"}, **_ON_ALERT),
    rest("POST /alerts/{int:number}/close", ON, "alerts.take", args={"number": "alert_id"}, fill=BECAUSE, **_ON_ALERT),
    # people
    rest("GET /people/me", OWN),
    rest("GET /people/roles", OWN),
    rest("GET /people/rights", OWN),
    rest("GET /people/users", EVERYWHERE, "people.manage"),
    rest(
        "POST /people/users",
        ON,
        giving("warehouse"),
        fill={"name": "nora", "password": PASSWORD, "role": "warehouse", "profile": "{name}"},
        sees=ANY,
    ),
    rest("PATCH /people/users/{name}", OVER, "people.manage", fill={"full_name": "Paula"}, **_PERSON),
    rest("POST /people/users/{name}/password", OVER, "people.manage", fill={"password": PASSWORD}, **_PERSON),
    rest("POST /people/users/{name}/second-factor/off", OVER, "people.manage", **_PERSON),
    rest("POST /people/users/{name}/activate", OVER, "people.manage", args={"name": "shut_out"}),
    rest(
        "POST /people/users/{name}/grants",
        ON,
        giving("auditor"),
        fill={"role": "auditor", "profile": "{name}"},
        elsewhere=404,
        **_PERSON,
    ),
    rest(
        "POST /people/users/{name}/grants/take-back",
        OVER,
        "people.manage",
        fill={"role": "warehouse", "profile": "{name}"},
        elsewhere=404,
        **_PERSON,
    ),
    rest("POST /people/users/{name}/deactivate", OVER, "people.manage", **_PERSON),
    rest("GET /people/tokens", OWN),
    rest(
        "POST /people/tokens", OVER, "people.manage", fill={"name": "wms", "user": "{paula}", "scopes": ["orders.view"]}
    ),
    rest("POST /people/tokens/{prefix}/revoke", OVER, "people.manage", denied=404, elsewhere=403),
    # audit
    rest("GET /audit", SOMEWHERE, "audit.view"),
    rest("GET /audit/verdict", EVERYWHERE, "audit.view"),
)
