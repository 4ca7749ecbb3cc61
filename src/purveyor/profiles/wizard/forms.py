"""The fields of each step. They give what was typed to ``reading``, which is the truth; secrets go in, never out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.profiles.domain.parties import FIELDS as PARTY_FIELDS
from purveyor.profiles.domain.parties import NEEDED_ROLES
from purveyor.profiles.forms import PlainInput, SecretField, WithProblems
from purveyor.profiles.models import Environment
from purveyor.profiles.wizard import steps
from purveyor.profiles.wizard.countries import countries
from purveyor.profiles.wizard.data import CUTOFFS, ON_A_DAY, USUAL_CUTOFF, Data
from purveyor.profiles.wizard.reading import BLOCK, SAME, SWITCHES, TODAY, UNKNOWN

PARTY_ROLES = NEEDED_ROLES
"""Who is billed follows from the order, or is filled in on the profile's page."""
_PARTY_WORDS = {
    "party_id": _("Party id"),
    "name": _("Company"),
    "address_line1": _("Street"),
    "address_line2": _("Address, second line"),
    "city": _("City"),
    "postal_code": _("Postal code"),
    "state_or_region": _("State or region"),
    "country_code": _("Country (two letters)"),
    "vat_number": _("VAT number"),
}
_PARTY_HELP = {"party_id": _("Usually your vendor code.")}


class StepForm(WithProblems):
    """What a step asks."""

    def given(self) -> dict[str, Any]:
        """What was typed, for the verb."""
        return dict(self.cleaned_data)


class Masked(forms.Textarea):
    """A text that may hold secrets: shown as dots where the browser can, and never rendered with a value."""

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false", "class": "masked"})

    def format_value(self, value: Any) -> None:
        return None


class BlockField(forms.CharField):
    """One text with all four values."""

    widget = Masked

    def __init__(self) -> None:
        super().__init__(
            label=_("All in one text"),
            required=False,
            strip=False,
            max_length=20_000,
            help_text=_("Vendor code, client id, client secret and refresh token in any order, with labels or JSON."),
        )


class SecretAge(StepForm):
    """When the client secret was made, wherever one can be pasted. Reading says what is wrong with it."""

    made = forms.ChoiceField(
        label=_("When was the client secret made?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(TODAY, _("today")), (ON_A_DAY, _("on a day:")), (UNKNOWN, _("I do not know"))],
    )
    issued_on = forms.DateField(
        label=_("Made on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class StartForm(StepForm):
    """Name, country, and which Amazon."""

    name = forms.CharField(
        label=_("Name"),
        max_length=50,
        widget=PlainInput,
        help_text=_("Short: letters, digits and hyphens, such as acme-de. It cannot be changed later."),
    )
    marketplace = forms.ChoiceField(
        label=_("Country of your Vendor Central"),
        choices=lambda: [(code, f"{name} ({code})") for code, name in countries()],
    )
    environment = forms.ChoiceField(
        label=_("Which Amazon"),
        initial=Environment.PRODUCTION,
        widget=forms.RadioSelect,
        choices=[
            (Environment.PRODUCTION, _("Amazon itself")),
            (Environment.SANDBOX, _("Amazon's sandbox: fixed samples, no orders of yours")),
            (Environment.SIMULATOR, _("A simulator on this machine, to rehearse")),
            (Environment.CUSTOM, _("Another address, such as a simulator elsewhere")),
        ],
    )
    endpoint = forms.CharField(
        label=_("Address of the simulator"),
        required=False,
        widget=PlainInput,
        help_text=_("Such as http://127.0.0.1:8001: what “purveyor simulator” prints as url."),
    )
    login_url = forms.CharField(
        label=_("Login address"),
        required=False,
        widget=PlainInput,
        help_text=_("The whole address of the token endpoint. Empty: /auth/o2/token below the address above."),
    )


class TickForm(StepForm):
    """Nothing but the box, which the page draws."""


class CodesForm(SecretAge):
    """Vendor codes."""

    vendor_codes = forms.CharField(
        label=_("Vendor codes"), required=False, widget=PlainInput, help_text=_("Several are parted by blanks.")
    )
    block = BlockField()


class CredentialsForm(SecretAge):
    """Client id and client secret."""

    client_id = forms.CharField(
        label=_("Client id"),
        required=False,
        widget=PlainInput,
        help_text=_("Begins with amzn1.application-oa2-client."),
    )
    client_secret = SecretField(
        label=_("Client secret"), required=False, help_text=_("Usually begins with amzn1.oa2-cs.")
    )
    block = BlockField()


class TokenForm(SecretAge):
    """The refresh token."""

    refresh_token = SecretField(label=_("Refresh token"), required=False, help_text=_("Begins with Atzr|"))
    block = BlockField()


class HistoryForm(StepForm):
    """From when on, and what with the acknowledged ones. Reading says what is wrong with it."""

    cutoff = forms.ChoiceField(required=False, choices=[(name, name) for name in (*CUTOFFS, ON_A_DAY)])
    since_day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    acknowledged = forms.ChoiceField(
        label=_("Orders acknowledged already, in Vendor Central or by EDI"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("fetch", _("Fetch them too: the history is complete. They need no answer, and none is sent.")),
            ("leave", _("Leave them out: only orders that still wait for an answer.")),
        ],
    )


class FeaturesForm(StepForm):
    """Switches, and the own parties, whose fields are named ``role.field``."""

    features = forms.MultipleChoiceField(required=False, choices=[(name, name) for name in SWITCHES])
    same = forms.MultipleChoiceField(required=False, choices=[(role, role) for role in SAME])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for role in PARTY_ROLES:
            for name, label in _PARTY_WORDS.items():
                field = forms.CharField(label=label, required=False, max_length=300, widget=PlainInput)
                field.help_text = _PARTY_HELP.get(name, "")
                self.fields[f"{role}.{name}"] = field

    def given(self) -> dict[str, Any]:
        told = self.cleaned_data
        parties = {
            role: {name: told[f"{role}.{name}"] for name in _PARTY_WORDS if told.get(f"{role}.{name}")}
            for role in PARTY_ROLES
        }
        return {"features": told["features"], "same": told["same"], "parties": parties}

    def party(self, role: str) -> list[forms.BoundField]:
        """The fields of one party."""
        return [self[f"{role}.{name}"] for name in _PARTY_WORDS]


FORMS: Mapping[str, type[StepForm]] = {
    steps.START: StartForm,
    steps.CODES: CodesForm,
    steps.CREDENTIALS: CredentialsForm,
    steps.TOKEN: TokenForm,
    steps.HISTORY: HistoryForm,
    steps.FEATURES_STEP: FeaturesForm,
}


def form_of(key: str) -> type[StepForm]:
    """The form of a step."""
    return FORMS.get(key, TickForm)


def initial_of(key: str, data: Data) -> dict[str, Any]:
    """What the fields show at first: what was typed before, never a secret."""
    if key == steps.CODES:
        return {"vendor_codes": " ".join(data.get("vendor_codes", ()))}
    if key == steps.CREDENTIALS:
        return {"client_id": data.get("client_id", ""), **_made(data)}
    if key == steps.HISTORY:
        acknowledged = "fetch" if data.get("import_acknowledged", True) else "leave"
        chosen = data.get("cutoff", USUAL_CUTOFF)
        return {"cutoff": chosen, "since_day": data.get("since_day", ""), "acknowledged": acknowledged}
    if key == steps.FEATURES_STEP:
        return _initial_features(data)
    return dict(data)


def _made(data: Data) -> dict[str, str]:
    """What was answered; today for an app that was added in this draft."""
    day = data.get("issued_on")
    if day is None:
        return {"made": TODAY} if steps.APP in data.get("done", ()) and not data.get("stored") else {}
    return {"made": ON_A_DAY, "issued_on": day} if day else {"made": UNKNOWN}


def _initial_features(data: Data) -> dict[str, Any]:
    """The parties as they were filled in, else as the order shows them that the check has read."""
    parties = data.get("parties")
    if parties is None:
        parties = data.get("seen", {}).get("parties", {})
    same = data.get("same", list(SAME) if parties.get("selling") or not parties else [])
    told: dict[str, Any] = {"features": data.get("features", list(SWITCHES)), "same": same}
    for role, row in parties.items():
        if role in PARTY_ROLES and role not in same:
            told |= {f"{role}.{name}": row.get(name, "") for name in PARTY_FIELDS}
    return told


__all__ = ["BLOCK", "FORMS", "StepForm", "form_of", "initial_of"]
