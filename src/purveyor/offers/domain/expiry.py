"""The clock of an offer: alerts at the days before its expiry that the settings name, and after it.

One alert for an offer, which rises; it closes when the offer was completed or given up, or its time was set later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models

from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.queries import standing as standing_of
from purveyor.alerts.raise_ import close_alert, raise_alert, says
from purveyor.alerts.states import AlertState
from purveyor.base.phrase import Moment, Phrase, _, ngettext
from purveyor.common import clock
from purveyor.offers.domain import waiting
from purveyor.offers.models import Offer
from purveyor.offers.settings import MOST_DAYS
from purveyor.offers.states import OfferState
from purveyor.profiles import dated

KIND = "offer.expires"
OVER = 0
"""The stage of an offer that has expired; others are days before."""
_SETTING = "offers.alert_days"
_BECAUSE = "the offer waits no longer, or has more time"


def cause(offer_id: int) -> str:
    """What the alert is known by."""
    return f"offer:{offer_id}:expires"


def stage_of(expires_at: datetime, days: Sequence[int], now: datetime) -> int | None:
    """How near the expiry is: the fewest of these days that are left at most, OVER when it is past, None before."""
    if expires_at <= now:
        return OVER
    return min((day for day in days if expires_at - now <= timedelta(days=day)), default=None)


def severity_of(stage: int, days: Sequence[int]) -> Severity:
    """The last warning and what is over are serious, the first of three or more is a notice."""
    if stage in (OVER, min(days, default=OVER)):
        return Severity.BAD
    return Severity.INFO if len(days) > 2 and stage == max(days) else Severity.WARN


def look(now: datetime | None = None) -> int:
    """Look at every offer that is open and nearly or wholly over, and at every alert; how many alerts were touched.

    What has an alert in the right words is left alone; twice, or on two workers, changes nothing more.
    """
    at = now or clock.now()
    standing = {a.cause: a for a in Alert.objects.filter(kind=KIND).exclude(state=AlertState.CLOSED)}
    near = Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=at + timedelta(days=MOST_DAYS))
    offers = list(near.select_related("profile").order_by("expires_at", "pk"))
    days = {
        key: values[_SETTING]
        for key, values in dated.values_of({o.profile_id: o.profile for o in offers}.values()).items()
    }
    touched, waits = 0, set()
    for offer in offers:
        name = cause(offer.pk)
        stage = stage_of(_due(offer), days[offer.profile_id], at)
        if stage is not None:
            waits.add(name)
            touched += _tell(offer, stage, days[offer.profile_id], standing.get(name))
    return touched + sum(close_alert(gone, _BECAUSE) for gone in standing.keys() - waits)


def look_at(offer: Offer) -> None:
    """One offer came in, was changed or goes on."""
    days = dated.value(offer.profile, _SETTING)
    stage = None
    if offer.state == OfferState.OPEN and offer.expires_at is not None:
        stage = stage_of(offer.expires_at, days, clock.now())
    if stage is None:
        close_alert(cause(offer.pk), _BECAUSE)
    else:
        _tell(offer, stage, days, standing_of(cause(offer.pk)).first())


def moved(
    row: models.Model, old: str, new: str, by: str, because: str, action: str, changes: Mapping[str, Any]
) -> None:
    """Close or raise the alerts the moment an offer waits no longer, or waits again (``base.transition.on_move``)."""
    if isinstance(row, Offer):
        look_at(row)
        waiting.tell(row)


def _due(offer: Offer) -> datetime:
    if offer.expires_at is None:
        raise ValueError(f"offer {offer.pk} has no expiry")
    return offer.expires_at


def _tell(offer: Offer, stage: int, days: Sequence[int], standing: Alert | None) -> int:
    severity, message = severity_of(stage, days), _message(offer, stage)
    if says(standing, severity, message):
        return 0
    raise_alert(
        cause(offer.pk),
        kind=KIND,
        severity=severity,
        message=message,
        hint=_("Complete the offer, give it up, or correct its time."),
        profile_id=offer.profile_id,
    )
    return 1


def _message(offer: Offer, stage: int) -> Phrase:
    words = {"number": offer.number, "at": Moment(_due(offer), offer.zone), "days": stage}
    if stage == OVER:
        return _("Offer %(number)s expired at %(at)s and is not completed.") % words
    said = ngettext(
        "Offer %(number)s expires within %(days)d day, at %(at)s, and is not completed.",
        "Offer %(number)s expires within %(days)d days, at %(at)s, and is not completed.",
        stage,
    )
    return said % words
