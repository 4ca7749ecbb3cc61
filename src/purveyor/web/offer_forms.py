"""The forms about offers. They only carry what is typed; the verbs read and check it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from purveyor.offers import keys
from purveyor.offers.models import Delivery, Offer
from purveyor.people.models import User
from purveyor.profiles.models import Profile
from purveyor.web.words import WORDS

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_MOMENT = forms.TextInput(attrs={"type": "datetime-local", "autocomplete": "off"})
PROGRAMS = tuple(WORDS["program"].items())
UNSOLD = tuple(WORDS["unsold"].items())


def _text(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=_PLAIN), **more)


class FactsForm(forms.Form):
    """Everything that may be corrected about an offer, its deliveries included, and the version it was read in."""

    number = forms.CharField(label=_("Number"), max_length=60, widget=forms.TextInput(attrs=_PLAIN))
    title = _text(_("Title"), 200)
    program = forms.ChoiceField(label=_("Program"), choices=PROGRAMS)
    unsold = forms.ChoiceField(label=_("Pieces that Amazon does not sell"), choices=UNSOLD)
    vendor_code = _text(_("Vendor code"), 10)
    expires_at = forms.CharField(
        label=_("Expires"), required=False, widget=_MOMENT, help_text=_("Local time of the zone beside it.")
    )
    zone = _text(_("Time zone"), 60, help_text=_("A name of the IANA list, such as Europe/Berlin."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, offer: Offer, data: Mapping[str, Any] | None = None) -> None:
        self.deliveries: list[Delivery] = list(offer.deliveries.order_by("position"))
        super().__init__(data, initial=_shown(offer) | _shown_deliveries(self.deliveries))
        for one in self.deliveries:
            told = {"n": one.position}
            self.fields[f"deliveries.{one.position}.name"] = _text(translate("Delivery %(n)s: name") % told, 80)
            for day, label in (("first_day", _("first day")), ("last_day", _("last day"))):
                widget = forms.TextInput(attrs={"type": "date"})
                words = translate("Delivery %(n)s") % told + f": {label}"
                self.fields[f"deliveries.{one.position}.{day}"] = forms.CharField(
                    label=words, required=False, widget=widget
                )

    def facts(self) -> dict[str, Any]:
        """What was typed, by the fact's name; deliveries by their position."""
        values = {name: value for name, value in self.cleaned_data.items() if "." not in name and name != "version"}
        parts: dict[str, dict[str, Any]] = {}
        for name, value in self.cleaned_data.items():
            if name.startswith("deliveries."):
                _prefix, position, field = name.split(".")
                parts.setdefault(position, {})[field] = value
        return values | {"deliveries": parts}


def _shown(offer: Offer) -> dict[str, Any]:
    names = ("number", "title", "program", "unsold", "vendor_code", "zone", "version")
    return {name: getattr(offer, name) for name in names} | {"expires_at": _local(offer.expires_at, offer.zone)}


def _shown_deliveries(deliveries: Sequence[Delivery]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in deliveries:
        path = f"deliveries.{one.position}"
        days = {
            name: getattr(one, name).isoformat() if getattr(one, name) else "" for name in ("first_day", "last_day")
        }
        found |= {f"{path}.name": one.name} | {f"{path}.{name}": value for name, value in days.items()}
    return found


def _local(at: Any, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""


class DeputyForm(forms.Form):
    """Who answers which stage in whose place, and from when until when."""

    profile = forms.ChoiceField(label=_("Profile"))
    key = forms.ChoiceField(label=_("Stage"), choices=[(one.key, one.title) for one in keys.KEYS.values()])
    absent = forms.ChoiceField(label=_("Who is away"))
    deputy = forms.ChoiceField(label=_("Who answers instead"))
    begins_at = forms.CharField(label=_("From"), widget=_MOMENT)
    ends_at = forms.CharField(label=_("Until"), widget=_MOMENT, help_text=_("Local time of the profile's marketplace."))

    def __init__(
        self,
        profiles: Sequence[Profile],
        absent: Sequence[User],
        people: Sequence[User],
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        _choose(self.fields["profile"], [(one.name, one.name) for one in profiles])
        _choose(self.fields["absent"], [(one.username, one.get_full_name()) for one in absent])
        _choose(self.fields["deputy"], [(one.username, one.get_full_name()) for one in people])


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
