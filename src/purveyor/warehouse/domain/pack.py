"""The verbs of a packing as a whole: begin one, say all of it, close it, open it again, give it up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from purveyor.alerts.raise_ import close_alert
from purveyor.audit.secrecy import SHAPES
from purveyor.audit.write import record
from purveyor.base.transition import move
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse import packing_said as said
from purveyor.warehouse import rules
from purveyor.warehouse.domain import kept
from purveyor.warehouse.domain.change import grasp, keep, touch
from purveyor.warehouse.domain.given import GivenBox, GivenContent, Wrong, look_up, plant
from purveyor.warehouse.domain.judge import judge, stands_against
from purveyor.warehouse.domain.orders_in import bring
from purveyor.warehouse.domain.tree import Tree
from purveyor.warehouse.domain.weigh import cause_of
from purveyor.warehouse.models import Packing
from purveyor.warehouse.states import PackingState

MOST_CONTENTS = 100_000
_EVERY = (PackingState.OPEN, PackingState.PACKED, PackingState.DROPPED)


def begin(who: Who, profile: Profile, reference: str, orders: Sequence[str] = (), *, ship_to: str = "") -> Packing:
    """A new packing with what is to be packed of some orders, nothing of it placed yet.

    Raises Denied (``warehouse.pack``), Refused for a reference that is taken or orders that cannot come in.
    """
    who.require(rules.PACK, profile)
    name = read_reference(reference)
    taken = _("There is a packing %(name)s already.") % {"name": name}
    if Packing.objects.filter(profile=profile, reference=name).exists():
        raise Refused(taken, [Problem(taken, where="reference")])
    try:
        with transaction.atomic():
            packing = _create(who, profile, name, ship_to)
            if orders:
                new, told, more = bring(who, packing, Tree(), {"orders": list(orders)})
                keep(who, packing, Tree(), new, told, **more)
    except IntegrityError:
        raise Refused(taken, [Problem(taken, where="reference")]) from None
    return packing


def _create(who: Who, profile: Profile, name: str, ship_to: str = "") -> Packing:
    packing = Packing.objects.create(profile=profile, reference=name, ship_to=trimmed(ship_to)[:40], by=who.name)
    record("packing.opened", by=who.name, obj=packing, new={"reference": name})
    return packing


def read_reference(given: str) -> str:
    """The reference of a shipment, tidied. Raises Refused where there is none, or one that looks like a secret."""
    name = trimmed(str(given))
    if not 1 <= len(name) <= 80 or SHAPES.search(name):
        message = _("A packing has a reference of 1 to 80 characters.")
        raise Refused(message, [Problem(message, where="reference")])
    return name


def put(
    who: Who,
    profile: Profile,
    reference: str,
    boxes: Iterable[GivenBox],
    contents: Sequence[GivenContent],
    *,
    ship_to: str = "",
    expect_version: int | None = None,
) -> Packing:
    """Say all of a packing as a machine knows it; the same reference again replaces what was said, also of one that is
    closed or given up: it is open then.

    It closes by itself once nothing stands against that (setting ``packing.close``). Raises Denied, Conflict, and
    Refused with every problem and its place.
    """
    who.require(rules.PACK, profile)
    name, given = read_reference(reference), list(contents)
    if len(given) > MOST_CONTENTS:
        message = _("A packing has at most %(most)d contents.") % {"most": MOST_CONTENTS}
        raise Refused(message, [Problem(message, where="contents")])
    mine = Packing.objects.filter(profile=profile, reference=name).values_list("pk", flat=True)
    known = look_up(profile, given, list(mine))
    found = [(one, known.parts(one)) for one in given]
    wrong = [parts for _one, parts in found if isinstance(parts, Wrong)]
    tree, more = plant(boxes, [(one, parts) for one, parts in found if not isinstance(parts, Wrong)])
    if wrong or more:
        problems = [Problem(one.reason, where=f"{one.where}.{one.name}") for one in (*wrong, *more)]
        raise Refused(_("The packing was not taken."), problems)
    return replace(who, profile, name, tree, ship_to=ship_to, expect_version=expect_version)


def replace(
    who: Who,
    profile: Profile,
    name: str,
    tree: Tree,
    *,
    ship_to: str = "",
    expect_version: int | None = None,
    upload_id: int | None = None,
) -> Packing:
    """A packing is now this tree, whatever it was; made where there is none. Joins the caller's transaction."""
    with transaction.atomic():
        packing = Packing.objects.filter(profile=profile, reference=name).first()
        if packing is None:
            packing = _made(who, profile, name)
        packing = grasp(who, packing.pk, expect_version, states=_EVERY)
        if packing.state != PackingState.OPEN:
            move(packing, PackingState.OPEN, by=who.name, action="packing.reopened", because="replaced")
        told = {
            "kind": "put",
            "pallets": len(tree.pallets),
            "cartons": len(tree.cartons),
            "eaches": sum(tree.eaches().values()),
        }
        more: dict[str, Any] = {"by_itself": True, "upload_id": upload_id}
        if ship_to:
            more["ship_to"] = trimmed(ship_to)[:40]
        return keep(who, packing, kept.read(packing), tree, told, **more).packing


def _made(who: Who, profile: Profile, name: str) -> Packing:
    try:
        with transaction.atomic():
            return _create(who, profile, name)
    except IntegrityError:  # somebody else made it just now
        return Packing.objects.get(profile=profile, reference=name)


def close(who: Who, packing: Packing | int, version: int, because: str = "") -> Packing:
    """Everything adds up: the packing may ship. Raises NotFound, Denied (``warehouse.pack``), Conflict, and Refused
    with everything that stands against it: blocks and differences always, warnings where no reason is given."""
    with transaction.atomic():
        found = grasp(who, packing if isinstance(packing, int) else packing.pk, version)
        judged = judge(found)
        problems, reason = stands_against(judged), because.strip()
        if not problems and judged.warnings and not reason:
            problems = [
                Problem(said.finding_words(one), where=said.where_of(one, judged.lines), check=one.check)
                for one in judged.warnings
            ]
            raise Refused(
                _("Packing %(name)s has warnings.") % {"name": found.reference},
                problems,
                hint=_("Say why it goes like this."),
            )
        if problems:
            raise Refused(_("Packing %(name)s cannot be closed like this.") % {"name": found.reference}, problems)
        move(found, PackingState.PACKED, by=who.name, because=reason, action="packing.closed")
        touch(found, by_itself=False)
        return found


def reopen(who: Who, packing: Packing | int, version: int, because: str = "") -> Packing:
    """A closed packing can be changed again, one that was given up counts again. Raises as ``close``."""
    with transaction.atomic():
        states = (PackingState.PACKED, PackingState.DROPPED)
        found = grasp(who, packing if isinstance(packing, int) else packing.pk, version, states=states)
        move(found, PackingState.OPEN, by=who.name, because=because.strip(), action="packing.reopened")
        touch(found)
        return found


def drop(who: Who, packing: Packing | int, version: int, because: str = "") -> Packing:
    """Give an open packing up: nothing of it counts as packed. Raises as ``close``."""
    with transaction.atomic():
        found = grasp(who, packing if isinstance(packing, int) else packing.pk, version)
        move(found, PackingState.DROPPED, by=who.name, because=because.strip(), action="packing.dropped")
        touch(found, by_itself=False)
        close_alert(cause_of(found), "the packing was given up")
        return found
