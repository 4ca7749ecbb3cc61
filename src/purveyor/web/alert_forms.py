"""The forms about alerts, routes and webhooks. They check what one can see alone; the verbs check the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.alerts.domain import webhooks
from purveyor.alerts.domain.routes import ROUTE
from purveyor.alerts.kinds import KINDS
from purveyor.alerts.models import Severity
from purveyor.alerts.models.route import Pace
from purveyor.alerts.sinks import SINKS
from purveyor.people.permissions import ROLES
from purveyor.people.who import Who

_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def _address(**more: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"} | more)


class CommentForm(forms.Form):
    """What somebody says about an alert."""

    text = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class _OfProfile(forms.Form):
    """A form for one profile where ``who`` holds a permission, or for every one if they hold it everywhere."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, permission: str, **more: Any) -> None:
        super().__init__(data, **more)
        names = [(profile.name, profile.name) for profile in who.profiles(permission)]
        every = [("", _("Every profile"))] if who.profile_names(permission) is None else []
        if "profile" in self.fields:
            self.fields["profile"].choices = every + names  # type: ignore[attr-defined]  # a ChoiceField
            self.fields["profile"].required = not every


class WebhookChangeForm(_OfProfile):
    """What can be changed of a webhook."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("The system that receives the events."))
    url = forms.CharField(label=_("Address"), max_length=500, widget=_address(placeholder="https://"))
    events = forms.CharField(
        label=_("Events"),
        max_length=2000,
        required=False,
        help_text=_("Types or their beginnings, such as order or document.queued, with blanks between. Empty: all."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, **more: Any) -> None:
        super().__init__(data, who=who, permission=webhooks.MANAGE, **more)

    def clean_events(self) -> list[str]:
        return str(self.cleaned_data["events"]).replace(",", " ").split()


class WebhookForm(WebhookChangeForm):
    """A new webhook."""

    profile = forms.ChoiceField(label=_("Profile"), required=False)
    field_order = ["name", "url", "profile", "events"]


class RouteForm(_OfProfile):
    """A route. Which fields count depends on where it tells; the verb says what is missing."""

    name = forms.CharField(label=_("Name"), max_length=60)
    on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
    profile = forms.ChoiceField(label=_("Profile"), required=False)
    severity = forms.ChoiceField(label=_("From which severity on"), choices=Severity.choices, initial=Severity.WARN)
    kinds = forms.MultipleChoiceField(
        label=_("Only these kinds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )
    sink = forms.ChoiceField(label=_("Where it is told"), initial="mail")
    role = forms.ChoiceField(label=_("Mail: to whom holds this role"), required=False)
    person = forms.CharField(
        label=_("Mail: or to one person"), max_length=60, required=False, help_text=_("Their user name.")
    )
    address = forms.CharField(
        label=_("Chat: address of its incoming webhook"),
        max_length=500,
        required=False,
        widget=_address(),
        help_text=_("A secret: it is kept sealed and not shown again. Empty keeps the stored one."),
    )
    webhook = forms.TypedChoiceField(label=_("Webhook: which of yours"), required=False, coerce=int, empty_value=None)
    pace = forms.ChoiceField(label=_("When it is told"), choices=Pace.choices, initial=Pace.AT_ONCE)
    daily_at = forms.TimeField(label=_("Once a day: at"), required=False, widget=_CLOCK)
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        required=False,
        help_text=_(
            "Such as Europe/Berlin. Empty: that of the profile's marketplace; for every profile the one all share."
        ),
    )
    quiet_from = forms.TimeField(label=_("Quiet hours from"), required=False, widget=_CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet hours until"), required=False, widget=_CLOCK)
    serious_breaks = forms.BooleanField(
        label=_("Tell what is serious in quiet hours too"), required=False, initial=True
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, **more: Any) -> None:
        super().__init__(data, who=who, permission=ROUTE, **more)
        choices: dict[str, list[tuple[Any, Any]]] = {
            "kinds": [(kind.name, kind.sentence) for kind in KINDS.values()],
            "sink": [(name, sink.TITLE) for name, sink in SINKS.items()],
            "role": [("", "–"), *((role.name, role.title) for role in ROLES.values())],
            "webhook": [("", "–"), *webhooks.webhooks(who).values_list("pk", "name")],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # each is a ChoiceField

    def asked(self) -> dict[str, Any]:
        """What was typed, as ``alerts.domain.routes.Asked`` wants it."""
        found = dict(self.cleaned_data)
        return found | {"profile": found.get("profile") or None, "person": found["person"].strip() or None}
