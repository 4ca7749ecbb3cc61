"""The clock of 180 days: how old a client secret is, when Amazon stops taking it, and the alert that grows with that.

Amazon asks for a new secret every 180 days and warns from the 90th before the end; after it every call fails (FACTS
§1.4). A secret whose age nobody knows is counted from the day it was stored, until somebody answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.base.phrase import Phrase, _, ngettext
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.profiles.models import Profile, Secret
from purveyor.profiles.queries import present_client_secrets
from purveyor.vault import sealing

LIFE = timedelta(days=180)
NEW_STORED, NONE_LEFT = "A new client secret is stored.", "There is no client secret any more."
"""Why the alert was closed. The audit keeps one language, whoever acted."""
KIND = "profile.secret_age"
DAY = timedelta(days=1)
STEPS: tuple[tuple[int, Severity], ...] = (
    (1, Severity.BAD),
    (7, Severity.BAD),
    (14, Severity.WARN),
    (30, Severity.WARN),
    (60, Severity.INFO),
    (90, Severity.INFO),
)
"""Days left and how loud that is, the nearest first. Past the end it is as bad as can be."""


@dataclass(frozen=True, slots=True)
class Age:
    """How long a client secret still works. ``known`` is False while it is counted from the day it was stored."""

    since: datetime
    known: bool

    @property
    def expires_at(self) -> datetime:
        return self.since + LIFE

    @property
    def left(self) -> timedelta:
        """Negative past the end."""
        return self.expires_at - clock.now()

    @property
    def over(self) -> bool:
        return self.left <= timedelta(0)

    @property
    def days_left(self) -> int:
        """Whole days left, none past the end."""
        return max(0, self.left // DAY)

    @property
    def step(self) -> tuple[int, Severity] | None:
        """The step reached: 0 past the end, None more than 90 days before."""
        if self.over:
            return 0, Severity.BAD
        return next(((days, severity) for days, severity in STEPS if self.left <= days * DAY), None)


def age_of(secret: Secret) -> Age:
    """The age of a client secret."""
    return Age(secret.issued_at or secret.stored_at, secret.issued_at is not None)


def age(profile: Profile) -> Age | None:
    """The age of a profile's present client secret; None where it has none."""
    found = next((secret for secret in profile.secrets.all() if secret.is_present_client_secret), None)
    return age_of(found) if found is not None else None


def cause_of(profile: Profile) -> str:
    """The cause of the alert: one for each profile."""
    return f"profile:{profile.pk}:secret-age"


def watch(profile: Profile) -> None:
    """Raise, reword or close the alert of one profile, as its present secret asks for."""
    found = _age_now(profile)
    if found is None or found.step is None:
        close_alert(cause_of(profile), NEW_STORED if found is not None else NONE_LEFT)
        return
    with transaction.atomic():
        sealing.lock_ring()  # nobody stores another secret meanwhile, which would close what is raised here
        found = _age_now(profile)
        if found is not None and found.step is not None:
            _raise(profile, found, *found.step)


def watch_all() -> None:
    """Look at every profile."""
    for profile in Profile.objects.order_by("pk"):
        watch(profile)


def _age_now(profile: Profile) -> Age | None:
    found = present_client_secrets().filter(profile=profile).defer("sealed").first()
    return age_of(found) if found is not None else None


def _raise(profile: Profile, found: Age, days: int, severity: Severity) -> None:
    raise_alert(
        cause_of(profile),
        kind=KIND,
        severity=severity,
        message=_words(profile, found, days),
        hint=_(
            "Rotate the secret in Vendor Central (API Integration, LWA credentials, View, Rotate secret), then store "
            "the new one here. The old one works seven more days."
        ),
        remedy=Remedy.MEND_SETTINGS,
        profile_id=profile.pk,
    )


def _words(profile: Profile, found: Age, days: int) -> Phrase:
    """Words that change with the step alone, not every day."""
    told = {"name": profile.name, "date": found.expires_at.date().isoformat(), "days": days}
    if days == 0:
        return _("The client secret of %(name)s expired on %(date)s: Amazon refuses every call.") % told
    return (
        ngettext(
            "The client secret of %(name)s expires on %(date)s: at most one day is left.",
            "The client secret of %(name)s expires on %(date)s: at most %(days)s days are left.",
            days,
        )
        % told
    )
