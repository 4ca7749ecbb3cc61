"""Pick by scan: the picker's page, what it asks while one picks, and what it sends in the end; and the plain form of
the same."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.warehouse import queries, read_rows, rules, scanning
from purveyor.warehouse.domain import once, said
from purveyor.warehouse.models import PickList
from purveyor.web import picking_told as told_of
from purveyor.web.errors import status_of
from purveyor.web.render import page, who_of

SCRIPTS = ("pick-draft.js", "pick-scan.js", "pick-view.js", "pick-ask.js", "pick-send.js", "pick.js")


def _find(request: HttpRequest, list_id: int) -> PickList:
    """The list, for who may pick it. Raises NotFound and Denied."""
    who = who_of(request)
    found = queries.one(who, list_id)
    who.require(rules.PICK, found.profile)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def picking(request: HttpRequest, list_id: int) -> HttpResponse:
    """The page, with the plain form for browsers without script; and what that form sends."""
    found = _find(request, list_id)
    lines = queries.lines_of(found)
    what, _colon, rest = request.POST.get("do", "").partition(":")
    form = told_of.PlainPick(lines, request.POST.dict(), more=rest if what == "more" else "")
    if request.method != "POST" or what == "more":
        return _page(request, found, form)
    try:
        sent = told_of.plain_sent(request.POST, form)
        return redirect(_take(request, found, sent))
    except (Refused, Conflict) as error:
        problems = {one.where: one.message for one in error.problems} if isinstance(error, Refused) else {}
        form = told_of.PlainPick(lines, request.POST.dict(), problems)
        return _page(request, queries.one(who_of(request), list_id), form, error)


def _page(
    request: HttpRequest, found: PickList, form: told_of.PlainPick, problem: PurveyorError | None = None
) -> HttpResponse:
    told: dict[str, Any] = {
        "pick_list": found,
        "order": found.order,
        "form": form,
        "told": told_of.list_told(found, form.lines, who_of(request)),
        "why": said.why(found.reason),
        "words": told_of.words(),
        "scripts": SCRIPTS,
        "reference": _reference(request, problem),
        "problem": problem.as_dict() if problem else None,
    }
    return page(request, "picking", "warehouse", status=status_of(problem) if problem else 200, **told)


def _reference(request: HttpRequest, problem: PurveyorError | None) -> str:
    """The plain form keeps its name when it is sent again because the reply was lost; once something was refused,
    other rows follow, and they need another."""
    given = request.POST.get("reference", "")[:80]
    return given if given and problem is None else f"scan-{secrets.token_hex(8)}"


def _take(request: HttpRequest, found: PickList, sent: told_of.Sent) -> str:
    """Take it, say so on the next page; where that is. Raises Refused and Conflict."""
    rows = read_rows.rows(found.order.number, sent.rows, picked_at=clock.now())
    told = {"reference": sent.reference, "version": sent.version, "seen": sent.seen}
    _result, fresh = once.take_once(who_of(request), found.pk, rows, **told)
    if fresh:
        messages.success(request, _("Taken down. What was not named counts as not found."))
    return reverse("pick-list", args=[found.pk])


@require_safe
def now(request: HttpRequest, list_id: int) -> JsonResponse:
    """Whether the list is still what it was."""
    found = _find(request, list_id)
    return JsonResponse(told_of.now_told(found, queries.lines_of(found)))


@require_safe
def code(request: HttpRequest, list_id: int) -> JsonResponse:
    """What a symbol is that this list does not know."""
    found = _find(request, list_id)
    return JsonResponse(
        told_of.strange_told(found, scanning.strange(who_of(request), request.GET.get("code", "")[:80]))
    )


@require_POST
def take(request: HttpRequest, list_id: int) -> JsonResponse:
    """What was picked, all at once; refusals as the API words them, with the lines they concern."""
    found = _find(request, list_id)
    rows: list[dict[str, Any]] = []
    try:
        sent = told_of.read_sent(request.POST.get("picked", ""))
        rows = sent.rows
        return JsonResponse({"next": _take(request, found, sent)})
    except (Refused, Conflict) as error:
        told: dict[str, Any] = {"error": error.as_dict()}
        if isinstance(error, Refused):
            told["lines"] = told_of.in_lines(error.problems, rows)
        elif error.code == "another-result":
            told["now"] = told_of.now_told(found, queries.lines_of(found))
        return JsonResponse(told, status=status_of(error))
