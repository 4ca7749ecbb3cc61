"""The vendor's own parties on a page: one small form for each role, all sent together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.common.errors import Refused
from purveyor.profiles.domain.parties import LENGTHS, NEEDED, ROLES
from purveyor.profiles.forms import WithProblems
from purveyor.profiles.models import Party

_WORDS = {
    "selling": _("Who sells: your company as the vendor."),
    "ship_from": _("Where the goods leave: your warehouse."),
    "remit_to": _("Who is paid."),
    "bill_to": _("Who is billed, where that is not Amazon's own word."),
}
_FIELDS: tuple[tuple[str, Any, str], ...] = (
    ("party_id", _("Party id"), ""),
    ("name", _("Name"), "organization"),
    ("address_line1", _("Street and number"), "address-line1"),
    ("address_line2", _("Second line"), "address-line2"),
    ("address_line3", _("Third line"), "address-line3"),
    ("postal_code", _("Postal code"), "postal-code"),
    ("city", _("City"), "address-level2"),
    ("county", _("County"), ""),
    ("district", _("District"), ""),
    ("state_or_region", _("State or region"), "address-level1"),
    ("country_code", _("Country"), "country"),
    ("phone", _("Phone"), "tel"),
    ("vat_number", _("VAT number"), ""),
)
"""Name, label, and what a browser may fill in by itself."""
RARE = ("address_line3", "county", "district", "state_or_region", "phone")


class PartyForm(WithProblems):
    """One party; which fields are needed is the verb's to say, since an empty party is taken away."""

    def __init__(self, role: str, data: Mapping[str, Any] | None, initial: dict[str, str]) -> None:
        super().__init__(data, prefix=role, initial=initial)
        self.role = role
        self.title = Party.Role(role).label
        self.words = _WORDS[role]
        for name, label, fills in _FIELDS:
            longest = LENGTHS[name]
            widget = forms.TextInput(attrs={"autocomplete": fills or "off", "size": min(longest, 40)})
            self.fields[name] = forms.CharField(label=label, required=False, max_length=longest, widget=widget)
        self.fields["party_id"].help_text = _("Your vendor code, or the number agreed with Amazon for this place.")
        self.fields["country_code"].help_text = _("Two letters, such as DE.")
        for name in NEEDED:
            self.fields[name].needed = True  # type: ignore[attr-defined]  # needed of a party that is there at all

    @property
    def usual(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in RARE]

    @property
    def rare(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in RARE]

    @property
    def unfolded(self) -> bool:
        """Whether the rare fields hold anything, or anything is wrong with them."""
        return any(field.value() or field.errors for field in self.rare)


class PartyForms:
    """All of them."""

    def __init__(self, held: Mapping[str, Party], data: Mapping[str, Any] | None = None) -> None:
        self.forms = [PartyForm(role, data, _initial(held.get(role))) for role in ROLES]

    def __iter__(self) -> Any:
        return iter(self.forms)

    def is_valid(self) -> bool:
        return not any(form.errors for form in self.forms)

    def values(self) -> dict[str, dict[str, str]]:
        """The argument of ``set_parties``."""
        return {form.role: dict(form.cleaned_data) for form in self.forms}

    def show(self, refusal: Refused) -> None:
        """Put each problem beside its field."""
        for problem in refusal.problems:
            role, _dot, name = problem.where.partition(".")
            form = next((one for one in self.forms if one.role == role), self.forms[0])
            form.add_error(name if name in form.fields else None, problem.message)


def _initial(party: Party | None) -> dict[str, str]:
    return {name: getattr(party, name) for name, _label, _fills in _FIELDS} if party else {}
