"""Views of lists: save, rename, share, delete, open with; and which columns a list shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from purveyor.base import listings
from purveyor.common.errors import PurveyorError, Refused
from purveyor.people.domain import views
from purveyor.web.addresses import back_to
from purveyor.web.lists import PLAIN, address_of
from purveyor.web.render import frame_of, page, who_of


@require_safe
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """The views of a list: one's own to change, the others' to open."""
    who, listing = who_of(request), listings.find(name)
    who.require_somewhere(listing.permission)
    kept = views.kept(who, name)
    rows = [(view, address_of(view), view.owner_id == getattr(who.user, "pk", None)) for view in kept.views]
    return page(request, "views", name, listing=listing, rows=rows, default=kept.default, home=reverse(name))


@require_POST
def save(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the list as it is shown."""
    asked, back = request.POST, back_to(request, request.POST.get("back", ""), reverse(listings.find(name).name))
    query = QueryDict(asked.get("query", ""))
    given = {key: query.getlist(key) for key in query}
    scope = frame_of(request).scope
    try:
        view = views.save(
            who_of(request),
            name,
            asked.get("name", ""),
            given,
            columns=[column for column in asked.get("columns", "").split(",") if column],
            shared=bool(asked.get("shared")),
            profile=scope if "profile" not in given else "",
        )
    except Refused as error:
        messages.error(request, _said(error))
        return redirect(back)
    messages.success(request, _("View %(name)s is kept.") % {"name": view.name})
    return redirect(address_of(view))


@require_POST
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename, share or take back; delete; open the list with it or no longer."""
    who, do = who_of(request), request.POST.get("do", "")
    view = views.find(who, view_id)
    try:
        _carry_out(request, do, view)
    except PurveyorError as error:
        messages.error(request, _said(error))
    return redirect("views", view.listing)


def _carry_out(request: HttpRequest, do: str, view: Any) -> None:
    who = who_of(request)
    if do == "delete":
        views.delete(who, view.pk)
        messages.success(request, _("View %(name)s is gone.") % {"name": view.name})
    elif do in ("default", "no-default"):
        views.make_default(who, view.listing, view.pk if do == "default" else None)
    elif do in ("share", "take-back"):
        views.change(who, view.pk, shared=do == "share")
    else:
        views.change(who, view.pk, name=request.POST.get("name", ""))


@require_POST
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """Keep which columns the list shows for this person; the usual ones with none."""
    listing = listings.find(name)
    who = who_of(request)
    who.require_somewhere(listing.permission)
    wanted = [] if request.POST.get("do") == "usual" else request.POST.getlist("column")
    chosen = views.choose_columns(who, name, wanted)
    back = back_to(request, request.POST.get("back", ""), reverse(name))
    path, _mark, query = back.partition("?")
    kept = QueryDict(query, mutable=True)
    kept.pop("columns", None)
    if chosen:
        kept["columns"] = ",".join(chosen)
    return redirect(f"{path}?{kept.urlencode() or f'view={PLAIN}'}")


def _said(error: PurveyorError) -> str:
    problems = error.problems if isinstance(error, Refused) else ()
    return " ".join(str(problem.message) for problem in problems) or error.message
