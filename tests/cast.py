"""The cast: who plays in the tests of every door. The stranger holds a role too, but on another profile only.

from cast import make_cast

cast = make_cast()
cast.warehouse              a User
cast.who("warehouse")       the same as Who
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from purveyor.common import clock
from purveyor.people.models import Grant, User
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

PASSWORD = "a long enough password"  # obviously of no use anywhere else


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody has their role on ``profile``; the administrator on every profile, the stranger on ``other``."""

    profile: Profile
    other: Profile
    vendor_manager: User
    warehouse: User
    finance: User
    auditor: User
    integrator: User
    administrator: User
    stranger: User

    def who(self, name: str) -> Who:
        """A fresh Who of a player, such as ``vendor_manager``."""
        return Who.of(getattr(self, name))


def make_profile(name: str = "acme-de", **more: Any) -> Profile:
    """A profile that talks to nobody: no secrets, importing and sending as given."""
    told: dict[str, Any] = {"marketplace": "DE", "environment": "simulator", "client_id": f"client-of-{name}"}
    return Profile.objects.create(name=name, created_at=clock.now(), **(told | more))


def make_user(name: str, role: str = "", profile: Profile | None = None, **more: Any) -> User:
    """A person with ``PASSWORD``, and with one role if given, on a profile or on every one."""
    user = User.objects.create(username=name, password=make_password(PASSWORD), **more)
    if role:
        Grant.objects.create(user=user, role=role, profile=profile)
    return user


def make_cast(profile: Profile | None = None, other: Profile | None = None) -> Cast:
    """All of them, on these two profiles or on new ones."""
    mine, other = profile or make_profile(), other or make_profile("other-uk", marketplace="GB")
    roles = ("vendor-manager", "warehouse", "finance", "auditor", "integrator")
    people = {role.replace("-", "_"): make_user(role, role, mine) for role in roles}
    return Cast(
        profile=mine,
        other=other,
        administrator=make_user("administrator", "administrator"),
        stranger=make_user("stranger", "vendor-manager", other),
        **people,
    )
