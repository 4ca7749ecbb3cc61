"""Whose turn it is: the stages that ask somebody for something now. The rail counts them, Today lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from purveyor.offers import rules
from purveyor.offers.models import Offer, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who


def turn_of(who: Who) -> Callable[[Stage], bool]:
    """Whether a stage is theirs to answer, or to confirm where it waits for a second person; in person or as a deputy.
    The same stage of a profile's other offers is not asked about again."""
    known: dict[tuple[str, int], bool] = {}

    def is_theirs(stage: Stage) -> bool:
        if stage.state == StageState.PROPOSED:
            return rules.may_confirm(who, stage)
        profile: Any = stage.offer.profile
        place = stage.key, profile.pk
        if place not in known:
            known[place] = rules.may_answer_key(who, stage.key, profile)
        return known[place]

    return is_theirs


def waiting_for(rows: QuerySet[Offer], who: Who) -> set[int]:
    """Those of these offers, by key, whose stage that is open or waits for a second person is theirs."""
    open_ = rows.filter(state=OfferState.OPEN).order_by().values("pk")
    stages = Stage.objects.filter(state__in=(StageState.OPEN, StageState.PROPOSED), offer__in=open_)
    is_theirs = turn_of(who)
    return {one.offer_id for one in stages.select_related("offer__profile").order_by() if is_theirs(one)}
