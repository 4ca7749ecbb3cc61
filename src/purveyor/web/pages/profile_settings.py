"""The rules and tolerances of a profile: what is in force, what is planned, who said so; changing one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.common.errors import NotFound, Refused
from purveyor.profiles import dated
from purveyor.profiles.domain.settings import MANAGE, known, set_setting, withdraw_setting
from purveyor.profiles.queries import by_name
from purveyor.profiles.setting_forms import SettingForm
from purveyor.profiles.setting_schemas import settings_row
from purveyor.web.render import page, who_of

GROUPS = {
    "deadlines": gettext_lazy("Deadlines"),
    "checks": gettext_lazy("Checks"),
    "policy": gettext_lazy("Answering by itself"),
    "offers": gettext_lazy("Bulk-buy offers"),
    "packing": gettext_lazy("Packing"),
    "types": gettext_lazy("Order types"),
    "warehouse": gettext_lazy("Warehouse"),
}


@require_safe
def settings(request: HttpRequest, name: str) -> HttpResponse:
    """All of them, by group."""
    who = who_of(request)
    found = by_name(who, name)
    told = settings_row(found)
    groups = groupby(told["settings"], key=lambda row: dated.find(row["name"]).group)
    context = {"groups": [(GROUPS.get(key, key), list(rows)) for key, rows in groups], "planned": told["planned"]}
    return page(request, "profile_settings", "profiles", profile=found, may_change=who.may(MANAGE, found), **context)


@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: HttpRequest, name: str, setting: str) -> HttpResponse:
    """One of them: its history, and the form to change it."""
    who = who_of(request)
    found, wanted = by_name(who, name), known(setting)
    present = str(dated.in_force([found]).filter(name=wanted.name).values_list("value", flat=True).last() or "")
    form = SettingForm(wanted, present or wanted.default, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        who.require(MANAGE, found)
        if form.is_valid() and _stored(request, form, found, wanted):
            return redirect("profile-settings", found.name)
    context: dict[str, Any] = {
        "profile": found,
        "setting": wanted,
        "form": form,
        "history": list(dated.history(found, wanted.name)[:100]),
        "planned": {row.pk for row in dated.planned(found)},
        "may_change": who.may(MANAGE, found),
    }
    return page(request, "profile_setting", "profiles", status=422 if form.errors else 200, **context)


def _stored(request: HttpRequest, form: SettingForm, profile: Any, wanted: dated.Setting) -> bool:
    given = form.cleaned_data
    try:
        set_setting(
            who_of(request),
            profile,
            wanted.name,
            given["value"],
            valid_from=given["valid_from"],
            because=given["because"],
        )
    except Refused as error:
        form.show(error)
        return False
    messages.success(request, _("Stored."))
    return True


@require_POST
def withdraw(request: HttpRequest, name: str, setting: str, number: int) -> HttpResponse:
    """Take back what was planned."""
    who = who_of(request)
    found = by_name(who, name)
    try:
        withdraw_setting(who, found, number, name=setting, because=request.POST.get("because", "").strip())
    except NotFound as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back."))
    return redirect("profile-setting", found.name, setting)
