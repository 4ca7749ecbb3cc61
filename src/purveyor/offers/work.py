"""What offers ask of people today: answer for a stage, be the second person, name products, complete."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.common.errors import Remedy
from purveyor.offers import queries, rules
from purveyor.offers.domain import mapping
from purveyor.offers.domain.sums import left_of
from purveyor.offers.mine import turn_of
from purveyor.offers.models import Answer, Cell, Offer, Stage
from purveyor.offers.states import OfferState, StageState
from purveyor.people.who import Who


def _offers(who: Who, scope: str) -> QuerySet[Offer]:
    rows = queries.visible_to(who).filter(state=OfferState.OPEN)
    return rows.filter(profile__name=scope) if scope else rows


def _stages(who: Who, scope: str, which: Q) -> QuerySet[Stage]:
    """Stages of open offers, those first that expire first."""
    rows = Stage.objects.filter(which, offer__in=_offers(who, scope).values("pk")).select_related("offer__profile")
    return rows.order_by(F("offer__expires_at").asc(nulls_last=True), "offer", "position")


def _to_answer(who: Who, scope: str) -> Found:
    """Where it is a stage's turn, and where a row was mapped after it was done."""
    unsaid = Cell.objects.filter(row__offer=OuterRef("offer"), row__product__isnull=False)
    unsaid = unsaid.filter(~Exists(Answer.objects.filter(cell=OuterRef("pk"), stage=OuterRef(OuterRef("pk")))))
    rows = _stages(who, scope, Q(state=StageState.OPEN) | Q(Exists(unsaid), state=StageState.DONE))
    is_mine = turn_of(who)
    found = list(rows[:SHOWN])
    left = left_of(found)
    items = [_answer(stage, left[stage.pk], is_mine(stage)) for stage in found]
    return Found(items, rows.order_by().count())


def _answer(stage: Stage, left: int, mine: bool) -> Item:
    title = stage.title
    if stage.state == StageState.DONE:
        sentence = _("Answer rows that were mapped late, for %(stage)s.") % {"stage": title}
    elif left:
        sentence = _("Answer it for %(stage)s.") % {"stage": title}
    else:
        sentence = _("Everything is answered for %(stage)s: hand it on.") % {"stage": title}
    facts = ngettext("%(count)d cell undecided", "%(count)d cells undecided", left) % {"count": left}
    return _item(stage.offer, sentence, facts=facts, mine=mine)


def _second(who: Who, scope: str) -> Found:
    rows, is_mine = _stages(who, scope, Q(state=StageState.PROPOSED)), turn_of(who)
    items = [
        _item(
            stage.offer,
            _("Confirm or decline stage %(stage)s, handed on by %(by)s.")
            % {"stage": stage.title, "by": stage.approved_by},
            mine=is_mine(stage),
        )
        for stage in rows[:SHOWN]
    ]
    return Found(items, rows.order_by().count())


def _complete(who: Who, scope: str) -> Found:
    rows = queries.to_complete(_offers(who, scope)).order_by(F("expires_at").asc(nulls_last=True), "pk")
    said = _("Every stage is done: complete it.")
    return Found([_item(offer, said) for offer in rows[:SHOWN]], rows.order_by().count())


def _unmapped(who: Who, scope: str) -> Found:
    found = mapping.unmapped(who, scope)
    return Found([_nobody_knows(one) for one in found[:SHOWN]], len(found))


def _nobody_knows(one: mapping.Unmapped) -> Item:
    words = {"row": one.row, "number": one.offer_number}
    return Item(
        subject=one.asin or one.vendor_product,
        sentence=_("Say which product this is: row %(row)d of offer %(number)s waits for it.") % words,
        link=("offer", one.offer_id),
        due=one.expires_at,
        remedy=str(Remedy.MEND_DATA),
        facts=one.title,
    )


def _item(offer: Offer, sentence: str, **more: Any) -> Item:
    return Item(
        subject=offer.number,
        sentence=sentence,
        link=("offer", offer.pk),
        profile=offer.profile,
        due=offer.expires_at,
        state=("offer", str(offer.state)),
        **more,
    )


_OPEN = ("offers", "state=open&sort=expires")
register(Source("offers.answer", gettext_lazy("Offers to answer"), rules.VIEW, rules.VIEW, _to_answer, _OPEN))
register(Source("offers.second", gettext_lazy("Offers for a second person"), rules.VIEW, rules.SECOND, _second, _OPEN))
register(Source("offers.complete", gettext_lazy("Offers to complete"), rules.VIEW, rules.COMPLETE, _complete, _OPEN))
register(
    Source(
        "offers.unmapped",
        gettext_lazy("Products of offers nobody knows"),
        rules.VIEW,
        mapping.MANAGE,
        _unmapped,
        _OPEN,
        anywhere=True,
    )
)
