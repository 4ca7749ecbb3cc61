"""A paused profile tries by itself whether it was mended, with growing pauses.

So a role granted at Amazon, or a key file put back, is noticed without a click.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.amazon.client import Client
from purveyor.amazon.operations.orders import get_purchase_orders, get_purchase_orders_status
from purveyor.common import clock
from purveyor.common.errors import PurveyorError
from purveyor.profiles.clients import clear_trouble, fresh_client_for, note_trouble
from purveyor.profiles.domain.trouble import FIRST_PROBE
from purveyor.profiles.models import Profile
from purveyor.profiles.queries import connected

LONGEST = timedelta(hours=1)
LATELY = timedelta(days=1)


def due(now: datetime, limit: int) -> list[int]:
    """The paused profiles whose next try has come."""
    waiting = connected().filter(paused_at__isnull=False, probe_at__lte=now).order_by("probe_at", "pk")
    return list(waiting.values_list("pk", flat=True)[:limit])


def pause_after(probes: int) -> timedelta:
    """How long to wait after so many tries: doubling from a minute up to an hour."""
    doubled: int = 2 ** min(probes, 10)
    return min(LONGEST, FIRST_PROBE * doubled)


def probe(profile_id: int) -> None:
    """Try the login, and the operation that was refused. Nothing when another worker is at it, or it is not due."""
    now = clock.now()
    profile = Profile.objects.filter(pk=profile_id, paused_at__isnull=False, probe_at__lte=now).first()
    if profile is None or not _take(profile, now):
        return
    try:
        _try(fresh_client_for(profile), str(profile.trouble.get("operation", "")), now)
    except PurveyorError as error:
        note_trouble(profile, error)
    else:
        clear_trouble(profile)


def _take(profile: Profile, now: datetime) -> bool:
    """Compare-and-set of the next try's time: of several workers one goes on."""
    probes = profile.probes + 1
    mine = Profile.objects.filter(pk=profile.pk, probe_at=profile.probe_at, probe_at__lte=now)
    return bool(mine.update(probe_at=now + pause_after(probes), probes=min(probes, 100)))


def _try(client: Client, operation: str, now: datetime) -> None:
    """Raises what the login or the operation fails with."""
    if operation == "getPurchaseOrdersStatus":
        get_purchase_orders_status(client, updated_after=now - LATELY, updated_before=now, limit=1)
    else:
        get_purchase_orders(client, created_after=now - LATELY, created_before=now, limit=1, include_details=False)


def pull_back(now: datetime) -> None:
    """Bring near the tries that a clock that ran ahead has put too far away."""
    Profile.objects.filter(probe_at__gt=now + LONGEST).update(probe_at=now)
