"""The dated settings of a profile for deadlines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.profiles import setting_kinds as kinds
from purveyor.profiles.dated import Setting

SETTINGS = [
    Setting(
        "deadlines.answer_hours",
        kinds.number(1, 240),
        "24",
        _("Answer within"),
        _("So many hours after its date an order is to be answered; counts for orders that come in from then on."),
    ),
    Setting(
        "deadlines.change_hours",
        kinds.number(1, 240),
        "48",
        _("Change within"),
        _("So many hours after the first answer quantities and costs may still change; afterwards only dates."),
    ),
    Setting(
        "deadlines.first_alert",
        kinds.number(1, 100),
        "50",
        _("First alert"),
        _("When so many percent of the time for an answer are over, a notice is raised."),
    ),
    Setting(
        "deadlines.second_alert",
        kinds.number(1, 100),
        "75",
        _("Second alert"),
        _("When so many percent of the time for an answer are over, the notice becomes a warning."),
    ),
    Setting(
        "deadlines.third_alert",
        kinds.number(1, 100),
        "90",
        _("Third alert"),
        _("When so many percent of the time for an answer are over, the warning becomes serious."),
    ),
]
