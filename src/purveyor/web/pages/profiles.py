"""Profiles: the connections to Vendor Central, their health, their switches, and fetching by hand."""

from __future__ import annotations

from datetime import datetime, time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.intake.sync import start_sync
from purveyor.jobs.models import Run
from purveyor.profiles import rotation
from purveyor.profiles.domain import add_profile, switch_sending
from purveyor.profiles.domain.parties import missing_roles, parties_of
from purveyor.profiles.forms import ProfileForm
from purveyor.profiles.models import Party, Profile
from purveyor.profiles.queries import by_name, secrets_of, visible_to
from purveyor.profiles.schemas import features_row
from purveyor.profiles.wizard.drafts import may_connect, open_drafts
from purveyor.web.connecting import rows_of
from purveyor.web.health import SWEEPS, health_of
from purveyor.web.paused import paused_of
from purveyor.web.render import page, who_of
from purveyor.web.zones import zone_of

MANAGE = "profiles.manage"
RUNS_SHOWN = 5


class SwitchForm(forms.Form):
    """Switching sending: the reason stands in the audit."""

    because = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 2}))


class SinceForm(forms.Form):
    """From which day on to fetch again."""

    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """All that one may see, with their health."""
    who = who_of(request)
    who.require_somewhere("profiles.view")
    return page(
        request,
        "profiles",
        "profiles",
        rows=health_of(visible_to(who)),
        may_add=may_connect(who),
        drafts=rows_of(open_drafts(who)),
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Connect a vendor account."""
    who = who_of(request)
    who.require(MANAGE)
    form = ProfileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_profile(who, **form.values())
        except Refused as error:
            form.show(error)
        else:
            said = _("%(name)s is added. The first fetch, within a minute, shows whether Amazon takes its values.")
            messages.success(request, said % {"name": made.name})
            return redirect("profile", made.name)
    elsewhere = ("environment", "endpoint", "login_url", "visibility_seconds")
    unfolded = request.POST.get("environment", "production") != "production" or any(f in form.errors for f in elsewhere)
    status = 422 if form.errors else 200
    return page(request, "profile_add", "profiles", form=form, unfolded=unfolded, status=status)


@require_safe
def profile(request: HttpRequest, name: str) -> HttpResponse:
    """One profile."""
    return _page_of(request, by_name(who_of(request), name))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: HttpRequest, name: str) -> HttpResponse:
    """Switch sending on or off, after a word about what that means."""
    who = who_of(request)
    found = by_name(who, name)
    who.require("profiles.send", found)
    form = SwitchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        on = request.POST.get("on") == "1"
        try:
            switch_sending(who, found, on, form.cleaned_data["because"])
        except Refused as error:
            messages.error(request, error.message)
            return redirect("profile", found.name)
        said = _("Sending is on.") if on else _("Sending is off: nothing leaves any more.")
        messages.success(request, said)
        return redirect("profile", found.name)
    waiting = found.documents.filter(state="queued").count()
    context = {"form": form, "profile": found, "waiting": waiting}
    return page(request, "profile_sending", "profiles", status=422 if form.errors else 200, **context)


@require_POST
def sync(request: HttpRequest, name: str) -> HttpResponse:
    """Fetch now: the sweeps that usually matter, as long work to watch."""
    found = by_name(who_of(request), name)
    try:
        run = start_sync(found, who=who_of(request))
    except (Refused, Conflict) as error:
        return _page_of(request, found, problem=error, status=409)
    return redirect("run", run.pk)


@require_POST
def backfill(request: HttpRequest, name: str) -> HttpResponse:
    """Fetch everything from a day on, as long work to watch."""
    found = by_name(who_of(request), name)
    form = SinceForm(request.POST)
    if not form.is_valid():
        return _page_of(request, found, form=form, status=422)
    since = datetime.combine(form.cleaned_data["since"], time.min, zone_of(found.marketplace))
    try:
        run = start_sync(found, since=since, who=who_of(request))
    except (Refused, Conflict) as error:
        return _page_of(request, found, form=form, problem=error, status=409)
    return redirect("run", run.pk)


def _page_of(
    request: HttpRequest,
    found: Profile,
    *,
    form: SinceForm | None = None,
    problem: PurveyorError | None = None,
    status: int = 200,
) -> HttpResponse:
    who = who_of(request)
    runs = Run.objects.filter(profile=found).select_related("profile").order_by("-created_at")[:RUNS_SHOWN]
    return page(
        request,
        "profile",
        "profiles",
        status=status,
        profile=found,
        health=health_of([found])[0],
        sweeps=SWEEPS,
        secrets=secrets_of(found),
        age=rotation.age(found),
        parties=parties_of(found).values(),
        missing=[Party.Role(role).label for role in missing_roles(found)],
        features=features_row(found)["features"],
        runs=runs,
        form=form or SinceForm(),
        problem=problem.as_dict() if problem else None,
        orders=found.orders.count(),
        paused=paused_of(who, [found]).get(found.pk),
        may_run=who.may("sync.run", found),
        may_send=who.may("profiles.send", found),
        may_manage=who.may(MANAGE, found),
        may_secret=who.may("profiles.credentials", found),
        now=clock.now(),
    )
