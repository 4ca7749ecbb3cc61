"""Packings: list, look, say whole, change step by step, compare, close."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from purveyor.api import cursors
from purveyor.api import packing_shapes as shapes
from purveyor.api.auth import who
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name, named
from purveyor.warehouse import packing_queries as queries
from purveyor.warehouse.domain import edit, pack, resolve
from purveyor.warehouse.domain.compare import Numbers
from purveyor.warehouse.domain.undo import undo as undo_step
from purveyor.warehouse.models import Packing
from purveyor.warehouse.packing_given import flat
from purveyor.warehouse.packing_schemas import changed_full, packing_full, packing_row, step_row
from purveyor.warehouse.packing_tables import PACKINGS
from purveyor.warehouse.rules import VIEW

router = Router(tags=["packings"])


class Filters(Schema):
    """What the list is narrowed by; several are joined by and."""

    q: str = Field("", description="A part of the reference, or a PO number or SSCC as a whole")
    state: str = Field("", description="open, packed or dropped")
    stands: str = Field("", description="yes: something stands against it; no: it adds up")
    center: str = Field("", description="Fulfillment center")
    profile: str = ""


@router.get("", response=shapes.PackingsOut)
def list_packings(
    request: HttpRequest, filters: Query[Filters], cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The packings of the caller's profiles, the latest first."""
    caller = who(request)
    wanted = filters.dict() | {"profile": named(caller, filters.profile, VIEW)}
    rows = PACKINGS.narrow(queries.counted(queries.visible_to(caller)), wanted)
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"packings": [packing_row(row) for row in found], "next": after}


def _one(request: HttpRequest, number: int) -> tuple[Who, Packing]:
    caller = who(request)
    return caller, queries.one(caller, number)


def _now(caller: Who, packing: Packing) -> dict[str, Any]:
    return packing_full(queries.one(caller, packing.pk))


@router.post("", response={201: shapes.PackingFull})
def begin(request: HttpRequest, body: shapes.BeginAsk) -> Status[dict[str, Any]]:
    """Begin a packing with what is there to be packed of some orders, nothing of it placed yet."""
    caller = who(request)
    profile = by_name(caller, body.profile, VIEW)
    return Status(201, _now(caller, pack.begin(caller, profile, body.reference, body.orders, ship_to=body.ship_to)))


@router.get("/{int:number}", response=shapes.PackingFull)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One packing: its tree, what is found, and how packed, picked and acknowledged compare."""
    return packing_full(_one(request, number)[1])


@router.get("/{int:number}/steps", response=shapes.StepsOut)
def steps(request: HttpRequest, number: int) -> dict[str, Any]:
    """What was done to it, the latest first."""
    _caller, found = _one(request, number)
    return {"steps": [step_row(one) for one in found.steps.order_by("-version").defer("before")[:500]]}


@router.post("/{int:number}/steps", response=shapes.ChangedOut)
def step(request: HttpRequest, number: int, body: shapes.StepAsk) -> dict[str, Any]:
    """Change an open packing by one step, which can be undone; answers the rows that changed."""
    caller, found = _one(request, number)
    asked = body.dict(exclude_unset=True)
    return changed_full(edit.step(caller, found, asked.pop("version"), asked))


@router.post("/{int:number}/undo", response=shapes.ChangedOut)
def undo(request: HttpRequest, number: int, body: shapes.PackingSeenAsk) -> dict[str, Any]:
    """Take the last step back that was not taken back yet."""
    caller, found = _one(request, number)
    return changed_full(undo_step(caller, found, body.version))


@router.post("/{int:number}/close", response=shapes.PackingFull)
def close(request: HttpRequest, number: int, body: shapes.WhyAsk) -> dict[str, Any]:
    """Everything adds up: it may ship. Refused while a difference or a block stands; warnings want `because`."""
    caller, found = _one(request, number)
    return _now(caller, pack.close(caller, found, body.version, body.because))


@router.post("/{int:number}/reopen", response=shapes.PackingFull)
def reopen(request: HttpRequest, number: int, body: shapes.WhyAsk) -> dict[str, Any]:
    """Open a closed packing again, or take one up that was given up."""
    caller, found = _one(request, number)
    return _now(caller, pack.reopen(caller, found, body.version, body.because))


@router.post("/{int:number}/drop", response=shapes.PackingFull)
def drop(request: HttpRequest, number: int, body: shapes.WhyAsk) -> dict[str, Any]:
    """Give an open packing up: nothing of it counts as packed."""
    caller, found = _one(request, number)
    return _now(caller, pack.drop(caller, found, body.version, body.because))


@router.post("/{int:number}/accept", response=shapes.PackingFull)
def accept(request: HttpRequest, number: int, body: shapes.AcceptAsk) -> dict[str, Any]:
    """Let the difference of a line stand as its numbers are now, with a reason."""
    caller, found = _one(request, number)
    seen = Numbers(body.acknowledged, body.picked, body.packed) if body.packed is not None else None
    resolve.accept(caller, found, body.version, body.line, body.because, seen)
    return _now(caller, found)


@router.post("/{int:number}/cut", response=shapes.PackingFull)
def cut(request: HttpRequest, number: int, body: shapes.LineAsk) -> dict[str, Any]:
    """Answer the order of a line again by what is packed of it, while Amazon takes that."""
    caller, found = _one(request, number)
    resolve.cut(caller, found, body.version, body.line, body.because)
    return _now(caller, found)


@router.post("/{int:number}/move-rest", response=shapes.PackingFull)
def move_rest(request: HttpRequest, number: int, body: shapes.MoveRestAsk) -> dict[str, Any]:
    """Put what is acknowledged of a line and packed nowhere into another packing; answers this one."""
    caller, found = _one(request, number)
    resolve.move_rest(caller, found, body.version, body.line, body.reference)
    return _now(caller, found)


@router.post("/{int:number}/move-out", response=shapes.ChangedOut)
def move_out(request: HttpRequest, number: int, body: shapes.MoveOutAsk) -> dict[str, Any]:
    """Move a pallet, a carton or pieces into another packing. No undo takes this back; move them back instead."""
    caller, found = _one(request, number)
    asked = body.dict(exclude_unset=True)
    version, reference = asked.pop("version"), asked.pop("reference")
    return changed_full(resolve.move_out(caller, found, version, asked, reference))


@router.get("/{profile}/{reference}", response=shapes.PackingFull)
def show_named(request: HttpRequest, profile: str, reference: str) -> dict[str, Any]:
    """The same by its reference."""
    return packing_full(queries.find(who(request), reference, profile))


@router.put("/{profile}/{reference}", response=shapes.PackingFull)
def put(request: HttpRequest, profile: str, reference: str, body: shapes.PutAsk) -> dict[str, Any]:
    """Say all of a packing; the same reference again replaces what was said. Any problem refuses all of it."""
    caller = who(request)
    mine = by_name(caller, profile, VIEW)
    given = flat(body.dict())
    more: dict[str, Any] = {"ship_to": body.ship_to, "expect_version": body.version}
    return _now(caller, pack.put(caller, mine, reference, given.boxes, given.contents, **more))
