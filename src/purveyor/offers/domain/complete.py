"""Completing an offer freezes its answers; opening it again, giving it up and taking it up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.base.db import bulk_upsert
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.jobs.nudge import nudge
from purveyor.offers import rules
from purveyor.offers.domain.cells import Known, comes_to, read
from purveyor.offers.domain.effective import Value
from purveyor.offers.domain.lock import lock, reason_of, stages_of, tidy_reason
from purveyor.offers.domain.stages import current
from purveyor.offers.models import Cell, Offer, Stage
from purveyor.offers.states import OfferState
from purveyor.people.who import Who

FEW = 5
"""So many cells are named; the rest is counted."""
ORDERS = "orders.offers"
"""Orders that wait for an offer are looked at anew."""


def complete(
    who: Who, offer: Offer, *, reason: str = "", leave_unmapped: bool = False, expect_version: int | None = None
) -> Offer:
    """Freeze what every stage agreed on. Rows without a product count as declined where a stage said so; others are
    left unanswered, which has to be said (``leave_unmapped``). An expired offer needs a reason.

    Raises Denied (``offers.complete``), Conflict, and Refused with each reason why it cannot be completed yet.
    """
    who.require(rules.COMPLETE, offer.profile)
    because = tidy_reason(reason)
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN, expect_version=expect_version)
        stages = stages_of(now)
        # Orders give pieces back at any time: what they have used stands still until this is decided.
        list(Cell.objects.select_for_update().filter(row__offer=now, consumed__gt=0).order_by("pk").values_list("pk"))
        cells = read(now, stages)
        outcomes = _outcomes(cells, [stage.key for stage in stages])
        problems = [
            *_open_problems(stages),
            *_undecided_problems(cells, stages),
            *_unmapped_problems(cells, outcomes, leave_unmapped),
            *_consumed_problems(cells, outcomes),
            *_expired_problems(now, because),
        ]
        if problems:
            raise Refused(_("Offer %(number)s cannot be completed yet.") % {"number": now.number}, problems)
        _freeze(cells, outcomes)
        at = clock.now()
        _move(now, OfferState.COMPLETED, who, "offer.completed", because, completed_at=at, completed_by=who.name)
        nudge(ORDERS, now.pk)
        return now


def reopen(who: Who, offer: Offer, reason: str) -> Offer:
    """Open a completed offer again; its stages stay done until one takes its approval back, and what was approved and
    used stays. Raises Denied (``offers.reopen``), and Refused also without a reason."""
    who.require(rules.REOPEN, offer.profile)
    said = reason_of(reason, _("Say why the offer is opened again."))
    with transaction.atomic():
        now = lock(offer, OfferState.COMPLETED)
        _move(now, OfferState.OPEN, who, "offer.reopened", said, completed_at=None, completed_by="")
        nudge(ORDERS, now.pk)
        return now


def withdraw(who: Who, offer: Offer, reason: str) -> Offer:
    """Give an offer up: nobody answers it any more. Raises Denied (``offers.manage``), and Refused also without a
    reason."""
    who.require(rules.MANAGE, offer.profile)
    said = reason_of(reason, _("Say why the offer is given up."))
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN)
        _move(now, OfferState.WITHDRAWN, who, "offer.withdrawn", said)
        return now


def take_up(who: Who, offer: Offer, reason: str) -> Offer:
    """Take an offer up again that was given up; it goes on where it stood. Raises as ``withdraw``."""
    who.require(rules.MANAGE, offer.profile)
    said = reason_of(reason, _("Say why the offer is taken up again."))
    with transaction.atomic():
        now = lock(offer, OfferState.WITHDRAWN)
        _move(now, OfferState.OPEN, who, "offer.taken_up", said)
        return now


def _move(offer: Offer, target: OfferState, who: Who, action: str, reason: str, **changes: Any) -> None:
    changes |= {"reason": reason, "version": F("version") + 1}
    move(offer, target, by=who.name, because=reason, action=action, **changes)


def _outcomes(cells: Sequence[Known], order: Sequence[str]) -> list[Value | None]:
    """What each cell comes to; None where its row has no product and nobody declined it."""
    return [comes_to(cell, order) if cell.mapped or cell.words else None for cell in cells]


def _freeze(cells: Sequence[Known], outcomes: Sequence[Value | None]) -> None:
    columns = ("row_id", "delivery_id", "asked", "price", "version", "consumed", "approved", "approved_price")
    rows = [
        (
            cell.row_id,
            cell.delivery_id,
            cell.asked.quantity,
            cell.asked.price,
            cell.version,
            cell.consumed,
            found.quantity if found else None,
            found.price if found and found.verdict else None,
        )
        for cell, found in zip(cells, outcomes, strict=True)
    ]
    frozen = ("approved", "approved_price")
    bulk_upsert(Cell._meta.db_table, columns, rows, conflict=("row_id", "delivery_id"), update=frozen)


def _open_problems(stages: list[Stage]) -> list[Problem]:
    stage = current(stages)
    if stage is None:
        return []
    return [Problem(_("Stage %(stage)s is not done.") % {"stage": stage.title}, where=stage.key)]


def _undecided_problems(cells: Sequence[Known], stages: list[Stage]) -> list[Problem]:
    """A row may have been mapped when a stage was done already."""
    found = []
    for stage in stages:
        left = [cell for cell in cells if cell.mapped and stage.key not in cell.words]
        if left:
            said = ngettext(
                "Stage %(stage)s has not decided %(count)d cell: %(where)s.",
                "Stage %(stage)s has not decided %(count)d cells, the first is %(where)s.",
                len(left),
            )
            words = {"stage": stage.title, "count": len(left), "where": left[0].spoken}
            found.append(Problem(said % words, where=left[0].where))
    return found


def _unmapped_problems(cells: Sequence[Known], outcomes: Sequence[Value | None], leave: bool) -> list[Problem]:
    left = [cell for cell, found in zip(cells, outcomes, strict=True) if found is None]
    if not left or leave:
        return []
    count = len({cell.row for cell in left})
    said = ngettext(
        "%(count)d row waits for its product, row %(row)d. Map it, decline it, or leave it out.",
        "%(count)d rows wait for their products, the first is row %(row)d. Map them, decline them, or leave them out.",
        count,
    )
    return [Problem(said % {"count": count, "row": left[0].row}, where="leave_unmapped")]


def _consumed_problems(cells: Sequence[Known], outcomes: Sequence[Value | None]) -> list[Problem]:
    pairs = zip(cells, outcomes, strict=True)
    short = [(cell, found.quantity if found else 0) for cell, found in pairs]
    short = [(cell, left) for cell, left in short if cell.consumed > left]
    problems = []
    for cell, left in short[:FEW]:
        words = {"where": cell.spoken, "consumed": cell.consumed, "approved": left}
        said = _("Orders have used %(consumed)d pieces of %(where)s; fewer, %(approved)d, cannot be approved.") % words
        problems.append(Problem(said, where=cell.where))
    if len(short) > FEW:
        more = len(short) - FEW
        problems.append(
            Problem(ngettext("And %(count)d more cell.", "And %(count)d more cells.", more) % {"count": more})
        )
    return problems


def _expired_problems(offer: Offer, reason: str) -> list[Problem]:
    if not offer.expired() or reason:
        return []
    return [Problem(_("The offer has expired: say why it is completed all the same."), where="reason")]
