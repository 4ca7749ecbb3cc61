"""Which offers wait for somebody: those whose turn it is to answer a stage of theirs, or to confirm one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from purveyor.common import clock
from purveyor.offers.keys import KEYS
from purveyor.offers.models import Deputy, Offer, Stage
from purveyor.offers.rules import SECOND
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who


def waiting_for(rows: QuerySet[Offer], who: Who) -> QuerySet[Offer]:
    """Those of these offers that somebody can do something about now, in person or as a deputy."""
    theirs = Q(pk__in=[])
    for key in KEYS.values():
        theirs |= Q(key=key.key, offer__profile__in=who.profiles(key.permission))
    now = clock.now()
    stands_in = Deputy.objects.filter(deputy=who.user, begins_at__lte=now, ends_at__gt=now) if who.user else ()
    for one in stands_in:
        theirs |= Q(key=one.key, offer__profile=one.profile_id)
    answers = Stage.objects.filter(theirs, state=StageState.OPEN)
    confirms = Stage.objects.filter(state=StageState.PROPOSED, offer__profile__in=who.profiles(SECOND))
    confirms = confirms.exclude(approver=who.user) if who.user else confirms
    return rows.filter(Q(pk__in=answers.values("offer")) | Q(pk__in=confirms.values("offer")), state=OfferState.OPEN)
