"""Adding a profile and storing its secrets on a page. Values of secrets go in, never out again."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.common.errors import Refused
from purveyor.profiles import shapes
from purveyor.profiles.models import Environment


class SecretInput(forms.PasswordInput):
    """Typed blind, offered to no password manager, never rendered with a value."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"}, render_value=False)


class SecretField(forms.CharField):
    """A secret of any length, kept as typed: the verbs trim it."""

    widget = SecretInput

    def __init__(self, **more: Any) -> None:
        super().__init__(strip=False, max_length=4096, **more)


class DayField(forms.DateField):
    """A day; its value is the moment at which it begins, in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        return datetime.combine(day, time.min, UTC) if day else None


class PlainInput(forms.TextInput):
    """For identifiers, which a browser should neither complete nor correct. A secret pasted here is not shown again."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> str | None:
        return None if shapes.holds_secret(str(value or "")) else super().format_value(value)


class WithProblems(forms.Form):
    """A form that shows what a verb refused beside the fields it concerns."""

    def show(self, refusal: Refused) -> None:
        """Put each problem beside its field; those of no field, or a bare refusal, on top."""
        for problem in refusal.problems:
            self.add_error(problem.where if problem.where in self.fields else None, problem.message)
        if not refusal.problems:
            self.add_error(None, refusal.message)


class ProfileForm(WithProblems):
    """Everything ``add_profile`` wants."""

    name = forms.CharField(
        label=_("Name"),
        max_length=50,
        help_text=_("Short, for lists and commands, such as acme-de."),
        widget=PlainInput,
    )
    marketplace = forms.ChoiceField(
        label=_("Marketplace"), choices=lambda: [(code, f"{code} {m.name}") for code, m in MARKETPLACES.items()]
    )
    vendor_codes = forms.CharField(
        label=_("Vendor codes"),
        help_text=_("In Vendor Central under Settings, Contacts. Several are parted by blanks."),
        widget=PlainInput,
    )
    client_id = forms.CharField(
        label=_("Client id"), help_text=_("Begins with amzn1.application-oa2-client."), widget=PlainInput
    )
    client_secret = SecretField(label=_("Client secret"), help_text=_("From LWA credentials, View."))
    refresh_token = SecretField(label=_("Refresh token"), help_text=_("Begins with Atzr|. From Edit App, Authorise."))
    environment = forms.ChoiceField(label=_("Environment"), choices=Environment.choices, initial=Environment.PRODUCTION)
    endpoint = forms.CharField(
        label=_("Endpoint"),
        required=False,
        help_text=_("Only for a simulator or a custom endpoint."),
        widget=PlainInput,
    )
    login_url = forms.CharField(
        label=_("Login address"),
        required=False,
        help_text=_("The whole address of the token endpoint. Only for a simulator or a custom endpoint."),
        widget=PlainInput,
    )
    visibility_seconds = forms.IntegerField(
        label=_("Visibility time in seconds"),
        required=False,
        min_value=1,
        help_text=_("How long an answer may take to show in the status. Usually 1800 at Amazon."),
    )
    import_from = forms.DateTimeField(
        label=_("Import orders from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Orders before this day are not fetched."),
    )
    only_new = forms.BooleanField(
        label=_("Of the time before, only orders that are still New"),
        required=False,
        help_text=_("Orders that were acknowledged already, here or in Vendor Central, are left out."),
    )

    def values(self) -> dict[str, Any]:
        """The arguments of ``add_profile``."""
        found = {**self.cleaned_data, "vendor_codes": [self.cleaned_data["vendor_codes"]]}
        return found | {"import_acknowledged": not found.pop("only_new")}


class SecretForm(WithProblems):
    """A rotated client secret, a new refresh token, or both."""

    client_secret = SecretField(
        label=_("New client secret"),
        required=False,
        help_text=_("The present one is kept seven more days, as at Amazon."),
    )
    refresh_token = SecretField(
        label=_("New refresh token"), required=False, help_text=_("Only after authorising the application again.")
    )
    issued_at = DayField(
        label=_("Client secret made on"),
        required=False,
        help_text=_("The day of the rotation; today unless said. Amazon takes a secret for 180 days."),
    )
    untried = forms.BooleanField(label=_("Store it untried: Amazon cannot be asked now"), required=False)

    def values(self) -> dict[str, Any]:
        """The arguments of ``replace_secret``: what was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    may_skip = False

    def show(self, refusal: Refused) -> None:
        """Offer to store untried where that would help, and only then."""
        self.may_skip = refusal.code == "untried"
        super().show(refusal)

    def shown_fields(self) -> list[forms.BoundField]:
        """The fields of the page: whether to store untried is asked only once Amazon could not be."""
        return [field for field in self if field.name != "untried" or self.may_skip or self["untried"].value()]


class AgeForm(WithProblems):
    """On which day a client secret was made."""

    issued_at = DayField(
        label=_("Made on"), help_text=_("The day on which it was made or last rotated in Vendor Central.")
    )


class SwitchForm(WithProblems):
    """Switching sending on or off, with the reason for the audit."""

    on = forms.BooleanField(required=False)
    because = forms.CharField(label=_("Reason"), required=False, max_length=500)
