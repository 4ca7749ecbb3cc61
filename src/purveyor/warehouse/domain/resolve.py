"""The ways out where packed, picked and acknowledged differ: answer again by what is packed, the rest into another
packing, let it stand with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.orders.domain.ground import ground
from purveyor.orders.domain.plan import Terms, answers_of_plan, plan
from purveyor.orders.models import Acknowledgement, Order
from purveyor.people.who import Who
from purveyor.profiles import dated
from purveyor.warehouse import packing_said as said
from purveyor.warehouse import rules
from purveyor.warehouse.domain import kept
from purveyor.warehouse.domain.change import Changed, grasp, keep, touch
from purveyor.warehouse.domain.compare import ACCEPT, CUT, MOVE, Compared, Numbers
from purveyor.warehouse.domain.judge import judge
from purveyor.warehouse.domain.orders_in import put_rest, rest_by_lot
from purveyor.warehouse.domain.pack import begin, read_reference
from purveyor.warehouse.domain.transfer import transfer
from purveyor.warehouse.models import Acceptance, Packing
from purveyor.warehouse.states import PackingState

_LIVE = (PackingState.OPEN, PackingState.PACKED)


def _line(packing: Packing, line_id: int, way: str) -> Compared:
    """A line of a packing that differs and has this way out. Raises NotFound, and Refused."""
    found = next((one for one in judge(packing).compared if one.line.id == line_id), None)
    if found is None:
        raise NotFound(_("Packing %(name)s has no such line.") % {"name": packing.reference})
    if way not in found.ways:
        message = _("This way out is not open: %(what)s") % {"what": said.difference_words(found)}
        raise Refused(message, [Problem(message, where="line")])
    return found


def accept(
    who: Who, packing: Packing | int, version: int, line_id: int, because: str, seen: Numbers | None = None
) -> Acceptance:
    """Let a difference stand as its numbers are now (``seen``, where the caller names them). Other numbers are another
    difference.

    Raises NotFound, Denied (``warehouse.resolve``), Refused without a reason or where more is packed than may ship, and
    Conflict where packing or numbers are no longer those seen.
    """
    reason = because.strip()
    if not reason:
        raise Refused(_("Say why."), [Problem(_("Say why."), where="because")])
    key = packing if isinstance(packing, int) else packing.pk
    with transaction.atomic():
        found = grasp(who, key, version, permission=rules.RESOLVE, states=_LIVE)
        one = _line(found, line_id, ACCEPT)
        if seen is not None and seen != one.numbers:
            raise Conflict(_("The numbers have changed: %(what)s") % {"what": said.difference_words(one)})
        told = {"acknowledged": one.numbers.acknowledged, "picked": one.numbers.picked, "packed": one.numbers.packed}
        values = told | {"reason": reason, "by": who.name, "at": clock.now()}
        kept_row, _made = Acceptance.objects.update_or_create(packing=found, line_id=line_id, defaults=values)
        new = told | {"order": one.line.order, "line": one.line.number}
        record("packing.accepted", by=who.name, obj=found, new=new, because=reason)
        touch(found)
        return kept_row


def cut(who: Who, packing: Packing | int, version: int, line_id: int, because: str = "") -> Acknowledgement:
    """Answer the whole order of a line again, every open line by what is packed of it in any packing.

    Amazon's rules hold as for every answer. Raises NotFound, Denied (``warehouse.resolve`` here, and what the answer
    itself takes), Refused with every problem, Conflict.
    """
    key = packing if isinstance(packing, int) else packing.pk
    with transaction.atomic():
        found = grasp(who, key, version, permission=rules.RESOLVE, states=_LIVE)
        for permission in ("orders.view", "orders.acknowledge"):
            who.require(permission, found.profile)
        one = _line(found, line_id, CUT)
        packed = {other.line.id: other.packed for other in judge(found).compared}
        order = Order.objects.select_related("profile").get(pk=one.line.order_id)
        given = acknowledge(who, order.pk, _answers(order, packed), because=because, expect_version=order.version)
        new = {"order": order.number, "revision": given.revision}
        record("packing.cut", by=who.name, obj=found, new=new, because=because.strip())
        touch(found)
        return given


def _answers(order: Order, packed: dict[int, int]) -> Any:
    before = ground(order)
    now = clock.now()
    terms = Terms.of(dated.values(order.profile, now), now)
    refused = frozenset(number for number, stands in before.standing.items() if stands.refused)
    planned = plan(before.lines, [], terms, had=packed, picked=True, refused=refused)
    return answers_of_plan(order, before.lines, planned, terms)


def move_rest(who: Who, packing: Packing | int, version: int, line_id: int, reference: str) -> Packing:
    """What is acknowledged of a line and packed nowhere, into another open packing, made where there is none: it goes
    with another shipment. Answers that packing.

    Raises NotFound, Denied (``warehouse.pack``), Refused, Conflict.
    """
    key = packing if isinstance(packing, int) else packing.pk
    with transaction.atomic():
        _hold(key, reference)
        found = grasp(who, key, version, states=_LIVE)
        one = _line(found, line_id, MOVE)
        other = _other(who, found, reference)
        old = kept.read(other)
        new = old.copy()
        count = put_rest(new, one.line, one.lacking, rest_by_lot([one.line]).get(line_id, []))
        told = {"kind": "bring", "orders": [one.line.order], "eaches": count}
        keep(who, other, old, new, told, by_itself=False)
        touch(found)
        return other


def move_out(who: Who, packing: Packing | int, version: int, asked: dict[str, Any], reference: str) -> Changed:
    """A ``pallet`` or ``carton`` with all in it, or so many ``eaches`` of a ``content``, into another open packing,
    made where there is none. Pieces without their box come in not placed.

    No undo takes this back, as the pieces would be in both; they can be moved back. Raises as ``move_rest``.
    """

    key = packing if isinstance(packing, int) else packing.pk
    with transaction.atomic():
        _hold(key, reference)
        found = grasp(who, key, version)
        other = _other(who, found, reference)
        old, there = kept.read(found), kept.read(other)
        here, target, count = transfer(old, there, asked)
        keep(who, other, there, target, _told("moved_in", found, count), by_itself=False)
        return keep(who, found, old, here, _told("moved_out", other, count), by_itself=False)


def _hold(packing_id: int, reference: str) -> None:
    """Hold both packings in one order, so that two who move pieces to and fro never wait for each other."""
    profile = Packing.objects.filter(pk=packing_id).values("profile")
    both = Q(pk=packing_id) | Q(profile__in=profile, reference=trimmed(reference))
    list(Packing.objects.filter(both).order_by("pk").select_for_update().values_list("pk", flat=True))


def _told(kind: str, other: Packing, count: int) -> dict[str, Any]:
    return {"kind": kind, "other": other.reference, "eaches": count}


def _other(who: Who, packing: Packing, reference: str) -> Packing:
    """The packing of a reference in the same profile, in grasp."""
    name = read_reference(reference)
    if name == packing.reference:
        message = _("Name another packing.")
        raise Refused(message, [Problem(message, where="reference")])
    known = Packing.objects.filter(profile=packing.profile, reference=name).first()
    if known is None:
        return begin(who, packing.profile, name, ship_to=packing.ship_to)
    return grasp(who, known.pk, None)
