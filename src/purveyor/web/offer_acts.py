"""What can be done about a whole offer, as the pages offer it: the words of the button, what it does, who may, and the
verb behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.common.errors import NotFound
from purveyor.offers import rules
from purveyor.offers.domain import answer, complete, stages
from purveyor.offers.models import Offer, Said, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

LONGEST = 500
Run = Callable[[Who, Offer, QueryDict], Any]
May = Callable[[Who, Offer, Sequence[Stage]], bool]


@dataclass(frozen=True, slots=True)
class Act:
    """One deed. ``reason`` is whether it asks why, ``needed`` whether it must be told; ``stages`` which stages may be
    chosen for it, where it concerns one."""

    verb: str
    word: Lazy
    sentence: Lazy
    done: Lazy
    run: Run
    may: May
    reason: bool = False
    needed: bool = False
    danger: bool = False
    choice: Callable[[Who, Sequence[Stage]], list[Stage]] | None = None


def find(verb: str) -> Act:
    """The deed of a name. Raises NotFound."""
    if verb not in ACTS:
        raise NotFound(_("There is nothing of this name to be done about an offer."))
    return ACTS[verb]


def _version(data: QueryDict) -> int | None:
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _reason(data: QueryDict) -> str:
    return data.get("reason", "").strip()[:LONGEST]


def _turn(found: Sequence[Stage], state: StageState) -> Stage | None:
    stage = stages.turn_of(list(found))
    return stage if stage is not None and stage.state == state else None


def _is_open(offer: Offer) -> bool:
    return offer.state == OfferState.OPEN


def _hand_on(who: Who, offer: Offer, data: QueryDict) -> Any:
    return stages.hand_on(who, offer, expect_version=_version(data))


def _confirm(who: Who, offer: Offer, data: QueryDict) -> Any:
    return stages.confirm(who, offer, expect_version=_version(data))


def _complete(who: Who, offer: Offer, data: QueryDict) -> Any:
    leave = bool(data.get("leave_unmapped"))
    return complete.complete(who, offer, reason=_reason(data), leave_unmapped=leave, expect_version=_version(data))


def _approve(who: Who, offer: Offer, data: QueryDict) -> Any:
    undecided = data.get("which", "undecided") != "all"
    # What goes over answers goes over those that were seen; what is undecided overwrites none.
    seen = None if undecided else _version(data)
    return answer.approve(
        who, offer, data.get("stage", ""), undecided_only=undecided, how=Said.How.BULK, expect_version=seen
    )


def _may_hand_on(who: Who, offer: Offer, found: Sequence[Stage]) -> bool:
    stage = _turn(found, StageState.OPEN)
    return _is_open(offer) and stage is not None and rules.may_answer(who, stage)


def _may_second(who: Who, offer: Offer, found: Sequence[Stage]) -> bool:
    stage = _turn(found, StageState.PROPOSED)
    return _is_open(offer) and stage is not None and rules.may_confirm(who, stage)


def revocable(who: Who, found: Sequence[Stage]) -> list[Stage]:
    """The stages whose approval somebody may take back."""
    return [one for one in found if one.state in stages.AGAIN and rules.may_answer(who, one)]


def back_to(who: Who, found: Sequence[Stage]) -> list[Stage]:
    """The stages an offer may be sent back to, whoever asks."""
    return [one for one in found if one.state in stages.AGAIN]


def _may_send_back(who: Who, offer: Offer, found: Sequence[Stage]) -> bool:
    turn = stages.turn_of(list(found))
    theirs = turn is not None and rules.may_answer(who, turn)
    may = theirs or who.may(rules.COMPLETE, offer.profile) or who.may(rules.MANAGE, offer.profile)
    return _is_open(offer) and may and bool(back_to(who, found))


def _may_complete(who: Who, offer: Offer, found: Sequence[Stage]) -> bool:
    return _is_open(offer) and stages.turn_of(list(found)) is None and who.may(rules.COMPLETE, offer.profile)


ACTS: dict[str, Act] = {
    one.verb: one
    for one in (
        Act(
            "approve",
            gettext_lazy("Approve"),
            gettext_lazy("Says yes to cells as they stand."),
            gettext_lazy("Said yes."),
            _approve,
            _may_hand_on,
        ),
        Act(
            "hand-on",
            gettext_lazy("Hand on"),
            gettext_lazy("The next stage begins; your answers stay."),
            gettext_lazy("Handed on."),
            _hand_on,
            _may_hand_on,
        ),
        Act(
            "confirm",
            gettext_lazy("Confirm"),
            gettext_lazy("The stage is done, and the offer goes on."),
            gettext_lazy("Confirmed."),
            _confirm,
            _may_second,
        ),
        Act(
            "decline",
            gettext_lazy("Decline"),
            gettext_lazy("The stage is open again, its answers stay."),
            gettext_lazy("Declined; the stage is open again."),
            lambda who, offer, data: stages.decline(who, offer, _reason(data)),
            _may_second,
            reason=True,
            needed=True,
        ),
        Act(
            "send-back",
            gettext_lazy("Send back"),
            gettext_lazy("An earlier stage answers again; those after it wait, with their answers kept."),
            gettext_lazy("Sent back."),
            lambda who, offer, data: stages.send_back(who, offer, data.get("stage", ""), _reason(data)),
            _may_send_back,
            reason=True,
            needed=True,
            choice=back_to,
        ),
        Act(
            "revoke",
            gettext_lazy("Take the approval back"),
            gettext_lazy("Your stage answers again; those after it wait, with their answers kept."),
            gettext_lazy("The approval was taken back."),
            lambda who, offer, data: stages.revoke(who, offer, data.get("stage", ""), _reason(data)),
            lambda who, offer, found: _is_open(offer) and bool(revocable(who, found)),
            reason=True,
            needed=True,
            choice=revocable,
        ),
        Act(
            "complete",
            gettext_lazy("Complete the offer"),
            gettext_lazy("Freezes the answers. Then they are written into Amazon's workbook for you to send back."),
            gettext_lazy("Completed: the answers are frozen."),
            _complete,
            _may_complete,
            reason=True,
        ),
        Act(
            "reopen",
            gettext_lazy("Open it again"),
            gettext_lazy("Its stages stay done until one takes its approval back; what orders have used stays."),
            gettext_lazy("Open again."),
            lambda who, offer, data: complete.reopen(who, offer, _reason(data)),
            lambda who, offer, found: offer.state == OfferState.COMPLETED and who.may(rules.REOPEN, offer.profile),
            reason=True,
            needed=True,
        ),
        Act(
            "withdraw",
            gettext_lazy("Give it up"),
            gettext_lazy("Nobody answers it any more; it can be taken up again."),
            gettext_lazy("Given up."),
            lambda who, offer, data: complete.withdraw(who, offer, _reason(data)),
            lambda who, offer, found: _is_open(offer) and who.may(rules.MANAGE, offer.profile),
            reason=True,
            needed=True,
            danger=True,
        ),
        Act(
            "take-up",
            gettext_lazy("Take it up again"),
            gettext_lazy("It goes on where it stood."),
            gettext_lazy("Taken up again."),
            lambda who, offer, data: complete.take_up(who, offer, _reason(data)),
            lambda who, offer, found: offer.state == OfferState.WITHDRAWN and who.may(rules.MANAGE, offer.profile),
            reason=True,
            needed=True,
        ),
    )
}


def offered(who: Who, offer: Offer, found: Sequence[Stage]) -> dict[str, Act]:
    """What somebody may do about an offer now, by name."""
    return {verb: act for verb, act in ACTS.items() if act.may(who, offer, found)}
