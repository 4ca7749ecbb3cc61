"""What a person is asked about a center: one alert per code and cause, closed by itself when it is answered."""

from __future__ import annotations

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.secrecy import masked
from purveyor.base.phrase import _
from purveyor.centers.actions import MOVED, UNKNOWN
from purveyor.centers.models import Center
from purveyor.common.errors import Remedy


def cause_of(kind: str, code: str) -> str:
    """The cause of a center's alert."""
    return f"{kind}:{code}"


def code_in(cause: str) -> str:
    """The center an alert is about."""
    return cause.partition(":")[2]


def ask_for_zone(center: Center, profile_id: int | None) -> None:
    """A center whose zone nobody has said. Its orders come in all the same."""
    words = {"code": masked(center.code)}
    raise_alert(
        cause_of(UNKNOWN, center.code),
        kind=UNKNOWN,
        severity=Severity.INFO,
        message=_("The time zone of fulfillment center %(code)s is not known.") % words,
        hint=_(
            "Orders come in all the same, with the address they carry; windows are shown in the zone usual there. "
            "Say the center's own zone and complete its address."
        ),
        remedy=Remedy.MEND_DATA,
        profile_id=profile_id,
    )


def ask_about_move(center: Center, profile_id: int | None) -> None:
    """An order's address that contradicts a person's."""
    raise_alert(
        cause_of(MOVED, center.code),
        kind=MOVED,
        severity=Severity.WARN,
        message=_("An order names another address for fulfillment center %(code)s.") % {"code": masked(center.code)},
        hint=_("Yours stands until you take the other one or decline it."),
        remedy=Remedy.MEND_DATA,
        profile_id=profile_id,
    )


def answered(center: Center) -> None:
    """Close what was asked about a center as far as it is answered."""
    if center.time_zone:
        close_alert(cause_of(UNKNOWN, center.code), "The time zone is stored.")
    if not center.offered:
        close_alert(cause_of(MOVED, center.code), "The other address was dealt with.")
