"""Documents: what was sent to Amazon, what came of it, and what only a person can decide."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.audit import queries as audit
from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.outbox import decide, queries
from purveyor.outbox.models import Document
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.web import parts
from purveyor.web.lists import show
from purveyor.web.pages.order import readable
from purveyor.web.render import frame_of, page, who_of
from purveyor.web.timeline import steps_of

NEEDS_YOU = "needs-you"
OPEN = "open"


def _state(rows: QuerySet[Document], value: str) -> QuerySet[Document]:
    if value == NEEDS_YOU:
        return rows.filter(state__in=(DocumentState.ASKED, DocumentState.FAILED))
    if value == OPEN:
        return rows.filter(state__in=sorted(UNSETTLED))
    if value not in set(DocumentState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _states() -> list[tuple[str, Any]]:
    words = [(str(state), parts.badge("document", state).word) for state in DocumentState]
    return [(NEEDS_YOU, gettext_lazy("Asks you or failed")), (OPEN, gettext_lazy("Not settled yet")), *words]


def _search(rows: QuerySet[Document], text: str) -> QuerySet[Document]:
    return rows.filter(Q(subject__istartswith=text) | Q(transaction_id__istartswith=text))


DOCUMENTS: Listing[Document] = Listing(
    name="documents",
    columns=(Column("made", gettext_lazy("Made"), lambda one: one.created_at, sort="-made"),),
    sorts=(
        Sort("-made", gettext_lazy("Made"), ("-created_at",)),
        Sort("made", gettext_lazy("Made"), ("created_at",)),
    ),
    filters=(
        Filter("state", pgettext_lazy("of a document", "State"), _state, _states),
        Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile__name=value)),
    ),
    search=_search,
)


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
