"""Every route of the API: closed without a token, blind for a stranger, open to who may.

Who may what, role by role and scope by scope, is in ``tests/rights``.
"""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from api.conftest import ROOT, Caller, said
from cast import Cast
from channels.making import HEAD, bring, lines
from products.making import alias, cost, product
from purveyor.alerts import fan_out
from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.models import Alert, Comment, Delivery, HookSecret, Route, Webhook
from purveyor.alerts.raise_ import raise_alert
from purveyor.api.v1 import api
from purveyor.audit.models import Entry
from purveyor.channels.models import Mapping, Upload
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.orders.domain.hold import hold
from purveyor.orders.models import Acknowledgement, Finding, Order, Request
from purveyor.outbox.models import Document, Hold
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import Grant, Token, User
from purveyor.people.who import Who
from purveyor.products.models import Product
from purveyor.profiles import dated, setting_kinds
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import DatedSetting, Party, Profile, Secret
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT_WHO = Who.cli()
MAPPED = {"asin": "B0TEST0001", "vendor_product": "SKU-1", "new": {"title": "Spoon"}}
ACCEPT: dict[str, Any] = {}
BECAUSE = {"because": "why not"}
NOBODY = {"asin": "B0TEST0001", "vendor_product": "SKU-1"}
PROFILE = {
    "name": "new",
    "marketplace": "DE",
    "vendor_codes": ["ACME1"],
    "client_id": "amzn1.application-oa2-client." + "0" * 32,
    "client_secret": "amzn1.oa2-cs.v1." + "0" * 64,
    "refresh_token": "Atzr|obviously-fake-refresh-token",
}
PERSON = {"name": "bert", "password": "an obviously fake one", "role": "auditor"}

# method, path as described, path asked, body, permission that opens it (empty: any token), what a stranger gets
ROUTES: tuple[tuple[str, str, str, Any, str, int], ...] = (
    ("GET", "/today", "/today", None, "", 200),
    ("GET", "/orders", "/orders", None, "", 200),
    ("GET", "/orders/{profile}/{number}", "/orders/acme-de/{po}", None, "orders.view", 404),
    (
        "GET",
        "/orders/{profile}/{number}/versions/{version}",
        "/orders/acme-de/{po}/versions/1",
        None,
        "orders.view",
        404,
    ),
    (
        "POST",
        "/orders/{profile}/{number}/acknowledgement/preview",
        "/orders/acme-de/{po}/acknowledgement/preview",
        ACCEPT,
        "orders.acknowledge",
        404,
    ),
    (
        "POST",
        "/orders/{profile}/{number}/acknowledgement",
        "/orders/acme-de/{po}/acknowledgement",
        ACCEPT,
        "orders.acknowledge",
        404,
    ),
    ("POST", "/orders/acknowledge", "/orders/acknowledge", {"numbers": ["{po}"]}, "", 200),
    ("POST", "/orders/bulk", "/orders/bulk", {"do": "assign", "numbers": ["{po}"]}, "orders.assign", 200),
    ("GET", "/figures", "/figures", None, "orders.view", 200),
    ("GET", "/views", "/views", None, "orders.view", 200),
    ("POST", "/views", "/views", {"list": "orders", "name": ""}, "orders.view", 422),
    ("POST", "/views/default", "/views/default", {"list": "orders", "view": 1}, "", 404),
    ("GET", "/views/{number}", "/views/1", None, "", 404),
    ("PATCH", "/views/{number}", "/views/1", {"shared": True}, "", 404),
    ("DELETE", "/views/{number}", "/views/1", None, "", 404),
    ("POST", "/exports", "/exports", {"query": {"state": "none"}}, "orders.view", 422),
    ("GET", "/exports/{number}", "/exports/1", None, "", 404),
    ("POST", "/exports/{number}/cancel", "/exports/1/cancel", None, "", 404),
    ("GET", "/exports/{number}/file", "/exports/1/file", None, "", 404),
    ("GET", "/orders/{profile}/{number}/proposal", "/orders/acme-de/{po}/proposal", None, "orders.view", 404),
    ("POST", "/orders/{profile}/{number}/seen", "/orders/acme-de/{po}/seen", None, "orders.hold", 404),
    ("POST", "/orders/{profile}/{number}/holds", "/orders/acme-de/{po}/holds", BECAUSE, "orders.hold", 404),
    (
        "POST",
        "/orders/{profile}/{number}/holds/{hold_id}/release",
        "/orders/acme-de/{other}/holds/{hold}/release",
        BECAUSE,
        "orders.hold",
        404,
    ),
    ("GET", "/orders/unmatched", "/orders/unmatched", None, "", 200),
    ("POST", "/orders/unmatched", "/orders/unmatched", MAPPED, "products.manage", 404),
    (
        "POST",
        "/orders/{profile}/{number}/findings/{finding}",
        "/orders/acme-de/{po}/findings/{finding}",
        {"way": "accept", "because": "why not"},
        "orders.acknowledge",
        404,
    ),
    (
        "POST",
        "/orders/{profile}/{number}/second",
        "/orders/acme-de/{po}/second",
        {"confirm": False},
        "orders.reject",
        404,
    ),
    (
        "POST",
        "/orders/{profile}/{number}/pick",
        "/orders/acme-de/{po}/pick",
        {"lines": {}},
        "orders.acknowledge",
        404,
    ),
    ("GET", "/documents", "/documents", None, "", 200),
    ("GET", "/documents/{number}", "/documents/{doc}", None, "documents.view", 404),
    ("GET", "/documents/{number}/body", "/documents/{doc}/body", None, "documents.view", 404),
    (
        "POST",
        "/documents/{number}/resolve",
        "/documents/{doc}/resolve",
        {"verdict": "arrived", "because": "seen"},
        "documents.resolve",
        404,
    ),
    ("POST", "/documents/{number}/withdraw", "/documents/{doc}/withdraw", BECAUSE, "orders.acknowledge", 404),
    ("GET", "/documents/hold", "/documents/hold", None, "documents.view", 200),
    ("POST", "/documents/hold", "/documents/hold", BECAUSE, "profiles.send", 403),
    ("POST", "/documents/hold/release", "/documents/hold/release", BECAUSE, "profiles.send", 403),
    ("GET", "/profiles", "/profiles", None, "", 200),
    ("POST", "/profiles", "/profiles", PROFILE, "profiles.manage", 403),
    ("GET", "/profiles/{name}", "/profiles/acme-de", None, "profiles.view", 404),
    ("PATCH", "/profiles/{name}", "/profiles/acme-de", {"visibility_seconds": 9}, "profiles.manage", 404),
    ("DELETE", "/profiles/{name}", "/profiles/acme-de", None, "profiles.manage", 404),
    (
        "POST",
        "/profiles/{name}/secret",
        "/profiles/acme-de/secret",
        {"client_secret": PROFILE["client_secret"]},
        "profiles.credentials",
        404,
    ),
    ("POST", "/profiles/{name}/check", "/profiles/acme-de/check", None, "sync.run", 404),
    ("POST", "/profiles/{name}/sending", "/profiles/acme-de/sending", {"on": False}, "profiles.send", 404),
    ("POST", "/profiles/{name}/importing", "/profiles/acme-de/importing", {"on": False}, "profiles.manage", 404),
    ("POST", "/profiles/{name}/sync", "/profiles/acme-de/sync", {}, "sync.run", 404),
    ("POST", "/profiles/{name}/replay", "/profiles/acme-de/replay", None, "sync.run", 404),
    (
        "POST",
        "/profiles/{name}/reading-status",
        "/profiles/acme-de/reading-status",
        {"on": False},
        "profiles.manage",
        404,
    ),
    ("POST", "/profiles/{name}/dry-run", "/profiles/acme-de/dry-run", {}, "profiles.settings", 404),
    ("GET", "/profiles/{name}/settings", "/profiles/acme-de/settings", None, "profiles.view", 404),
    (
        "GET",
        "/profiles/{name}/settings/{setting}",
        "/profiles/acme-de/settings/trial.hours",
        None,
        "profiles.view",
        404,
    ),
    (
        "PUT",
        "/profiles/{name}/settings/{setting}",
        "/profiles/acme-de/settings/trial.hours",
        {"value": "12"},
        "profiles.settings",
        404,
    ),
    (
        "DELETE",
        "/profiles/{name}/settings/{setting}/{number}",
        "/profiles/acme-de/settings/trial.hours/{planned}",
        None,
        "profiles.settings",
        404,
    ),
    ("GET", "/profiles/{name}/features", "/profiles/acme-de/features", None, "profiles.view", 404),
    ("GET", "/profiles/{name}/parties", "/profiles/acme-de/parties", None, "profiles.view", 404),
    (
        "PUT",
        "/profiles/{name}/parties",
        "/profiles/acme-de/parties",
        {"selling": {"party_id": "ACME1", "name": "Acme", "address_line1": "Weg 1", "country_code": "DE"}},
        "profiles.manage",
        404,
    ),
    (
        "POST",
        "/profiles/{name}/secret-age",
        "/profiles/acme-de/secret-age",
        {"issued_at": None},
        "profiles.credentials",
        404,
    ),
    ("POST", "/profiles/{name}/disconnect", "/profiles/acme-de/disconnect", BECAUSE, "profiles.manage", 404),
    ("GET", "/alerts", "/alerts", None, "", 200),
    ("GET", "/alerts/{number}", "/alerts/{alert}", None, "alerts.view", 404),
    ("POST", "/alerts/{number}/take", "/alerts/{alert}/take", None, "alerts.take", 404),
    ("POST", "/alerts/{number}/close", "/alerts/{alert}/close", BECAUSE, "alerts.take", 404),
    ("POST", "/alerts/{number}/assign", "/alerts/{alert}/assign", {"person": "finance"}, "alerts.take", 404),
    ("POST", "/alerts/{number}/comments", "/alerts/{alert}/comments", {"text": "Seen."}, "alerts.take", 404),
    ("GET", "/routes", "/routes", None, "", 200),
    ("POST", "/routes", "/routes", {"name": "new", "role": "finance"}, "alerts.route", 403),
    ("GET", "/routes/{number}", "/routes/{route}", None, "alerts.route", 404),
    ("PATCH", "/routes/{number}", "/routes/{route}", {"on": False}, "alerts.route", 404),
    ("DELETE", "/routes/{number}", "/routes/{route}", None, "alerts.route", 404),
    ("POST", "/routes/{number}/test", "/routes/{route}/test", None, "alerts.route", 404),
    ("GET", "/webhooks", "/webhooks", None, "", 200),
    ("POST", "/webhooks", "/webhooks", {"name": "new", "url": "https://localhost/"}, "webhooks.manage", 403),
    ("GET", "/webhooks/{number}", "/webhooks/{hook}", None, "webhooks.manage", 404),
    ("PATCH", "/webhooks/{number}", "/webhooks/{hook}", {"on": False}, "webhooks.manage", 404),
    ("DELETE", "/webhooks/{number}", "/webhooks/{hook}", None, "webhooks.manage", 404),
    ("POST", "/webhooks/{number}/secret", "/webhooks/{hook}/secret", {}, "webhooks.manage", 404),
    ("POST", "/webhooks/{number}/test", "/webhooks/{hook}/test", None, "webhooks.manage", 404),
    ("GET", "/webhooks/{number}/deliveries", "/webhooks/{hook}/deliveries", None, "webhooks.manage", 404),
    ("POST", "/webhooks/{number}/replay", "/webhooks/{hook}/replay", None, "webhooks.manage", 404),
    ("GET", "/deliveries/{number}", "/deliveries/{delivery}", None, "webhooks.manage", 404),
    ("POST", "/deliveries/{number}/replay", "/deliveries/{delivery}/replay", None, "webhooks.manage", 404),
    ("GET", "/events/schemas", "/events/schemas", None, "", 200),
    ("GET", "/runs", "/runs", None, "", 200),
    ("GET", "/runs/{number}", "/runs/{run}", None, "sync.run", 404),
    ("POST", "/runs/{number}/cancel", "/runs/{run}/cancel", None, "sync.run", 404),
    ("POST", "/runs/{number}/resume", "/runs/{run}/resume", None, "sync.run", 404),
    ("GET", "/asides", "/asides", None, "", 200),
    ("GET", "/asides/{number}/document", "/asides/{aside}/document", None, "orders.view", 404),
    ("GET", "/people/me", "/people/me", None, "", 200),
    ("GET", "/people/roles", "/people/roles", None, "", 200),
    ("GET", "/people/rights", "/people/rights", None, "", 200),
    ("GET", "/people/users", "/people/users", None, "people.manage", 403),
    ("POST", "/people/users", "/people/users", PERSON, "people.manage", 403),
    ("PATCH", "/people/users/{name}", "/people/users/finance", {"full_name": "F"}, "people.manage", 403),
    (
        "POST",
        "/people/users/{name}/password",
        "/people/users/finance/password",
        {"password": "an obviously fake one"},
        "people.manage",
        403,
    ),
    (
        "POST",
        "/people/users/{name}/second-factor/off",
        "/people/users/finance/second-factor/off",
        None,
        "people.manage",
        403,
    ),
    ("POST", "/people/users/{name}/activate", "/people/users/finance/activate", None, "people.manage", 403),
    ("POST", "/people/users/{name}/deactivate", "/people/users/finance/deactivate", None, "people.manage", 403),
    ("POST", "/people/users/{name}/grants", "/people/users/finance/grants", {"role": "auditor"}, "people.manage", 403),
    (
        "POST",
        "/people/users/{name}/grants/take-back",
        "/people/users/finance/grants/take-back",
        {"role": "finance", "profile": "acme-de"},
        "people.manage",
        403,
    ),
    ("GET", "/people/tokens", "/people/tokens", None, "", 200),
    (
        "POST",
        "/people/tokens",
        "/people/tokens",
        {"name": "x", "user": "finance", "scopes": ["orders.view"]},
        "people.manage",
        403,
    ),
    ("GET", "/people/rights", "/people/rights", None, "", 200),
    ("POST", "/people/tokens/{prefix}/revoke", "/people/tokens/{token}/revoke", None, "people.manage", 404),
    # The house's own registry, open to whoever holds its permissions on any profile.
    ("GET", "/centers", "/centers", None, "centers.view", 200),
    ("GET", "/centers/{code}", "/centers/LEJ1", None, "centers.view", 200),
    ("PATCH", "/centers/{code}", "/centers/LEJ1", {"internal_reference": ""}, "centers.manage", 200),
    ("POST", "/centers/{code}/offer/take", "/centers/LEJ1/offer/take", BECAUSE, "centers.manage", 422),
    ("POST", "/centers/{code}/offer/decline", "/centers/LEJ1/offer/decline", BECAUSE, "centers.manage", 422),
    ("GET", "/audit", "/audit", None, "audit.view", 403),
    ("GET", "/audit/verdict", "/audit/verdict", None, "audit.view", 403),
    # The catalogue belongs to the house: a stranger to one profile may see and change it (decision 16).
    ("GET", "/products", "/products", None, "products.view", 200),
    ("POST", "/products", "/products", {"sku": "A-9"}, "products.manage", 0),
    ("GET", "/products/{number}", "/products/{product}", None, "products.view", 200),
    ("PATCH", "/products/{number}", "/products/{product}", {"title": "x"}, "products.manage", 0),
    ("POST", "/products/{number}/aliases", "/products/{product}/aliases", {"value": "New"}, "products.manage", 0),
    (
        "POST",
        "/products/{number}/aliases/remove",
        "/products/{product}/aliases/remove",
        {"value": "Old"},
        "products.manage",
        0,
    ),
    (
        "POST",
        "/products/{number}/costs",
        "/products/{product}/costs",
        {"marketplace": "DE", "amount": "4.75"},
        "products.manage",
        0,
    ),
    (
        "DELETE",
        "/products/{number}/costs/{marketplace}/{valid_from}",
        "/products/{product}/costs/DE/2026-01-01",
        None,
        "products.manage",
        0,
    ),
    ("POST", "/products/{number}/count", "/products/{product}/count", {"on_hand": 3}, "products.manage", 0),
    ("GET", "/files", "/files", None, "", 200),
    ("GET", "/files/kinds", "/files/kinds", None, "", 200),
    ("POST", "/files/bring/{kind}", "/files/bring/products", None, "products.manage", 0),
    ("GET", "/files/{number}", "/files/{file}", None, "products.view", 200),
    ("PUT", "/files/{number}/columns", "/files/{file}/columns", {"columns": {"sku": "SKU"}}, "products.manage", 0),
    ("POST", "/files/{number}/check", "/files/{file}/check", None, "products.manage", 0),
    ("POST", "/files/{number}/take", "/files/{file}/take", None, "products.manage", 0),
    ("POST", "/files/{number}/cancel", "/files/{file}/cancel", None, "products.manage", 0),
    ("POST", "/files/{number}/resume", "/files/{file}/resume", None, "products.manage", 0),
    ("GET", "/files/export/{kind}", "/files/export/products", None, "products.view", 200),
    ("GET", "/files/mappings", "/files/mappings", None, "", 200),
    (
        "POST",
        "/files/mappings",
        "/files/mappings",
        {"kind": "products", "name": "mine", "columns": {"sku": "A"}},
        "products.manage",
        0,
    ),
    ("DELETE", "/files/mappings/{kind}/{name}", "/files/mappings/products/theirs", None, "products.manage", 0),
)
NAMES = [f"{method} {told}" for method, told, *_more in ROUTES]
# One's own views and exports: ``test_views`` and ``test_exports`` open these, with something of one's own in them.
OWN = ("/views", "/exports")
FOREIGN = [route for route in ROUTES if route[5]]
FILE = "POST /files/bring/{kind}"


@pytest.fixture
def things(root: Caller, profile: Profile, cast: Cast, place: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """One of each thing the routes name."""
    trial = dated.Setting("trial.hours", setting_kinds.number(1, 48), "24", "Hours", "How long it may take.")
    monkeypatch.setitem(dated.SETTINGS, trial.name, trial)
    later = clock.now() + timedelta(days=1)
    planned = set_setting(Who.cli(), profile, trial.name, "12", valid_from=later)
    order = place()
    other = place()
    root.post(f"/orders/acme-de/{other.number}/acknowledgement")
    raw = zlib.compress(b'{"purchaseOrderNumber":"BROKEN"}')
    aside = Aside.objects.create(
        profile=profile, kind="order", raw=raw, content_hash=canon.sha256(raw), reason="odd", at=clock.now()
    )
    run = runs.start("sync", profile, {"sweeps": ["new"]}, "cli:test")
    token, _plain = make_token(cast.finance, "scanner", ["orders.view"])
    document = Document.objects.get()
    alert = raise_alert("cause", kind="profile.trouble", severity="bad", message="Trouble.", profile_id=profile.pk)
    held = hold(Who.cli(), other, "why not")
    line = order.lines.get(position=1)
    line.__class__.objects.filter(pk=line.pk).update(asin="B0TEST0001", vendor_product="SKU-1")
    now = clock.now()
    finding = Finding.objects.create(
        order=order, line=line, rule="PRODUCT", severity="hold", numbers=NOBODY, state_at=now, found_at=now
    )
    answers = {"orders": [{"number": order.number, "lines": []}]}
    Request.objects.create(order=order, order_version=1, answers=answers, by="user:x", asked_at=now, state_at=now)
    row = product("A-1")
    alias(row, "Old")
    cost(row, "2026-01-01")
    Mapping.objects.create(kind="products", name="theirs", columns={"sku": "A"}, by="cli:test")
    hook, _secret = webhooks.add(ROOT_WHO, "erp", "https://localhost/hook", profile.name)
    duty = routes.add(ROOT_WHO, routes.Asked(name="duty", role="finance", profile=profile.name))
    fan_out.fan_out()
    return {
        "finding": str(finding.pk),
        "product": str(row.pk),
        "file": str(bring(lines(HEAD, "A-2;;;")).pk),
        "hook": str(hook.pk),
        "delivery": str(Delivery.objects.first().pk),  # type: ignore[union-attr]  # the webhook itself was an event
        "route": str(duty.pk),
        "hold": str(held.pk),
        "other": other.number,
        "alert": str(alert.pk),
        "po": order.number,
        "doc": str(document.pk),
        "run": str(run.pk),
        "aside": str(aside.pk),
        "token": token.prefix,
        "planned": str(planned.pk),
    }


def state() -> tuple[Any, ...]:
    """Everything a denied call must leave as it was."""
    return (
        list(Order.objects.order_by("pk").values_list("state", "version")),
        list(Acknowledgement.objects.values_list("pk", "outcome")),
        list(Finding.objects.values_list("pk", "state")),
        list(Request.objects.values_list("pk", "state")),
        list(Document.objects.values_list("pk", "state")),
        Hold.objects.count(),
        list(Profile.objects.order_by("pk").values()),
        list(Secret.objects.order_by("pk").values_list("kind", "issued_at")),
        Party.objects.count(),
        list(DatedSetting.objects.values_list("name", "value")),
        list(Alert.objects.values_list("state", "taken_by")),
        list(Route.objects.order_by("pk").values_list("name", "on")),
        list(Webhook.objects.order_by("pk").values_list("name", "on")),
        list(Delivery.objects.order_by("pk").values_list("state", "due_at")),
        (HookSecret.objects.count(), Comment.objects.count()),
        list(User.objects.order_by("pk").values_list("username", "is_active", "password", "full_name")),
        Grant.objects.count(),
        list(Token.objects.order_by("pk").values_list("prefix", "revoked_at")),
        Entry.objects.count(),
        list(Product.objects.order_by("pk").values()),
        list(Upload.objects.order_by("pk").values()),
        list(Mapping.objects.order_by("pk").values()),
    )


def ask(who: Caller, route: tuple[str, str, str, Any, str, int], things: dict[str, str]) -> Any:
    method, told, path, body, _permission, _status = route
    if f"{method} {told}" == FILE:
        return who.hand_over(path, lines(HEAD, "A-3;;;"))
    text = None if body is None else json.dumps(body).replace("{po}", things["po"])
    return who.ask(method, path.format(**things), text)


def test_the_table_names_every_route() -> None:
    described = api.get_openapi_schema(path_prefix="")["paths"]
    found = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert found == set(NAMES)


def test_without_a_token_every_route_is_closed(nobody: Caller, things: dict[str, str]) -> None:
    before = state()
    for route in ROUTES:
        answer = ask(nobody, route, things)
        assert said(answer) == (401, "not-signed-in"), route
        assert (answer.headers["WWW-Authenticate"], state()) == ("Bearer", before), route


def test_a_stranger_finds_nothing_and_changes_nothing(stranger: Caller, things: dict[str, str]) -> None:
    before = state()
    for route in FOREIGN:
        answer = ask(stranger, route, things)
        assert (answer.status_code, state()) == (route[5], before), route
        if answer.status_code >= 400:
            said(answer)
        assert '"acme-de"' not in answer.content.decode(), route


REFUSED = {
    "POST /documents/{number}/resolve": (409, "conflict"),
    "DELETE /profiles/{name}": (422, "refused"),
    "POST /runs/{number}/resume": (422, "refused"),
    "POST /profiles/{name}/secret": (422, "secret-refused"),
    "POST /alerts/{number}/close": (409, "closes-by-itself"),
    "POST /centers/{code}/offer/take": (422, "refused"),
    "POST /centers/{code}/offer/decline": (422, "refused"),
    "POST /orders/{profile}/{number}/pick": (422, "refused"),
    "POST /files/{number}/cancel": (422, "refused"),
    "POST /files/{number}/resume": (409, "conflict"),
}


def test_with_the_permission_every_route_opens(root: Caller, things: dict[str, str]) -> None:
    """Each for itself: what it did is undone before the next."""
    for route in (one for one in ROUTES if not one[1].startswith(OWN)):
        undo = transaction.savepoint()
        answer = ask(root, route, things)
        name = f"{route[0]} {route[1]}"
        if name in REFUSED:
            assert said(answer) == REFUSED[name], name
        else:
            assert 200 <= answer.status_code < 300, (name, answer.content)
            assert answer.headers["Cache-Control"] == "no-store", name
        if name not in ("POST /people/tokens", "POST /webhooks", "POST /webhooks/{number}/secret"):
            assert_no_secret(answer.content.decode(), more=[root.token])
        transaction.savepoint_rollback(undo)


def test_the_session_of_a_page_opens_nothing(cast: Cast, things: dict[str, str]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.administrator)
    assert said(browser.get(f"{ROOT}/orders")) == (401, "not-signed-in")
    assert said(browser.post(f"{ROOT}/orders/acknowledge", {}, "application/json")) == (401, "not-signed-in")


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer pvy_00000000_" + "x" * 43, "bearer \x00"])
def test_what_is_no_token_opens_nothing(db: None, header: str) -> None:
    answer = Client().get(f"{ROOT}/orders", headers={"authorization": header})
    assert said(answer) == (401, "not-signed-in")


def test_revoked_expired_and_shut_out_open_nothing(anna: Caller, cast: Cast) -> None:
    assert anna.get("/orders").status_code == 200
    User.objects.filter(pk=cast.vendor_manager.pk).update(is_active=False)
    assert anna.get("/orders").status_code == 401
    User.objects.filter(pk=cast.vendor_manager.pk).update(is_active=True)
    Token.objects.update(revoked_at=clock.now())
    assert anna.get("/orders").status_code == 401
    Token.objects.update(revoked_at=None)
    clock.turn(timedelta(days=91))
    assert anna.get("/orders").status_code == 401


def test_the_description_is_open_and_tells_no_data(nobody: Caller, things: dict[str, str]) -> None:
    answer = nobody.get("/openapi.json")
    assert (answer.status_code, things["po"] in answer.content.decode()) == (200, False)
