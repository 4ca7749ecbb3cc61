"""The list of fulfillment centers, the same at every door."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.base.listings import register
from purveyor.centers import queries
from purveyor.centers.domain.facts import ADDRESS
from purveyor.centers.models import Center, Source
from purveyor.centers.schemas import center_line


def _source(rows: QuerySet[Center], value: str) -> QuerySet[Center]:
    if value not in Source.values:
        raise ValueError(_("there is no such source"))
    return rows.filter(source=value)


def _zone(rows: QuerySet[Center], value: str) -> QuerySet[Center]:
    if value != "unknown":
        raise ValueError(_("only unknown can be asked for"))
    return queries.without_zone(rows)


def _zones() -> list[tuple[str, Any]]:
    return [("unknown", gettext_lazy("not known"))]


_code = gettext_lazy("Code")
_changed = gettext_lazy("Changed")
_country = gettext_lazy("Country")
_zone_word = gettext_lazy("Time zone")
_source_word = gettext_lazy("Source")

CENTERS: Listing[Center] = register(
    Listing(
        name="centers",
        title=gettext_lazy("Fulfillment centers"),
        permission=queries.VIEW,
        rows=queries.visible_to,
        row=center_line,
        columns=(
            Column("code", _code, lambda one: one.code, sort="code", always=True, keys=("code",)),
            Column("place", gettext_lazy("Place"), lambda one: one.place, keys=ADDRESS),
            Column("zone", _zone_word, lambda one: one.time_zone, keys=("time_zone",)),
            Column(
                "reference",
                gettext_lazy("Internal reference"),
                lambda one: one.internal_reference,
                keys=("internal_reference",),
            ),
            Column("source", _source_word, lambda one: one.source, keys=("source", "source_note", "valid_from")),
            Column("changed", _changed, lambda one: one.updated_at, sort="-changed", keys=("updated_at",)),
        ),
        sorts=(
            Sort("code", _code, ("code",)),
            Sort("-code", _code, ("-code",)),
            Sort("-changed", _changed, ("-updated_at",)),
            Sort("changed", _changed, ("updated_at",)),
        ),
        filters=(
            Filter("source", _source_word, _source, lambda: Source.choices),
            Filter("country", _country, lambda rows, value: rows.filter(country_code=value.upper())),
            Filter("zone", _zone_word, _zone, _zones),
        ),
        search=queries.search,
        known_by=queries.by_code,
    )
)
