"""Why somebody does not come in.

PurveyorError
└── Refused
    └── SignInRefused      the same words for an unknown name and a wrong password
        └── Throttled      too many tries; says how long to wait
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.common.errors import Refused, Remedy


class SignInRefused(Refused):
    """Name, password or code do not let anybody in."""

    code = "sign-in-refused"


class Throttled(SignInRefused):
    """Too many tries lately. ``wait`` is the time left, in whole seconds."""

    code = "throttled"
    remedy = Remedy.WAIT

    def __init__(self, wait: int) -> None:
        super().__init__(_("Too many tries. Wait %(wait)s, then try again.") % {"wait": _in_words(wait)})
        self.wait = wait


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
