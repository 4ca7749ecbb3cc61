"""What is open about an order: hold and release it, say that a change was seen, what to answer to a changed one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from purveyor.api import shapes, work_shapes
from purveyor.api.auth import who
from purveyor.orders import queries
from purveyor.orders.domain import changed, hold
from purveyor.orders.domain.propose_again import proposal
from purveyor.orders.work_schemas import hold_row, proposal_row

router = Router(tags=["orders"])


@router.get("/{profile}/{number}/proposal", response=work_shapes.ProposalOut)
def propose(request: HttpRequest, profile: str, number: str) -> dict[str, Any]:
    """What to answer to an order that Amazon changed after it was answered; null where nothing is to be answered anew.

    Its lines can be sent as they are to the order's acknowledgement.
    """
    found = queries.find(who(request), number, profile)
    return proposal_row(found, proposal(found))


@router.post("/{profile}/{number}/seen", response=work_shapes.SeenOut)
def seen(request: HttpRequest, profile: str, number: str) -> dict[str, Any]:
    """Say that somebody looked at what Amazon changed; the alert closes, a hold stays."""
    caller = who(request)
    found = queries.find(caller, number, profile)
    return {"number": found.number, "profile": found.profile.name, "seen": changed.seen(caller, found)}


@router.post("/{profile}/{number}/holds", response={201: work_shapes.OrderHoldOut})
def put_on_hold(
    request: HttpRequest, profile: str, number: str, body: work_shapes.OrderHoldAsk
) -> Status[dict[str, Any]]:
    """Put an order on hold: nothing goes on with it by itself until it is released."""
    caller = who(request)
    return Status(201, hold_row(hold.hold(caller, queries.find(caller, number, profile), body.because)))


@router.post("/{profile}/{number}/holds/{int:hold_id}/release", response=work_shapes.OrderHoldOut)
def release(request: HttpRequest, profile: str, number: str, hold_id: int, body: shapes.Because) -> dict[str, Any]:
    """End one hold of an order."""
    caller = who(request)
    return hold_row(hold.release(caller, queries.find(caller, number, profile), hold_id, body.because))
