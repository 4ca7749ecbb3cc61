"""What was found about orders: ways out, products nobody knows, second persons, pick results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from purveyor.api.auth import who
from purveyor.api.shape_bases import Open, Strict
from purveyor.orders import queries
from purveyor.orders.domain import mapping, remedy, second
from purveyor.orders.domain.picked import pick_result
from purveyor.orders.schemas import acknowledgement_row
from purveyor.orders.work_schemas import finding_row

router = Router(tags=["orders"])


class WayAsk(Strict):
    way: str
    because: str = ""


class FindingRow(Open):
    id: int
    check: str
    severity: str
    state: str
    message: str


class UnmatchedOut(Open):
    unmatched: list[dict[str, Any]]


class MapAsk(Strict):
    """Either the ``sku`` (or ASIN) of a product there is, or a ``new`` one."""

    asin: str = ""
    vendor_product: str = ""
    sku: str = ""
    new: dict[str, Any] | None = None


class MappedOut(Open):
    sku: str
    orders: int


class SecondAsk(Strict):
    confirm: bool
    because: str = ""


class PickAsk(Strict):
    lines: dict[str, int]


class DecidedOut(Open):
    number: str
    acknowledgement: dict[str, Any] | None


@router.get("/unmatched", response=UnmatchedOut)
def unmatched(request: HttpRequest) -> dict[str, Any]:
    """The products nobody knows that hold orders, the soonest due first."""
    return {"unmatched": [one.as_dict() for one in mapping.as_known(mapping.unmatched(who(request)))]}


@router.post("/unmatched", response=MappedOut)
def map_product(request: HttpRequest, body: MapAsk) -> dict[str, Any]:
    """Say which product it is; all orders it holds go on by themselves."""
    product, held = mapping.map_product(who(request), body.asin, body.vendor_product, sku=body.sku, new=body.new)
    return {"sku": product.sku, "orders": held}


@router.post("/{profile}/{number}/findings/{int:finding}", response=FindingRow)
def take(request: HttpRequest, profile: str, number: str, finding: int, body: WayAsk) -> dict[str, Any]:
    """Take a way out of a finding (its ``ways`` name them)."""
    caller = who(request)
    taken = remedy.take(caller, queries.find(caller, number, profile), finding, body.way, body.because)
    return finding_row(taken, taken.line.number if taken.line else "")


@router.post("/{profile}/{number}/second", response=DecidedOut)
def settle(request: HttpRequest, profile: str, number: str, body: SecondAsk) -> dict[str, Any]:
    """Confirm or decline the answer that waits for a second person."""
    caller = who(request)
    order = queries.find(caller, number, profile)
    asked = second.waiting(order)
    if not body.confirm:
        second.decline(caller, asked.pk, body.because)
        return {"number": order.number, "acknowledgement": None}
    return {"number": order.number, "acknowledgement": acknowledgement_row(second.confirm(caller, asked.pk))}


@router.post("/{profile}/{number}/pick", response=DecidedOut)
def pick(request: HttpRequest, profile: str, number: str, body: PickAsk) -> dict[str, Any]:
    """What was picked, in eaches by line; it answers the order, or corrects a provisional answer."""
    caller = who(request)
    order = queries.find(caller, number, profile)
    given = pick_result(caller, order.pk, body.lines)
    return {"number": order.number, "acknowledgement": acknowledgement_row(given) if given else None}
