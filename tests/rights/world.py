"""A small world with one of everything, all of it on one profile, by the words that addresses use for their arguments;
and everybody who may come to it: each role on that profile, and those who must be kept out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cast import make_profile, make_user
from deliver import document_of, placed
from purveyor.alerts import kinds
from purveyor.alerts.raise_ import raise_alert
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.models import Order
from purveyor.outbox.models import Document
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import Authenticator, Grant, Token, User
from purveyor.people.permissions import ROLES
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.profiles.wizard.drafts import begin
from purveyor.simulator.world import World

from .table import ANY, EVERYWHERE, ON, OVER, OWN, PUBLIC, SOMEWHERE, Row

ROOT = Who.cli()
MANAGED = "warehouse"
"""The role of Paula, about whom the rows ask that concern a person."""
ELSEWHERE = "other-uk"
"""The stranger's profile."""
EXTREMES = frozenset({"root", "nobody", "deactivated", "signed out"})
ALERT = kinds.Kind("rights.test", "For the tests of rights.", "Somebody closes it.", by_hand=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, with what they hold on the world's profile, on another, on every one. ``user`` is None for who did not
    sign in."""

    name: str
    user: User | None
    here: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    shut_out: bool = False

    @property
    def is_in(self) -> bool:
        """Whether doors open to them at all."""
        return self.user is not None and not self.shut_out

    def holds(self, wanted: frozenset[str], where: str = ON) -> bool:
        """What the table asks, worked out from the table of roles alone."""
        on_it = self.here | self.everywhere
        if where == SOMEWHERE:
            return any(wanted <= held | self.everywhere for held in (self.here, self.elsewhere, self.everywhere))
        return wanted <= (self.everywhere if where == EVERYWHERE else on_it)

    def sees(self, permission: str) -> bool:
        """Whether a thing of the world's profile is there for them."""
        return bool(self.here | self.everywhere) if permission == ANY else self.holds(frozenset({permission}))

    def may(self, row: Row) -> bool:
        """Whether the row allows them its call."""
        if row.where == PUBLIC:
            return True
        if not self.is_in or row.where == OWN:
            return self.is_in
        return self.holds(row.needs | (ROLES[MANAGED].permissions if row.where == OVER else frozenset()), row.where)


@dataclass
class Things:
    """The world: ``named`` by the words of addresses."""

    profile: Profile
    bare: Profile
    other: Profile
    named: dict[str, Any]
    actors: dict[str, Actor] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def arguments(self, row: Row, words: Iterable[str], actor: Actor) -> dict[str, Any]:
        """What the address of a row takes."""
        named = self.named | {"own_token_id": self.tokens.get(actor.name, self.named["token_id"])}
        return {word: named[row.args.get(word, word)] for word in words}

    def asked(self, row: Row) -> list[Actor]:
        """Everybody; where no permission is asked for, one of those who hold the most and the least."""
        few = row.where in (OWN, PUBLIC)
        return [actor for actor in self.actors.values() if not few or actor.name in EXTREMES]

    def filled(self, value: Any) -> Any:
        """What would be sent: words in braces are things of this world."""
        if isinstance(value, str):
            return re.sub(r"\{(\w+)\}", lambda found: str(self.named[found[1]]), value)
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        return {name: self.filled(one) for name, one in value.items()} if isinstance(value, Mapping) else value

    def path(self, row: Row) -> str:
        """The address of an operation of the REST API."""
        words = re.compile(r"\{(?:\w+:)?(\w+)\}")
        return words.sub(lambda found: str(self.named[row.args.get(found[1], found[1])]), row.route)


def make(world: World, profile: Profile) -> Things:
    """All of it, on a connected profile."""
    bare = make_profile("acme-bare", environment="production", marketplace="FR")
    things = Things(profile, bare, make_profile(ELSEWHERE, marketplace="GB"), {})
    for add in (_orders, _documents, _people, _rest):
        things.named |= add(world, things)
    things.actors = {actor.name: actor for actor in _actors(things)}
    things.tokens = {name: _own_token(one.user) for name, one in things.actors.items() if one.user}
    return things


def _orders(world: World, things: Things) -> dict[str, Any]:
    order = placed(world, things.profile, {"amount": 10, "cost": "4.20"})
    raw = zlib.compress(b"{}")
    aside = Aside.objects.create(
        profile=things.profile, kind="order", content_hash="0" * 64, raw=raw, reason="why", at=clock.now()
    )
    return {
        "order_id": order.pk,
        "profile": things.profile.name,
        "number": order.number,
        "version": 1,
        "kind": "order",
        "form": "csv",
        "aside_id": aside.pk,
    }


def _documents(world: World, things: Things) -> dict[str, Any]:
    """One that waits to leave, and one of which nobody knows what became."""
    queued, asked = (document_of(_answered(world, things.profile)) for _ in range(2))
    Document.objects.filter(pk=asked.pk).update(state="asked", sent_at=clock.now())
    written_about = {"object_kind": "outbox.document", "object_id": str(queued.pk)}
    return {"document_id": queued.pk, "asked_id": asked.pk, **written_about}


def _answered(world: World, profile: Profile) -> Order:
    order = placed(world, profile, {"amount": 3, "cost": "1.00"})
    acknowledge(ROOT, order.pk)
    run_due(("outbox.compose",))
    return order


def _people(world: World, things: Things) -> dict[str, Any]:
    paula, gone = (make_user(name, MANAGED, things.profile) for name in ("paula", "ivan"))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    Authenticator.objects.create(user=paula, confirmed=True, sealed=b"")
    token, _plain = make_token(paula, "erp", ["orders.view"], things.profile)
    return {
        "user_id": paula.pk,
        "paula": paula.username,
        "grant_id": paula.grants.get().pk,
        "token_id": token.pk,
        "prefix": token.prefix,
        "shut_out": gone.username,
        "shut_out_id": gone.pk,
    }


def _rest(world: World, things: Things) -> dict[str, Any]:
    waiting, failed = (runs.start("sync", things.profile, {"sweeps": ["new"]}, "user:paula") for _ in range(2))
    Run.objects.filter(pk=failed.pk).update(state="failed")
    alert = raise_alert("cause", kind=ALERT.name, severity="bad", message="It is.", profile_id=things.profile.pk)
    draft = begin(ROOT, {"name": "acme-new", "marketplace": "FR", "environment": "sandbox"})
    return {
        "name": things.profile.name,
        "bare": things.bare.name,
        "run_id": waiting.pk,
        "failed_run_id": failed.pk,
        "alert_id": alert.pk,
        "draft_id": draft.pk,
        "key": "codes",
        "fresh_secret": world.rotate_secret(),
    }


def _actors(things: Things) -> list[Actor]:
    """Each role here; the administrator of everything; and those who must be kept out, the strongest there can be."""
    everything = ROLES["administrator"].permissions
    found = [_with_role(things, role.name, role.permissions) for role in ROLES.values()]
    gone = make_user("gone", "administrator")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return [
        *found,
        Actor("root", make_user("root", "administrator"), everywhere=everything),
        Actor("stranger", make_user("stranger", "administrator", things.other), elsewhere=everything),
        Actor("nobody", make_user("nobody")),
        Actor("deactivated", gone, everywhere=everything, shut_out=True),
        Actor("signed out", None),
    ]


def _with_role(things: Things, role: str, permissions: frozenset[str]) -> Actor:
    user = make_user(f"the-{role}", role, things.profile)
    Grant.objects.create(user=user, role=role, profile=things.bare)
    return Actor(role, user, here=permissions)


def _own_token(user: User) -> int:
    """A token of everybody's, also of those who hold nothing it could open."""
    told = {"name": "mine", "prefix": f"{user.pk:08x}", "hash": "0" * 64, "scopes": []}
    return Token.objects.create(user=user, expires_at=clock.now() + timedelta(days=9), **told).pk


def bearer(user: User, scopes: Iterable[str]) -> str:
    """The text of a token with these scopes, whatever its owner holds, used a moment ago."""
    prefix, secret = f"{Token.objects.count() + 4096:08x}", "s" * 43
    told = {"prefix": prefix, "hash": canon.sha256(secret.encode()), "scopes": sorted(scopes), "name": prefix}
    moments = {"expires_at": clock.now() + timedelta(days=9), "last_used_at": clock.now()}
    Token.objects.create(user=user, **told, **moments)
    return f"pvy_{prefix}_{secret}"
