"""One change of a packing at a time: who changes it holds it until the transaction ends, names the version they saw,
and leaves a step that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common.errors import Conflict, NotFound, Problem, Refused
from purveyor.jobs.nudge import nudge
from purveyor.people.who import Who
from purveyor.warehouse import rules
from purveyor.warehouse.domain import kept
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import Tree
from purveyor.warehouse.models import Packing, PackStep
from purveyor.warehouse.states import PackingState

WEIGH = "warehouse.weigh"


@dataclass(frozen=True, slots=True)
class Changed:
    """A packing after a change with the step it left, both trees, and the lines where they were read for it."""

    packing: Packing
    step: PackStep
    old: Tree
    new: Tree
    lines: Mapping[int, LineFacts] | None = None


def grasp(
    who: Who,
    packing_id: int,
    version: int | None,
    *,
    permission: str = rules.PACK,
    states: tuple[str, ...] = (PackingState.OPEN,),
) -> Packing:
    """The packing as it is now, held until the caller's transaction ends. SQLite's write transactions are alone anyway.

    ``version`` is the one the caller saw; None for machines that say the whole. Raises NotFound, Denied, Refused where
    it is in none of these states, and Conflict where somebody was faster.
    """
    rows = Packing.objects.select_related("profile").select_for_update(of=("self",))
    packing = rows.filter(pk=packing_id).first()
    if packing is None or not who.may(rules.VIEW, packing.profile):
        raise NotFound(_("There is no such packing, or it is not yours to see."))
    who.require(permission, packing.profile)
    if version is not None and packing.version != version:
        said = _("Somebody changed packing %(name)s in the meantime.") % {"name": packing.reference}
        raise Conflict(said, hint=_("Look at it again."))
    if packing.state not in states:
        raise Refused(*_in_state(packing))
    return packing


def _in_state(packing: Packing) -> tuple[str, list[Problem]]:
    said = {
        PackingState.OPEN: _("Packing %(name)s is open."),
        PackingState.PACKED: _("Packing %(name)s is closed. Open it again first."),
        PackingState.DROPPED: _("Packing %(name)s was given up. Take it up again first."),
    }[PackingState(packing.state)] % {"name": packing.reference}
    return said, [Problem(said, where="state")]


def keep(
    who: Who,
    packing: Packing,
    old: Tree,
    new: Tree,
    told: Mapping[str, Any],
    lines: Mapping[int, LineFacts] | None = None,
    **more: Any,
) -> Changed:
    """Write what a step changed, with the step itself and its audit entry; ``more`` are fields of the packing.

    The packing is in the caller's grasp. It is weighed up afterwards.
    """
    after, before = kept.write(packing, old, new)
    touch(packing, **more)
    step = PackStep.objects.create(
        packing=packing, version=packing.version, what=dict(told), before=before, by=who.name
    )
    said = {"step": told["kind"], "version": packing.version}
    record("packing.changed", by=who.name, obj=packing, new=said)
    return Changed(packing, step, old, after, lines)


def touch(packing: Packing, **more: Any) -> None:
    """The packing changed: raise its version, and have it weighed up."""
    changes = {"version": packing.version + 1, "weighed_at": None} | more
    for name, value in changes.items():
        setattr(packing, name, value)
    packing.save(update_fields=list(changes))
    nudge(WEIGH, packing.pk)
