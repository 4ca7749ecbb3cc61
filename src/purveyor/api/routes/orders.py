"""Orders: list, look, see what would be sent, acknowledge one or many."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from purveyor.api import cursors, shapes, shapes_lists
from purveyor.api.auth import who
from purveyor.common.errors import Refused
from purveyor.orders import queries
from purveyor.orders.domain.answer import Answers
from purveyor.orders.domain.answers_file import parse_answers
from purveyor.orders.domain.second import AwaitsSecond
from purveyor.orders.models import Order
from purveyor.orders.schemas import order_rows
from purveyor.outbox import answering, bulk_named
from purveyor.profiles.queries import named

router = Router(tags=["orders"])


class Filters(Schema):
    """What an order list is narrowed by; several are joined by and."""

    state: str = ""
    type: str = ""
    profile: str = ""
    q: str = Field("", description="How a PO number begins, or an ASIN, EAN or SKU of a line")
    amazon_state: str = ""
    vendor_code: str = ""
    ship_to: str = ""
    waits: bool = Field(False, alias="waiting", description="Only those Amazon waits for an answer to")
    late: bool = Field(False, alias="overdue", description="Only those waiting beyond Amazon's 24 hours")
    on_hold: bool = Field(False, alias="held", description="Only those something holds")
    finding: str = Field("", description="Only those with an open finding of this check, such as PO-04")


@router.get("", response=shapes.OrdersOut)
def list_orders(
    request: HttpRequest, filters: Query[Filters], cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The orders of the caller's profiles, newest first."""
    caller = who(request)
    wanted = filters.dict() | {"profile": named(caller, filters.profile, "orders.view")}
    rows = queries.narrow(queries.visible_to(caller), **wanted)
    found, after = cursors.newest_first(rows, cursor, limit, by="ordered_at")
    return {"orders": list(order_rows(found)), "next": after}


@router.post("/acknowledge", response=shapes.ManyOut)
def acknowledge_many(request: HttpRequest, body: shapes.ManyAsk) -> dict[str, Any]:
    """Answer many orders, each alone: one that is refused never stops the others, and says why."""
    caller = who(request)
    answers = {} if body.orders is None else parse_answers({"orders": body.orders})
    twice = sorted(answers.keys() & set(body.numbers))
    if twice:
        raise Refused(_("Named twice, in numbers and in orders: %(names)s.") % {"names": ", ".join(twice)})
    found = answering.resolve(caller, [*body.numbers, *answers], body.profile or "")
    told = answering.answer_many(caller, found, answers, because=body.because, **_confirmed(body))
    refused = sum(one.error is not None for one in told)
    return {"orders": [one.row() for one in told], "acknowledged": len(told) - refused, "refused": refused}


@router.post("/bulk", response=shapes_lists.BulkOut)
def bulk(request: HttpRequest, body: shapes_lists.BulkAsk) -> dict[str, Any]:
    """Assign, hold or release many orders, each alone: one that is refused never stops the others, and says why."""
    told: dict[str, Any] = {"to": body.person, "because": body.because, "dry_run": body.dry_run}
    return bulk_named.treat(who(request), body.do, body.numbers, profile=body.profile or "", **told)


@router.get("/{profile}/{number}", response=shapes.OrderFull)
def show(request: HttpRequest, profile: str, number: str) -> dict[str, Any]:
    """One order with its lines, findings, history and documents."""
    caller = who(request)
    return answering.shown(caller, queries.find(caller, number, profile))


@router.get("/{profile}/{number}/versions/{int:version}", response={200: dict[str, Any]})
def version(
    request: HttpRequest, profile: str, number: str, version: int, kind: Literal["order", "status"] = "order"
) -> HttpResponse:
    """One version of the order, or of its status, word for word as Amazon sent it."""
    found = queries.find(who(request), number, profile)
    return HttpResponse(queries.version(found, version, kind).document(), content_type="application/json")


@router.post("/{profile}/{number}/acknowledgement/preview", response={200: dict[str, Any]})
def preview(request: HttpRequest, profile: str, number: str, body: shapes.AcknowledgeAsk) -> HttpResponse:
    """Exactly what would be sent, byte for byte; nothing is decided."""
    caller = who(request)
    found = queries.find(caller, number, profile)
    sent = answering.preview(caller, found, _answers(found, body.lines), **_confirmed(body))
    return HttpResponse(sent, content_type="application/json")


@router.post("/{profile}/{number}/acknowledgement", response={201: shapes.AnsweredOut, 202: shapes.AnsweredOut})
def acknowledge(request: HttpRequest, profile: str, number: str, body: shapes.AcknowledgeAsk) -> Status[dict[str, Any]]:
    """Decide the order's answer; its document goes to Amazon once sending is on. 202: it is kept and waits for a second
    person, as `error` says."""
    caller = who(request)
    found = queries.find(caller, number, profile)
    given = {"because": body.because, "expect_version": body.version} | _confirmed(body)
    try:
        return Status(201, answering.answer(caller, found, _answers(found, body.lines), **given).row())
    except AwaitsSecond as error:
        return Status(202, answering.Answered(found.number, found, error=error).row())


def _confirmed(body: shapes.AcknowledgeAsk | shapes.ManyAsk) -> dict[str, bool]:
    """What the caller knew of and answers over."""
    return {"confirm_elsewhere": body.confirm_elsewhere, "confirm_hold": body.confirm_hold}


def _answers(order: Order, lines: Any) -> Answers | None:
    """The answers of one order as the file's reader reads them."""
    return (
        None if lines is None else parse_answers({"orders": [{"number": order.number, "lines": lines}]})[order.number]
    )
