"""The list of packings, the same at every door: what it is filtered, sorted and searched by, and its columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Filter, Listing, Sort, columns_of
from purveyor.base.listings import register
from purveyor.people.who import Who
from purveyor.warehouse import packing_queries as queries
from purveyor.warehouse.models import Packing
from purveyor.warehouse.packing_schemas import packing_row
from purveyor.warehouse.rules import VIEW
from purveyor.warehouse.states import PackingState


def _state(rows: QuerySet[Packing], value: str) -> QuerySet[Packing]:
    if value not in set(PackingState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _stands(rows: QuerySet[Packing], value: str) -> QuerySet[Packing]:
    if value not in dict(standings()):
        raise ValueError(_("there is nothing of this name"))
    return queries.standing(rows) if value == "yes" else rows.exclude(queries.STANDS)


def standings() -> list[tuple[str, Any]]:
    """The values of the filter of that name, in words."""
    return [("yes", gettext_lazy("something stands against it")), ("no", gettext_lazy("adds up"))]


def _center(rows: QuerySet[Packing], value: str) -> QuerySet[Packing]:
    return rows.filter(ship_to=value.upper())


def _rows(who: Who) -> QuerySet[Packing]:
    return queries.counted(queries.visible_to(who))


_reference = gettext_lazy("Shipment")
_state_word = pgettext_lazy("of a packing", "State")
_begun = gettext_lazy("Begun")
_column = columns_of(packing_row)

PACKINGS: Listing[Packing] = register(
    Listing(
        name="packings",
        title=gettext_lazy("Packings"),
        permission=VIEW,
        rows=_rows,
        row=packing_row,
        columns=(
            _column("reference", _reference, "reference", "profile", sort="reference", always=True),
            _column("state", _state_word, "state", "state_at"),
            _column("ship_to", gettext_lazy("Fulfillment center"), "ship_to"),
            _column("pallets", gettext_lazy("Pallets"), "pallets", number=True),
            _column("cartons", gettext_lazy("Cartons"), "cartons", number=True),
            _column("eaches", gettext_lazy("Pieces"), "eaches", number=True),
            _column("stands", gettext_lazy("Stands against it"), "differences", "blocks", "warnings", number=True),
            _column("begun", _begun, "created_at", sort="-begun"),
            _column("by", gettext_lazy("By"), "by", shown=False),
        ),
        sorts=(
            Sort("-begun", _begun, ("-created_at",)),
            Sort("begun", _begun, ("created_at",)),
            Sort("reference", _reference, ("reference",)),
            Sort("-reference", _reference, ("-reference",)),
        ),
        filters=(
            Filter("state", _state_word, _state),
            Filter("stands", gettext_lazy("Stands against it"), _stands, standings),
            Filter(
                "center", gettext_lazy("Fulfillment center"), lambda rows, value: rows.filter(ship_to=value.upper())
            ),
            Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile__name=value)),
        ),
        search=queries.search,
        known_by=queries.known_by,
    )
)
