"""Where an alert is mended: the page that asks for what its cause lacks."""

from __future__ import annotations

from django.urls import reverse

from purveyor.alerts.models import Alert
from purveyor.centers.actions import MOVED, UNKNOWN
from purveyor.centers.domain.asking import code_in

_PAGES = {UNKNOWN: "center-edit", MOVED: "center"}


def link_of(alert: Alert) -> str:
    """The address of that page; empty where no page but the alert's profile is meant."""
    page = _PAGES.get(alert.kind)
    return reverse(page, args=[code_in(alert.cause)]) if page else ""
