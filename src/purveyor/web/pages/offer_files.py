"""The workbooks of offers: an invitation brought in, a stage's spreadsheet out and back, the answered original."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.base import filekinds
from purveyor.channels import store
from purveyor.channels.kinds.upload import bring as bring_it
from purveyor.channels.models import Upload
from purveyor.channels.workbooks import answers
from purveyor.channels.workbooks.offers import NAME as INVITATION
from purveyor.channels.workbooks.stage import NAME as ANSWERS
from purveyor.channels.workbooks.stage import stage_workbook
from purveyor.channels.write import XLSX_TYPE
from purveyor.common.errors import PurveyorError, Refused
from purveyor.offers import queries, rules
from purveyor.profiles.queries import by_name
from purveyor.web.pages.offer_grid import stage_of
from purveyor.web.render import frame_of, page, who_of


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Bring an invitation; its columns, facts and rows are looked at on the page of the file, before anything is
    taken."""
    who = who_of(request)
    who.require_somewhere(rules.MANAGE)
    problem: PurveyorError | None = None
    if request.method == "POST":
        try:
            return redirect("file", _brought(request, INVITATION, request.POST.get("profile", "")).pk)
        except Refused as error:
            problem = error
    profiles = [one for one in frame_of(request).profiles if who.may(rules.MANAGE, one)]
    told: dict[str, Any] = {"profiles": profiles, "most": store.MOST_BYTES, "wanted": request.POST.get("profile", "")}
    told["problem"] = problem.as_dict() if problem else None
    return page(request, "offer_new", "offers", status=422 if problem else 200, **told)


def _brought(request: HttpRequest, kind: str, profile: str) -> Upload:
    who, given = who_of(request), request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Refused(_("Choose a file first."))
    found = by_name(who, profile, rules.VIEW) if profile else None
    return bring_it(who, filekinds.find(kind), given.name or "", given.chunks(), profile=found)


@require_safe
def stage(request: HttpRequest, offer_id: int) -> HttpResponse:
    """A stage's answers as a spreadsheet to be filled in and brought back."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    wanted = stage_of(who, found, request.GET.get("stage", ""))
    made = stage_workbook(who, found, wanted.key)
    return _book(made.name, made.content)


@require_POST
def bring(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Bring a stage's spreadsheet back; what it says is looked at before it is taken."""
    found = queries.one(who_of(request), offer_id)
    try:
        return redirect("file", _brought(request, ANSWERS, found.profile.name).pk)
    except Refused as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("offer", found.pk)


@require_safe
def workbook(request: HttpRequest, offer_id: int) -> HttpResponse:
    """A copy of Amazon's workbook with the answers of a completed offer in its answer cells; with ``?comments=yes`` the
    comments too."""
    who = who_of(request)
    comments = request.GET.get("comments") == "yes"
    made = answers.answers_into(who, queries.one(who, offer_id), comments=comments)
    return _book(made.name, made.content)


def _book(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)
