"""Bulk-buy offers: list, look, answer, and what is done about a whole offer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Field, Query, Router, Schema

from purveyor.api import cursors
from purveyor.api import offer_shapes as shapes
from purveyor.api.auth import who
from purveyor.channels.workbooks.answers import answers_into
from purveyor.channels.workbooks.stage import stage_workbook
from purveyor.channels.write import XLSX_TYPE
from purveyor.offers import queries
from purveyor.offers.domain import answer, complete, keep, mapping, stages
from purveyor.offers.domain.board import board as board_of
from purveyor.offers.domain.board import history_of
from purveyor.offers.models import Offer, Said
from purveyor.offers.schemas import board_full, cell_row, offer_full, offer_rows, said_row, taken_full
from purveyor.offers.tables import OFFERS
from purveyor.people.who import Who
from purveyor.profiles.queries import named

router = Router(tags=["offers"])
MOST_ROWS = 5000


class Filters(Schema):
    """What the list is narrowed by; several are joined by and."""

    q: str = Field("", description="A part of number or title, or an ASIN, product number or SKU of a row as a whole")
    state: str = Field("", description="open, completed, withdrawn or expired")
    stage: str = Field("", description="Whose turn it is")
    profile: str = ""
    program: str = ""
    vendor: str = Field("", description="Vendor code")


@router.get("", response=shapes.OffersOut)
def list_offers(
    request: HttpRequest, filters: Query[Filters], cursor: cursors.Cursor = "", limit: cursors.Limit = cursors.PAGE
) -> dict[str, Any]:
    """The offers of the caller's profiles, the latest first."""
    caller = who(request)
    wanted = filters.dict() | {"profile": named(caller, filters.profile, "offers.view")}
    rows = OFFERS.narrow(queries.visible_to(caller), wanted)
    found, after = cursors.newest_first(rows, cursor, limit, by="created_at")
    return {"offers": list(offer_rows(found)), "next": after}


def _one(request: HttpRequest, number: int) -> tuple[Who, Offer]:
    caller = who(request)
    return caller, queries.one(caller, number)


def _now(caller: Who, offer: Offer) -> dict[str, Any]:
    return offer_full(queries.one(caller, offer.pk))


@router.get("/{int:number}", response=shapes.OfferFull)
def show(request: HttpRequest, number: int) -> dict[str, Any]:
    """One offer with its deliveries, stages, liability and history."""
    return offer_full(_one(request, number)[1])


@router.patch("/{int:number}", response=shapes.OfferFull)
def change(request: HttpRequest, number: int, body: shapes.OfferChange) -> dict[str, Any]:
    """Correct what is said of an open offer."""
    caller, found = _one(request, number)
    given = body.dict(exclude_unset=True)
    seen = given.pop("version", None)
    keep.change_facts(caller, found, given, expect_version=seen)
    return _now(caller, found)


@router.get("/{int:number}/board", response=shapes.BoardOut)
def board(
    request: HttpRequest, number: int, stage: str = "", only: str = "", after: int = 0, limit: int = MOST_ROWS
) -> dict[str, Any]:
    """Every cell as a stage sees it: what it finds, what it says, what changed. `only`: mine, undecided, changed or
    unmapped. Rows behind `after`, at most `limit`."""
    _caller, found = _one(request, number)
    told = board_full(board_of(found, stage, only=only))
    rows = [row for row in told["rows"] if row["row"] > after]
    limit = max(1, min(limit, MOST_ROWS))
    return told | {"rows": rows[:limit], "next": rows[limit - 1]["row"] if len(rows) > limit else None}


@router.get("/{int:number}/cells/{int:row}/{int:delivery}", response=shapes.CellHistory)
def cell(request: HttpRequest, number: int, row: int, delivery: int) -> dict[str, Any]:
    """One cell, and every answer there ever was."""
    _caller, found = _one(request, number)
    wanted = queries.cell(found, row, delivery)
    now = board_of(found, rows={row}).rows[0].cells[delivery]
    return {"cell": cell_row(now), "history": [said_row(one) for one in history_of(wanted)]}


@router.put("/{int:number}/answers", response=shapes.TakenOut)
def answers(request: HttpRequest, number: int, body: shapes.AnswersAsk) -> dict[str, Any]:
    """Answer cells for a stage. Good ones are kept; clashes and bad ones are told, and overwrite nothing."""
    caller, found = _one(request, number)
    given = [answer.Given(**one.dict()) for one in body.answers]
    return taken_full(answer.answer(caller, found, body.stage, given, how=Said.How.API, because=body.because))


@router.post("/{int:number}/approve", response=shapes.TakenOut)
def approve(request: HttpRequest, number: int, body: shapes.ApproveAsk) -> dict[str, Any]:
    """Say yes to everything as it stands, or only to what is undecided."""
    caller, found = _one(request, number)
    told: dict[str, Any] = {"undecided_only": body.undecided_only, "how": Said.How.API, "expect_version": body.version}
    return taken_full(answer.approve(caller, found, body.stage, **told))


@router.post("/{int:number}/hand-on", response=shapes.OfferFull)
def hand_on(request: HttpRequest, number: int, body: shapes.SeenAsk) -> dict[str, Any]:
    """The stage whose turn it is has answered everything: the next one begins, or a second person looks."""
    caller, found = _one(request, number)
    return _now(caller, stages.hand_on(caller, found, expect_version=body.version))


@router.post("/{int:number}/confirm", response=shapes.OfferFull)
def confirm(request: HttpRequest, number: int, body: shapes.SeenAsk) -> dict[str, Any]:
    """Confirm, as a second person, the stage that waits for one."""
    caller, found = _one(request, number)
    return _now(caller, stages.confirm(caller, found, expect_version=body.version))


@router.post("/{int:number}/decline", response=shapes.OfferFull)
def decline(request: HttpRequest, number: int, body: shapes.ReasonAsk) -> dict[str, Any]:
    """Decline it: the stage is open again."""
    caller, found = _one(request, number)
    return _now(caller, stages.decline(caller, found, body.reason))


@router.post("/{int:number}/send-back", response=shapes.OfferFull)
def send_back(request: HttpRequest, number: int, body: shapes.StageReasonAsk) -> dict[str, Any]:
    """Give the offer back to an earlier stage."""
    caller, found = _one(request, number)
    return _now(caller, stages.send_back(caller, found, body.stage, body.reason))


@router.post("/{int:number}/revoke", response=shapes.OfferFull)
def revoke(request: HttpRequest, number: int, body: shapes.StageReasonAsk) -> dict[str, Any]:
    """Take back that a stage of the caller's handed the offer on."""
    caller, found = _one(request, number)
    return _now(caller, stages.revoke(caller, found, body.stage, body.reason))


@router.post("/{int:number}/complete", response=shapes.OfferFull)
def complete_it(request: HttpRequest, number: int, body: shapes.CompleteAsk) -> dict[str, Any]:
    """Freeze what every stage agreed on."""
    caller, found = _one(request, number)
    told: dict[str, Any] = {
        "reason": body.reason,
        "leave_unmapped": body.leave_unmapped,
        "expect_version": body.version,
    }
    return _now(caller, complete.complete(caller, found, **told))


@router.post("/{int:number}/reopen", response=shapes.OfferFull)
def reopen(request: HttpRequest, number: int, body: shapes.ReasonAsk) -> dict[str, Any]:
    """Open a completed offer again."""
    caller, found = _one(request, number)
    return _now(caller, complete.reopen(caller, found, body.reason))


@router.post("/{int:number}/withdraw", response=shapes.OfferFull)
def withdraw(request: HttpRequest, number: int, body: shapes.ReasonAsk) -> dict[str, Any]:
    """Give it up: nobody answers it any more."""
    caller, found = _one(request, number)
    return _now(caller, complete.withdraw(caller, found, body.reason))


@router.post("/{int:number}/take-up", response=shapes.OfferFull)
def take_up(request: HttpRequest, number: int, body: shapes.ReasonAsk) -> dict[str, Any]:
    """Take one up again that was given up."""
    caller, found = _one(request, number)
    return _now(caller, complete.take_up(caller, found, body.reason))


@router.post("/{int:number}/rows/{int:row}/product", response=shapes.RowMappedOut)
def map_row(request: HttpRequest, number: int, row: int, body: shapes.RowMapAsk) -> dict[str, Any]:
    """Say which product a row is that nobody knows; all rows and orders that say the same go on."""
    caller, found = _one(request, number)
    return {"row": row, "sku": mapping.map_row(caller, found, row, sku=body.sku, new=body.new).sku}


@router.get("/{int:number}/stages/{stage}/workbook", response={200: None})
def stage_book(request: HttpRequest, number: int, stage: str) -> HttpResponse:
    """A stage's cells as a workbook to be filled in and brought back as a file of the kind `offer-answers`."""
    caller, found = _one(request, number)
    made = stage_workbook(caller, found, stage)
    return _book(made.name, made.content)


@router.get("/{int:number}/workbook", response={200: None})
def workbook(request: HttpRequest, number: int, comments: bool = False) -> HttpResponse:
    """Amazon's workbook with the answers of a completed offer in its answer cells, every other byte as it came.

    Comments are written for colleagues; with `comments` Amazon gets them too."""
    caller, found = _one(request, number)
    made = answers_into(caller, found, comments=comments)
    return _book(made.name, made.content)


def _book(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)
