"""An offer goes from stage to stage: handed on, confirmed by a second person, sent back, taken back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.audit.write import record
from purveyor.base.transition import move
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.offers import rules
from purveyor.offers.domain.cells import place, spoken
from purveyor.offers.domain.lock import lock, reason_of, stage_of, stages_of, touch
from purveyor.offers.domain.sums import left_by
from purveyor.offers.models import Offer, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.models import User
from purveyor.people.who import Who

ACTIONS = {
    StageState.OPEN: "offer.stage_open",
    StageState.PROPOSED: "offer.stage_proposed",
    StageState.DONE: "offer.stage_done",
    StageState.WAITING: "offer.stage_waiting",
}
AGAIN = (StageState.PROPOSED, StageState.DONE)
"""A stage that has handed the offer on."""


def hand_on(who: Who, offer: Offer, *, expect_version: int | None = None) -> Offer:
    """The stage whose turn it is has answered every row with a product: the next one begins, or a second person looks.

    Raises Denied, Conflict, and Refused where cells are undecided, with their number and the first of them.
    """
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN, expect_version=expect_version)
        stages = stages_of(now)
        stage = _in_state(now, stages, StageState.OPEN)
        _require_answer(who, stage)
        _check_decided(stage)
        target = StageState.PROPOSED if rules.second_needed(stage) else StageState.DONE
        handed_on(stage, target, who)
        return _settled(now, stages, who.name)


def confirm(who: Who, offer: Offer, *, expect_version: int | None = None) -> Offer:
    """A second person confirms the stage that waits for one. Raises Denied, Conflict, and Refused where none waits or
    for the one who handed it on."""
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN, expect_version=expect_version)
        stages = stages_of(now)
        stage = _in_state(now, stages, StageState.PROPOSED)
        _require_second(who, stage)
        _go(stage, StageState.DONE, who.name, second_by=who.name)
        return _settled(now, stages, who.name)


def decline(who: Who, offer: Offer, reason: str) -> Offer:
    """A second person does not confirm: the stage is open again. Raises Denied, and Refused also without a reason."""
    said = reason_of(reason, _("Say why the stage is declined."))
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN)
        stages = stages_of(now)
        stage = _in_state(now, stages, StageState.PROPOSED)
        _require_second(who, stage)
        record("offer.declined", by=who.name, obj=now, new={"stage": stage.key}, because=said)
        _reopen(stages, stage, who.name, said)
        return _settled(now, stages, who.name)


def send_back(who: Who, offer: Offer, to: str, reason: str) -> Offer:
    """Give the offer back to an earlier stage; those after it wait for it again, with their answers kept.

    The people of the stage whose turn it is may, and who manages or completes offers. Raises Denied, NotFound for no
    such stage, and Refused without a reason or where that stage has not handed the offer on.
    """
    said = reason_of(reason, _("Say why the offer is sent back."))
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN)
        stages = stages_of(now)
        stage, turn = stage_of(now, stages, to), turn_of(stages)
        _require_send_back(who, now, turn)
        _check_handed_on(now, stage)
        told = {"stage": turn.key if turn else "", "to": stage.key}
        record("offer.sent_back", by=who.name, obj=now, new=told, because=said)
        _reopen(stages, stage, who.name, said)
        return _settled(now, stages, who.name)


def revoke(who: Who, offer: Offer, key: str, reason: str) -> Offer:
    """A stage's own people take back that they handed the offer on. Raises as ``send_back``."""
    said = reason_of(reason, _("Say why the approval is taken back."))
    with transaction.atomic():
        now = lock(offer, OfferState.OPEN)
        stages = stages_of(now)
        stage = stage_of(now, stages, key)
        _require_answer(who, stage)
        _check_handed_on(now, stage)
        record("offer.revoked", by=who.name, obj=now, new={"stage": stage.key}, because=said)
        _reopen(stages, stage, who.name, said)
        return _settled(now, stages, who.name)


def current(stages: list[Stage]) -> Stage | None:
    """The first stage that is not done; None where all are."""
    return next((stage for stage in stages if stage.state != StageState.DONE), None)


def turn_of(stages: list[Stage]) -> Stage | None:
    """The stage whose turn it is: the open one, else the one a second person looks at; None where all are done."""
    return next((stage for stage in stages if stage.state == StageState.OPEN), current(stages))


def begin(stages: list[Stage], by: str) -> None:
    """Open the first stage that is not done, where it waits."""
    stage = current(stages)
    if stage is not None and stage.state == StageState.WAITING:
        _go(stage, StageState.OPEN, by)


def _settled(offer: Offer, stages: list[Stage], by: str) -> Offer:
    begin(stages, by)
    touch(offer)
    return offer


def handed_on(stage: Stage, target: StageState, who: Who, because: str = "") -> None:
    """Somebody answers for a stage: done, or for a second person to confirm."""
    _set_approver(stage, who.user)
    _go(stage, target, who.name, because, approved_by=who.name, second_by="")


def _set_approver(stage: Stage, user: User | None) -> None:
    # Not in the move, which would tell the audit a key where it tells the name.
    Stage.objects.filter(pk=stage.pk).update(approver=user)
    stage.approver = user


def _go(stage: Stage, target: StageState, by: str, because: str = "", **changes: Any) -> None:
    move(stage, target, by=by, because=because, action=ACTIONS[target], **changes)


def _reopen(stages: list[Stage], stage: Stage, by: str, reason: str) -> None:
    """Open a stage again; those behind it wait. Their approvals are over, their answers stay."""
    for one in stages:
        if one.position > stage.position and one.state != StageState.WAITING:
            _set_approver(one, None)
            _go(one, StageState.WAITING, by, reason, approved_by="", second_by="")
    _set_approver(stage, None)
    _go(stage, StageState.OPEN, by, reason, approved_by="", second_by="", reason=reason)


def _in_state(offer: Offer, stages: list[Stage], state: StageState) -> Stage:
    found = next((stage for stage in stages if stage.state == state), None)
    if found is not None:
        return found
    words = {"number": offer.number}
    if state == StageState.PROPOSED:
        raise Refused(_("No stage of offer %(number)s waits for a second person.") % words)
    raise Refused(_("No stage of offer %(number)s is open.") % words, hint=_("Look at its stages again."))


def _require_answer(who: Who, stage: Stage) -> None:
    if not rules.may_answer(who, stage):
        who.require(stage.permission, stage.offer.profile)
        raise Denied(_("This stage is not yours to answer."))


def _require_second(who: Who, stage: Stage) -> None:
    if rules.is_approver(who, stage):
        raise Refused(_("The second person cannot be the one who handed the offer on."), hint=_("Ask somebody else."))
    if not rules.may_confirm(who, stage):
        who.require(rules.SECOND, stage.offer.profile)


def _require_send_back(who: Who, offer: Offer, turn: Stage | None) -> None:
    if turn is not None and rules.may_answer(who, turn):
        return
    if not who.may(rules.COMPLETE, offer.profile):
        who.require(rules.MANAGE, offer.profile)


def _check_handed_on(offer: Offer, stage: Stage) -> None:
    if stage.state not in AGAIN:
        words = {"number": offer.number, "stage": stage.title}
        raise Refused(_("Stage %(stage)s of offer %(number)s has not handed it on.") % words)


def _check_decided(stage: Stage) -> None:
    left = left_by(stage.offer, stage)
    count, first = left.count(), left.first()
    if first is not None:
        where = place(first.row.number, first.delivery.position)
        said = ngettext(
            "%(count)d cell is not decided yet: %(where)s.",
            "%(count)d cells are not decided yet, the first is %(where)s.",
            count,
        )
        said %= {"count": count, "where": spoken(first.row.number, first.delivery.position)}
        raise Refused(said, [Problem(said, where=where)], hint=_("Answer them, or agree with all that is left."))
