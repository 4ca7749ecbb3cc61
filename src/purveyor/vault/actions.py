"""What is done about keys, for the audit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("keys.rotated", _("The keys that seal secrets were rotated")),
    Action("keys.forgotten", _("The stored secrets were given up and the keys made anew"), ("count",)),
]
