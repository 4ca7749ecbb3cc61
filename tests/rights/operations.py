"""Who may what by every operation of the REST API."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .table import (
    ANY,
    BECAUSE,
    COLUMNS,
    CONNECT,
    COST,
    DEPUTY,
    EVERYWHERE,
    FILE,
    HOOK,
    NEW_CHANNEL,
    NEW_PRODUCT,
    NEW_ROUTE,
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
    OVER,
    OWN,
    PASSWORD,
    SECRET,
    SELLER,
    SOMEWHERE,
    UNKNOWN,
    Row,
    giving,
    rest,
)

_PERSON = {"args": {"name": "paula"}}

_OWN_VIEW = {"number": "own_view_id"}
_EXPORT = {"number": "export_id"}
_PRODUCT = {"number": "product_id"}
_FILE = {"number": "file_id"}
_DELIVERY = {"number": "delivery_id"}


def _bulk(do: str, needs: str, **fill: Any) -> Row:
    """A deed on many orders: those one does not see are not there, and said so one by one."""
    told = {"do": do, "numbers": ["{number}"], **fill}
    return rest("POST /orders/bulk", ON, needs, fill=told, unseen=403, elsewhere=200, case=do, **ON_ORDER)


OUT = {"number": "list_number"}
PRINTING = {"either": frozenset({"warehouse.release"}), **ON_LIST}
PICKED = {"results": [{"order": "{list_order}", "lines": [{"line": "1", "quantity": 1}]}]}


def _on_list(what: str, which: str, needs: str) -> Row:
    return rest(
        f"POST /pick-lists/{{profile}}/{{number}}/{what}", ON, needs, fill=BECAUSE, args={"number": which}, **ON_LIST
    )


def _on_product(method: str, what: str, fill: Mapping[str, Any]) -> Row:
    route = f"{method} /products/{{int:number}}{what}"
    return rest(route, SOMEWHERE, "products.manage", fill=fill, args=_PRODUCT, **ON_PRODUCT, unseen=403)


def _on_file(method: str, what: str, **more: Any) -> Row:
    route = f"{method} /files/{{int:number}}{what}"
    return rest(route, SOMEWHERE, "products.manage", **{"args": _FILE, **ON_PRODUCT, **more})


def _on_alert(what: str, fill: Mapping[str, Any]) -> Row:
    route = f"POST /alerts/{{int:number}}{what}"
    return rest(route, ON, "alerts.take", fill=fill, args={"number": "alert_id"}, **ON_ALERT)


def _on_route(method: str, what: str, **more: Any) -> Row:
    route = f"{method} /routes/{{int:number}}{what}"
    return rest(route, ON, "alerts.route", args={"number": "route_id"}, denied=404, **more)


def _on_hook(method: str, what: str, **more: Any) -> Row:
    route = f"{method} /webhooks/{{int:number}}{what}"
    return rest(route, ON, "webhooks.manage", args={"number": "hook_id"}, denied=404, **more)


def _on_channel(method: str, what: str, needs: str, number: str = "arrival_id", **more: Any) -> Row:
    args = {"name": "channel", "number": number}
    return rest(f"{method} /channels/{{name}}{what}", ON, needs, **({"args": args, "sees": "channels.view"} | more))


ANSWER = {"row": 5, "delivery": 1, "quantity": 70}
NO = {"reason": "no"}


def _offer(name: str) -> dict[str, str]:
    return {"number": f"{name}_offer"}


def _on_offer(method: str, what: str, offer: str, needs: str, either: Collection[str] = (), **fill: Any) -> Row:
    """A deed on an offer that stands where it can be done."""
    route = f"{method} /offers/{{int:number}}{what}"
    return rest(route, ON, needs, fill=fill, args=_offer(offer), either=frozenset(either), **ON_OFFER)


def _on_packing(method: str, what: str, packing: str, needs: str, version: int = 2, **fill: Any) -> Row:
    """A deed on a packing that stands where it can be done."""
    route, args = f"{method} /packings/{{int:number}}{what}", {"number": f"{packing}_packing"}
    told = {"version": version, **fill} if method == "POST" else {}
    return rest(route, ON, needs, fill=told, args=args, **ON_PACKING)


_CUT = "warehouse.resolve orders.view orders.acknowledge orders.reject"
_LINE = {"line": "{differing_line}"}
_CARTON = {"key": "C1", "contents": [{"order": "4LOOSE01", "line": "1", "quantity": 3}]}

OPERATIONS: tuple[Row, ...] = (
    rest("GET /today", OWN),
    rest("GET /search", OWN),
    # packings
    rest("GET /packings", OWN),
    rest("POST /packings", ON, "warehouse.pack", fill={"profile": "{name}", "reference": "S-new"}, **ON_PACKING),
    _on_packing("GET", "", "loose", "warehouse.view"),
    rest("GET /packings/{profile}/{reference}", ON, "warehouse.view", **ON_PACKING),
    rest("PUT /packings/{profile}/{reference}", ON, "warehouse.pack", fill={"cartons": [_CARTON]}, **ON_PACKING),
    _on_packing("GET", "/steps", "loose", "warehouse.view"),
    _on_packing("POST", "/steps", "loose", "warehouse.pack", kind="propose"),
    _on_packing("POST", "/undo", "loose", "warehouse.pack"),
    _on_packing("POST", "/close", "adding", "warehouse.pack"),
    _on_packing("POST", "/reopen", "closed", "warehouse.pack", version=3),
    _on_packing("POST", "/drop", "loose", "warehouse.pack"),
    _on_packing("POST", "/accept", "differing", "warehouse.resolve", **_LINE, **BECAUSE),
    _on_packing("POST", "/cut", "differing", _CUT, **_LINE),
    _on_packing("POST", "/move-rest", "differing", "warehouse.pack", **_LINE, reference="S-rest"),
    _on_packing("POST", "/move-out", "loose", "warehouse.pack", content="{loose_content}", reference="S-rest"),
    # orders
    rest("GET /orders", OWN),
    rest(
        "POST /orders/acknowledge",
        ON,
        "orders.acknowledge",
        fill={"numbers": ["{number}"]},
        denied=200,
        unseen=200,
        **ON_ORDER,
    ),
    rest("GET /orders/{profile}/{number}", ON, "orders.view", **ON_ORDER),
    rest("GET /orders/{profile}/{number}/versions/{int:version}", ON, "orders.view", **ON_ORDER),
    rest(
        "POST /orders/{profile}/{number}/acknowledgement/preview", ON, "orders.acknowledge", changes=False, **ON_ORDER
    ),
    rest("POST /orders/{profile}/{number}/acknowledgement", ON, "orders.acknowledge", **ON_ORDER),
    _bulk("assign", "orders.assign", person="{paula}"),
    _bulk("hold", "orders.hold", **BECAUSE),
    _bulk("release", "orders.hold", numbers=["{held_number}"]),
    rest("GET /orders/{profile}/{number}/proposal", ON, "orders.view", **ON_ORDER),
    rest("GET /orders/{profile}/{number}/type", ON, "orders.view", **ON_ORDER),
    rest(
        "PUT /orders/{profile}/{number}/type",
        ON,
        "orders.classify",
        fill={"type": "weekly", "reason": "r"},
        **ON_ORDER,
    ),
    rest("POST /orders/{profile}/{number}/seen", ON, "orders.hold", **ON_HELD),
    rest("POST /orders/{profile}/{number}/holds", ON, "orders.hold", fill=BECAUSE, **ON_ORDER),
    rest("POST /orders/{profile}/{number}/holds/{int:hold_id}/release", ON, "orders.hold", **ON_HELD),
    rest("GET /orders/unmatched", OWN),
    rest(
        "POST /orders/unmatched",
        ON,
        "products.manage",
        fill={"new": NEW_PRODUCT, **UNKNOWN},
        unseen=403,
        elsewhere=404,
        **ON_ORDER,
    ),
    rest(
        "POST /orders/{profile}/{number}/findings/{int:finding}",
        ON,
        "orders.acknowledge",
        fill={"way": "accept", **BECAUSE},
        sees="orders.view",
        args={"number": "held_number", "finding": "finding_id"},
    ),
    rest("POST /orders/{profile}/{number}/second", ON, "orders.reject", fill={"confirm": False}, **ON_HELD),
    rest(
        "POST /orders/{profile}/{number}/second",
        ON,
        "orders.acknowledge orders.reject",
        fill={"confirm": True},
        case="confirm",
        **ON_HELD,
    ),
    rest(
        "POST /orders/{profile}/{number}/pick",
        ON,
        "orders.acknowledge",
        fill={"lines": {"1": 10}},
        sees="orders.view",
        args={"number": "picked_number"},
    ),
    # the warehouse
    _bulk("warehouse", "warehouse.release", numbers=["{ready_number}"]),
    rest("GET /pick-lists", OWN),
    rest("POST /pick-lists", ON, "warehouse.release", fill={"order": "{ready_number}"}, **ON_ORDER),
    rest("GET /pick-lists/{profile}/{number}", ON, "warehouse.view", args=OUT, **ON_LIST),
    rest("GET /pick-lists/{profile}/{number}/csv", ON, "warehouse.view", args=OUT, **ON_LIST),
    rest("POST /pick-lists/print", ON, "warehouse.pick", fill={"pick_lists": ["{list_number}"]}, **PRINTING),
    _on_list("hold", "list_number", "warehouse.release"),
    _on_list("go-on", "stopped_list_number", "warehouse.release"),
    _on_list("cancel", "list_number", "warehouse.release"),
    _on_list("take-back", "gone_list_number", "warehouse.pick"),
    rest("POST /picks", ON, "warehouse.pick", fill=PICKED, denied=200, unseen=200, **ON_LIST),
    rest("GET /figures", SOMEWHERE, "orders.view"),
    # bulk-buy offers
    rest("GET /offers", OWN),
    rest("GET /offers/{int:number}", ON, "offers.view", args=_offer("answered"), **ON_OFFER),
    _on_offer("PATCH", "", "answered", "offers.manage", title="Autumn"),
    rest("GET /offers/{int:number}/board", ON, "offers.view", args=_offer("answered"), **ON_OFFER),
    rest(
        "GET /offers/{int:number}/cells/{int:row}/{int:delivery}",
        ON,
        "offers.view",
        args=_offer("answered") | {"row": "row_known"},
        **ON_OFFER,
    ),
    _on_offer("PUT", "/answers", "answered", "offers.commerce", stage="commerce", answers=[ANSWER]),
    _on_offer("POST", "/approve", "answered", "offers.commerce", stage="commerce", undecided_only=False),
    _on_offer("POST", "/hand-on", "answered", "offers.commerce"),
    _on_offer("POST", "/confirm", "proposed", "offers.commerce", {"offers.second"}),
    _on_offer("POST", "/decline", "proposed", "offers.commerce", {"offers.second"}, **NO),
    _on_offer("POST", "/send-back", "through", "offers.manage", {"offers.complete"}, stage="commerce", **NO),
    _on_offer("POST", "/revoke", "through", "offers.commerce", stage="commerce", **NO),
    _on_offer("POST", "/complete", "through", "offers.complete", leave_unmapped=True),
    _on_offer("POST", "/reopen", "done", "offers.reopen", **NO),
    _on_offer("POST", "/withdraw", "answered", "offers.manage", **NO),
    _on_offer("POST", "/take-up", "given_up", "offers.manage", **NO),
    _on_offer("POST", "/rows/{int:row}/product", "answered", "products.manage", sku="SPOON-1"),
    rest("GET /offers/{int:number}/stages/{stage}/workbook", ON, "offers.view", args=_offer("answered"), **ON_OFFER),
    rest("GET /offers/{int:number}/workbook", ON, "offers.view", args=_offer("done"), changes=True, **ON_OFFER),
    rest("GET /deputies", OWN),
    rest("POST /deputies", ON, "offers.manage", fill={**DEPUTY, "stage": "warehouse"}, **ON_OFFER),
    rest("DELETE /deputies/{int:number}", ON, "offers.manage", args={"number": "deputy_id"}, **ON_OFFER),
    # lists
    rest("GET /views", SOMEWHERE, "orders.view"),
    rest("POST /views", SOMEWHERE, "orders.view", fill={"list": "orders", "name": "Mine"}),
    rest("POST /views/default", SOMEWHERE, "orders.view", fill={"list": "orders", "view": "{own_view_id}"}, denied=404),
    rest("POST /views/default", SOMEWHERE, "orders.view", fill={"list": "orders", "view": None}, case="none"),
    rest("GET /views/{int:number}", SOMEWHERE, "orders.view", args=_OWN_VIEW, denied=404),
    rest("PATCH /views/{int:number}", SOMEWHERE, "orders.view", fill={"shared": True}, args=_OWN_VIEW, denied=404),
    rest("DELETE /views/{int:number}", SOMEWHERE, "orders.view", args=_OWN_VIEW, denied=404),
    rest("DELETE /views/{int:number}", NOBODY, args={"number": "view_id"}, denied=404, case="of another"),
    rest("POST /exports", SOMEWHERE, "orders.view", fill={"list": "orders"}),
    # An export belongs to the very token that asked for it.
    rest("GET /exports/{int:number}", NOBODY, args=_EXPORT, denied=404),
    rest("POST /exports/{int:number}/cancel", NOBODY, args=_EXPORT, denied=404),
    rest("GET /exports/{int:number}/file", NOBODY, args=_EXPORT, denied=404),
    # documents
    rest("GET /documents", OWN),
    rest("GET /documents/hold", SOMEWHERE, "documents.view"),
    rest("POST /documents/hold", EVERYWHERE, "profiles.send", fill=BECAUSE),
    rest("POST /documents/hold/release", EVERYWHERE, "profiles.send", fill=BECAUSE, changes=False),
    rest("GET /documents/{int:number}", ON, "documents.view", args={"number": "document_id"}, **ON_DOCUMENT),
    rest("GET /documents/{int:number}/body", ON, "documents.view", args={"number": "document_id"}, **ON_DOCUMENT),
    rest(
        "POST /documents/{int:number}/resolve",
        ON,
        "documents.resolve",
        fill={"verdict": "arrived", **BECAUSE},
        args={"number": "asked_id"},
        **ON_DOCUMENT,
    ),
    rest(
        "POST /documents/{int:number}/withdraw",
        ON,
        "orders.acknowledge",
        fill=BECAUSE,
        args={"number": "document_id"},
        **ON_DOCUMENT,
    ),
    # products: the catalogue belongs to the house
    rest("GET /products", SOMEWHERE, "products.view"),
    rest("POST /products", SOMEWHERE, "products.manage", fill=NEW_PRODUCT),
    rest("GET /products/{int:number}", SOMEWHERE, "products.view", args=_PRODUCT),
    _on_product("PATCH", "", {"title": "Fork"}),
    _on_product("POST", "/aliases", {"value": "New"}),
    _on_product("POST", "/aliases/remove", {"value": "Old"}),
    _on_product("POST", "/costs", COST),
    _on_product("DELETE", "/costs/{marketplace}/{valid_from}", {}),
    _on_product("POST", "/count", {"on_hand": 3}),
    # files
    rest("GET /files", OWN),
    rest("GET /files/kinds", OWN),
    rest("POST /files/bring/{kind}", SOMEWHERE, "products.manage", fill={"file": FILE}, args={"kind": "file_kind"}),
    rest("GET /files/{int:number}", SOMEWHERE, "products.view", args=_FILE, denied=404),
    rest("GET /files/{int:number}/preview", ON, "offers.manage", args={"number": "invitation_id"}, sees="offers.view"),
    _on_file("PUT", "/columns", fill={"columns": COLUMNS, "mark": ","}),
    _on_file("POST", "/check"),
    _on_file("POST", "/take"),
    _on_file("POST", "/cancel", args={"number": "working_id"}),
    _on_file("POST", "/resume", args={"number": "stopped_id"}),
    rest("GET /files/export/{kind}", SOMEWHERE, "products.view", args={"kind": "file_kind"}),
    rest("GET /files/mappings", OWN),
    rest(
        "POST /files/mappings",
        SOMEWHERE,
        "products.manage",
        either=frozenset({"channels.manage"}),
        fill={"kind": "products", "name": "mine", "columns": COLUMNS},
    ),
    rest(
        "DELETE /files/mappings/{kind}/{name}",
        SOMEWHERE,
        "products.manage",
        either=frozenset({"channels.manage"}),
        args={"kind": "file_kind", "name": "mapping"},
    ),
    # centers: the registry belongs to the house
    rest("GET /centers", SOMEWHERE, "centers.view"),
    rest("GET /centers/{code}", SOMEWHERE, "centers.view"),
    rest("PATCH /centers/{code}", SOMEWHERE, "centers.manage", fill={"internal_reference": "W-7"}),
    rest("POST /centers/{code}/offer/take", SOMEWHERE, "centers.manage", fill=BECAUSE),
    rest("POST /centers/{code}/offer/decline", SOMEWHERE, "centers.manage", fill=BECAUSE),
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
    rest("GET /profiles/{name}", ON, "profiles.view", **ON_PROFILE),
    rest("PATCH /profiles/{name}", ON, "profiles.manage", fill={"visibility_seconds": 900}, **ON_PROFILE),
    rest("DELETE /profiles/{name}", ON, CONNECT, args={"name": "bare"}, **ON_PROFILE),
    rest("POST /profiles/{name}/check", ON, "sync.run", **ON_PROFILE),
    rest(
        "POST /profiles/{name}/secret",
        ON,
        "profiles.credentials",
        fill=NEW_SECRET,
        **ON_PROFILE,
    ),
    rest("POST /profiles/{name}/secret-age", ON, "profiles.credentials", fill={"issued_at": None}, **ON_PROFILE),
    rest("GET /profiles/{name}/parties", ON, "profiles.view", **ON_PROFILE),
    rest("PUT /profiles/{name}/parties", ON, "profiles.manage", fill={"selling": SELLER}, **ON_PROFILE),
    rest("GET /profiles/{name}/features", ON, "profiles.view", **ON_PROFILE),
    rest("POST /profiles/{name}/disconnect", ON, CONNECT, fill=BECAUSE, args={"name": "bare"}, **ON_PROFILE),
    rest("POST /profiles/{name}/sending", ON, "profiles.send", fill={"on": False}, **ON_PROFILE),
    rest("POST /profiles/{name}/importing", ON, "profiles.manage", fill={"on": False}, **ON_PROFILE),
    rest("POST /profiles/{name}/reading-status", ON, "profiles.manage", fill={"on": False}, **ON_PROFILE),
    rest("POST /profiles/{name}/dry-run", ON, "profiles.settings", **ON_PROFILE),
    rest("GET /profiles/{name}/settings", ON, "profiles.view", **ON_PROFILE),
    rest("GET /profiles/{name}/settings/{setting}", ON, "profiles.view", **ON_PROFILE),
    rest("PUT /profiles/{name}/settings/{setting}", ON, "profiles.settings", fill={"value": "12"}, **ON_PROFILE),
    rest(
        "DELETE /profiles/{name}/settings/{setting}/{int:number}",
        ON,
        "profiles.settings",
        args={"number": "planned_id"},
        **ON_PROFILE,
    ),
    rest("POST /profiles/{name}/replay", ON, "sync.run", changes=False, **ON_PROFILE),
    rest("POST /profiles/{name}/sync", ON, "sync.run", args={"name": "bare"}, **ON_PROFILE),
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
    rest("GET /alerts/{int:number}", ON, "alerts.view", args={"number": "alert_id"}, **ON_ALERT),
    rest("POST /alerts/{int:number}/take", ON, "alerts.take", args={"number": "alert_id"}, **ON_ALERT),
    rest("POST /alerts/{int:number}/close", ON, "alerts.take", args={"number": "alert_id"}, fill=BECAUSE, **ON_ALERT),
    _on_alert("/assign", {"person": "{paula}"}),
    _on_alert("/comments", {"text": "Seen."}),
    # routes
    rest("GET /routes", OWN),
    rest("POST /routes", ON, "alerts.route", fill=NEW_ROUTE),
    _on_route("GET", ""),
    _on_route("PATCH", "", fill={"on": False}),
    _on_route("DELETE", ""),
    _on_route("POST", "/test", changes=False),
    # webhooks
    rest("GET /webhooks", OWN),
    rest("POST /webhooks", ON, "webhooks.manage", fill=HOOK),
    _on_hook("GET", ""),
    _on_hook("PATCH", "", fill={"on": False}),
    _on_hook("DELETE", ""),
    _on_hook("POST", "/secret"),
    _on_hook("POST", "/test", changes=False),
    _on_hook("GET", "/deliveries"),
    _on_hook("POST", "/replay"),
    rest("GET /deliveries/{int:number}", ON, "webhooks.manage", args=_DELIVERY, denied=404),
    rest("POST /deliveries/{int:number}/replay", ON, "webhooks.manage", args=_DELIVERY, denied=404),
    rest("GET /events/schemas", OWN),
    # channels
    rest("GET /channels", OWN),
    rest("GET /channels/ways", SOMEWHERE, "channels.view"),
    rest("POST /channels", ON, "channels.manage", fill=NEW_CHANNEL, denied=404),
    rest("POST /channels/test", ON, "channels.manage", fill=NEW_CHANNEL, denied=404, changes=False),
    _on_channel("GET", "", "channels.view", denied=404),
    _on_channel("PATCH", "", "channels.manage", fill={"on": False}),
    _on_channel("DELETE", "", "channels.manage"),
    _on_channel("POST", "/test", "channels.manage", changes=False),
    _on_channel("POST", "/look", "channels.manage"),
    _on_channel("GET", "/arrivals", "channels.view", denied=404),
    _on_channel("GET", "/departures", "channels.view", denied=404),
    _on_channel("POST", "/arrivals/{int:number}/again", "channels.manage products.manage", "arrival_id"),
    _on_channel("POST", "/arrivals/{int:number}/check", "channels.manage products.manage", "arrival_id"),
    _on_channel("POST", "/departures/{int:number}/again", "channels.manage", "departure_id"),
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
