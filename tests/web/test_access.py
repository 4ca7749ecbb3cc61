"""Deny by default: every address is walked as nobody and as a stranger, by GET and by POST; each is kept out, learns
nothing, and changes nothing. Who may what, role by role, is in ``tests/rights``. The refusals are the same whatever the
database; that every page opens is asked of both."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from cast import Cast, make_user
from channels import channelling
from channels.making import HEAD, bring, lines
from deliver import document_of, work
from offers import making
from products.making import product
from purveyor.alerts import fan_out
from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.raise_ import raise_alert
from purveyor.channels import exports
from purveyor.channels.models import Mapping
from purveyor.common import clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.offers.models import Deputy
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.hold import hold
from purveyor.orders.models import Finding, Order, Request
from purveyor.people.domain import views
from purveyor.people.domain.tokens import make_token
from purveyor.people.who import Who
from purveyor.profiles import dated, setting_kinds
from purveyor.profiles.dated import Setting
from purveyor.profiles.wizard import steps
from purveyor.profiles.wizard.drafts import begin
from purveyor.warehouse.models import PickList
from warehouse import boxes

from .conftest import Browser

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

# What anybody may ask for: the doors, and what machines watch. The API has tests of its own.
OPEN = {"sign-in", "second-factor", "setup", "look", "language", "live", "ready", "metrics"}
# One's own things: for everybody who is in, and about nobody else.
OWN = {
    "today",
    "search",
    "sign-out",
    "scope",
    "account",
    "password",
    "my-second-factor",
    "my-second-factor-off",
    "my-token",
    "rights",
    "rights-export",
}
# The house's own registry: for everybody who holds its permission on any profile (tests/web/test_centers.py).
HOUSE = {"centers", "center", "center-add", "center-edit", "center-offer"}
# The catalogue belongs to the house: whoever may see it on one profile sees all of it (decision 16).
HOUSE |= {
    "products",
    "product",
    "product-add",
    "product-alias",
    "product-alias-remove",
    "product-count",
    "product-cost",
    "product-cost-remove",
    "files",
    "file",
    "file-cancel",
    "file-report",
    "file-export",
    "mapping-remove",
}
# A file of the warehouse is brought by whoever may anywhere, for a profile where they do.
HOUSE |= {"warehouse", "warehouse-file"}
# An invitation is brought by whoever manages offers anywhere, for a profile where they do.
HOUSE |= {"offer-new"}
# A packing is begun by whoever packs anywhere, for a profile where they do (tests/rights).
HOUSE |= {"packing-new"}
# What works on a list one may see, and touches or shows nothing but one's own: others are refused or find nothing.
OWN_OF_LISTS = {"view-save", "columns", "export-begin"}
OF_LISTS = {"orders-export", "list-export", "views", "orders-many", "orders-undo"}
PATTERNS = {p.name: p for p in get_resolver().url_patterns if isinstance(p, URLPattern) and p.name}
# What a form of that address would be filled with by somebody who may.
FILLED = {
    "do": "send",
    "on": "1",
    "because": "why not",
    "verdict": "arrived",
    "role": "administrator",
    "profile": "",
    "username": "mallory",
    "password": "a long enough password",
    "again": "a long enough password",
    "language": "en",
    "name": "mallory",
    "since": "2026-02-01",
    "version": "1",
    "vendor_codes": "ACME1",
    "client_secret": "amzn1.oa2-cs.v1." + "0" * 64,
    "value": "12",
}


@pytest.fixture
def things(cast: Cast, order: Order, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """One of everything, all of it on the cast's profile, by the addresses' own words."""
    trial = Setting("trial.hours", setting_kinds.number(1, 48), "24", "Hours", "How long it may take.")
    monkeypatch.setitem(dated.SETTINGS, trial.name, trial)
    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    token, _plain = make_token(cast.vendor_manager, "erp", ["orders.view"], cast.profile)
    raw = zlib.compress(b"{}")
    aside = Aside.objects.create(
        profile=cast.profile, kind="order", content_hash="0" * 64, raw=raw, reason="why", at=clock.now()
    )
    hook, _secret = webhooks.add(Who.cli(), "erp", "https://localhost/hook", cast.profile.name)
    duty = routes.add(Who.cli(), routes.Asked(name="duty", role="finance", profile=cast.profile.name))
    fan_out.fan_out()
    now, answers = clock.now(), {"orders": [{"number": order.number, "lines": []}]}
    finding = Finding.objects.create(
        order=order, rule="TYPE", severity="hold", numbers={"type": "RushOrder"}, state_at=now, found_at=now
    )
    asked = Request.objects.create(
        order=order, order_version=1, answers=answers, by="user:x", asked_at=now, state_at=now
    )
    offer = making.offer(cast.profile)
    boxes.order(cast.profile)
    return {
        "packing_id": boxes.packing(cast.profile, "S-1", "4ABCDEFG").pk,
        "finding_id": finding.pk,
        "request_id": asked.pk,
        **channelling.of_profile(cast.profile),
        "hook_id": hook.pk,
        "delivery_id": hook.deliveries.get(entry__action="webhook.added").pk,
        "route_id": duty.pk,
        "order_id": order.pk,
        "hold_id": hold(Who.cli(), order, "why not").pk,
        "document_id": document_of(order).pk,
        "aside_id": aside.pk,
        "user_id": cast.vendor_manager.pk,
        "grant_id": cast.vendor_manager.grants.get().pk,
        "token_id": token.pk,
        "alert_id": raise_alert(
            "cause", kind="profile.trouble", severity="bad", message="It does not work.", profile_id=cast.profile.pk
        ).pk,
        "draft_id": begin(Who.cli(), {"name": "acme-new", "marketplace": "FR", "environment": "sandbox"}).pk,
        "key": "codes",
        "setting": trial.name,
        "run_id": runs.start("sync", cast.profile, {"sweeps": ["new"]}, "user:anna").pk,
        "name": cast.profile.name,
        "kind": "order",
        "number": 1,
        "object_id": str(order.pk),
        "form": "csv",
        "code": "LEJ1",
        "product_id": product("A-1").pk,
        "file_id": bring(lines(HEAD, "A-2;;;")).pk,
        "mapping_id": Mapping.objects.create(kind="products", name="theirs", columns={"sku": "A"}, by="cli:test").pk,
        "verb": "assign",
        "list_id": PickList.objects.create(
            order=order, revision=1, number="list-1", order_version=1, checked_version=1, released_by="cli:test"
        ).pk,
        "offer_id": offer.pk,
        "deputy_id": deputy_of(cast).pk,
        "row": 5,
        "delivery": 1,
        "view_id": views.save(cast.who("vendor_manager"), "orders", "Mine", {}).pk,
        "export_id": exports.start(
            cast.who("vendor_manager"), exports.sheet_of(cast.who("vendor_manager"), "orders", {}), "csv"
        ).pk,
    }


def deputy_of(cast: Cast) -> Deputy:
    """Somebody who answers in the warehouse's place."""
    told = {"key": "warehouse", "absent": cast.warehouse, "deputy": cast.vendor_manager, "by": "cli:test"}
    moments = {"begins_at": clock.now(), "ends_at": clock.now() + timedelta(days=1)}
    return Deputy.objects.create(profile=cast.profile, **told, **moments)


def _address(name: str, things: dict[str, Any]) -> str:
    wanted = PATTERNS[name].pattern.regex.groupindex
    chosen = {word: things[word] for word in wanted}
    if name == "history":
        chosen["kind"] = "orders.order"
    if name == "file-export":
        chosen["kind"] = "products"
    if name in OF_LISTS | OWN_OF_LISTS and "name" in chosen:
        chosen["name"] = "orders"
    if name == "offer-do":
        chosen["verb"] = "hand-on"
    if name == "packing-do":
        chosen["verb"] = "drop"
    if name == "pick-list-do":
        chosen["verb"] = "hold"
    if name == "export-file":
        chosen["run_id"] = things["export_id"]
    return reverse(name, kwargs=chosen)


def _everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables but sessions."""
    models = [m for m in apps.get_models() if m._meta.app_label != "sessions"]
    return {m._meta.label: list(m._default_manager.order_by("pk").values()) for m in models}


def _ask(client: Client, method: str, address: str, **data: Any) -> tuple[int, str, str]:
    answer = client.get(address) if method == "get" else client.post(address, FILLED | data)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, answer.headers.get("Location", ""), body.decode(errors="replace")


@pytest.mark.once
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_anywhere(method: str, client: Client, things: dict[str, Any]) -> None:
    before = _everything()
    for name in sorted(set(PATTERNS) - OPEN):
        code, where, body = _ask(client, method, _address(name, things), order=things["order_id"])
        assert (code, where.partition("?")[0], body) == (302, "/sign-in/", ""), name
    assert _everything() == before


@pytest.mark.once
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_sees_and_changes_nothing_of_another_profile(
    method: str, cast: Cast, browser: Browser, things: dict[str, Any]
) -> None:
    client = browser(cast.stranger)
    secrets = [
        Order.objects.order_by("pk").first().number,
        document_of(Order.objects.order_by("pk").first()).transaction_id,
        cast.profile.name,
    ]
    before = _everything()
    for name in sorted(set(PATTERNS) - OPEN - OWN - HOUSE - OWN_OF_LISTS):
        code, where, body = _ask(client, method, _address(name, things), order=things["order_id"])
        told = [secret for secret in secrets if secret not in _address(name, things)]
        assert not any(secret in body for secret in told), name
        if PATTERNS[name].pattern.regex.groupindex and name not in OF_LISTS:
            assert code in (403, 404, 405), (name, code)
        assert where in ("", "/orders/"), (name, where)
    assert _everything() == before


@pytest.mark.once
@pytest.mark.parametrize("method", ["get", "post"])
def test_administrator_of_another_profile_sets_nothing_up_here(
    method: str, cast: Cast, browser: Browser, things: dict[str, Any]
) -> None:
    """Holding every permission elsewhere opens no draft, and nothing of this profile."""
    client = browser(make_user("elsewhere", "administrator", cast.other))
    before = _everything()
    names = [name for name in PATTERNS if str(name).startswith(("wizard", "profile-"))]
    assert len(names) > 15
    for name in names:
        for key in steps.KEYS if "key" in PATTERNS[name].pattern.regex.groupindex else [""]:
            code, _where, body = _ask(client, method, _address(name, things | {"key": key}))
            assert code in (403, 404, 405), (name, key, code)
            assert "acme-new" not in body
    assert _everything() == before


@pytest.mark.once
@pytest.mark.parametrize("name", ["today", "account", "password", "my-token"])
def test_own_pages_of_a_stranger_show_nothing_of_another_profile(
    name: str, cast: Cast, browser: Browser, things: dict[str, Any]
) -> None:
    code, _where, body = _ask(browser(cast.stranger), "get", reverse(name))
    assert code == 200
    assert Order.objects.order_by("pk").first().number not in body
    assert cast.profile.name not in body


def test_search_of_a_stranger_finds_nothing_of_another_profile(
    cast: Cast, browser: Browser, things: dict[str, Any]
) -> None:
    order = Order.objects.order_by("pk").first()
    for text in (order.number, order.lines.first().asin, document_of(order).transaction_id):
        code, where, body = _ask(browser(cast.stranger), "get", f"{reverse('search')}?q={text}")
        assert (code, where, "Nothing is called" in body) == (200, "", True)


def test_every_address_is_walked_with_what_it_needs(things: dict[str, Any]) -> None:
    for name in PATTERNS:
        assert _address(name, things).startswith("/")


def test_administrator_opens_every_page(root: Client, things: dict[str, Any]) -> None:
    """The twin: the walk would notice open doors, for they do open to somebody."""
    posts_only = 0
    for name in sorted(
        set(PATTERNS)
        - OPEN
        - {"search", "my-second-factor-off", "wizard", "export-file", "profile-setting", "offer-workbook"}
    ):
        code, _where, _body = _ask(root, "get", _address(name, things))
        posts_only += code == 405
        assert code in (200, 405), (name, code)
    assert 0 < posts_only < len(PATTERNS) / 2
