"""Pick lists: released, listed, looked at, held, let go, taken back; and what was picked of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from purveyor.api import cursors, pick_shapes
from purveyor.api.auth import who
from purveyor.channels.write import CSV_TYPE, csv_lines
from purveyor.orders import queries as orders
from purveyor.people.who import Who
from purveyor.profiles.queries import named
from purveyor.warehouse import papers, queries, rules
from purveyor.warehouse.domain import hold
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.many_results import take_many
from purveyor.warehouse.models import PickList, PickResult
from purveyor.warehouse.schemas import HANDED_OUT, handed_out, pick_list_full, pick_list_rows
from purveyor.warehouse.tables import PICK_LISTS

router = Router(tags=["pick lists"])
results = Router(tags=["pick lists"])


class Filters(Schema):
    """What the list is narrowed by; several are joined by and."""

    q: str = Field("", description="How the number begins, or an ASIN, EAN or SKU of a line as a whole")
    state: str = Field("", description="released, held, picked or cancelled")
    profile: str = ""
    ship_to: str = Field("", description="Fulfillment center")


@router.get("", response=pick_shapes.PickListsOut)
def list_pick_lists(
    request: HttpRequest, filters: Query[Filters], cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The pick lists of the caller's profiles, the latest first."""
    caller = who(request)
    wanted = filters.dict() | {"profile": named(caller, filters.profile, rules.VIEW)}
    rows = PICK_LISTS.narrow(queries.visible_to(caller), wanted)
    found, after = cursors.newest_first(rows, cursor, limit, by="released_at")
    return {"pick_lists": list(pick_list_rows(found)), "next": after}


@router.post("", response={201: pick_shapes.PickListFull})
def release_order(request: HttpRequest, body: pick_shapes.ReleaseAsk) -> Status[dict[str, Any]]:
    """Release an order to the warehouse: it becomes a pick list."""
    caller = who(request)
    order = orders.find(caller, body.order, body.profile)
    made = release(caller, order.pk, expect_version=body.version)
    return Status(201, pick_list_full(made))


def _one(request: HttpRequest, profile: str, number: str) -> tuple[Who, PickList]:
    caller = who(request)
    return caller, queries.find(caller, number, profile)


def _now(found: PickList) -> dict[str, Any]:
    return pick_list_full(PickList.objects.select_related("order__profile").get(pk=found.pk))


@router.get("/{profile}/{number}", response=pick_shapes.PickListFull)
def show(request: HttpRequest, profile: str, number: str) -> dict[str, Any]:
    """One pick list with its lines, every code of them, and what was picked. An order's number means its latest."""
    return pick_list_full(_one(request, profile, number)[1])


@router.get("/{profile}/{number}/csv", response={200: None})
def csv(request: HttpRequest, profile: str, number: str) -> HttpResponse:
    """The lines of a pick list as CSV, as a channel hands them out."""
    _caller, found = _one(request, profile, number)
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.csv"'}
    return HttpResponse("".join(csv_lines(HANDED_OUT, handed_out(found))), content_type=CSV_TYPE, headers=headers)


@router.post("/print", response={200: None})
def print_lists(request: HttpRequest, body: pick_shapes.PrintAsk) -> HttpResponse:
    """Pick lists as one PDF, with symbols a scanner reads for each list and each of its lines."""
    caller = who(request)
    lists = [queries.find(caller, number, body.profile) for number in dict.fromkeys(body.pick_lists)]
    headers = {"Content-Disposition": 'attachment; filename="pick-lists.pdf"'}
    return HttpResponse(papers.print_lists(caller, lists), content_type="application/pdf", headers=headers)


@router.post("/{profile}/{number}/hold", response=pick_shapes.PickListFull)
def put_on_hold(request: HttpRequest, profile: str, number: str, body: pick_shapes.Why) -> dict[str, Any]:
    """Stop its picking, for a reason."""
    caller, found = _one(request, profile, number)
    return _now(hold.hold(caller, found.pk, body.because))


@router.post("/{profile}/{number}/go-on", response=pick_shapes.PickListFull)
def go_on(request: HttpRequest, profile: str, number: str, body: pick_shapes.Why) -> dict[str, Any]:
    """Let one on hold go on, by the order as it is now."""
    caller, found = _one(request, profile, number)
    return _now(hold.let_go(caller, found.pk, body.because))


@router.post("/{profile}/{number}/cancel", response=pick_shapes.PickListFull)
def cancel(request: HttpRequest, profile: str, number: str, body: pick_shapes.Why) -> dict[str, Any]:
    """Take it back from the warehouse, for a reason: nothing of it counts any more."""
    caller, found = _one(request, profile, number)
    return _now(hold.cancel(caller, found.pk, body.because))


@router.post("/{profile}/{number}/take-back", response=pick_shapes.PickListFull)
def take_back(request: HttpRequest, profile: str, number: str, body: pick_shapes.Why) -> dict[str, Any]:
    """Take back what was said to be picked, for a reason: it is to be picked again."""
    caller, found = _one(request, profile, number)
    return _now(hold.take_back_result(caller, found.pk, body.because))


@results.post("", response=pick_shapes.PicksOut)
def picks(request: HttpRequest, body: pick_shapes.PicksAsk) -> dict[str, Any]:
    """Say what was picked, of one order or of many: each result is taken whole or refused alone.

    Send `Idempotency-Key`: rows of one `reference` add up, so the same request twice would count twice.
    """
    given = [one.dict(exclude_none=True) for one in body.results]
    return take_many(who(request), given, way=PickResult.Way.API)
