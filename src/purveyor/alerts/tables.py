"""The list of alerts, the same at every door."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.alerts import queries
from purveyor.alerts.models import Alert, Severity
from purveyor.alerts.schemas import alert_row
from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.base.listings import register


def _state(rows: QuerySet[Alert], value: str) -> QuerySet[Alert]:
    try:
        return queries.in_state(rows, value)
    except ValueError:
        raise ValueError(_("there is no such state")) from None


def _severity(rows: QuerySet[Alert], value: str) -> QuerySet[Alert]:
    if value not in Severity.values:
        raise ValueError(_("there is no such severity"))
    return rows.filter(severity=value)


_since = gettext_lazy("Since")
_state_word = pgettext_lazy("of an alert", "State")
_severity_word = gettext_lazy("Severity")

ALERTS: Listing[Alert] = register(
    Listing(
        name="alerts",
        title=gettext_lazy("Alerts"),
        permission=queries.VIEW,
        rows=queries.visible_to,
        usual={"state": "standing"},
        row=alert_row,
        columns=(
            Column(
                "what",
                gettext_lazy("What"),
                lambda one: one.said,
                always=True,
                keys=("id", "kind", "severity", "profile", "message", "hint", "values", "remedy", "request_id"),
            ),
            Column("state", _state_word, lambda one: one.state, keys=("state", "taken_by")),
            Column("do", gettext_lazy("Do"), lambda one: one.remedy, keys=("remedy",)),
            Column("opened", _since, lambda one: one.opened_at, sort="-opened", keys=("opened_at",)),
            Column("updated", gettext_lazy("Changed"), lambda one: one.updated_at, shown=False, keys=("updated_at",)),
            Column("closed", gettext_lazy("Closed at"), lambda one: one.closed_at, shown=False, keys=("closed_at",)),
        ),
        sorts=(Sort("-opened", _since, ("-opened_at",)), Sort("opened", _since, ("opened_at",))),
        filters=(
            Filter("state", _state_word, _state),
            Filter("severity", _severity_word, _severity, lambda: Severity.choices),
            Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile__name=value)),
        ),
    )
)
