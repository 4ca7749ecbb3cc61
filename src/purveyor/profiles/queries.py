"""Questions about profiles that are asked more than once."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.people.who import Who
from purveyor.profiles.models import Profile, Secret

LONGEST = 50


def visible_to(who: Who, permission: str = "profiles.view") -> QuerySet[Profile]:
    """The profiles on which somebody holds a permission, with all that lists show of them at hand."""
    found: QuerySet[Profile] = who.profiles(permission)
    return found.prefetch_related("vendor_codes", "secrets")


def by_name(who: Who, name: str, permission: str = "profiles.view") -> Profile:
    """A profile by its name, in any case. Raises NotFound, also where it is not for the asker to see."""
    name = name.strip()
    # SQLite compares patterns of a limited length only.
    found = visible_to(who, permission).filter(name__iexact=name).first() if len(name) <= LONGEST else None
    if found is None:
        raise NotFound(_("There is no profile %(name)s.") % {"name": name[:LONGEST]})
    return found


def named(who: Who, name: str, permission: str) -> str:
    """The name of a profile as it is spelt, for a list that is narrowed by it; none for none. Raises NotFound."""
    return by_name(who, name, permission).name if name else ""


def connected() -> QuerySet[Profile]:
    """The profiles that are not disconnected."""
    return Profile.objects.filter(disconnected_at=None)


def importing() -> QuerySet[Profile]:
    """The profiles whose orders are fetched by schedule."""
    return Profile.objects.filter(importing=True)


def troubled(who: Who) -> QuerySet[Profile]:
    """The profiles whose connection has a lasting trouble."""
    return visible_to(who).exclude(trouble={})


def counts(who: Who) -> dict[str, int]:
    """How many profiles somebody sees, how many of them are in trouble, and how many may not send."""
    return who.profiles("profiles.view").aggregate(
        all=Count("pk"), troubled=Count("pk", filter=~Q(trouble={})), silent=Count("pk", filter=Q(sending=False))
    )


def secrets_of(profile: Profile) -> QuerySet[Secret]:
    """When each secret was stored and when an old one is dropped; never their values."""
    return profile.secrets.defer("sealed").order_by("kind", "slot")


def present_client_secrets() -> QuerySet[Secret]:
    """The client secret each profile uses now."""
    return Secret.objects.filter(kind=Secret.Kind.CLIENT_SECRET, slot=Secret.Slot.NEW)


def of_unknown_age(profiles: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those profiles whose present client secret was made nobody knows when."""
    return profiles.filter(pk__in=present_client_secrets().filter(issued_at=None).values("profile"))


def old_secrets_due() -> QuerySet[Secret]:
    """Replaced secrets whose time is over."""
    return Secret.objects.filter(slot=Secret.Slot.OLD, drops_at__lte=clock.now())
