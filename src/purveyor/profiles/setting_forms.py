"""Changing a setting on a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.profiles.dated import Setting
from purveyor.profiles.forms import DayField, PlainInput, WithProblems

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class SettingForm(WithProblems):
    """What a setting shall be, and from when on."""

    value = forms.CharField(label=_("Value"), max_length=200, widget=PlainInput)
    valid_from = DayField(label=_("From"), required=False, help_text=_("Now unless a later day is said (UTC)."))
    because = forms.CharField(label=_("Reason"), required=False, max_length=500)

    def __init__(self, setting: Setting, present: str, data: Any = None) -> None:
        super().__init__(data, initial={"value": present})
        if choices := setting.choices or (YES_NO if setting.kind.word == "yes/no" else ()):
            self.fields["value"] = forms.ChoiceField(label=_("Value"), choices=choices, widget=forms.RadioSelect)
        self.fields["value"].help_text = str(setting.sentence)
