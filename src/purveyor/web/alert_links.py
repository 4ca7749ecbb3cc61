"""Where an alert is mended: the page of what its cause is about, as far as somebody may act there."""

from __future__ import annotations

from django.urls import reverse

from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.models import Alert
from purveyor.centers import queries as centers
from purveyor.centers.actions import MOVED, UNKNOWN
from purveyor.centers.domain.asking import code_in
from purveyor.centers.domain.update import MANAGE
from purveyor.channels import setup as channels
from purveyor.people.who import Who
from purveyor.profiles.rotation import KIND as SECRET_AGE
from purveyor.warehouse import rules as warehouse_rules

_ABOUT = {
    "arrival": ("arrival", channels.SEE),
    "channel": ("channel", channels.SEE),
    "order": ("order", "orders.view"),
    "packing": ("packing", warehouse_rules.VIEW),
    "route": ("route", routes.ROUTE),
    "webhook": ("webhook", webhooks.MANAGE),
}
"""The page of what a cause such as ``order:7:answer`` begins with, and what acting there takes."""
_CONNECTION = ("profile.trouble", "profile.check")


def link_of(who: Who, alert: Alert) -> str:
    """The address of that page; empty where there is none for this person."""
    if alert.kind in (UNKNOWN, MOVED):
        return _center(who, alert)
    noun, _colon, rest = alert.cause.partition(":")
    if noun in _ABOUT:
        page, permission = _ABOUT[noun]
        key = rest.partition(":")[0]
        return reverse(page, args=[int(key)]) if key.isdecimal() and who.may(permission, alert.profile) else ""
    return _profile(who, alert)


def _center(who: Who, alert: Alert) -> str:
    if alert.kind == UNKNOWN and who.may_somewhere(MANAGE):
        return reverse("center-edit", args=[code_in(alert.cause)])
    return reverse("center", args=[code_in(alert.cause)]) if who.may_somewhere(centers.VIEW) else ""


def _profile(who: Who, alert: Alert) -> str:
    if alert.profile is None or not who.may("profiles.view", alert.profile):
        return ""
    name = alert.profile.name
    if alert.kind == SECRET_AGE and who.may("profiles.credentials", alert.profile):
        return reverse("profile-secret", args=[name])
    return reverse("profile-check" if alert.kind in _CONNECTION else "profile", args=[name])
