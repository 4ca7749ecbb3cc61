"""One packing: its page with plain forms, what these do, and the same for the editor as JSON."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.warehouse import packing_queries as queries
from purveyor.warehouse.models import Packing
from purveyor.warehouse.packing_schemas import changed_full, packing_full
from purveyor.web import packing_acts, packing_editor
from purveyor.web.addresses import back_to
from purveyor.web.errors import status_of
from purveyor.web.packing_shown import About
from purveyor.web.render import page, who_of


@require_safe
def packing(request: HttpRequest, packing_id: int) -> HttpResponse:
    """The page of a packing."""
    return _page(request, queries.one(who_of(request), packing_id))


@require_POST
def act(request: HttpRequest, packing_id: int, verb: str) -> HttpResponse:
    """One of the deeds of ``packing_acts``. What is refused is said on the page, as it is by then."""
    who = who_of(request)
    found, deed = queries.one(who, packing_id), packing_acts.find(verb)
    try:
        deed.run(who, found, packing_acts.version_of(request.POST), request.POST)
    except (Refused, Conflict) as error:
        return _page(request, queries.one(who, packing_id), problem=error)
    messages.success(request, str(deed.done))
    return redirect(back_to(request, request.POST.get("back", ""), f"/packings/{found.pk}/"))


def _page(request: HttpRequest, found: Packing, problem: PurveyorError | None = None) -> HttpResponse:
    text = request.GET.get("page", "")
    about = About(who_of(request), found, int(text) if text.isdecimal() and len(text) < 6 else 1)
    told: dict[str, Any] = {"about": about, "packing": found, "typed": request.POST}
    if about.may_pack and not request.GET.get("plain"):
        told |= {"editor": True, "scripts": packing_editor.SCRIPTS, "words": packing_editor.words()}
    told["problem"] = problem.as_dict() if problem else None
    return page(request, "packing", "packings", status=status_of(problem) if problem else 200, **told)


@require_safe
def tree(request: HttpRequest, packing_id: int) -> JsonResponse:
    """The whole packing, for the editor, and its latest step. Where it is still the version ``since``, only that."""
    who = who_of(request)
    found = queries.one(who, packing_id)
    if request.GET.get("since") == str(found.version):
        return JsonResponse({"version": found.version, "state": str(found.state)})
    return JsonResponse(packing_full(found) | {"last": packing_editor.last_told(who, found)})


@require_safe
def stands(request: HttpRequest, packing_id: int) -> HttpResponse:
    """What stands against it by now, with the ways out and how it is closed: the editor shows it below the boxes."""
    who = who_of(request)
    found = queries.one(who, packing_id)
    told = {"about": About(who, found), "packing": found, "editor": True}
    return render(request, "parts/packing_ending.html", told)


@require_POST
def step(request: HttpRequest, packing_id: int) -> JsonResponse:
    """One step of the editor, with the version it saw: the rows that changed. Refusals as the API words them."""
    who = who_of(request)
    found = queries.one(who, packing_id)
    try:
        version, asked = packing_acts.read_sent(request.POST.get("step", ""))
        return JsonResponse(changed_full(packing_acts.take(who, found, version, asked)))
    except (Refused, Conflict) as error:
        return JsonResponse({"error": error.as_dict()}, status=status_of(error))
