"""The list of pick lists, and the form that brings what was picked as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from purveyor.base import filekinds
from purveyor.channels import queries as files
from purveyor.channels import store
from purveyor.channels.kinds.upload import bring
from purveyor.common.errors import PurveyorError, Refused
from purveyor.profiles.queries import by_name
from purveyor.warehouse import queries, rules, tables
from purveyor.warehouse.models import PickList
from purveyor.warehouse.states import PickListState
from purveyor.web import parts
from purveyor.web.addresses import with_query
from purveyor.web.lists import default_view, show
from purveyor.web.render import frame_of, page, who_of


def _states() -> list[tuple[str, Any]]:
    return [(str(state), parts.badge("pick_list", state).word) for state in PickListState]


PICK_LISTS = tables.PICK_LISTS.with_choices(state=_states)
TABS = ("", *map(str, PickListState))


@dataclass(frozen=True, slots=True)
class Tab:
    """A state's own view of the list, with how many there are."""

    word: Any
    href: str
    count: int
    current: bool


def rows_in_view(request: HttpRequest) -> QuerySet[PickList]:
    """The lists in view: of every visible profile, or of the one the switcher names."""
    who_of(request).require_somewhere(rules.VIEW)
    rows = queries.visible_to(who_of(request))
    scope = frame_of(request).scope
    return rows.filter(order__profile__name=scope) if scope else rows


@require_safe
def warehouse(request: HttpRequest) -> HttpResponse:
    """The list."""
    if elsewhere := default_view(request, PICK_LISTS):
        return redirect(elsewhere)
    return _page(request)


def _page(request: HttpRequest, problem: PurveyorError | None = None) -> HttpResponse:
    rows = rows_in_view(request)
    listing = show(request, PICK_LISTS, rows)
    who = who_of(request)
    kinds = [kind for kind in files.kinds_to_take(who) if _is_ours(kind)]
    may = [one for one in frame_of(request).profiles if who.may(rules.PICK, one) or who.may(rules.PACK, one)]
    told: dict[str, Any] = {
        "listing": listing,
        "pick_lists": list(queries.counted(listing.rows)),
        "tabs": _tabs(request, rows),
        "kinds": kinds,
        "profiles": may,
        "problem": problem,
        "most": store.MOST_BYTES,
    }
    return page(request, "warehouse", "warehouse", status=422 if problem else 200, **told)


def _is_ours(kind: filekinds.Kind) -> bool:
    """Files of the warehouse say of themselves all but the profile."""
    return kind.of_profile and kind.may_see == rules.VIEW


def _tabs(request: HttpRequest, rows: QuerySet[PickList]) -> list[Tab]:
    counts: dict[str, int] = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    counts[""] = sum(counts.values())
    words = dict(_states()) | {"": gettext_lazy("All")}
    current = request.GET.get("state", "")
    return [Tab(words[name], with_query(request, state=name), counts.get(name, 0), name == current) for name in TABS]


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """Bring a file of the warehouse; its own page shows what would be taken."""
    who = who_of(request)
    who.require_somewhere(rules.VIEW)
    try:
        kind, given = filekinds.find(request.POST.get("kind", "")), request.FILES.get("file")
        profile = by_name(who, request.POST.get("profile", ""), rules.VIEW)
        if not isinstance(given, UploadedFile) or not _is_ours(kind):
            raise Refused(_("Choose a file first."))
        options = {"headless": bool(request.POST.get("headless"))}
        return redirect("file", bring(who, kind, given.name or "", given.chunks(), options=options, profile=profile).pk)
    except Refused as error:
        return _page(request, error)
