"""The dated settings of a profile for bulk-buy offers: through which stages they go, who else must look, when one is
warned."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.offers import keys
from purveyor.profiles import setting_kinds as kinds
from purveyor.profiles.dated import Setting

MOST_DAYS = 60


def days(text: str) -> tuple[int, ...]:
    """Days such as ``7, 3, 1``, the longest first; blank is none. Raises ValueError."""
    found = {int(word) for word in text.split(",") if word.strip()}
    if any(not 0 < day <= MOST_DAYS for day in found):
        raise ValueError(text)
    return tuple(sorted(found, reverse=True))


SETTINGS = [
    Setting(
        "offers.stages",
        kinds.listed(keys.read, _("stages such as “commerce, manufacturing, warehouse”, each once")),
        ", ".join(keys.USUAL),
        _("Stages of an offer"),
        _(
            "Who answers an offer, in this order: commerce, manufacturing, warehouse, finance, management. Counts for"
            " offers that come in from then on."
        ),
    ),
    Setting(
        "offers.four_eyes",
        kinds.yes_no(),
        "no",
        _("Four eyes"),
        _("Each stage needs a second person who confirms it before the offer goes on."),
    ),
    Setting(
        "offers.value_limit",
        kinds.decimal("0", "1000000000"),
        "0",
        _("Second approver from"),
        _(
            "From this value on, in the offer's currency, each stage needs a second approver with the permission to"
            " confirm; 0 is no limit."
        ),
    ),
    Setting(
        "offers.alert_days",
        kinds.listed(days, _("days such as “7, 3, 1”, each from 1 to 60")),
        "7, 3, 1",
        _("Warn of the expiry"),
        _("So many days before an offer expires an alert is raised, or made more serious."),
    ),
]
