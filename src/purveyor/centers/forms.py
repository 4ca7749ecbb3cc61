"""A center on a page: everything that may be said of it, in one form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.centers.domain.facts import FIELDS, LENGTHS
from purveyor.centers.domain.resolve import usual_zone
from purveyor.centers.domain.update import NOTE_LENGTH
from purveyor.centers.models import Center

_LABELS: tuple[tuple[str, Any], ...] = (
    ("time_zone", _("Time zone")),
    ("internal_reference", _("Internal reference")),
    ("name", _("Name")),
    ("address_line1", _("Street and number")),
    ("address_line2", _("Second line")),
    ("address_line3", _("Third line")),
    ("postal_code", _("Postal code")),
    ("city", _("City")),
    ("county", _("County")),
    ("district", _("District")),
    ("state_or_region", _("State or region")),
    ("country_code", _("Country")),
    ("phone", _("Phone")),
)
RARE = ("address_line2", "address_line3", "county", "district", "phone")


class CenterForm(forms.Form):
    """The facts of a center; what they may be is the verb's to say. A zone nobody has said is proposed, where the
    country has but one."""

    def __init__(self, data: Mapping[str, Any] | None = None, center: Center | None = None, code: str = "") -> None:
        super().__init__(data, initial=_initial(center, code))
        self.center = center
        if center is None:
            self.fields["code"] = _text(_("Code"), LENGTHS["code"], required=True)
        for name, label in _LABELS:
            self.fields[name] = _text(label, LENGTHS[name])
        self.fields["time_zone"].widget.attrs["list"] = "zones"
        self.fields["time_zone"].help_text = _("A name of the IANA list, such as Europe/Berlin.")
        self.fields["internal_reference"].help_text = _("What your own systems call this place.")
        self.fields["country_code"].help_text = _("Two letters, such as DE.")
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["valid_from"] = forms.DateField(label=_("Address valid from"), required=False, widget=day)
        self.fields["source_note"] = _text(_("Where the address is from"), NOTE_LENGTH)
        self.fields["version"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

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

    @property
    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def origin(self) -> dict[str, Any]:
        """What was said of whose word the address is; nothing where that stayed as it was shown."""
        said = {"valid_from": "valid_from", "source_note": "note"}
        return {told: self.cleaned_data[name] for name, told in said.items() if name in self.changed_data}


def _text(label: Any, longest: int, *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "size": min(longest, 40)})
    return forms.CharField(label=label, required=required, max_length=longest, widget=widget)


def _initial(center: Center | None, code: str) -> dict[str, Any]:
    if center is None:
        return {"code": code}
    found: dict[str, Any] = {name: getattr(center, name) for name in FIELDS}
    found["time_zone"] = found["time_zone"] or usual_zone(center.country_code)
    since: date = center.valid_from
    return found | {"valid_from": since, "source_note": center.source_note, "version": center.version}
