"""Which routes an alert meets, and the notices that come of it. Written in the transaction that opens or closes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from purveyor.alerts.directory import people
from purveyor.alerts.models import Alert, Notice, Route, Severity
from purveyor.alerts.models.route import Pace
from purveyor.alerts.pace import Times, due_at
from purveyor.common import clock
from purveyor.jobs.nudge import nudge_many

OPENED, WORSE, CLOSED = "opened", "worse", "closed"
TELL = "alerts.tell"
VIEW = "alerts.view"


def note(alert: Alert, news: str) -> None:
    """Note down whom this is to be told. Of a close hear those who heard of the alert."""
    routes = list(Route.objects.filter(on=True).select_related("profile"))
    if not routes:
        return
    found = _told_before(alert, routes) if news == CLOSED else _met(alert, routes)
    now, serious = clock.now(), alert.severity == Severity.BAD
    made = [
        Notice(
            route=route,
            alert=alert,
            person_id=person,
            news=news,
            due_at=due_at(times_of(route), serious, now),
            created_at=now,
        )
        for route, person in found
    ]
    Notice.objects.bulk_create(made)
    nudge_many(TELL, sorted({one.route_id for one in made if one.due_at <= now}))


def _met(alert: Alert, routes: Iterable[Route]) -> Iterator[tuple[Route, int | None]]:
    for route in routes:
        if meets(route, alert):
            yield from ((route, person) for person in _people_of(route, alert))


def _told_before(alert: Alert, routes: Iterable[Route]) -> Iterator[tuple[Route, int | None]]:
    by_key = {route.pk: route for route in routes}
    pairs = Notice.objects.filter(alert=alert, route__in=by_key).order_by("route_id", "person_id")
    for route_id, person in pairs.values_list("route_id", "person_id").distinct():
        yield by_key[route_id], person


def meets(route: Route, alert: Alert) -> bool:
    """Whether a route is for an alert. Of its own trouble no route tells."""
    if alert.cause == cause_of(route):
        return False
    of_profile = route.profile_id in (None, alert.profile_id)
    of_kind = not route.kinds or alert.kind in route.kinds
    return of_profile and of_kind and Severity.values.index(alert.severity) >= Severity.values.index(route.severity)


def cause_of(route: Route) -> str:
    """The cause of a route's own alert."""
    return f"route:{route.pk}:failing"


def _people_of(route: Route, alert: Alert) -> list[int | None]:
    """Whom it is mailed to: only who may see it. A webhook or a chat is nobody."""
    if route.sink != "mail":
        return [None]
    may = {person.key for person in people().who_may(VIEW, alert.profile_id)}
    if route.person_id is not None:
        return [route.person_id] if route.person_id in may else []
    return [person.key for person in people().in_role(route.role, alert.profile_id) if person.key in may]


def times_of(route: Route) -> Times:
    """A route's pace and quiet hours."""
    begin, end = route.quiet_from, route.quiet_until
    return Times(
        zone=route.zone,
        hourly=route.pace == Pace.HOURLY,
        daily_at=route.daily_at if route.pace == Pace.DAILY else None,
        quiet=(begin, end) if begin is not None and end is not None else None,
        serious_breaks=route.serious_breaks,
    )
