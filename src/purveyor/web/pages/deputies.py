"""Who answers offers in another's place, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import Unreadable
from purveyor.offers import keys, queries, rules
from purveyor.offers.domain import deputies as domain
from purveyor.offers.domain.facts import moment
from purveyor.offers.models import Deputy
from purveyor.people.domain.users import find_user
from purveyor.people.models import User
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import by_name
from purveyor.web.forms import blame
from purveyor.web.offer_forms import DeputyForm
from purveyor.web.offer_next import title_of
from purveyor.web.render import frame_of, page, who_of
from purveyor.web.zones import zone_of

OVER_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    """Those in force and to come, those that are over, and the form that appoints one."""
    who = who_of(request)
    who.require_somewhere(rules.VIEW)
    form = _form(request)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _appoint(who, form)
        except Refused as error:
            blame(form, error)
        else:
            messages.success(request, _("Appointed."))
            return redirect("deputies")
    now = clock.now()
    rows = queries.deputies(who)
    rows = rows.filter(profile__name=scope) if (scope := frame_of(request).scope) else rows
    told: dict[str, Any] = {
        "standing": [_Shown(who, one) for one in rows.filter(ends_at__gt=now).order_by("begins_at", "pk")],
        "over": [_Shown(who, one) for one in rows.filter(ends_at__lte=now)[:OVER_SHOWN]],
        "form": form,
    }
    return page(request, "deputies", "offers", status=422 if form and form.errors else 200, **told)


class _Shown:
    """One of them for the page."""

    def __init__(self, who: Who, one: Deputy) -> None:
        self.one = one
        self.title = title_of(one.key)
        self.in_force = one.begins_at <= clock.now() < one.ends_at
        own = who.user is not None and who.user.pk == one.absent_id
        self.may_dismiss = own or who.may(rules.MANAGE, one.profile)


def _form(request: HttpRequest) -> DeputyForm | None:
    """The form with the choices this person has; None for who may appoint nobody."""
    who = who_of(request)
    posted = request.method == "POST"
    # What is sent is judged by the verb, which says what is lacking.
    profiles = [
        one for one in frame_of(request).profiles if who.may(rules.VIEW, one) and (posted or _appoints(who, one))
    ]
    if not profiles:
        return None
    manages = [one for one in profiles if who.may(rules.MANAGE, one)]
    people = list(_people(profiles))
    mine = [one for one in people if who.user is not None and one.pk == who.user.pk]
    now = clock.now().astimezone(zone_of(profiles[0].marketplace))
    initial = {
        "absent": who.user.username if who.user else "",
        "begins_at": f"{now:%Y-%m-%dT%H:00}",
        "ends_at": f"{now + timedelta(days=7):%Y-%m-%dT23:59}",
    }
    data = request.POST if posted else None
    return DeputyForm(profiles, people if manages or posted else mine, people, data, initial)


def _appoints(who: Who, profile: Profile) -> bool:
    """Whether somebody may appoint a deputy there: for themselves by a stage of theirs, for all who manages offers."""
    return who.may(rules.MANAGE, profile) or any(who.may(one.permission, profile) for one in keys.KEYS.values())


def _people(profiles: list[Profile]) -> QuerySet[User]:
    """Who may sign in and holds anything on one of these profiles."""
    everywhere = User.objects.filter(is_active=True, grants__profile=None, grants__isnull=False)
    there = User.objects.filter(is_active=True, grants__profile__in=profiles)
    return (everywhere | there).distinct().order_by("username")[:500]


def _appoint(who: Who, form: DeputyForm) -> Deputy:
    told = form.cleaned_data
    profile = by_name(who, told["profile"], rules.VIEW)
    people = find_user(told["absent"]), find_user(told["deputy"])
    times = [_moment(told[name], profile, name) for name in ("begins_at", "ends_at")]
    return domain.appoint(who, profile, told["key"], *people, *times)


def _moment(text: str, profile: Profile, name: str) -> datetime:
    """What a clock of the profile's marketplace shows. Raises Refused."""
    try:
        found = moment(text, str(zone_of(profile.marketplace)))
    except Unreadable as error:
        raise Refused(str(error), [Problem(str(error), where=name)]) from None
    if found is None:
        raise Refused(_("Say when."), [Problem(_("Say when."), where=name)])
    return found


@require_POST
def remove(request: HttpRequest, deputy_id: int) -> HttpResponse:
    """Dismiss one."""
    who = who_of(request)
    domain.dismiss(who, queries.deputy(who, deputy_id))
    messages.success(request, _("They no longer answer in another's place."))
    return redirect("deputies")
