"""One pick list: its lines, what was picked, and what can be done about it. Works without script; scanning is another
page's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from purveyor.channels.write import CSV_TYPE, csv_lines
from purveyor.common.errors import Conflict, NotFound, PurveyorError, Refused
from purveyor.people.who import Who
from purveyor.warehouse import queries, read_rows, rules
from purveyor.warehouse.domain import hold, picks, said
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.domain.take import take
from purveyor.warehouse.models import PickList, PickResult
from purveyor.warehouse.schemas import HANDED_OUT, handed_out
from purveyor.warehouse.states import PickListState
from purveyor.web.detail import find_order
from purveyor.web.pick_form import PickForm
from purveyor.web.render import page, who_of

Verb = Callable[[Who, int, str], PickList]
ACTS: dict[str, Verb] = {
    "hold": hold.hold,
    "go-on": hold.let_go,
    "cancel": hold.cancel,
    "take-back": hold.take_back_result,
}


@require_safe
def pick_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """The page of a pick list."""
    return _page(request, queries.one(who_of(request), list_id))


def _page(
    request: HttpRequest,
    found: PickList,
    *,
    form: PickForm | None = None,
    problem: PurveyorError | None = None,
    failed: str = "",
) -> HttpResponse:
    who, sums = who_of(request), queries.figures([found])[found.pk]
    lines = queries.lines_of(found)
    told: dict[str, Any] = {
        "pick_list": found,
        "order": found.order,
        "sums": sums,
        "lines": [(line, picks.sum_of(line, sums.by_line), said.short) for line in lines],
        "why": said.why(found.reason),
        "results": [(one, said.outcome(one.outcome)) for one in queries.results_of(found)],
        "form": form or PickForm(lines),
        "open_form": form is not None,
        "may_release": who.may(rules.RELEASE, found.profile),
        "may_pick": who.may(rules.PICK, found.profile)
        and found.state in (PickListState.RELEASED, PickListState.PICKED),
        "problem": problem.as_dict() if problem else None,
        "failed": failed,
        "typed": request.POST.get("because", ""),
        "entries": queries.entries(found)[:50],
    }
    status = 200 if problem is None else 409 if isinstance(problem, Conflict) else 422
    return page(request, "pick_list", "warehouse", status=status, **told)


@require_POST
def act(request: HttpRequest, list_id: int, verb: str) -> HttpResponse:
    """Hold it, let it go on, take it or its result back. What is refused is said on its page, and the reason stays."""
    who = who_of(request)
    found = queries.one(who, list_id)
    if verb not in ACTS:
        raise NotFound(_("There is nothing of this name to be done about a pick list."))
    try:
        ACTS[verb](who, found.pk, request.POST.get("because", "").strip()[:500])
    except (Refused, Conflict) as error:
        return _page(request, queries.one(who, list_id), problem=error, failed=verb)
    messages.success(request, _("Done."))
    return redirect("pick-list", found.pk)


@require_POST
def picked(request: HttpRequest, list_id: int) -> HttpResponse:
    """Say what was picked: as typed, everything as asked, or one more row for another lot of a line."""
    who = who_of(request)
    found = queries.one(who, list_id)
    who.require(rules.PICK, found.profile)
    what, _colon, rest = request.POST.get("do", "").partition(":")
    form = PickForm(queries.lines_of(found), request.POST.dict(), more=rest if what == "more" else "")
    if what == "more":
        return _page(request, found, form=form)
    try:
        given = form.as_asked() if what == "all" else form.given()
        if not given:
            raise Refused(_("Say of one line at least how much was picked, or why nothing was."))
        rows = read_rows.rows(found.order.number, given)
        take(who, found.profile, rows, way=PickResult.Way.SCREEN)
    except (Refused, Conflict) as error:
        problems = {one.where: one.message for one in error.problems} if isinstance(error, Refused) else {}
        form = PickForm(form.lines, form.data, problems)
        return _page(request, queries.one(who, list_id), form=form, problem=error)
    messages.success(request, _("Taken down. What was not named counts as not found."))
    return redirect("pick-list", found.pk)


@require_safe
def csv(request: HttpRequest, list_id: int) -> HttpResponse:
    """The lines as a file for a warehouse's system."""
    found = queries.one(who_of(request), list_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.csv"'}
    return HttpResponse("".join(csv_lines(HANDED_OUT, handed_out(found))), content_type=CSV_TYPE, headers=headers)


@require_POST
def release_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """Release an order to the warehouse, in the version its page showed."""
    who = who_of(request)
    found = find_order(who, order_id)
    seen = request.POST.get("version", "")
    try:
        version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        made = release(who, found.pk, expect_version=version)
    except (Refused, Conflict) as error:
        problems = [one.message for one in error.problems] if isinstance(error, Refused) else []
        messages.error(request, " ".join([error.message, *problems]))
        return redirect("order", found.pk)
    messages.success(request, _("Released to the warehouse as pick list %(name)s.") % {"name": made.number})
    return redirect("order", found.pk)
