"""The pages show only what one may do, and all of it: every form and link, for everybody who may open the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from .pages import PAGES
from .table import SOMEWHERE, Row
from .test_pages import PATTERNS, cookies_of
from .world import ELSEWHERE, Actor, Things

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]


def _names(row: Row) -> set[str]:
    return {row.name, row.full_name}


ROWS = {name: [row for row in PAGES if name in (row.name, row.full_name)] for one in PAGES for name in _names(one)}
"""By their names, with their cases and without."""

# What each page must offer to whoever may do it: by a form, or by a link to the page that asks first.
OFFERS: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "orders",
        {},
        "orders-acknowledge orders-many:assign orders-many:hold orders-many:release columns view-save",
    ),
    ("order", {}, "order-answer order-hold order-type"),
    ("order", {"order_id": "held_id"}, "order-release order-seen finding-take second-settle"),
    ("unmatched-one", {}, "unmatched-one"),
    ("packings", {}, "packing-new"),
    ("packing-new", {}, "packing-new"),
    ("packing", {}, "packing-do:step packing-do:undo packing-do:drop packing-do:move-out"),
    (
        "packing",
        {"packing_id": "differing_packing"},
        "packing-do:accept packing-do:move-rest packing-do:cut packing-do:undo",
    ),
    ("packing", {"packing_id": "adding_packing"}, "packing-do:close"),
    ("packing", {"packing_id": "closed_packing"}, "packing-do:reopen"),
    ("offers", {}, "offer-new"),
    ("offer-new", {}, "offer-new"),
    ("offer", {}, "offer-do:hand-on offer-do:withdraw offer-facts"),
    ("offer", {"offer_id": "proposed_offer"}, "offer-do:confirm offer-do:decline offer-do:revoke"),
    ("offer", {"offer_id": "through_offer"}, "offer-do:complete offer-do:revoke offer-do:send-back"),
    ("offer", {"offer_id": "done_offer"}, "offer-do:reopen"),
    ("offer", {"offer_id": "given_up_offer"}, "offer-do:take-up"),
    ("offer-grid", {}, "offer-grid offer-do:approve offer-do:hand-on"),
    ("offer-facts", {}, "offer-facts"),
    ("offer-row", {}, "offer-row"),
    ("deputies", {}, "deputies deputy-remove"),
    ("views", {}, "view-change"),
    ("products", {}, "product-add"),
    (
        "product",
        {},
        "product product-alias product-alias-remove product-count product-cost product-cost-remove",
    ),
    ("product-add", {}, "product-add"),
    ("files", {}, "files mapping-remove"),
    ("file", {}, "file"),
    ("file", {"file_id": "working_id"}, "file-cancel"),
    ("file", {"file_id": "stopped_id"}, "file"),
    ("centers", {}, "center-add"),
    ("center", {}, "center-edit center-offer"),
    ("center-add", {}, "center-add"),
    ("center-edit", {}, "center-edit"),
    ("documents", {}, "sending-hold"),
    ("document", {}, "document-withdraw"),
    ("document", {"document_id": "asked_id"}, "document-resolve"),
    ("alerts", {}, "alert-take alert-close"),
    ("alert", {}, "alert-take alert-close alert-assign alert-comment"),
    ("routes", {}, "route-add"),
    ("route-add", {}, "route-add"),
    ("route", {}, "route route-remove route-test"),
    ("webhooks", {}, "webhook-add"),
    ("webhook-add", {}, "webhook-add"),
    ("webhook", {}, "webhook-change webhook-switch webhook-secret webhook-test webhook-replay webhook-remove"),
    ("webhook-change", {}, "webhook-change"),
    ("delivery", {}, "delivery-replay"),
    ("profiles", {}, "wizard-begin"),
    (
        "profile",
        {},
        "profile-sync profile-backfill profile-sending profile-importing profile-secret profile-parties "
        "profile-reading-status profile-history profile-disconnect",
    ),
    ("profile-check", {}, "profile-check"),
    ("profile-dry-run", {}, "profile-dry-run"),
    ("profile-settings", {}, "profile-setting profile-dry-run"),
    ("profile-setting", {}, "profile-setting profile-setting-withdraw"),
    ("run", {}, "run-cancel"),
    ("run", {"run_id": "failed_run_id"}, "run-resume"),
    ("people", {}, "person-add"),
    (
        "person",
        {},
        "person-give person-take person-password person-shut-out person-second-factor-off person-token-revoke",
    ),
    ("person", {"user_id": "shut_out_id"}, "person-let-in"),
    ("wizard-step", {}, "wizard-step wizard-discard"),
    ("audit", {}, "audit-export"),
    ("account", {}, "account password my-second-factor my-token my-token-revoke sign-out look"),
)


FOR_ALL = {"account", "people", "products", "product", "files", "file", "centers", "center"}
"""What the stranger may work on too."""


class Offered(HTMLParser):
    """Where the forms and links of a page lead: names of routes, as rows name them."""

    def __init__(self, at: str, page: str) -> None:
        super().__init__()
        self.at = at
        self.rows: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "button" and "formaction" in told:
            self._lead("POST", told["formaction"] or "")
        elif tag == "form":
            self._lead((told.get("method") or "get").upper(), told.get("action") or "")
        elif tag == "a" and "href" in told:
            self._lead("GET", told["href"] or "")

    def _lead(self, method: str, where: str) -> None:
        path = urljoin(self.at, where).partition("?")[0].partition("#")[0]
        try:
            found = resolve(path)
        except Resolver404:
            return
        if found.kwargs.get("name") != ELSEWHERE:
            self.rows.add(f"{method} {found.url_name}:{found.kwargs.get('verb', '')}".rstrip(":"))


def _open(things: Things, actor: Actor, page: str, args: dict[str, str], client: Client) -> Offered:
    row = ROWS[f"GET {page}"][0]
    words = things.arguments(replace(row, args={**row.args, **args}), PATTERNS[page].pattern.regex.groupindex, actor)
    at = f"{reverse(page, kwargs=words)}?{row.query}".rstrip("?")
    answer = client.get(at)
    assert answer.status_code == 200, (page, actor.name)
    return Offered(at, answer.content.decode())


ALSO = {
    "POST deputies": ("offers.manufacturing", "offers.warehouse", "offers.finance"),
    "POST files": ("warehouse.pack",),
}
"""What else lets one do the like, for one's own: a deputy in one's own place, a file of what one packs."""


def _may(actor: Actor, name: str) -> bool:
    """Whether they may do it to this thing, or where the page lets them choose, to another."""
    if any(actor.holds(frozenset({permission}), SOMEWHERE) for permission in ALSO.get(name, ())):
        return True
    return any(actor.may(row) or (row.elsewhere and actor.holds(row.needs, SOMEWHERE)) for row in ROWS[name])


def _readers(things: Things, page: str) -> Iterator[tuple[Actor, Client]]:
    cookies = cookies_of(things)
    for actor in things.actors.values():
        if actor.is_in and actor.may(ROWS[f"GET {page}"][0]):
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = cookies[actor.name]
            yield actor, client


@pytest.mark.parametrize("place", range(len(OFFERS)), ids=[f"{page}{''.join(args)}" for page, args, _w in OFFERS])
def test_page_offers_what_one_may_do_and_nothing_else(place: int, things: Things) -> None:
    page, args, wanted = OFFERS[place]
    wrong = []
    for actor, client in _readers(things, page):
        offered = _open(things, actor, page, args, client).rows
        too_much = {name for name in offered if name in ROWS and not _may(actor, name)}
        routes = {name.partition(" ")[2] for name in offered}
        here = actor.name not in ("stranger", "nobody") or page in FOR_ALL
        missing = {name for name in wanted.split() if here and name not in routes and _may(actor, f"POST {name}")}
        wrong += [f"{actor.name}: may not {name}, and sees it" for name in sorted(too_much)]
        wrong += [f"{actor.name}: may {name}, and does not see it" for name in sorted(missing)]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


OTHERS = sorted(
    {row.route for row in PAGES if row.method == "GET" and row.answers != 302}
    - {page for page, _args, _wanted in OFFERS}
    - {"setup", "sign-in", "second-factor", "live", "ready", "metrics", "orders-export", "rights-export"}
    - {"list-export", "export-file", "file-export", "file-report"}
    - {"packing-tree"}
    - {"offer-board", "offer-stage-book", "offer-workbook"}
)


@pytest.mark.parametrize("page", OTHERS)
def test_page_leads_only_where_one_may_go(page: str, things: Things) -> None:
    wrong = [
        f"{actor.name}: {name}"
        for actor, client in _readers(things, page)
        for name in sorted(_open(things, actor, page, {}, client).rows)
        if name in ROWS and not _may(actor, name)
    ]
    assert wrong == []
