"""Alerts about what the comparison with Amazon's numbers could not put right; one of each kind for a profile."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import _
from purveyor.common.errors import Remedy
from purveyor.profiles.models import Profile

MOST_NAMED = 20


def tell_not_there(profile: Profile, numbers: Sequence[str], *, whole: bool) -> None:
    """Orders we hold and Amazon does not show. ``whole`` says that all of the time was compared: only then none found
    means that none is missing."""
    if numbers:
        raise_alert(
            f"profile:{profile.pk}:not-at-amazon",
            kind="orders.not_at_amazon",
            severity=Severity.WARN,
            message=_("%(profile)s: Amazon does not show %(count)d orders that are here: %(numbers)s.")
            % _words(profile, numbers),
            hint=_("Look for them in Vendor Central before you ship; ask Amazon if they are not there either."),
            remedy=Remedy.ASK_AMAZON,
            profile_id=profile.pk,
        )
    elif whole:
        close_alert(f"profile:{profile.pk}:not-at-amazon", "every order is at Amazon")


def tell_not_fetched(profile: Profile, numbers: Sequence[str], *, whole: bool) -> None:
    """Orders that Amazon names and does not hand out; ``whole`` as above."""
    if numbers:
        raise_alert(
            f"profile:{profile.pk}:not-fetched",
            kind="orders.not_fetched",
            severity=Severity.BAD,
            message=_("%(profile)s: Amazon names %(count)d orders that cannot be fetched: %(numbers)s.")
            % _words(profile, numbers),
            hint=_("Answer them in Vendor Central; they are tried again with the next comparison."),
            remedy=Remedy.ASK_AMAZON,
            profile_id=profile.pk,
        )
    elif whole:
        close_alert(f"profile:{profile.pk}:not-fetched", "every order was fetched")


def _words(profile: Profile, numbers: Sequence[str]) -> dict[str, str | int]:
    named = ", ".join(numbers[:MOST_NAMED]) + (", …" if len(numbers) > MOST_NAMED else "")
    return {"profile": profile.name, "count": len(numbers), "numbers": named}
