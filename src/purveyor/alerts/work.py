"""The alerts that stand and are told nowhere else on the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.alerts import domain, queries
from purveyor.alerts.models import Alert
from purveyor.base.work import SHOWN, Found, Item, Source, register


def _find(who: queries.Actor, scope: str) -> Found:
    rows = queries.for_today(who)
    rows = rows.filter(profile__name=scope) if scope else rows
    return Found([_item(alert) for alert in rows[:SHOWN]], rows.order_by().count())


def _item(alert: Alert) -> Item:
    who = alert.taken_by.partition(":")[2] or alert.taken_by
    words = [alert.said, alert.advice]
    return Item(
        subject=str(alert.profile or _("The whole installation")),
        sentence=" ".join(word for word in words if word),
        link=("alert", alert.pk),
        profile=alert.profile,
        remedy=alert.remedy,
        facts=_("Taken by %(name)s") % {"name": who} if who else "",
        state=("severity", str(alert.severity)),
    )


register(Source("alerts", gettext_lazy("Alerts"), queries.VIEW, domain.TAKE, _find, ("alerts", "state=standing")))
