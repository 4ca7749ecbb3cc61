"""The forms about people. They check what one can see without the database; the verbs check the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from purveyor.people import passwords
from purveyor.people.domain.tokens import LONGEST, USUAL
from purveyor.people.models import Language
from purveyor.people.permissions import PERMISSIONS, ROLES
from purveyor.people.who import Who


def _hidden(kind: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": kind})


def _plain(kind: str, **more: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": kind, "autocapitalize": "none", "spellcheck": "false"} | more)


class NewPassword(forms.Form):
    """A new password, typed twice. ``person`` is the user name it must not be, when the form has no such field."""

    password = forms.CharField(
        label=_("Password"),
        widget=_hidden("new-password"),
        strip=False,
        help_text=_("At least 10 characters, not digits only, not the user name."),
    )
    again = forms.CharField(label=_("Password again"), widget=_hidden("new-password"), strip=False)
    person = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("again")
        for problem in passwords.problems(password, data.get("username") or self.person) if password else []:
            self.add_error("password", problem)
        if password and again is not None and password != again:
            self.add_error("again", _("The two passwords differ."))
        return data


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(label=_("User name"), max_length=60, widget=_plain("username", autofocus="autofocus"))
    password = forms.CharField(label=_("Password"), widget=_hidden("current-password"), strip=False)


class SecondFactorForm(forms.Form):
    """The second step of signing in, and the last one of switching the second factor on."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=_plain("one-time-code", inputmode="text", autofocus="autofocus"),
        help_text=_("The six digits your authenticator shows, or one of your recovery codes."),
    )


class SetUpForm(NewPassword):
    """The first administrator."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=40,
        widget=_plain("off"),
        help_text=_("Purveyor printed it when it started."),
    )
    username = forms.CharField(label=_("User name"), max_length=60, widget=_plain("username"))
    field_order = ["code", "username", "password", "again"]


class SetPasswordForm(NewPassword):
    """A new password for somebody one manages."""


class ChangePasswordForm(NewPassword):
    """A new password of one's own; the old one is asked for, and the page checks it."""

    old = forms.CharField(label=_("Old password"), widget=_hidden("current-password"), strip=False)
    field_order = ["old", "password", "again"]


class _ForProfiles(forms.Form):
    """A form with a choice of profile, among those where ``who`` holds a permission; every one only if they do."""

    profile = forms.ChoiceField(label=_("Profile"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, permission: str, **more: Any) -> None:
        super().__init__(data, **more)
        names = [(profile.name, profile.name) for profile in who.profiles(permission)]
        every = [("", _("Every profile"))] if who.profile_names(permission) is None else []
        self.fields["profile"].choices = every + names  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["profile"].required = not every

    def clean_profile(self) -> str | None:
        """The profile's name; None is every profile."""
        return self.cleaned_data["profile"] or None


class GrantForm(_ForProfiles):
    """A role on one profile or on every one."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.name, role.title) for role in ROLES.values()])
    field_order = ["role", "profile"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, **more: Any) -> None:
        super().__init__(data, who=who, permission="people.manage", **more)


class PersonForm(forms.Form):
    """What a person may change about themselves."""

    full_name = forms.CharField(label=_("Full name"), max_length=120, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.ENGLISH)


class AddUserForm(GrantForm, PersonForm, NewPassword):
    """A new person with a first role."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=_plain("off"),
        help_text=_("Letters, digits and . _ @ + - only; capitals make no difference."),
    )
    field_order = ["username", "full_name", "email", "language", "role", "profile", "password", "again"]


def _scope(name: str, sentence: object) -> SafeString:
    """A scope in words, and by the name that the command line, the API and docs/admin/permissions.md call it."""
    return format_html('<span>{} <code class="muted">{}</code></span>', sentence, name)


class TokenForm(_ForProfiles):
    """A new token: what it may, where, for how long."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("The system that will use it."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What it may do; never more than you may at that moment."),
    )
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=LONGEST.days, initial=USUAL.days)
    field_order = ["name", "scopes", "profile", "days"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, who: Who, **more: Any) -> None:
        super().__init__(data, who=who, permission="", **more)
        mine = [(name, _scope(name, sentence)) for name, sentence in PERMISSIONS.items() if who.may_somewhere(name)]
        self.fields["scopes"].choices = mine  # type: ignore[attr-defined]  # a MultipleChoiceField

    @property
    def expires_in(self) -> timedelta:
        """How long it shall last."""
        return timedelta(days=self.cleaned_data["days"])
