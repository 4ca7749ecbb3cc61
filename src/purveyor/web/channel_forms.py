"""The form of a channel: what every channel has, and the fields of its way. The verbs check the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.base import filekinds
from purveyor.channels import outgoing, queries, setup, ways
from purveyor.people.who import Who
from purveyor.profiles.queries import by_name

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_WAY = "way-"


class SecretArea(forms.Textarea):
    """A secret of several lines: what was typed is never shown again, as with a password."""

    def format_value(self, value: Any) -> str:
        return ""


class ChannelForm(forms.Form):
    """A channel of a way, in or out."""

    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens."),
        widget=forms.TextInput(_PLAIN),
    )
    kind = forms.ChoiceField(label=_("What its files hold"))
    profile = forms.ChoiceField(label=_("Profile"), required=False)
    saved = forms.ChoiceField(
        label=_("Saved columns"),
        required=False,
        help_text=_("Show a sample file on the channel's page to make them. None: those that fit the file."),
    )
    whole = forms.BooleanField(label=_("Take a file only if every row is good"), required=False)
    quiet = forms.IntegerField(
        label=_("Seconds a file must have stayed as it is"),
        min_value=0,
        max_value=setup.MOST_QUIET,
        initial=setup.QUIET,
    )
    form = forms.ChoiceField(label=_("Form"), choices=[(one, one.upper()) for one in setup.FORMS], initial="csv")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, who: Who, way: ways.Way, out: bool, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self.who, self.way, self.out = who, way, out
        for name in ("saved", "whole", "quiet") if out else ("form",):
            del self.fields[name]
        self._choices("kind", _kinds(who, out))
        profiles = [(profile.name, profile.name) for profile in who.profiles(setup.MANAGE)]
        every = [("", _("Every profile"))] if who.profile_names(setup.MANAGE) is None else []
        self._choices("profile", every + profiles)
        if not out:
            saved = [(one.name, f"{one.kind}: {one.name}") for one in queries.mappings(who)]
            self._choices("saved", [("", _("those that fit")), *saved])
        for one in way.fields:
            self.fields[_WAY + one.name] = _field(one)

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self) -> setup.Asked:
        """What was typed, as the verb takes it. Raises NotFound."""
        told = dict(self.cleaned_data)
        profile = by_name(self.who, told.pop("profile"), setup.MANAGE) if told.get("profile") else None
        told.pop("profile", None)
        typed = {one.name: str(told.pop(_WAY + one.name) or "") for one in self.way.fields}
        secret = {one.name for one in self.way.fields if one.secret}
        return setup.Asked(
            way=self.way.name,
            outgoing=self.out,
            profile=profile,
            options={name: value for name, value in typed.items() if name not in secret},
            secrets={name: value for name, value in typed.items() if name in secret and value},
            **told,
        )

    def at_field(self, where: str) -> str:
        """The field of this form that a problem's place means."""
        return where if where in self.fields else _WAY + where


def initial(asked: setup.Asked) -> dict[str, Any]:
    """What stands in the form of a channel that is there; never a secret."""
    told = {name: getattr(asked, name) for name in ("name", "kind", "saved", "whole", "quiet", "form")}
    profile = {"profile": asked.profile.name if asked.profile else ""}
    return told | profile | {_WAY + name: value for name, value in asked.options.items()}


def _kinds(who: Who, out: bool) -> list[tuple[str, Any]]:
    if out:
        return [(kind.name, kind.label) for kind in outgoing.kinds().values()]
    return [(kind.name, kind.label) for kind in filekinds.kinds() if who.may_somewhere(kind.may_take)]


def _field(one: ways.Field) -> forms.Field:
    words: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": one.needed and not one.secret}
    words |= {"initial": one.default} if one.default else {}
    if one.kind == "choice":
        return forms.ChoiceField(choices=one.choices, **words)
    if one.kind == "number":
        return forms.IntegerField(**words)
    if one.kind == "long":
        area = SecretArea if one.secret else forms.Textarea
        return forms.CharField(widget=area({"rows": 6, **_PLAIN}), **words)
    if one.secret:
        return forms.CharField(widget=forms.PasswordInput(_PLAIN | {"autocomplete": "new-password"}), **words)
    return forms.CharField(max_length=500, widget=forms.TextInput(_PLAIN), **words)
