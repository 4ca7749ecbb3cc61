"""A small world with one of everything, all of it on one profile, by the words that addresses use for their arguments;
and everybody who may come to it: each role on that profile, and those who must be kept out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cast import make_profile, make_user
from centers.making import ELSEWHERE as ELSEWHERE_IN_TOWN
from centers.making import center
from channels import channelling
from channels import making as files
from channels.making import bring
from deliver import document_of, placed
from offers import making
from products.making import alias, cost, product
from purveyor.alerts import fan_out, kinds
from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.raise_ import raise_alert
from purveyor.base.phrase import Phrase
from purveyor.channels import exports, load
from purveyor.channels.models import Mapping as SavedMapping
from purveyor.channels.models import Upload
from purveyor.common import canon, clock
from purveyor.intake.models import Aside
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due
from purveyor.offers.domain.answer import approve
from purveyor.offers.domain.complete import complete, withdraw
from purveyor.offers.models import Deputy, Offer, Stage
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.hold import hold
from purveyor.orders.models import Change, Decision, Finding, Order, Request
from purveyor.outbox import bulk
from purveyor.outbox.models import Document
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import Authenticator, Grant, Token, User, View
from purveyor.people.permissions import ROLES
from purveyor.people.who import Who
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.profiles.wizard.drafts import begin
from purveyor.simulator.offers import invite, workbook
from purveyor.simulator.world import World
from purveyor.warehouse.domain.hold import hold as list_hold
from purveyor.warehouse.domain.once import version_of
from purveyor.warehouse.domain.pack import close, put
from purveyor.warehouse.domain.take import take as take_result
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.queries import lines_of
from purveyor.web.offer_acts import ACTS
from purveyor.web.packing_acts import ACTS as PACKING_ACTS
from warehouse import boxes
from warehouse import making as warehouse

from .table import ANY, EVERYWHERE, FILE, NOBODY, ON, OVER, OWN, PUBLIC, SOMEWHERE, UNKNOWN, Row

ROOT = Who.cli()
MANAGED = "warehouse"
"""The role of Paula, about whom the rows ask that concern a person."""
ELSEWHERE = "other-uk"
"""The stranger's profile."""
OWNED = ("own_token_id", "own_view_id", "own_export_id")
"""What everybody has one of that is their own; without ``own_`` it is another's."""
SETTING = "deadlines.answer_hours"
REFUSAL = {"code": "Rejected", "eaches": 10, "reason": "ObsoleteProduct"}
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

    def sees(self, permission: str, where: str = ON) -> bool:
        """Whether a thing of the world's profile, or ``SOMEWHERE`` of the house, is there for them."""
        return bool(self.here | self.everywhere) if permission == ANY else self.holds(frozenset({permission}), where)

    def may(self, row: Row) -> bool:
        """Whether the row allows them its call."""
        if row.where in (PUBLIC, NOBODY):
            return row.where == PUBLIC
        if not self.is_in or row.where == OWN:
            return self.is_in
        if any(self.holds(frozenset({one}), row.where) for one in row.either):
            return True
        return self.holds(row.needs | (ROLES[MANAGED].permissions if row.where == OVER else frozenset()), row.where)


@dataclass
class Things:
    """The world: ``named`` by the words of addresses."""

    profile: Profile
    bare: Profile
    other: Profile
    named: dict[str, Any]
    actors: dict[str, Actor] = field(default_factory=dict)
    own: dict[int, dict[str, int]] = field(default_factory=dict)

    def named_to(self, actor: Actor) -> dict[str, Any]:
        """All of it, with the actor's own; to who did not sign in, somebody else's."""
        mine = (
            self.own[actor.user.pk] if actor.user else {name: self.named[name.removeprefix("own_")] for name in OWNED}
        )
        return self.named | mine

    def arguments(self, row: Row, words: Iterable[str], actor: Actor) -> dict[str, Any]:
        """What the address of a row takes."""
        named = self.named_to(actor)
        return {word: named[row.args.get(word, word)] for word in words}

    def asked(self, row: Row) -> list[Actor]:
        """Everybody; where no permission is asked for, one of those who hold the most and the least."""
        few = row.where in (OWN, PUBLIC)
        return [actor for actor in self.actors.values() if not few or actor.name in EXTREMES]

    def filled(self, value: Any, actor: Actor) -> Any:
        """What would be sent: words in braces are things of this world, bytes are a file."""
        if isinstance(value, str):
            named = self.named_to(actor)
            return re.sub(r"\{(\w+)\}", lambda found: str(named[found[1]]), value)
        if isinstance(value, bytes):
            return SimpleUploadedFile("list.csv", value)
        if isinstance(value, list):
            return [self.filled(one, actor) for one in value]
        if isinstance(value, Mapping):
            return {name: self.filled(one, actor) for name, one in value.items()}
        return value

    def path(self, row: Row, actor: Actor) -> str:
        """The address of an operation of the REST API."""
        words, named = re.compile(r"\{(?:\w+:)?(\w+)\}"), self.named_to(actor)
        return words.sub(lambda found: str(named[row.args.get(found[1], found[1])]), row.route)


def make(world: World, profile: Profile) -> Things:
    """All of it, on a connected profile."""
    bare = make_profile("acme-bare", environment="production", marketplace="FR")
    things = Things(profile, bare, make_profile(ELSEWHERE, marketplace="GB"), {})
    for add in (
        *(_orders, _documents, _people, _held, _worked, _house, _files, _offers, _packings, _told),
        *(_warehouse, _channels, _rest),
    ):
        things.named |= add(world, things)
    things.actors = {actor.name: actor for actor in _actors(things)}
    things.own = {one.user.pk: _owned(one.user, profile) for one in things.actors.values() if one.user}
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
        "view_id": View.objects.create(owner=paula, listing="orders", name="Hers").pk,
        "export_id": _export(paula, things.profile).pk,
    }


def _held(world: World, things: Things) -> dict[str, Any]:
    """An order on hold, with everything that may be open about one, and a product nobody knows."""
    order, now = placed(world, things.profile, {"amount": 10, "cost": "4.20"}), clock.now()
    line = order.lines.get()
    type(line).objects.filter(pk=line.pk).update(**UNKNOWN)
    kept: dict[str, Any] = {"order": order, "severity": "hold", "state_at": now, "found_at": now}
    Finding.objects.create(line=line, rule="PRODUCT", numbers=UNKNOWN, **kept)
    finding = Finding.objects.create(rule="TYPE", numbers={"type": "RushOrder"}, **kept)
    answers = {"orders": [{"number": order.number, "lines": [{"line": line.number, "answers": [REFUSAL]}]}]}
    told = {"order": order, "order_version": 1, "answers": answers, "confirmed": ["confirm_hold"]}
    asked = Request.objects.create(by="user:x", asked_at=now, state_at=now, **told)
    Change.objects.create(order=order, version=2, at=now, changes=[], answered=False)
    return {
        "held_id": order.pk,
        "held_number": order.number,
        "finding_id": finding.pk,
        "request_id": asked.pk,
        "hold_id": hold(ROOT, order, "why not").pk,
    }


def _worked(world: World, things: Things) -> dict[str, Any]:
    """Orders that something was done to: one is Paula's, one is answered, one waits for what is picked."""
    given, picked = (placed(world, things.profile, {"amount": 10, "cost": "4.20"}) for _ in range(2))
    Order.objects.filter(pk=given.pk).update(assigned_to=things.named["user_id"])
    answered, now = _answered(world, things.profile), clock.now()
    Decision.objects.create(order=picked, order_version=1, mode="on_pick_result", state_at=now, made_at=now)
    return {
        "assigned_id": given.pk,
        "answered_id": answered.pk,
        "acknowledgement_id": answered.acknowledgements.get().pk,
        "picked_number": picked.number,
    } | {f"to_{verb}": verb for verb in bulk.VERBS}


def _warehouse(world: World, things: Things) -> dict[str, Any]:
    """An order that may be released; lists to pick, on hold, picked."""
    ready = warehouse.order(things.profile, "4READY", [1], first=71)
    lists = {
        name: warehouse.released(things.profile, f"4{name.upper()}", [1], first=71)
        for name in ("out", "stopped", "gone")
    }
    list_hold(ROOT, lists["stopped"].pk, "why not")
    row = Said("lines[0]", "4GONE", 1, line="1")
    take_result(ROOT, things.profile, [row], way="cli")
    return {
        "ready_id": ready.pk,
        "out_order": lists["out"].order_id,
        "ready_number": ready.number,
        "list_id": lists["out"].pk,
        **{f"{name}_list": one.pk for name, one in lists.items()},
        **{f"{name}_list_number": one.number for name, one in lists.items()},
        "list_number": lists["out"].number,
        "list_order": "4OUT",
        "list_version": version_of(lines_of(lists["out"])),
        **{f"list_{verb}": verb for verb in ("hold", "go-on", "cancel", "take-back")},
    }


def _house(world: World, things: Things) -> dict[str, Any]:
    """What belongs to no profile: a product and a center, to which an order offers another address."""
    spoon = product("A-1")
    alias(spoon, "Old")
    agreed = cost(spoon, "2026-01-01")
    offered = {"parts": ELSEWHERE_IN_TOWN, "valid_from": "2026-03-02"}
    return {
        "product_id": spoon.pk,
        "marketplace": agreed.marketplace,
        "valid_from": "2026-01-01",
        "code": center(offered=offered).code,
    }


def _files(world: World, things: Things) -> dict[str, Any]:
    """A file that was brought, one that is worked on, one that stopped; and a saved mapping."""
    kept, working, stopped = (bring(FILE.replace(b"A-9", sku)) for sku in (b"A-2", b"A-3", b"A-4"))
    load.check(ROOT, working)
    load.cancel(ROOT, load.take(ROOT, stopped))
    saved = SavedMapping.objects.create(kind="products", name="theirs", columns={"sku": "A"}, by="cli:test")
    return {
        "file_kind": "products",
        "file_id": kept.pk,
        "working_id": working.pk,
        "stopped_id": stopped.pk,
        "invitation_id": _invitation(world, things).pk,
        "mapping": "theirs",
        "mapping_id": saved.pk,
    }


def _offers(world: World, things: Things) -> dict[str, Any]:
    """An offer that commerce has answered; one that waits for a second person, one that all stages are through, a
    completed one with its workbook, one that was given up; and somebody who answers in Paula's place."""
    making.known_products()
    numbers = ("answered", "proposed", "given_up")
    offers = {name: making.offer(things.profile, making.UNKNOWN, number=f"BB-{name}") for name in numbers}
    making.say(ROOT, offers["answered"], "commerce", making.given(quantity=80))
    approve(ROOT, offers["answered"], "commerce")
    Stage.objects.filter(offer=offers["proposed"], key="commerce").update(state="proposed", approved_by="user:x")
    set_setting(ROOT, things.profile, "offers.stages", "commerce")
    offers["through"] = making.through(making.offer(things.profile, making.UNKNOWN, number="BB-through"))
    set_setting(ROOT, things.profile, "offers.stages", "commerce, manufacturing, warehouse")
    withdraw(ROOT, offers["given_up"], "too late")
    content = workbook(world, invite(world, layout="plain").number)
    told = {"number": "BB-done", "expires_at": "2026-03-06 18:00"}
    upload = files.bring(content, "offer", ROOT, "invitation.xlsx", profile=things.profile, facts=told)
    load.at_once(load.take(ROOT, upload))
    done = making.through(Offer.objects.get(number="BB-done"))
    complete(ROOT, done, leave_unmapped=True)
    people = {"absent": User.objects.get(username="paula"), "deputy": make_user("dora", "auditor", things.profile)}
    moments = {"begins_at": clock.now(), "ends_at": clock.now() + timedelta(days=3)}
    deputy = Deputy.objects.create(profile=things.profile, key="warehouse", by="cli:test", **people, **moments)
    return {
        **{f"{name}_offer": one.pk for name, one in offers.items()},
        **{f"do_{verb}": verb for verb in ACTS},
        "offer_id": offers["answered"].pk,
        "done_offer": done.pk,
        "row": 9,
        "row_known": 5,
        "delivery": 1,
        "stage": "commerce",
        "manager": "dora",
        "deputy_id": deputy.pk,
    }


def _packings(world: World, things: Things) -> dict[str, Any]:
    """A packing of which nothing is placed, one that differs from its order, one that adds up, one that is closed."""
    numbers = {"loose": "4LOOSE01", "differing": "4DIFFER1", "adding": "4ADDING1", "closed": "4CLOSED1"}
    orders = {name: boxes.order(things.profile, number) for name, number in numbers.items()}
    for one in orders.values():
        boxes.answered(one)
    made = {"loose": boxes.packing(things.profile, "S-loose", numbers["loose"])}
    for name, count in (("differing", 8), ("adding", 10), ("closed", 10)):
        made[name] = put(ROOT, things.profile, f"S-{name}", [], [boxes.content(numbers[name], count)])
    close(ROOT, made["closed"], 2)
    return {
        **{f"{name}_packing": one.pk for name, one in made.items()},
        "packing_id": made["loose"].pk,
        "reference": "S-loose",
        "loose_content": made["loose"].contents.get().pk,
        "differing_line": orders["differing"].lines.get().pk,
        **{f"pack_{verb}": verb for verb in PACKING_ACTS},
    }


def _invitation(world: World, things: Things) -> Upload:
    """A workbook of the profile's: who may see its offers may see it, and nobody else."""
    asked = invite(world, layout="plain")
    content, said = workbook(world, asked.number), {"number": asked.number, "expires_at": "-"}
    return bring(content, "offer", profile=things.profile, facts=said)


def _told(world: World, things: Things) -> dict[str, Any]:
    """Who is told: a route; and a webhook with an event that never got through."""
    hook, _secret = webhooks.add(ROOT, "erp", "https://localhost/hook", things.profile.name)
    route = routes.add(ROOT, routes.Asked(name="duty", role="finance", profile=things.profile.name))
    fan_out.fan_out()
    delivery = hook.deliveries.get(entry__action="webhook.added")
    hook.deliveries.filter(pk=delivery.pk).update(state="dead")
    return {"hook_id": hook.pk, "route_id": route.pk, "delivery_id": delivery.pk}


def _channels(world: World, things: Things) -> dict[str, Any]:
    """A channel with a file that was refused, and one with a file that could not go out."""
    return channelling.of_profile(things.profile)


def _rest(world: World, things: Things) -> dict[str, Any]:
    waiting, failed = (runs.start("sync", things.profile, {"sweeps": ["new"]}, "user:paula") for _ in range(2))
    Run.objects.filter(pk=failed.pk).update(state="failed")
    alert = raise_alert(
        "cause", kind=ALERT.name, severity="bad", message=Phrase("It is."), profile_id=things.profile.pk
    )
    planned = set_setting(ROOT, things.profile, SETTING, "30", valid_from=clock.now() + timedelta(days=1))
    draft = begin(ROOT, {"name": "acme-new", "marketplace": "FR", "environment": "sandbox"})
    return {
        "name": things.profile.name,
        "bare": things.bare.name,
        "run_id": waiting.pk,
        "failed_run_id": failed.pk,
        "alert_id": alert.pk,
        "draft_id": draft.pk,
        "key": "codes",
        "list": "orders",
        "setting": SETTING,
        "planned_id": planned.pk,
        "fresh_secret": world.rotate_secret(),
    }


def _actors(things: Things) -> list[Actor]:
    """Each role here; the administrator of everything; and those who must be kept out, the strongest there can be."""
    everything = ROLES["administrator"].permissions
    sets = {role.permissions: role.name for role in ROLES.values()}  # those that hold the same are walked once
    found = [_with_role(things, name, permissions) for permissions, name in sets.items()]
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


def _owned(user: User, profile: Profile) -> dict[str, int]:
    """What is everybody's own, also of those who hold nothing that would open it."""
    told = {"name": "mine", "prefix": f"{user.pk:08x}", "hash": "0" * 64, "scopes": []}
    token = Token.objects.create(user=user, expires_at=clock.now() + timedelta(days=9), **told)
    view = View.objects.create(owner=user, listing="orders", name="Old")
    return dict(zip(OWNED, (token.pk, view.pk, _export(user, profile).pk), strict=True))


def _export(user: User, profile: Profile) -> Run:
    """An export that is done, with rows of the world's profile."""
    path = exports.folder() / "rights.csv"
    path.write_text("number\r\n")
    run = runs.start(exports.KIND, None, {"list": "orders", "format": "csv"}, f"user:{user.username}")
    result = {"rows": 0, "file": path.name, "bytes": path.stat().st_size, "profiles": [profile.pk]}
    Run.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now(), result=result)
    return run


def bearer(user: User, scopes: Iterable[str]) -> str:
    """The text of a token with these scopes, whatever its owner holds, used a moment ago."""
    prefix, secret = f"{Token.objects.count() + 4096:08x}", "s" * 43
    told = {"prefix": prefix, "hash": canon.sha256(secret.encode()), "scopes": sorted(scopes), "name": prefix}
    moments = {"expires_at": clock.now() + timedelta(days=9), "last_used_at": clock.now()}
    Token.objects.create(user=user, **told, **moments)
    return f"pvy_{prefix}_{secret}"
