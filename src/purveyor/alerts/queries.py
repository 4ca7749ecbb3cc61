"""Questions about alerts that are asked more than once."""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from purveyor.alerts.kinds import on_today
from purveyor.alerts.models import Alert, Comment, Severity
from purveyor.alerts.states import AlertState
from purveyor.common.errors import NotFound

VIEW = "alerts.view"


class Actor(Protocol):
    """The one who asks or acts: ``people.who.Who``, which this package stands before."""

    name: str
    user: Any

    def may_somewhere(self, permission: str) -> bool: ...

    def require_somewhere(self, permission: str) -> None: ...

    def may(self, permission: str, profile: Any = None) -> bool: ...

    def require(self, permission: str, profile: Any = None) -> None: ...

    def profile_names(self, permission: str) -> frozenset[str] | None: ...


def standing(cause: str) -> QuerySet[Alert]:
    """The alert of a cause that is not closed; at most one."""
    return Alert.objects.filter(cause=cause).exclude(state=AlertState.CLOSED)


def visible_to(who: Actor, permission: str = VIEW) -> QuerySet[Alert]:
    """The alerts of the profiles on which somebody holds a permission; those of none need it on every profile."""
    names = who.profile_names(permission)
    found = Alert.objects.select_related("profile")
    return found if names is None else found.filter(profile__name__in=names)


def in_state(rows: QuerySet[Alert], state: str) -> QuerySet[Alert]:
    """Alerts in a state; ``standing`` is open or taken, ``all`` any. Raises ValueError for a state that is none."""
    if state == "standing":
        return rows.exclude(state=AlertState.CLOSED)
    return rows if state == "all" else rows.filter(state=AlertState(state))


def worst_first(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """By severity, then the latest first."""
    ranks = [When(severity=value, then=Value(rank)) for rank, value in enumerate(reversed(Severity.values))]
    return rows.order_by(Case(*ranks, output_field=IntegerField()), "-opened_at", "-pk")


def for_today(who: Actor) -> QuerySet[Alert]:
    """What stands and has no better place on the page Today, the worst first."""
    return worst_first(in_state(visible_to(who), "standing").filter(kind__in=on_today()))


def comments(alert: Alert) -> QuerySet[Comment]:
    """What was said about an alert, the oldest first."""
    return alert.comments.order_by("at", "pk")


def one(who: Actor, number: int) -> Alert:
    """An alert by its number. Raises NotFound, also where it is not for the asker to see."""
    found = visible_to(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such alert, or it is not yours to see."))
    return found
