"""The list of pick lists, the same at every door: what it is filtered, sorted and searched by, and its columns."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Filter, Listing, Sort, columns_of
from purveyor.base.listings import register
from purveyor.warehouse import packing_tables as _packing_tables  # registers its own
from purveyor.warehouse import queries, rules
from purveyor.warehouse.models import PickList
from purveyor.warehouse.schemas import pick_list_row
from purveyor.warehouse.states import PickListState

__all__ = ["_packing_tables"]


def _state(rows: QuerySet[PickList], value: str) -> QuerySet[PickList]:
    if value not in set(PickListState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


_number = gettext_lazy("Pick list")
_released = gettext_lazy("Released")
_profile = gettext_lazy("Profile")
_state_word = pgettext_lazy("of a pick list", "State")

_column = columns_of(pick_list_row)

PICK_LISTS: Listing[PickList] = register(
    Listing(
        name="pick-lists",
        title=gettext_lazy("Pick lists"),
        permission=rules.VIEW,
        rows=queries.visible_to,
        row=pick_list_row,
        prepared=queries.counted,
        columns=(
            _column("number", _number, "number", "order", "profile", sort="number", always=True),
            _column("state", _state_word, "state", "reason"),
            _column("ship_to", gettext_lazy("Center"), "ship_to"),
            _column("ship_by", gettext_lazy("Ship by"), "ship_by"),
            _column("lines", gettext_lazy("Lines"), "lines", number=True),
            _column("asked", gettext_lazy("Pieces"), "asked", number=True),
            _column("picked", gettext_lazy("Picked"), "picked", "excess", number=True),
            _column("released", _released, "released_at", "released_by", sort="-released"),
            _column("vendor", gettext_lazy("Vendor code"), "vendor_code", shown=False),
        ),
        sorts=(
            Sort("-released", _released, ("-released_at",)),
            Sort("released", _released, ("released_at",)),
            Sort("number", _number, ("number",)),
            Sort("-number", _number, ("-number",)),
        ),
        filters=(
            Filter("state", _state_word, _state),
            Filter("profile", _profile, lambda rows, value: rows.filter(order__profile__name=value)),
            Filter("ship_to", gettext_lazy("Center"), lambda rows, value: rows.filter(order__ship_to=value.upper())),
        ),
        search=queries.search,
    )
)
