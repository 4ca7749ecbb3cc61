"""What an examination found beside the trouble that pauses a profile, as one alert: clocks, codes, the old secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from purveyor.alerts.queries import standing
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import Phrase, joined
from purveyor.common.errors import Remedy
from purveyor.profiles.doctor.report import Check, Report, State
from purveyor.profiles.models import Profile

TOLD = ("clock", "login", "order")
"""The checks an alert tells of where no error stood behind them; errors are trouble, or pass by themselves."""
_SEVERITY = {State.WARN: "warn", State.BAD: "bad"}


def tell(profile: Profile, report: Report, *, same: bool = False) -> None:
    """Open, change or close the alert. What could not be examined to its end changes nothing, nor does what was found
    the last time too (``same``) while its alert stands."""
    cause = f"profile:{profile.pk}:check"
    found = [check for check in report.checks if check.name in TOLD and check.state in _SEVERITY]
    if report.error is not None and not _clock_alone(found):
        return
    if not found:
        close_alert(cause, "The connection check finds nothing more.")
        return
    if same and standing(cause).exists():
        return
    worst = State.BAD if any(check.state == State.BAD for check in found) else State.WARN
    raise_alert(
        cause,
        kind="profile.check",
        severity=_SEVERITY[worst],
        message=Phrase("%(name)s: %(means)s") % {"name": profile.name, "means": joined(check.means for check in found)},
        hint=joined(check.do for check in found),
        remedy=str(Remedy.MEND_SETTINGS),
        profile_id=profile.pk,
        request_id=next((check.request_id for check in found if check.request_id), ""),
    )


def cause_in(checked: Mapping[str, Any]) -> list[Any]:
    """What a kept answer says that an alert tells of, without the numbers in it: they differ from day to day."""
    found = [check for check in checked.get("checks", ()) if check["name"] in TOLD and check["state"] in _SEVERITY]
    return [(check["name"], check["state"], _without_numbers(check["means"])) for check in found]


def _without_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_numbers(one) for name, one in value.items()}
    return 0 if isinstance(value, int | float) else value


def _clock_alone(found: list[Check]) -> bool:
    return [check.name for check in found] == ["clock"]
