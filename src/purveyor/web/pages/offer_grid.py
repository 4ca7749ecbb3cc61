"""The answers of an offer: the grid, what it reads and what it sends; and the plain form of the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.common.errors import Conflict, Denied, NotFound, PurveyorError, Refused
from purveyor.offers import queries, rules
from purveyor.offers.domain.answer import Taken, answer
from purveyor.offers.domain.board import board
from purveyor.offers.domain.lock import stages_of
from purveyor.offers.domain.stages import turn_of
from purveyor.offers.domain.sums import MINE
from purveyor.offers.models import Offer, Said, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who
from purveyor.web import offer_grid as told_of
from purveyor.web import offer_plain
from purveyor.web.errors import status_of
from purveyor.web.offer_next import hand_on_words, next_of
from purveyor.web.render import page, who_of

SCRIPTS = ("grid-cells.js", "grid-keep.js", "grid-view.js", "grid-keys.js", "grid-panels.js", "grid.js")
FILTERS = (
    ("", pgettext_lazy("cells", "All")),
    ("undecided", gettext_lazy("Undecided")),
    ("changed", pgettext_lazy("cells", "Changed")),
    ("mine", gettext_lazy("Mine to answer")),
    ("unmapped", gettext_lazy("Without product")),
)


@dataclass(frozen=True, slots=True)
class Pages:
    """Which rows of how many are shown, and where the others are."""

    number: int
    total: int
    query: dict[str, str]

    @property
    def first(self) -> int:
        return (self.number - 1) * offer_plain.PAGE + 1

    @property
    def last(self) -> int:
        return min(self.total, self.number * offer_plain.PAGE)

    @property
    def previous(self) -> str:
        return self._to(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._to(self.number + 1) if self.last < self.total else ""

    def _to(self, number: int) -> str:
        return f"?{urlencode(self.query | {'page': str(number)})}"


def stage_of(who: Who, offer: Offer, wanted: str) -> Stage:
    """The stage whose answers are shown: the one asked for, the one whose turn it is where it is theirs, the first
    that is theirs, else the one whose turn it is. Raises NotFound."""
    stages = stages_of(offer)
    if wanted:
        found = next((one for one in stages if one.key == wanted), None)
        if found is None:
            raise NotFound(_("This offer has no such stage."))
        return found
    turn = turn_of(stages)
    mine = [one for one in stages if rules.may_answer(who, one)]
    if turn in mine or not mine:
        return turn or stages[-1]
    return mine[0]


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The grid, with the plain form for browsers without script; and what that form sends."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    stage = stage_of(who, found, request.POST.get("stage", "") or request.GET.get("stage", ""))
    if request.method != "POST":
        return _page(request, found, stage)
    if not rules.may_answer(who, stage):
        raise Denied(_("This stage is not yours to answer."))
    return _saved(request, found, stage)


def _saved(request: HttpRequest, found: Offer, stage: Stage) -> HttpResponse:
    given, problems = offer_plain.sent(request.POST)
    taken, problem = Taken(), None
    try:
        taken = answer(who_of(request), found, stage.key, given, how=Said.How.FORM)
    except (Refused, Conflict) as error:
        problem = error
    taken.problems += problems
    if problem is None and not taken.problems and not taken.clashes:
        said = ngettext("%(count)d answer was saved.", "%(count)d answers were saved.", len(given))
        messages.success(request, said % {"count": len(given)})
        names = ("stage", "only", "page", "plain")
        query = {name: request.POST[name] for name in names if request.POST.get(name)}
        return redirect(f"/offers/{found.pk}/grid/?{urlencode(query)}")
    return _page(request, queries.one(who_of(request), found.pk), stage, taken=taken, problem=problem)


def _page(
    request: HttpRequest,
    found: Offer,
    stage: Stage,
    *,
    taken: Taken | None = None,
    problem: PurveyorError | None = None,
) -> HttpResponse:
    who, asked = who_of(request), request.POST if request.method == "POST" else request.GET
    only = asked.get("only", "") if asked.get("only", "") in dict(FILTERS) else ""
    stages = stages_of(found)
    numbers = _numbers(found, stage, only)
    pages = _pages(asked, stage, only, len(numbers))
    whole = board(found, stage.key, rows=numbers[pages.first - 1 : pages.last])
    open_cells = {one.key: one.totals.cells - one.totals.decided for one in whole.stages}
    turn = turn_of(stages)
    may = rules.may_answer(who, stage)
    told: dict[str, Any] = {
        "offer": found,
        "stage": next(one for one in whole.stages if one.key == stage.key),
        "stages": whole.stages,
        "totals": whole.stages,
        "next": next_of(who, found, stages, open_cells[turn.key] if turn else 0),
        "may_answer": may and bool(whole.counts[MINE]),
        "their_turn": may and stage == turn and stage.state == StageState.OPEN and found.state == OfferState.OPEN,
        "undecided": open_cells[stage.key],
        "counts": whole.counts,
        "hand_on_words": hand_on_words(stages, stage),
        "rows": offer_plain.rows_of(whole, request.POST if taken else None, taken),
        "pages": pages,
        "only": only,
        "filters": FILTERS,
        "kinds": told_of.KINDS,
        "words": told_of.words(),
        "scripts": SCRIPTS,
        "plain": bool(asked.get("plain")) or taken is not None or problem is not None,
        "problem": problem.as_dict() if problem else None,
    }
    return page(request, "offer_grid", "offers", status=422 if taken or problem else 200, **told)


def _numbers(found: Offer, stage: Stage, only: str) -> list[int]:
    """The numbers of the rows a filter finds; without one nothing else is read of them."""
    if only:
        return [row.number for row in board(found, stage.key, only=only).rows]
    return list(found.rows.order_by("number").values_list("number", flat=True))


def _pages(asked: Any, stage: Stage, only: str, count: int) -> Pages:
    text = asked.get("page", "")
    last = max(1, -(-count // offer_plain.PAGE))
    number = min(last, max(1, int(text))) if text.isdecimal() and len(text) < 6 else 1
    query = {"stage": stage.key, "only": only, "plain": asked.get("plain", "")}
    return Pages(number, count, {name: value for name, value in query.items() if value})


@require_safe
def read(request: HttpRequest, offer_id: int) -> JsonResponse:
    """The whole board, for the grid."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    stage = stage_of(who, found, request.GET.get("stage", ""))
    return JsonResponse(told_of.board_told(board(found, stage.key), rules.may_answer(who, stage)))


@require_POST
def save(request: HttpRequest, offer_id: int) -> JsonResponse:
    """Answers of the grid: what became of each cell, and the totals by now. Refusals as the API words them."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    try:
        asked = told_of.read_sent(request.POST.get("answers", ""))
        taken = answer(who, found, asked.stage, asked.given, how=Said.How.GRID)
    except (Refused, Conflict) as error:
        return JsonResponse({"error": error.as_dict()}, status=status_of(error))
    named = {(one.row, one.delivery) for one in asked.given}
    now = board(queries.one(who, offer_id), asked.stage, rows={row for row, _delivery in named})
    cells = [cell for row in now.rows for cell in row.cells.values() if (cell.row, cell.delivery) in named]
    told = {
        "version": now.offer.version,
        "cells": told_of.cells_told(cells),
        "clashes": [told_of.clash_told(one) for one in taken.clashes],
        "problems": [told_of.problem_told(one) for one in (*taken.problems, *asked.problems)],
        "totals": told_of.totals_told({one.key: one.totals for one in now.stages}),
    }
    return JsonResponse(told)
