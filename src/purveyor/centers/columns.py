"""The columns of files about fulfillment centers, and the kind of file they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from purveyor.base import columns
from purveyor.base.columns import Column
from purveyor.base.filekinds import Kind
from purveyor.base.listing import by_key
from purveyor.centers.domain import facts
from purveyor.centers.domain.load import take
from purveyor.centers.domain.update import NOTE_LENGTH
from purveyor.centers.models import Center
from purveyor.common.lenient import Unreadable


def _fact(name: str, given: Any) -> str:
    """A fact as the pages read it. Raises Unreadable with the sentence they would say."""
    found = facts.tidy({name: given})
    for problem in facts.problems_of("X", found):
        raise Unreadable(problem.message)
    return found[name]


def _code(given: Any, mark: str = "") -> str:
    code = facts.code_of(str(given))
    for problem in facts.problems_of(code, {}):
        raise Unreadable(problem.message)
    return code


def _column(name: str, label: Any, *heads: str) -> Column:
    def read(given: Any, mark: str = "") -> str:
        return _fact(name, given)

    return Column(name, label, read, heads=heads, empty="")


COLUMNS = (
    Column(
        "code",
        _("Code"),
        _code,
        heads=("FC", "Center", "Fulfillment center", "Ship to", "Lager", "FC-Code"),
        needed=True,
    ),
    _column("name", _("Name"), "Company"),
    _column("address_line1", _("Street and number"), "Address", "Street", "Address line 1", "Straße", "Adresse"),
    _column("address_line2", _("Second line"), "Address line 2", "Adresszusatz"),
    _column("address_line3", _("Third line"), "Address line 3"),
    _column("postal_code", _("Postal code"), "Zip", "Zip code", "Postcode", "PLZ"),
    _column("city", _("City"), "Town", "Ort"),
    _column("county", _("County")),
    _column("district", _("District")),
    _column("state_or_region", _("State or region"), "State", "Region", "Bundesland"),
    _column("country_code", _("Country"), "Country code", "Land"),
    _column("phone", _("Phone")),
    _column("time_zone", _("Time zone"), "Timezone", "Zone"),
    _column("internal_reference", _("Internal reference"), "Reference", "ERP number", "Referenz"),
    Column("valid_from", _("Valid from"), columns.day, heads=("From", "Ab", "Von")),
    Column("source_note", _("Where the address is from"), columns.text(NOTE_LENGTH), heads=("Source", "Quelle")),
)


def _rows() -> Iterable[Mapping[str, Any]]:
    names = [column.name for column in COLUMNS]
    return ({name: getattr(row, name) for name in names} for row in by_key(Center.objects.all()))


CENTERS = Kind(
    "centers",
    _("Fulfillment centers"),
    _("Adds fulfillment centers, or changes those of the same code."),
    COLUMNS,
    take,
    _rows,
    may_take="centers.manage",
    may_see="centers.view",
)
