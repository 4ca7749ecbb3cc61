"""Documents to Amazon: what was sent, what came of it, and what only a person can decide."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from purveyor.api import cursors, shapes
from purveyor.api.auth import who
from purveyor.outbox import decide, queries
from purveyor.outbox.models import Hold
from purveyor.outbox.schemas import document_full, document_row
from purveyor.people.who import Who
from purveyor.profiles.queries import named

router = Router(tags=["documents"])


@router.get("", response=shapes.DocumentsOut)
def list_documents(
    request: HttpRequest,
    profile: str = "",
    state: str = "",
    kind: str = "",
    q: Annotated[str, Field(description="How an order number or a transaction id begins")] = "",
    cursor: cursors.Cursor = "",
    limit: cursors.Limit = cursors.PAGE,
) -> dict[str, Any]:
    """The documents of the caller's profiles, newest first."""
    caller = who(request)
    profile = named(caller, profile, "documents.view")
    rows = queries.documents(caller, profile=profile, state=state, search=q.strip())
    rows = rows.filter(kind=kind) if kind else rows
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"documents": [document_row(d) for d in found], "next": after}


@router.get("/hold", response=shapes.HoldOut)
def show_hold(request: HttpRequest) -> dict[str, Any]:
    """Whether sending is held for the whole installation, and why."""
    who(request).require_somewhere("documents.view")
    return hold_row(decide.current_hold())


@router.post("/hold", response=shapes.HoldOut)
def hold(request: HttpRequest, body: shapes.HoldAsk) -> dict[str, Any]:
    """Hold sending for the whole installation; what is on its way is still followed."""
    return hold_row(decide.hold_sending(who(request), body.because))


@router.post("/hold/release", response=shapes.HoldOut)
def release(request: HttpRequest, body: shapes.Because) -> dict[str, Any]:
    """Let sending go on."""
    decide.release_hold(who(request), body.because)
    return hold_row(decide.current_hold())


def hold_row(hold: Hold | None) -> dict[str, Any]:
    """The hold on sending that stands, if any."""
    if hold is None:
        return {"held": False, "reason": "", "by": "", "at": None}
    return {"held": True, "reason": hold.reason, "by": hold.by, "at": hold.at}


@router.get("/{int:number}", response=shapes.DocumentFull)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One document with its exact body and every attempt with its exchange, secrets removed."""
    return document_full(queries.document(who(request), number))


@router.get("/{int:number}/body", response={200: dict[str, Any]})
def body(request: HttpRequest, number: int) -> HttpResponse:
    """The exact bytes that leave; their SHA-256 is the document's ``digest``."""
    found = queries.document(who(request), number)
    return HttpResponse(bytes(found.body), content_type="application/json")


@router.post("/{int:number}/resolve", response=shapes.DocumentFull)
def resolve(request: HttpRequest, number: int, body: shapes.ResolveAsk) -> dict[str, Any]:
    """Decide what became of a document of which nobody can tell."""
    caller = who(request)
    decide.resolve(caller, number, body.verdict, body.because)
    return _shown(caller, number)


@router.post("/{int:number}/withdraw", response=shapes.DocumentFull)
def withdraw(request: HttpRequest, number: int, body: shapes.Because) -> dict[str, Any]:
    """Take a queued document back before it leaves; its order can be answered anew."""
    caller = who(request)
    decide.withdraw(caller, number, body.because)
    return _shown(caller, number)


def _shown(caller: Who, number: int) -> dict[str, Any]:
    return document_full(queries.document(caller, number))
