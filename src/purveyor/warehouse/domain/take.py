"""One pick result from a person or a machine: every row of it is taken, or none is."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.jobs.nudge import nudge
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse import rules
from purveyor.warehouse.domain.keep import Bringer, keep
from purveyor.warehouse.domain.pick import Group
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import PickResult

SETTLE = "warehouse.settle"
LONGEST = 80


def take(who: Who, profile: Profile, rows: Sequence[Said], *, way: str, reference: str = "") -> PickResult:
    """Take one result of one order. ``reference`` names it: the same adds up, another replaces it, none is one of its
    own. Each row's ``key`` is its place, for the problems.

    Raises NotFound, Denied (``warehouse.pick``), and Refused with every row that cannot be taken; then none is.
    """
    if not who.may(rules.VIEW, profile):
        raise NotFound(_("There is no such order."))
    who.require(rules.PICK, profile)
    named = reference.strip() or f"{way}-{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    if problems := _problems(rows, named):
        raise Refused(_("The pick result cannot be taken."), problems)
    with transaction.atomic():
        group = Group(profile, [replace(row, reference=named) for row in rows], {}, dry=False)
        taken = group.judge()
        if taken.refused:
            problems = [Problem(why, where=_where(row, column)) for row, column, why in taken.refused]
            raise Refused(_("The pick result cannot be taken."), problems)
        (result,) = keep(group, Bringer(who.name, way))
        nudge(SETTLE, result.pk)
    return result


def _where(row: Said, column: str) -> str:
    """The order and the reference are those of the whole result."""
    return {"po": "order", "result": "reference"}.get(column, f"{row.key}.{column}")


def _problems(rows: Sequence[Said], reference: str) -> list[Problem]:
    if len(reference) > LONGEST:
        said = _("A reference has at most %(most)d characters.") % {"most": LONGEST}
        return [Problem(said, where="reference")]
    if len({row.order for row in rows}) != 1:
        return [Problem(_("A pick result names lines of one order."), where="lines")]
    return []
