"""The list of offers, the same at every door: what it is filtered, sorted and searched by, and its columns."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Filter, Listing, Sort, columns_of
from purveyor.base.listings import register
from purveyor.offers import queries
from purveyor.offers.keys import KEYS
from purveyor.offers.models import Offer
from purveyor.offers.schemas import offer_row
from purveyor.offers.states import OfferState


def _state(rows: QuerySet[Offer], value: str) -> QuerySet[Offer]:
    if value == "expired":
        return queries.expired(rows)
    if value not in set(OfferState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _stage(rows: QuerySet[Offer], value: str) -> QuerySet[Offer]:
    if value not in KEYS:
        raise ValueError(_("there is no such stage"))
    return queries.at_stage(rows, value)


def _program(rows: QuerySet[Offer], value: str) -> QuerySet[Offer]:
    if value not in Offer.Program.values:
        raise ValueError(_("there is no such program"))
    return rows.filter(program=value)


_number = gettext_lazy("Offer")
_expires = gettext_lazy("Expires")
_came = gettext_lazy("Came in")
_profile = gettext_lazy("Profile")
_vendor = gettext_lazy("Vendor code")
_state_word = pgettext_lazy("of an offer", "State")
_stage_word = gettext_lazy("Stage")
_program_word = gettext_lazy("Program")


_column = columns_of(offer_row)

OFFERS: Listing[Offer] = register(
    Listing(
        name="offers",
        title=gettext_lazy("Offers"),
        permission="offers.view",
        rows=queries.visible_to,
        row=offer_row,
        prepared=queries.counted,
        columns=(
            _column("number", _number, "number", "profile", sort="number", always=True),
            _column("title", gettext_lazy("Title"), "title"),
            _column("state", _state_word, "state"),
            _column("stage", _stage_word, "stage", "stage_state"),
            _column("expires", _expires, "expires_at", "time_zone", "expired", sort="expires"),
            _column("rows", gettext_lazy("Rows"), "rows", "unmapped", number=True),
            _column("value", gettext_lazy("Value"), "value", "currency", number=True),
            _column("open", gettext_lazy("Open pieces"), "open", "approved", "consumed", number=True),
            _column("asked", gettext_lazy("Pieces asked for"), "asked", number=True, shown=False),
            _column("came", _came, "created_at", sort="-came"),
            _column("program", _program_word, "program", "unsold", shown=False),
            _column("vendor", _vendor, "vendor_code", shown=False),
            _column("completed", gettext_lazy("Completed"), "completed_at", shown=False),
        ),
        sorts=(
            Sort("-came", _came, ("-created_at",)),
            Sort("came", _came, ("created_at",)),
            Sort("expires", _expires, ("until",)),
            Sort("-expires", _expires, ("-until",)),
            Sort("number", _number, ("number",)),
            Sort("-number", _number, ("-number",)),
        ),
        filters=(
            Filter("state", _state_word, _state),
            Filter("stage", _stage_word, _stage),
            Filter("profile", _profile, lambda rows, value: rows.filter(profile__name=value)),
            Filter("program", _program_word, _program),
            Filter("vendor", _vendor, lambda rows, value: rows.filter(vendor_code=value.upper())),
        ),
        search=queries.search,
    )
)
