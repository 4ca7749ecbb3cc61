"""A lease: a row one worker works on, until a time; after it, whoever comes first may take the row over.

Every step is one compare-and-set statement. Times are the clock's, so workers on many machines need clocks that agree
to well below the length of a lease.
"""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from purveyor.common import canon, clock


class Leased(models.Model):
    """A row that can be claimed. ``lease_owner`` is empty while nobody holds it."""

    lease_owner = models.CharField(max_length=80, default="", blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


LONGEST = timedelta(hours=6)
"""No lease is given for longer."""

Claimable = Leased | tuple[type[Leased], int]
FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None}
"""The columns of a row nobody holds, for a move that lets go in the same statement."""


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@cache
def machine() -> str:
    """This machine since it was started, as process ids count here: equal names mean that a process id tells the same.

    Two containers of one machine have process ids of their own, hence the namespace; where the system tells neither,
    the name is this process's alone, and nobody is ever taken for dead.
    """
    try:
        here = Path("/proc/sys/kernel/random/boot_id").read_text("ascii") + os.readlink("/proc/self/ns/pid")
    except OSError:
        here = secrets.token_hex(8)
    return f"{socket.gethostname()[:30]}-{canon.sha256(here.encode())[:8]}"


def new_owner() -> str:
    """A name no other claim has; it begins with where the worker lives, for people who look."""
    return f"{machine()}:{os.getpid()}:{secrets.token_hex(6)}"


def is_dead(owner: str) -> bool:
    """Whether the process that made a claim on this machine is gone. False for other machines: their leases run out."""
    where, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if where != machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def free_the_dead() -> int:
    """End the leases of processes of this machine that died, so that their rows are taken up at once."""
    now, count = clock.now(), 0
    for model in _leased():
        held = model._default_manager.filter(lease_until__gt=now, lease_owner__startswith=f"{machine()}:")
        for owner in filter(is_dead, held.order_by().values_list("lease_owner", flat=True).distinct()[:200]):
            count += model._default_manager.filter(lease_owner=owner).update(lease_until=now)
    return count


def pull_back(now: datetime) -> int:
    """End the leases that last longer than any is given for: whose clock ran ahead has written them."""
    return sum(
        model._default_manager.filter(lease_until__gt=now + LONGEST).update(lease_until=now) for model in _leased()
    )


def _leased() -> list[type[Leased]]:
    return [model for model in apps.get_models() if issubclass(model, Leased)]


def is_free(at: datetime) -> Q:
    """The rows nobody holds at a moment."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=at)


def claim(row: Claimable, seconds: float, **conditions: Any) -> str | None:
    """Claim a row for so many seconds if it is free and still meets the conditions.

    Answers the name to renew and give back under, or None when another holds it or a condition is not met.
    """
    now, owner = clock.now(), new_owner()
    taken = (
        _rows(row)
        .filter(is_free(now), **conditions)
        .update(lease_owner=owner, lease_until=now + timedelta(seconds=seconds))
    )
    return owner if taken else None


def renew(row: Claimable, owner: str, seconds: float) -> bool:
    """Hold it longer; False when the lease is no longer ours: stop, another works on it."""
    until = clock.now() + timedelta(seconds=seconds)
    return bool(_rows(row).filter(lease_owner=owner).update(lease_until=until))


def give_back(row: Claimable, owner: str, **changes: Any) -> bool:
    """Let go, with changes in the same statement; False (and nothing changed) when it is no longer ours."""
    return bool(_rows(row).filter(lease_owner=owner).update(**FREE, **changes))


def _rows(row: Claimable) -> models.QuerySet[Any]:
    model, pk = row if isinstance(row, tuple) else (type(row), row.pk)
    return model._default_manager.filter(pk=pk)
