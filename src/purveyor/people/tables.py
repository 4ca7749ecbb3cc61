"""The list of what was done, the same at every door. It stands here because seeing it is a person's right."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from purveyor.audit import queries
from purveyor.audit.actions import ACTIONS, title
from purveyor.audit.models import Entry
from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.base.listings import register
from purveyor.people.who import Who

SEE_AUDIT = "audit.view"


def visible_entries(who: Who) -> QuerySet[Entry]:
    """What was done on the profiles whose audit somebody may see."""
    return queries.visible(Entry.objects.all(), who.profile_names(SEE_AUDIT))


def _on(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(action=value)


def actions() -> list[tuple[str, Any]]:
    """Everything that can be done, in words, as the alphabet has it."""
    return sorted(((name, title(action)) for name, action in ACTIONS.items()), key=lambda one: one[1].lstrip("… "))


_what = gettext_lazy("What")
_who = gettext_lazy("Who")
_profile = gettext_lazy("Profile")

AUDIT: Listing[Entry] = register(
    Listing(
        name="audit",
        title=gettext_lazy("Audit"),
        permission=SEE_AUDIT,
        rows=visible_entries,
        row=queries.as_dict,
        columns=(
            Column("at", gettext_lazy("When"), lambda entry: entry.at, sort="-at", always=True, keys=("id", "at")),
            Column(
                "what",
                _what,
                lambda entry: entry.action,
                always=True,
                keys=("action", "object_kind", "object_id", "object_name"),
            ),
            Column("who", _who, lambda entry: entry.by, keys=("by",)),
            Column("profile", _profile, lambda entry: entry.profile, keys=("profile",)),
            Column(
                "changes",
                gettext_lazy("Why and what changed"),
                lambda entry: entry.because,
                keys=("because", "old", "new"),
            ),
        ),
        sorts=(Sort("-at", gettext_lazy("Newest first"), ("-id",)), Sort("at", gettext_lazy("Oldest first"), ("id",))),
        filters=(
            Filter("by", _who, lambda rows, value: rows.filter(by=value)),
            Filter("action", _what, _on, actions),
            Filter("profile", _profile, lambda rows, value: rows.filter(profile=value)),
        ),
        search=lambda rows, text: rows.filter(object_name=text) | rows.filter(by=text) | rows.filter(by=f"user:{text}"),
    )
)
