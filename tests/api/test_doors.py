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
from api.doors import NAMES, NOBODY, ROUTES
from cast import Cast
from channels import channelling
from channels.making import HEAD, bring, lines
from offers import making
from products.making import alias, cost, product
from purveyor.alerts import fan_out
from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.models import Alert, Comment, Delivery, HookSecret, Route, Webhook
from purveyor.alerts.raise_ import raise_alert
from purveyor.api.v1 import api
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.channels.models import Arrival, Channel, Departure, Mapping, Upload
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.offers.models import Answer, Deputy, Offer, Stage
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
from purveyor.warehouse.domain.hold import hold as hold_list
from purveyor.warehouse.domain.take import take as take_result
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import Carton, Content, Packing, PackStep
from rights.fingerprint import watched
from secrecy import assert_no_secret
from warehouse import boxes
from warehouse import making as warehouse

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

ROOT_WHO = Who.cli()
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
    alert = raise_alert(
        "cause", kind="profile.trouble", severity="bad", message=Phrase("Trouble."), profile_id=profile.pk
    )
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
    making.known_products()
    warehouse.order(profile, "4READY", [1], first=71)
    warehouse.released(profile, "4OUT", [1], first=71)
    hold_list(ROOT_WHO, warehouse.released(profile, "4STOPPED", [1], first=71).pk, "why not")
    warehouse.released(profile, "4GONE", [1], first=71)
    take_result(ROOT_WHO, profile, [Said("lines[0]", "4GONE", 1, line="1")], way="cli")
    offer = making.offer(profile, making.UNKNOWN)
    boxes.order(profile)
    people = {"absent": cast.warehouse, "deputy": cast.vendor_manager}
    told = {"key": "warehouse", "by": "cli:test", "begins_at": now, "ends_at": later}
    deputy = Deputy.objects.create(profile=profile, **people, **told)
    return {
        "offer": str(offer.pk),
        "packing": str(boxes.packing(profile, "S-1", "4ABCDEFG").pk),
        "deputy": str(deputy.pk),
        "finding": str(finding.pk),
        "product": str(row.pk),
        "file": str(bring(lines(HEAD, "A-2;;;")).pk),
        **{name: str(value) for name, value in channelling.of_profile(profile).items()},
        "arrival": str(Arrival.objects.get().pk),
        "departure": str(Departure.objects.get().pk),
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
        list(Channel.objects.order_by("pk").values_list("name", "on", "version", "looked_at")),
        list(Arrival.objects.order_by("pk").values_list("state")),
        list(Departure.objects.order_by("pk").values_list("state")),
        list(Webhook.objects.order_by("pk").values_list("name", "on")),
        list(Delivery.objects.order_by("pk").values_list("state", "due_at")),
        (HookSecret.objects.count(), Comment.objects.count()),
        list(User.objects.order_by("pk").values_list("username", "is_active", "password", "full_name")),
        Grant.objects.count(),
        list(Token.objects.order_by("pk").values_list("prefix", "revoked_at")),
        Entry.objects.count(),
        list(Offer.objects.order_by("pk").values()),
        list(Stage.objects.order_by("pk").values()),
        (Answer.objects.count(), Deputy.objects.count()),
        list(Packing.objects.order_by("pk").values()),
        (Content.objects.count(), Carton.objects.count(), PackStep.objects.count()),
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
        with watched() as wrote:
            answer = ask(nobody, route, things)
        assert said(answer) == (401, "not-signed-in"), route
        changed = wrote() and state() != before
        assert (answer.headers["WWW-Authenticate"], changed) == ("Bearer", False), route


def test_a_stranger_finds_nothing_and_changes_nothing(stranger: Caller, things: dict[str, str]) -> None:
    before = state()
    for route in FOREIGN:
        with watched() as wrote:
            answer = ask(stranger, route, things)
        changed = wrote() and state() != before
        assert (answer.status_code, changed) == (route[5], False), route
        if answer.status_code >= 400:
            said(answer)
        assert '"acme-de"' not in answer.content.decode(), route


REFUSED = {
    **{f"POST /offers/{{number}}/{verb}": (422, "refused") for verb in ("hand-on", "confirm", "decline", "send-back")},
    **{f"POST /offers/{{number}}/{verb}": (422, "refused") for verb in ("revoke", "complete", "reopen", "take-up")},
    "GET /offers/{number}/workbook": (422, "refused"),
    **{f"POST /packings/{{number}}/{verb}": (422, "refused") for verb in ("close", "reopen", "move-out")},
    **{f"POST /packings/{{number}}/{verb}": (404, "not-found") for verb in ("accept", "cut", "move-rest")},
    "POST /documents/{number}/resolve": (409, "conflict"),
    "DELETE /profiles/{name}": (422, "refused"),
    "POST /runs/{number}/resume": (422, "refused"),
    "POST /profiles/{name}/secret": (422, "secret-refused"),
    "POST /alerts/{number}/close": (409, "closes-by-itself"),
    "POST /centers/{code}/offer/take": (422, "refused"),
    "POST /centers/{code}/offer/decline": (422, "refused"),
    "POST /orders/{profile}/{number}/pick": (422, "refused"),
    "GET /files/{number}/preview": (422, "refused"),
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
            assert_no_secret(answer.content.decode(errors="replace"), more=[root.token])
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
