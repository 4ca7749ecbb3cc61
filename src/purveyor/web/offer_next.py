"""What an offer needs now: the sentence at the top of its page, and the one button for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.offers import keys, rules
from purveyor.offers.domain.stages import turn_of
from purveyor.offers.models import Offer, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who
from purveyor.web.timeline import who_words

ANSWER = "answer"
"""The button that leads to the grid; all others do something."""


@dataclass(frozen=True, slots=True)
class Next:
    """What is to be done. ``verb`` is empty where it is somebody else's turn; ``stage`` is the one it concerns."""

    sentence: str
    verb: str = ""
    button: str = ""
    stage: Stage | None = None


def next_of(who: Who, offer: Offer, stages: Sequence[Stage], undecided: int) -> Next:
    """What an offer needs from this person. ``undecided`` are the cells the stage whose turn it is left open."""
    if offer.state == OfferState.WITHDRAWN:
        return Next(_("It was given up: nobody answers it any more."))
    if offer.state == OfferState.COMPLETED:
        return Next(_("It is completed: its answers are frozen, and orders that come from it are recognised."))
    stage = turn_of(list(stages))
    if stage is None:
        return _complete(who, offer)
    if stage.state == StageState.PROPOSED:
        return _second(who, stage)
    return _answer(who, stages, stage, undecided)


def title_of(key: str) -> str:
    """What a stage is called."""
    return str(keys.KEYS[key].title) if key in keys.KEYS else key


def after(stages: Sequence[Stage], stage: Stage) -> Stage | None:
    """The stage behind one; None behind the last."""
    return next((one for one in stages if one.position > stage.position), None)


def hand_on_words(stages: Sequence[Stage], stage: Stage) -> str:
    """What handing a stage on does, as the words of its button."""
    if rules.second_needed(stage):
        return _("Hand on to a second person")
    behind = after(stages, stage)
    if behind is None:
        return _("%(stage)s is done") % {"stage": title_of(stage.key)}
    return _("Hand on to %(stage)s") % {"stage": title_of(behind.key)}


def _complete(who: Who, offer: Offer) -> Next:
    said = _("Every stage is done. Completing it freezes the answers.")
    if not who.may(rules.COMPLETE, offer.profile):
        return Next(_("Every stage is done; somebody else has to complete it."))
    return Next(said, "complete", _("Complete the offer"))


def _second(who: Who, stage: Stage) -> Next:
    told = {"stage": title_of(stage.key), "name": who_words(stage.approved_by)}
    said = _("%(name)s handed %(stage)s on; a second person has to confirm it.") % told
    if not rules.may_confirm(who, stage):
        return Next(said, stage=stage)
    return Next(said, "confirm", _("Confirm %(stage)s") % told, stage)


def _answer(who: Who, stages: Sequence[Stage], stage: Stage, undecided: int) -> Next:
    told = {"stage": title_of(stage.key), "count": number_format(undecided, force_grouping=True)}
    if not undecided:
        said = _("%(stage)s has answered everything and can hand it on.") % told
        if not rules.may_answer(who, stage):
            return Next(said, stage=stage)
        return Next(said, "hand-on", hand_on_words(stages, stage), stage)
    said = ngettext(
        "%(stage)s answers now: %(count)s cell is undecided.",
        "%(stage)s answers now: %(count)s cells are undecided.",
        undecided,
    )
    if not rules.may_answer(who, stage):
        return Next(said % told, stage=stage)
    return Next(said % told, ANSWER, _("Answer for %(stage)s") % told, stage)
