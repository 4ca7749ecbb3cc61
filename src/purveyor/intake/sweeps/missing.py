"""Orders Amazon has and we lack: numbers only, in slices over what Amazon keeps, and the holes fetched one by one.

Amazon's lists sometimes leave orders out (FACTS §11 row 5). What we have and Amazon does not show is reported.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec

from purveyor.amazon.client import Client
from purveyor.amazon.errors import BadRequest, NotFoundAtAmazon, ServerError, Unreadable
from purveyor.amazon.messages.base import BROKEN
from purveyor.amazon.messages.orders import known_enum
from purveyor.amazon.paging import Pages, Span, Stopped
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.intake import absent, cursors, history, pull
from purveyor.intake.cursors import Held
from purveyor.intake.kinds import ORDERS, STATUSES, one_order
from purveyor.intake.sweeps.backfill import open_run
from purveyor.intake.sweeps.windowed import EDGE, MOST_PAGES, Progress, spans
from purveyor.orders.models import Order
from purveyor.orders.records import Counts
from purveyor.orders.states import OrderState
from purveyor.profiles.clients import client_for
from purveyor.profiles.models import Profile

NAME = "missing"
# Near the ends of the time asked for, "available" and the order's own date may fall apart.
MARGIN = timedelta(days=7)
MOST_NAMED = 20
MOST_FAILED = 5

log = logging.getLogger(__name__)


class _Heading(msgspec.Struct, rename="camel"):
    purchase_order_number: str
    purchase_order_state: str | None = None


_heading = msgspec.json.Decoder(_Heading, strict=False)


def run(held: Held, *, since: datetime | None, by: str, progress: Progress) -> tuple[Counts, dict[str, Any]]:
    """Compare, and fetch what we lack or hold in another state. Raises AmazonError.

    While a back-fill runs there is no telling what is missing: it waits for its next time.
    """
    if open_run(held.profile) is not None:
        return Counts(), {"postponed": "a back-fill runs"}
    profile, client, now = held.profile, client_for(held.profile), clock.now()
    start = max(since or cursors.horizon(profile), now - cursors.DEPTH)
    counts, there, failed = Counts(), set[str](), list[str]()
    for window in spans(profile, start, now):
        progress(f"{profile} {NAME}: {window[0]:%Y-%m-%d} to {window[1]:%Y-%m-%d}")
        headings = _headings(client, window)
        held.keep()
        there |= headings.keys()
        counts.seen += len(headings)
        holes = _holes(profile, headings, history.only_new(profile, window))
        counts.unchanged += len(headings) - len(holes)
        failed += _fetch_all(held, client, holes, by, counts)
    held.keep(now)
    gone = _not_there(held, start, now, there)
    absent.tell_not_there(profile, gone, whole=since is None)
    absent.tell_not_fetched(profile, failed, whole=since is None)
    return counts, _told("failed", failed) | _told("not_at_amazon", gone)


def _told(name: str, numbers: list[str]) -> dict[str, Any]:
    return {name: len(numbers), f"{name}_numbers": numbers[:MOST_NAMED]} if numbers else {}


def _fetch_all(held: Held, client: Client, holes: list[str], by: str, counts: Counts) -> list[str]:
    """Fetch the holes one by one; answers those Amazon does not hand out. One such order keeps no other away, but where
    several in a row fail it is not the orders. Raises AmazonError."""
    failed: list[str] = []
    in_a_row = 0
    for number in holes:
        try:
            counts.add(_fetch(held, client, number, by))
            in_a_row = 0
        except (BadRequest, ServerError, Unreadable, ValueError) as error:
            in_a_row += 1
            if in_a_row == MOST_FAILED:
                raise
            log.warning("Order %s of %s cannot be fetched: %s", number, held.profile, error)
            failed.append(number)
    return failed


def _headings(client: Client, window: Span) -> dict[str, str]:
    """Number and state of every order of a window, nothing else."""
    filters = {"createdAfter": window[0] - EDGE, "createdBefore": window[1], "includeDetails": False}
    found = Pages(lambda token: ORDERS.fetch(client, token, filters), MOST_PAGES)
    headings = dict(_heading_of(raw) for page in found for raw in page.documents)
    if found.stopped != Stopped.NOT:
        raise Unreadable(str(found.stopped), remedy=Remedy.WAIT)
    headings.pop("", None)
    return headings


def _heading_of(raw: bytes) -> tuple[str, str]:
    try:
        found = _heading.decode(raw)
    except BROKEN:
        return "", ""
    state = found.purchase_order_state or ""
    return found.purchase_order_number.strip(), known_enum("purchaseOrderState", state) or state


def _holes(profile: Profile, headings: dict[str, str], only_new: bool) -> list[str]:
    """The numbers we lack, or hold in another of Amazon's states; with ``only_new`` we lack none that is not New."""
    ours = Order.objects.filter(profile=profile, number__in=headings).values_list("number", "amazon_state")
    known = dict(ours)
    wanted = {n: state for n, state in headings.items() if n in known or not only_new or state == history.NEW}
    return sorted(n for n, state in wanted.items() if n not in known or (state and state != known[n]))


def _fetch(held: Held, client: Client, number: str, by: str) -> Counts:
    """One order with its status. One that is gone meanwhile is no hole."""
    profile = held.profile
    try:
        page = one_order(client, number)
    except NotFoundAtAmazon:
        return Counts()
    counts = Counts()
    for kind, found in ((ORDERS, page), (STATUSES, STATUSES.fetch(client, "", {"purchaseOrderNumber": number}))):
        prepared = pull.prepare(profile, kind, found, NAME)
        done = pull.store(
            profile,
            prepared,
            sweep=NAME,
            by=by,
            then=lambda counts: held.keep(),
        )
        if kind is ORDERS:
            done.seen = 0
            counts = done
    return counts


def _not_there(held: Held, start: datetime, end: datetime, there: set[str]) -> list[str]:
    """The orders we hold from that time which Amazon did not show: a person may want to know."""
    ours = (
        Order.objects.filter(profile=held.profile, ordered_at__gt=start + MARGIN, ordered_at__lt=end - MARGIN)
        .exclude(state=OrderState.CLOSED)
        .order_by("-ordered_at")
    )
    return [number for number in ours.values_list("number", flat=True).iterator() if number not in there]
