"""What recurs about people."""

from __future__ import annotations

from django.contrib.sessions.models import Session

from purveyor.common import clock
from purveyor.jobs.registry import recurring
from purveyor.people.domain import throttle


@recurring("people.tidy", every=3600)
def tidy() -> None:
    """Drop counts of failed sign-ins nobody needs any more, and sessions that have run out."""
    throttle.tidy()
    Session.objects.filter(expire_date__lt=clock.now()).delete()
