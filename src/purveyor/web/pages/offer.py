"""One bulk-buy offer: its page, what can be done about it, and what is said of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purveyor.centers.domain.resolve import Known, Zone
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.offers import queries, rules
from purveyor.offers.domain import keep
from purveyor.offers.models import Offer
from purveyor.web import offer_acts
from purveyor.web.about_offer import About
from purveyor.web.addresses import back_to
from purveyor.web.forms import blame
from purveyor.web.offer_forms import FactsForm
from purveyor.web.render import page, who_of


@require_safe
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The page of an offer."""
    return _page(request, queries.one(who_of(request), offer_id))


@require_POST
def act(request: HttpRequest, offer_id: int, verb: str) -> HttpResponse:
    """One of the deeds of ``offer_acts``. What is refused is said on the offer's page, and the reason typed stays."""
    who = who_of(request)
    found, deed = queries.one(who, offer_id), offer_acts.find(verb)
    try:
        deed.run(who, found, request.POST)
    except (Refused, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, queries.one(who, offer_id), problem=error, status=status, failed=verb)
    messages.success(request, str(deed.done))
    return redirect(back_to(request, request.POST.get("back", ""), f"/offers/{found.pk}/"))


def _page(
    request: HttpRequest, found: Offer, *, problem: PurveyorError | None = None, status: int = 200, failed: str = ""
) -> HttpResponse:
    about = About(who_of(request), found)
    told: dict[str, Any] = {"about": about, "offer": found, "place": Zone(found.zone, Known.CENTER), "failed": failed}
    told |= {"problem": problem.as_dict() if problem else None, "typed": request.POST}
    return page(request, "offer", "offers", status=status, **told)


@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Correct what is said of it."""
    who = who_of(request)
    found = queries.one(who, offer_id)
    who.require(rules.MANAGE, found.profile)
    form = FactsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep.change_facts(who, found, form.facts(), expect_version=form.cleaned_data["version"])
        except (Refused, Conflict) as error:
            blame(form, error if isinstance(error, Refused) else Refused(error.message, hint=error.hint))
        else:
            messages.success(request, _("Stored."))
            return redirect("offer", found.pk)
    return page(request, "offer_facts", "offers", status=422 if form.errors else 200, offer=found, form=form)
