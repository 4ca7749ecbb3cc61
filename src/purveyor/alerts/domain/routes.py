"""Routes: who is told of which alerts, where and when. Add, change, remove, try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from purveyor.alerts.deliver import Said
from purveyor.alerts.directory import people
from purveyor.alerts.domain import scope, webhooks
from purveyor.alerts.kinds import KINDS
from purveyor.alerts.message import trial
from purveyor.alerts.models import Route, Severity, Webhook
from purveyor.alerts.models.route import Pace
from purveyor.alerts.queries import Actor
from purveyor.alerts.raise_ import close_alert
from purveyor.alerts.route import cause_of
from purveyor.alerts.sinks import SINKS
from purveyor.audit.write import record
from purveyor.base.http import check_url
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.zones import is_zone, zone_name
from purveyor.vault import sealing

ROUTE = "alerts.route"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a route, in words. None and empty mean: every profile, every kind, nobody, no such time.

    ``address`` is a chat's; empty leaves the stored one. An empty ``zone`` is the usual one (``scope.usual_zone``).
    """

    name: str = ""
    on: bool = True
    profile: str | None = None
    kinds: tuple[str, ...] = ()
    severity: str = str(Severity.INFO)
    sink: str = "mail"
    role: str = ""
    person: str | None = None
    webhook: int | None = None
    address: str = ""
    pace: str = str(Pace.AT_ONCE)
    daily_at: time | None = None
    zone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    serious_breaks: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(self.kinds))


def routes(who: Actor) -> QuerySet[Route]:
    """The routes somebody may edit; those of every profile need the permission on every profile."""
    names = who.profile_names(ROUTE)
    found = Route.objects.select_related("profile", "person", "webhook").order_by("name")
    return found if names is None else found.filter(profile__name__in=names)


def one(who: Actor, number: int) -> Route:
    """A route by its number. Raises NotFound, also where it is not for the asker to see."""
    found = routes(who).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such route, or it is not yours to see."))
    return found


def add(who: Actor, asked: Asked) -> Route:
    """A new route. Raises Denied, NotFound (profile), Refused with every problem."""
    who.require(ROUTE, asked.profile)
    route = Route(profile=scope.find_profile(asked.profile))
    asked = _in_a_zone(asked, route)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        route.name = scope.check_name(Route, asked.name)
        _fill(who, route, asked)
        route.save(force_insert=True)
        record("route.added", by=who.name, obj=route, new=told(route))
    return route


def change(who: Actor, number: int, changes: Mapping[str, Any]) -> Route:
    """Change what is named among the fields of ``Asked``; its profile stays. Raises as ``add``."""
    route = one(who, number)
    asked = _in_a_zone(replace(asked_of(route), **changes), route)
    if asked.profile != asked_of(route).profile:
        said = _("A route stays with its profile. Remove it and add another.")
        raise Refused(said, [Problem(said, where="profile")])
    old = told(route)
    with transaction.atomic():
        sealing.lock_ring()  # before any other row, as whoever seals does
        if asked.name.strip() != route.name:
            route.name = scope.check_name(Route, asked.name)
        _fill(who, route, asked)
        route.save(update_fields=[*told(route).keys() - {"profile"}, "sealed"])
        record("route.changed", by=who.name, obj=route, old=old, new=told(route))
    close_alert(cause_of(route), "A person changed the route.")
    return route


def remove(who: Actor, number: int) -> None:
    """Remove a route with what it has still to tell."""
    route = one(who, number)
    close_alert(cause_of(route), "The route was removed.")
    with transaction.atomic():
        record("route.removed", by=who.name, obj=route)
        route.delete()


def try_out(who: Actor, number: int) -> Said:
    """Send a test now and answer what the other side said; mail goes to the asker alone. Call it outside of
    transactions; nothing is kept."""
    route = one(who, number)
    person = None
    if route.sink == "mail":
        person = people().named(who.user.username) if who.user is not None else _somebody(route)
    with override(person.language if person else settings.LANGUAGE_CODE):
        return SINKS[route.sink].send(route, person, trial())


def _somebody(route: Route) -> Any:
    """The operator at the shell has no mail address: a test goes to the one person the route names."""
    return next(iter(people().of([route.person_id])), None) if route.person_id else None


def _in_a_zone(asked: Asked, route: Route) -> Asked:
    zone = zone_name(asked.zone) or scope.usual_zone(route.profile)
    return replace(asked, zone=zone)


def asked_of(route: Route) -> Asked:
    """A route as somebody would ask for it; a chat's address is not told."""
    same = {name: getattr(route, name) for name in _SAME}
    return Asked(
        profile=route.profile.name if route.profile else None,
        person=route.person.username if route.person else None,
        webhook=route.webhook_id,
        **same,
    )


_SAME = (
    *("name", "on", "kinds", "severity", "sink", "role", "pace", "daily_at", "zone"),
    *("quiet_from", "quiet_until", "serious_breaks"),
)


def told(route: Route) -> dict[str, Any]:
    """A route for the audit and for programs: never a chat's address, only its host."""
    found = asdict(asked_of(route)) | {"kinds": list(route.kinds), "host": route.host}
    del found["address"]
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in found.items()}


def _fill(who: Actor, route: Route, asked: Asked) -> None:
    problems = list(_problems(asked)) + list(_target_problems(who, route, asked))
    if problems:
        raise Refused(_("The route is not stored."), problems)
    for name in set(_SAME) - {"name", "kinds"}:
        setattr(route, name, getattr(asked, name))
    route.kinds = list(asked.kinds)
    person = people().named(asked.person) if asked.sink == "mail" and asked.person else None
    route.person_id = person.key if person else None
    route.role = asked.role if asked.sink == "mail" else ""
    route.webhook_id = asked.webhook if asked.sink == "webhook" else None
    if asked.sink != "chat":
        route.sealed, route.host = None, ""
    elif asked.address:
        route.sealed = sealing.seal(check_url(asked.address, "address").encode())
        route.host = urlsplit(asked.address.strip()).netloc


def _problems(asked: Asked) -> Iterator[Problem]:
    """What is wrong whatever there is in the database."""
    if asked.sink not in SINKS:
        yield Problem(_("There is no such sink."), where="sink")
    if asked.severity not in Severity.values:
        yield Problem(_("There is no such severity."), where="severity")
    if strange := [kind for kind in asked.kinds if kind not in KINDS]:
        yield Problem(_("There are no alerts %(names)s.") % {"names": ", ".join(strange)}, where="kinds")
    if asked.pace not in Pace.values:
        yield Problem(_("There is no such pace."), where="pace")
    if asked.pace == Pace.DAILY and asked.daily_at is None:
        yield Problem(_("Say at what time of the day."), where="daily_at")
    if not is_zone(asked.zone):
        yield Problem(_("There is no such time zone; one is Europe/Berlin."), where="zone")
    if (asked.quiet_from is None) != (asked.quiet_until is None):
        yield Problem(_("Quiet hours have a beginning and an end."), where="quiet_until")
    elif asked.quiet_from is not None and asked.quiet_from == asked.quiet_until:
        yield Problem(_("Quiet hours that last all day would tell nothing. Switch the route off."), where="quiet_until")


def _target_problems(who: Actor, route: Route, asked: Asked) -> Iterator[Problem]:
    """What is wrong with whom or what it tells."""
    if asked.sink == "mail":
        yield from _mail_problems(asked)
    elif asked.sink == "webhook":
        hook = webhooks.webhooks(who).filter(pk=asked.webhook).first() if asked.webhook else None
        if hook is None or not _same_reach(hook, route):
            yield Problem(_("Choose a webhook of yours, of the same profile or of every one."), where="webhook")
    elif asked.sink == "chat" and not asked.address and route.sealed is None:
        yield Problem(_("Give the address that the chat made for incoming messages."), where="address")


def _mail_problems(asked: Asked) -> Iterator[Problem]:
    if bool(asked.role) == bool(asked.person):
        yield Problem(_("Mail is for a role or for one person."), where="role")
    elif asked.role and asked.role not in people().roles():
        yield Problem(_("There is no such role."), where="role")
    elif asked.person and people().named(asked.person) is None:
        yield Problem(_("There is nobody of this name."), where="person")


def _same_reach(hook: Webhook, route: Route) -> bool:
    """Alerts of every profile are not told to a webhook of one."""
    return hook.profile_id is None or hook.profile_id == route.profile_id
