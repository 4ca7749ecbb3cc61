"""Who may what on every page."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from .table import (
    BECAUSE,
    CENTER_FORM,
    CHANNEL,
    CONNECT,
    COST,
    DEPUTY,
    EVERYWHERE,
    FACTS,
    FILE,
    HOOK,
    NEW_PRODUCT,
    NEW_SECRET,
    NOBODY,
    ON,
    ON_ALERT,
    ON_DOCUMENT,
    ON_HELD,
    ON_LIST,
    ON_OFFER,
    ON_ORDER,
    ON_PACKING,
    ON_PRODUCT,
    ON_PROFILE,
    ON_RUN,
    OVER,
    OWN,
    PARTY,
    PASSWORDS,
    PUBLIC,
    ROUTE_FORM,
    SOMEWHERE,
    START,
    UNKNOWN,
    Row,
    get,
    giving,
    post,
)

_LIST = {"name": "list"}
_OWN_VIEW = {"view_id": "own_view_id"}


def _many(verb: str, needs: str, **fill: str) -> Row:
    """A deed on many orders, confirmed."""
    told = {"order": "{order_id}", "do": "go", **fill}
    more = {"args": {"verb": f"to_{verb}"}, "unseen": 403, "elsewhere": 302, "case": verb, **ON_ORDER}
    return post("orders-many", ON, needs, fill=told, **more)


PRINTING = {"either": frozenset({"warehouse.release"}), **ON_LIST}
PICKS = {"kind": "pick", "profile": "{name}", "file": b"po;sku;quantity\r\n4OUT;SKU-71;1\r\n"}


PLAIN_PICK = {"do": "all", "reference": "scan-1-0", "version": "{list_version}", "seen": ""}
SCANNED = (
    '{"reference": "scan-1-0", "version": "{list_version}", "seen": "", "lines": [{"line": "1", "quantity": "1"}]}'
)


def _on_list(verb: str, which: str, needs: str) -> Row:
    """What is done about a pick list."""
    args = {"list_id": which, "verb": f"list_{verb}"}
    return post("pick-list-do", ON, needs, fill=BECAUSE, args=args, case=verb, **ON_LIST)


def _undo(verb: str, needs: str, tokens: str) -> Row:
    """The same taken back: of orders one does not see nothing is said, and nothing done."""
    more = {"args": {"verb": f"to_{verb}"}, "unseen": 403, "elsewhere": 200, "case": verb, **ON_ORDER}
    return post("orders-undo", ON, needs, fill={"undo": tokens}, **more)


def _do(verb: str, offer: str, needs: str, either: Collection[str] = (), **fill: str) -> Row:
    """A deed on a whole offer that stands where it can be done."""
    args = {"verb": f"do_{verb}", "offer_id": f"{offer}_offer"}
    return post("offer-do", ON, needs, fill=fill, args=args, either=frozenset(either), case=verb, **ON_OFFER)


def _pack(verb: str, packing: str, needs: str = "warehouse.pack", **fill: str) -> Row:
    """A deed on a packing that stands where it can be done."""
    args = {"verb": f"pack_{verb}", "packing_id": f"{packing}_packing"}
    told = {"version": "2", **fill}
    return post("packing-do", ON, needs, fill=told, args=args, case=verb, **ON_PACKING)


AT_CHANNEL = {"sees": "channels.view"}
ANY_STAGE = frozenset({"offers.manufacturing", "offers.warehouse", "offers.finance", "offers.management"})
OFFER_FACTS = {"number": "BB-new", "program": "bulk buy", "unsold": "none", "zone": "Europe/Berlin"}
PLAIN = {"stage": "commerce", "version-5-1": "1", "was-5-1": "{}", "quantity-5-1": "70"}
GRID = '{"stage": "commerce", "cells": [{"row": 5, "delivery": 1, "version": 1, "quantity": "70"}]}'

PAGES: tuple[Row, ...] = (
    get("today", OWN),
    get("search", OWN, answers=302),
    get("charts", SOMEWHERE, "orders.view"),
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
        **ON_ORDER,
    ),
    get("asides", SOMEWHERE, "orders.view"),
    get("aside", ON, "orders.view", denied=404),
    get("order", ON, "orders.view", **ON_ORDER),
    post("order-answer", ON, "orders.acknowledge", fill={"do": "send", "accept-1": "10", "version": "1"}, **ON_ORDER),
    get("order-version", ON, "orders.view", **ON_ORDER, args={"number": "version"}),
    # A list of many leaves out what one does not see; with nothing left it is shown again.
    _many("assign", "orders.assign", person="{paula}"),
    _many("hold", "orders.hold", **BECAUSE),
    _many("acknowledge", "orders.acknowledge"),
    _many("release", "orders.hold", order="{held_id}"),
    _undo("assign", "orders.assign", '{"{assigned_id}": [null, {user_id}]}'),
    _undo("hold", "orders.hold", '{"{held_id}": [{hold_id}]}'),
    _undo("acknowledge", "orders.acknowledge", '{"{answered_id}": {acknowledgement_id}}'),
    _many("warehouse", "warehouse.release", order="{ready_id}"),
    _undo("warehouse", "warehouse.release", '{"{out_order}": {out_list}}'),
    post(
        "order-to-warehouse",
        ON,
        "warehouse.release",
        fill={"version": "1"},
        args={"order_id": "ready_id"},
        **ON_ORDER,
    ),
    # the warehouse
    get("warehouse", SOMEWHERE, "warehouse.view"),
    post("warehouse-file", ON, "warehouse.pick", fill=PICKS, unseen=403, elsewhere=404, **ON_LIST),
    get("pick-list", ON, "warehouse.view", **ON_LIST),
    post("pick-lists-print", ON, "warehouse.pick", fill={"list": "{out_list}"}, **PRINTING, unseen=422, elsewhere=422),
    get("pick-list-csv", ON, "warehouse.view", **ON_LIST),
    post("pick-list-picked", ON, "warehouse.pick", fill={"do": "all"}, **ON_LIST),
    get("picking", ON, "warehouse.pick", **ON_LIST),
    get("picking-now", ON, "warehouse.pick", **ON_LIST),
    get("picking-code", ON, "warehouse.pick", **ON_LIST),
    post("picking", ON, "warehouse.pick", fill=PLAIN_PICK, **ON_LIST),
    post("picking-take", ON, "warehouse.pick", fill={"picked": SCANNED}, **ON_LIST),
    _on_list("hold", "out_list", "warehouse.release"),
    _on_list("go-on", "stopped_list", "warehouse.release"),
    _on_list("cancel", "out_list", "warehouse.release"),
    _on_list("take-back", "gone_list", "warehouse.pick"),
    post("order-hold", ON, "orders.hold", fill=BECAUSE, **ON_ORDER),
    post("order-release", ON, "orders.hold", **ON_HELD),
    post("order-type", ON, "orders.classify", fill={"type": "weekly", "reason": "r"}, **ON_ORDER),
    post("order-seen", ON, "orders.hold", **ON_HELD),
    post("finding-take", ON, "orders.acknowledge", fill={"way": "accept", **BECAUSE}, **ON_HELD),
    post("second-settle", ON, "orders.reject", fill=BECAUSE, **ON_HELD),
    post("second-settle", ON, "orders.acknowledge orders.reject", fill={"do": "confirm"}, case="confirm", **ON_HELD),
    get("unmatched", SOMEWHERE, "orders.view"),
    get("unmatched-one", ON, "orders.view", query=urlencode(UNKNOWN), elsewhere=404),
    post(
        "unmatched-one",
        ON,
        "products.manage",
        query=urlencode(UNKNOWN),
        fill={"do": "new", **NEW_PRODUCT},
        unseen=403,
        elsewhere=404,
        **ON_ORDER,
    ),
    # packings
    get("packings", SOMEWHERE, "warehouse.view"),
    get("packing-new", SOMEWHERE, "warehouse.pack"),
    post(
        "packing-new",
        ON,
        "warehouse.pack",
        fill={"reference": "S-new", "profile": "{name}", "orders": ""},
        unseen=403,
        elsewhere=404,
        **ON_PACKING,
    ),
    get("packing", ON, "warehouse.view", denied=404),
    get("packing-tree", ON, "warehouse.view", denied=404),
    get("packing-stands", ON, "warehouse.view", denied=404),
    post("packing-step", ON, "warehouse.pack", fill={"step": '{"version": 2, "kind": "propose"}'}, **ON_PACKING),
    _pack("step", "loose", kind="propose"),
    _pack("undo", "loose"),
    _pack("close", "adding"),
    _pack("reopen", "closed", version="3"),
    _pack("drop", "loose"),
    _pack(
        "accept",
        "differing",
        "warehouse.resolve",
        line="{differing_line}",
        acknowledged="10",
        picked="",
        packed="8",
        **BECAUSE,
    ),
    _pack(
        "cut", "differing", "warehouse.resolve orders.view orders.acknowledge orders.reject", line="{differing_line}"
    ),
    _pack("move-rest", "differing", line="{differing_line}", reference="S-rest"),
    _pack("move-out", "loose", content="{loose_content}", reference="S-rest"),
    # bulk-buy offers
    get("offers", SOMEWHERE, "offers.view"),
    get("offer-new", SOMEWHERE, "offers.manage"),
    post("offer-new", SOMEWHERE, "offers.manage", fill={"file": FILE}, answers=422, changes=False),
    get("deputies", SOMEWHERE, "offers.view"),
    post(
        "deputies",
        ON,
        "offers.manage",
        fill={**DEPUTY, "key": "warehouse"},
        unseen=403,
        elsewhere=422,
        **ON_OFFER,
    ),
    post("deputy-remove", ON, "offers.manage", **ON_OFFER),
    get("offer", ON, "offers.view", **ON_OFFER),
    get("offer-facts", ON, "offers.manage", **ON_OFFER),
    post("offer-facts", ON, "offers.manage", fill=OFFER_FACTS, **ON_OFFER),
    get("offer-grid", ON, "offers.view", **ON_OFFER),
    post("offer-grid", ON, "offers.commerce", fill=PLAIN, **ON_OFFER),
    get("offer-board", ON, "offers.view", **ON_OFFER),
    post("offer-answers", ON, "offers.commerce", fill={"answers": GRID}, **ON_OFFER),
    get("offer-cell", ON, "offers.view", **ON_OFFER),
    get("offer-row", ON, "offers.view", **ON_OFFER),
    post("offer-row", ON, "products.manage", fill={"sku": "SPOON-1"}, **ON_OFFER),
    get("offer-stage-book", ON, "offers.view", **ON_OFFER),
    post("offer-bring", ON, "offers.commerce", fill={"file": FILE}, either=ANY_STAGE, changes=False, **ON_OFFER),
    get("offer-workbook", ON, "offers.view", args={"offer_id": "done_offer"}, changes=True, **ON_OFFER),
    _do("approve", "answered", "offers.commerce", stage="commerce", which="all"),
    _do("hand-on", "answered", "offers.commerce"),
    _do("confirm", "proposed", "offers.commerce", {"offers.second"}),
    _do("decline", "proposed", "offers.commerce", {"offers.second"}, reason="no"),
    _do("send-back", "through", "offers.manage", {"offers.complete"}, stage="commerce", reason="no"),
    _do("revoke", "through", "offers.commerce", stage="commerce", reason="no"),
    _do("complete", "through", "offers.complete", leave_unmapped="1"),
    _do("reopen", "done", "offers.reopen", reason="no"),
    _do("withdraw", "answered", "offers.manage", reason="no"),
    _do("take-up", "given_up", "offers.manage", reason="no"),
    # lists
    get("views", SOMEWHERE, "orders.view", args=_LIST),
    post("view-save", SOMEWHERE, "orders.view", fill={"name": "Mine", "query": "sort=-due"}, args=_LIST),
    post("view-change", SOMEWHERE, "orders.view", fill={"do": "share"}, args=_OWN_VIEW, denied=404),
    post("view-change", SOMEWHERE, "orders.view", fill={"do": "default"}, args=_OWN_VIEW, denied=404, case="default"),
    post("view-change", NOBODY, fill={"do": "delete"}, denied=404, case="of another"),
    post("columns", SOMEWHERE, "orders.view", fill={"column": "number"}, args=_LIST),
    get("list-export", SOMEWHERE, "orders.view", args=_LIST),
    post("export-begin", SOMEWHERE, "orders.view", fill={"form": "csv"}, args=_LIST, changes=False),
    get("export-file", ON, "orders.view", args={"run_id": "own_export_id"}),
    get("export-file", NOBODY, args={"run_id": "export_id"}, denied=404, case="of another"),
    # documents
    get("documents", SOMEWHERE, "documents.view"),
    post("sending-hold", EVERYWHERE, "profiles.send", fill={"do": "hold", **BECAUSE}),
    get("document", ON, "documents.view", **ON_DOCUMENT),
    post(
        "document-resolve",
        ON,
        "documents.resolve",
        fill={"verdict": "arrived", **BECAUSE},
        args={"document_id": "asked_id"},
        **ON_DOCUMENT,
    ),
    post("document-withdraw", ON, "orders.acknowledge", fill=BECAUSE, **ON_DOCUMENT),
    # products: the catalogue belongs to the house
    get("products", SOMEWHERE, "products.view"),
    get("product-add", SOMEWHERE, "products.manage"),
    post("product-add", SOMEWHERE, "products.manage", fill=NEW_PRODUCT),
    get("product", SOMEWHERE, "products.view"),
    post("product", SOMEWHERE, "products.manage", fill=FACTS),
    post("product-alias", SOMEWHERE, "products.manage", fill={"alias": "New"}),
    post("product-alias-remove", SOMEWHERE, "products.manage", fill={"alias": "Old"}),
    post("product-count", SOMEWHERE, "products.manage", fill={"on_hand": "3"}),
    post("product-cost", SOMEWHERE, "products.manage", fill=COST),
    post("product-cost-remove", SOMEWHERE, "products.manage", fill={"marketplace": "DE", "valid_from": "2026-01-01"}),
    # files
    get("files", SOMEWHERE, "products.view"),
    post("files", SOMEWHERE, "products.manage", fill={"kind": "products", "file": FILE}),
    get("file", SOMEWHERE, "products.view", denied=404),
    post("file", SOMEWHERE, "products.manage", fill={"do": "take"}, **ON_PRODUCT),
    post("file-cancel", SOMEWHERE, "products.manage", args={"file_id": "working_id"}, **ON_PRODUCT),
    get("file-report", SOMEWHERE, "products.view", denied=404),
    get("file-export", SOMEWHERE, "products.view", args={"kind": "file_kind"}),
    post("mapping-remove", SOMEWHERE, "products.manage", either=frozenset({"channels.manage"}), **ON_PRODUCT),
    # centers: the registry belongs to the house
    get("centers", SOMEWHERE, "centers.view"),
    get("center", SOMEWHERE, "centers.view"),
    get("center-add", SOMEWHERE, "centers.manage"),
    post("center-add", SOMEWHERE, "centers.manage", fill=CENTER_FORM | {"code": "NEW9", "version": ""}),
    get("center-edit", SOMEWHERE, "centers.manage"),
    post("center-edit", SOMEWHERE, "centers.manage", fill=CENTER_FORM),
    post("center-offer", SOMEWHERE, "centers.manage", fill={"do": "take"}),
    post("center-offer", SOMEWHERE, "centers.manage", fill={"do": "decline"}, case="decline"),
    # alerts
    get("alerts", SOMEWHERE, "alerts.view"),
    get("alert", ON, "alerts.view", **ON_ALERT),
    post("alert-assign", ON, "alerts.take", fill={"person": "{paula}"}, **ON_ALERT),
    post("alert-comment", ON, "alerts.take", fill={"text": "Seen."}, **ON_ALERT),
    post("alert-take", ON, "alerts.take", **ON_ALERT),
    post("alert-close", ON, "alerts.take", fill=BECAUSE, **ON_ALERT),
    # routes
    get("routes", SOMEWHERE, "alerts.route"),
    get("route-add", SOMEWHERE, "alerts.route"),
    post("route-add", ON, "alerts.route", fill=ROUTE_FORM, elsewhere=422),
    get("route", ON, "alerts.route", denied=404),
    post("route", ON, "alerts.route", fill=ROUTE_FORM, denied=404),
    post("route-remove", ON, "alerts.route", denied=404),
    post("route-test", ON, "alerts.route", denied=404, changes=False),
    # channels
    get("channels", SOMEWHERE, "channels.view"),
    get("channel-add", SOMEWHERE, "channels.manage"),
    post("channel-add", ON, "channels.manage products.manage", fill=CHANNEL, elsewhere=422),
    get("channel", ON, "channels.view", denied=404),
    get("channel-change", ON, "channels.manage", sees="channels.view"),
    post("channel-change", ON, "channels.manage products.manage", fill=CHANNEL, **AT_CHANNEL),
    post("channel-switch", ON, "channels.manage", sees="channels.view"),
    post("channel-test", ON, "channels.manage", sees="channels.view", changes=False),
    post("channel-look", ON, "channels.manage", sees="channels.view"),
    post("channel-sample", ON, "channels.manage products.manage", fill={"file": FILE}, sees="channels.view"),
    post("channel-remove", ON, "channels.manage", sees="channels.view"),
    get("arrival", ON, "channels.view", denied=404),
    post("arrival-again", ON, "channels.manage products.manage", sees="channels.view"),
    post("departure-again", ON, "channels.manage", sees="channels.view"),
    # webhooks
    get("webhooks", SOMEWHERE, "webhooks.manage"),
    get("webhook-add", SOMEWHERE, "webhooks.manage"),
    post("webhook-add", ON, "webhooks.manage", fill=HOOK, elsewhere=422),
    get("webhook", ON, "webhooks.manage", denied=404),
    get("webhook-change", ON, "webhooks.manage", denied=404),
    post("webhook-change", ON, "webhooks.manage", fill=HOOK, denied=404),
    post("webhook-switch", ON, "webhooks.manage", denied=404),
    post("webhook-secret", ON, "webhooks.manage", denied=404),
    post("webhook-test", ON, "webhooks.manage", denied=404, changes=False),
    post("webhook-replay", ON, "webhooks.manage", denied=404),
    post("webhook-remove", ON, "webhooks.manage", denied=404),
    get("delivery", ON, "webhooks.manage", denied=404),
    post("delivery-replay", ON, "webhooks.manage", denied=404),
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
    get("wizard-started", ON, "profiles.view", **ON_PROFILE),
    get("wizard-started-part", ON, "profiles.view", **ON_PROFILE),
    get("profile", ON, "profiles.view", **ON_PROFILE),
    get("profile-sending", ON, "profiles.send", **ON_PROFILE),
    post("profile-sending", ON, "profiles.send", fill={"on": "0", **BECAUSE}, **ON_PROFILE),
    post("profile-importing", ON, "profiles.manage", fill={"on": "0"}, **ON_PROFILE),
    get("profile-check", ON, "profiles.view", **ON_PROFILE),
    post("profile-check", ON, "sync.run", **ON_PROFILE),
    get("profile-secret", ON, "profiles.credentials", **ON_PROFILE),
    post("profile-secret", ON, "profiles.credentials", fill=NEW_SECRET, **ON_PROFILE),
    get("profile-secret-age", ON, "profiles.credentials", **ON_PROFILE),
    post("profile-secret-age", ON, "profiles.credentials", fill={"issued_at": "2026-02-01"}, **ON_PROFILE),
    get("profile-parties", ON, "profiles.manage", **ON_PROFILE),
    post("profile-parties", ON, "profiles.manage", fill=PARTY, **ON_PROFILE),
    post("profile-reading-status", ON, "profiles.manage", fill={"on": "0"}, **ON_PROFILE),
    post("profile-history", ON, "profiles.manage", fill={"on": "0"}, **ON_PROFILE),
    get("profile-disconnect", ON, "profiles.manage", **ON_PROFILE),
    post("profile-disconnect", ON, "profiles.manage", fill={"what": "disconnect", **BECAUSE}, **ON_PROFILE),
    get("profile-dry-run", ON, "profiles.settings", **ON_PROFILE),
    post("profile-dry-run", ON, "profiles.settings", **ON_PROFILE),
    get("profile-settings", ON, "profiles.view", **ON_PROFILE),
    get("profile-setting", ON, "profiles.view", **ON_PROFILE),
    post("profile-setting", ON, "profiles.settings", fill={"value": "12"}, **ON_PROFILE),
    post("profile-setting-withdraw", ON, "profiles.settings", args={"number": "planned_id"}, **ON_PROFILE),
    post("profile-sync", ON, "sync.run", args={"name": "bare"}, **ON_PROFILE),
    post("profile-backfill", ON, "sync.run", fill={"since": "2026-02-01"}, args={"name": "bare"}, **ON_PROFILE),
    get("run", ON, "profiles.view", **ON_RUN),
    get("run-part", ON, "profiles.view", **ON_RUN),
    post("run-cancel", ON, "sync.run", **ON_RUN),
    post("run-resume", ON, "sync.run", args={"run_id": "failed_run_id"}, **ON_RUN),
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
