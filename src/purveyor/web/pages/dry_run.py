"""What other policies would have answered: the form, and the run that tells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from purveyor.common.errors import Refused
from purveyor.orders import dryrun, typing_dryrun
from purveyor.profiles import dated
from purveyor.profiles.domain.settings import MANAGE
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name
from purveyor.web.render import page, who_of


@require_http_methods(["GET", "HEAD", "POST"])
def dry_run(request: HttpRequest, name: str) -> HttpResponse:
    """The form, filled with what is in force; what differs from it is tried. With ``?of=types`` it is about types."""
    who = who_of(request)
    found = by_name(who, name)
    who.require(MANAGE, found)
    types = request.GET.get("of") == "types"
    run, choices = (typing_dryrun.start, typing_dryrun.choices) if types else (dryrun.start, dryrun.choices)
    fields = _fields(found, choices())
    problems: list[str] = []
    if request.method == "POST":
        given = {field["name"]: request.POST.get(field["name"], field["value"]).strip() for field in fields}
        changes = {field["name"]: given[field["name"]] for field in fields if given[field["name"]] != field["value"]}
        try:
            return redirect("run", run(who, found, changes).pk)
        except Refused as error:
            problems = [problem.message for problem in error.problems]
            fields = [field | {"value": given[field["name"]]} for field in fields]
    status = 422 if problems else 200
    shown = {"profile": found, "fields": fields, "problems": problems, "types": types}
    return page(request, "dry_run", "profiles", status=status, **shown)


def _fields(profile: Profile, choices: Iterable[dated.Setting]) -> list[dict[str, Any]]:
    said = dict(dated.in_force([profile]).values_list("name", "value"))
    return [
        {"name": one.name, "title": one.title, "choices": _choices(one), "value": said.get(one.name, one.default)}
        for one in choices
    ]


def _choices(setting: dated.Setting) -> tuple[tuple[str, Any], ...]:
    return setting.choices
