"""Documents: what was sent to Amazon, what came of it, and what only a person can decide."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.audit import queries as audit
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.outbox import decide, queries, tables
from purveyor.outbox.models import Document
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.web import parts
from purveyor.web.lists import default_view, show
from purveyor.web.pages.order import readable
from purveyor.web.render import frame_of, page, who_of
from purveyor.web.timeline import steps_of


def _states() -> list[tuple[str, Any]]:
    words = [(str(state), parts.badge("document", state).word) for state in DocumentState]
    return [
        (tables.NEEDS_YOU, gettext_lazy("Asks you or failed")),
        (tables.OPEN, gettext_lazy("Not settled yet")),
        *words,
    ]


DOCUMENTS = tables.DOCUMENTS.with_choices(state=_states)


class DecideForm(forms.Form):
    """What became of a document nobody else can tell about."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        widget=forms.RadioSelect,
        choices=[
            (decide.ARRIVED, gettext_lazy("It arrived: Vendor Central shows this answer")),
            (decide.RESEND, gettext_lazy("It did not arrive: send the same document again")),
            (decide.GIVE_UP, gettext_lazy("Give it up: the order is answered anew")),
        ],
    )
    because = forms.CharField(
        label=gettext_lazy("How do you know?"), max_length=500, widget=forms.Textarea({"rows": 2})
    )


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, DOCUMENTS):
        return redirect(elsewhere)
    who = who_of(request)
    who.require_somewhere("documents.view")
    listing = show(request, DOCUMENTS, queries.documents(who, profile=frame_of(request).scope))
    hold = decide.current_hold()
    return page(
        request,
        "documents",
        "documents",
        listing=listing,
        states=_states(),
        hold=hold,
        may_hold=who.may("profiles.send"),
    )


@require_safe
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """One document."""
    return _page_of(request, queries.document(who_of(request), document_id))


@require_POST
def resolve(request: HttpRequest, document_id: int) -> HttpResponse:
    """Decide what became of it."""
    found = queries.document(who_of(request), document_id)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page_of(request, found, form=form, status=422)
    try:
        decide.resolve(who_of(request), document_id, form.cleaned_data["verdict"], form.cleaned_data["because"])
    except (Refused, Conflict) as error:
        return _page_of(request, queries.document(who_of(request), document_id), form=form, problem=error, status=409)
    messages.success(request, _("Decided, and written down."))
    return redirect("document", document_id)


@require_POST
def withdraw(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take it back before it leaves."""
    try:
        decide.withdraw(who_of(request), document_id, request.POST.get("because", "").strip()[:500])
    except Conflict as error:
        return _page_of(request, queries.document(who_of(request), document_id), problem=error, status=409)
    messages.success(request, _("Withdrawn before it left. The order can be answered anew."))
    return redirect("document", document_id)


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold sending for the whole installation, or let it go on."""
    because = request.POST.get("because", "").strip()[:500]
    if request.POST.get("do") == "release":
        decide.release_hold(who_of(request), because)
        messages.success(request, _("Sending goes on."))
    elif not because:
        messages.error(request, _("Say why sending shall be held: others will ask."))
    else:
        decide.hold_sending(who_of(request), because)
        messages.warning(request, _("Nothing leaves any more until somebody lets it go on."))
    return redirect("documents")


def _page_of(
    request: HttpRequest,
    found: Document,
    *,
    form: DecideForm | None = None,
    problem: PurveyorError | None = None,
    status: int = 200,
) -> HttpResponse:
    who = who_of(request)
    moving = found.state in UNSETTLED and found.state != DocumentState.ASKED and not found.problem
    moving = moving and not (found.state == DocumentState.QUEUED and found.profile.paused_at is not None)
    waits_for_switch = found.state == DocumentState.QUEUED and not found.profile.sending
    order = found.acknowledgement.order if hasattr(found, "acknowledgement") else None
    return page(
        request,
        "document",
        "documents",
        status=status,
        document=found,
        order=order,
        place=found.profile.marketplace,
        attempts=[_attempt(one) for one in found.attempts.all()],
        body=readable(bytes(found.body)),
        size=len(found.body),
        steps=steps_of(audit.history(found)[:100]),
        asked=found.state == DocumentState.ASKED,
        may_resolve=who.may("documents.resolve", found.profile),
        may_withdraw=found.state == DocumentState.QUEUED and who.may("orders.acknowledge", found.profile),
        form=form or DecideForm(),
        problem=problem.as_dict() if problem else None,
        moving=moving and not waits_for_switch,
        waits_for_switch=waits_for_switch,
        reload_after=5 if moving and not waits_for_switch and form is None else None,
    )


def _attempt(one: Any) -> dict[str, Any]:
    return {"row": one, "exchange": json.dumps(one.exchange, indent=2, ensure_ascii=False) if one.exchange else ""}
