"""Everything the page of one bulk-buy offer shows, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from purveyor.audit.models import Entry
from purveyor.offers import queries, rules
from purveyor.offers.domain.board import Board, DeliveryNow, StageNow, board
from purveyor.offers.domain.liability import Liability
from purveyor.offers.domain.lock import stages_of
from purveyor.offers.domain.stages import turn_of
from purveyor.offers.models import Consumption, Offer, Row, Stage
from purveyor.offers.states import OfferState
from purveyor.orders import queries as orders
from purveyor.orders.models import Order
from purveyor.people.who import Who
from purveyor.web import offer_acts
from purveyor.web.offer_acts import Act
from purveyor.web.offer_grid import days
from purveyor.web.offer_next import Next, hand_on_words, next_of, title_of
from purveyor.web.timeline import Behind, Step, steps_of

STEPS_AT_MOST = 200
SHOWN_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage with its totals and its people's words."""

    stage: Stage
    now: StageNow
    mine: bool

    @property
    def undecided(self) -> int:
        return self.now.totals.cells - self.now.totals.decided


@dataclass(frozen=True, slots=True)
class Linked:
    """An order that comes from the offer, and what it uses of it."""

    order: Order
    eaches: int
    value: Decimal


@dataclass
class About:
    """One offer with its stages, totals, deeds, orders and history."""

    who: Who
    offer: Offer

    @cached_property
    def board(self) -> Board:
        """The totals without the rows: they are many, and the grid shows them."""
        return board(self.offer, rows=())

    @cached_property
    def stages(self) -> list[Stage]:
        return stages_of(self.offer)

    @cached_property
    def shown(self) -> list[StageShown]:
        """The stages in their order, each with what the offer comes to after it."""
        now = {one.key: one for one in self.board.stages}
        return [StageShown(one, now[one.key], rules.may_answer(self.who, one)) for one in self.stages]

    @cached_property
    def turn(self) -> Stage | None:
        """The stage whose turn it is."""
        return turn_of(self.stages)

    @cached_property
    def undecided(self) -> int:
        return next((one.undecided for one in self.shown if one.stage == self.turn), 0)

    @cached_property
    def next(self) -> Next:
        return next_of(self.who, self.offer, self.stages, self.undecided)

    @cached_property
    def acts(self) -> dict[str, Act]:
        """What may be done now; the one at the top of the page among them."""
        return offer_acts.offered(self.who, self.offer, self.stages)

    @property
    def others(self) -> list[tuple[Act, list[tuple[str, str]]]]:
        """The deeds beside the one at the top, each with the stages it may concern."""
        aside = {self.next.verb, "approve", "hand-on"}
        found = [act for verb, act in self.acts.items() if verb not in aside]
        return [(act, self._choice(act)) for act in found]

    def _choice(self, act: Act) -> list[tuple[str, str]]:
        stages = act.choice(self.who, self.stages) if act.choice else []
        return [(one.key, title_of(one.key)) for one in stages]

    @property
    def hand_on_words(self) -> str:
        return hand_on_words(self.stages, self.turn) if self.turn else ""

    @cached_property
    def deliveries(self) -> list[tuple[DeliveryNow, str]]:
        """Each delivery with its days in words."""
        return [(one, days(one)) for one in self.board.deliveries]

    @cached_property
    def unmapped(self) -> Sequence[Row]:
        """Rows that name products nobody knows, the first of them."""
        return list(Row.objects.filter(offer=self.offer, product=None).order_by("number")[: SHOWN_AT_MOST + 1])

    @property
    def late(self) -> bool:
        """Whether Amazon's time for the answer is over while nobody completed it."""
        return self.offer.state == OfferState.OPEN and self.offer.expired()

    @property
    def needs_words(self) -> bool:
        """Whether completing it takes a word more than a button: a reason, or that rows are left out."""
        return self.late or bool(self.unmapped)

    @property
    def may_hand_on(self) -> bool:
        return "hand-on" in self.acts

    @property
    def mine(self) -> bool:
        """Whether any stage is theirs to answer now."""
        return self.offer.state == OfferState.OPEN and any(one.mine for one in self.shown)

    @property
    def may_fetch_workbook(self) -> bool:
        return self.offer.state == OfferState.COMPLETED and self.offer.upload is not None

    @cached_property
    def may_manage(self) -> bool:
        return self.who.may(rules.MANAGE, self.offer.profile)

    @cached_property
    def liability(self) -> Liability:
        """What was approved, ordered and is open, and what may become of pieces nobody buys."""
        return queries.liability_of(self.offer)

    @cached_property
    def linked(self) -> list[Linked]:
        """The orders that use pieces of it, newest first, as far as they are the reader's to see."""
        if not self.who.may("orders.view", self.offer.profile):
            return []
        used = Consumption.objects.filter(cell__row__offer=self.offer).values("order")
        told = used.annotate(pieces=Sum("eaches"), value=Sum(F("eaches") * F("cell__approved_price")))
        by_order = {one["order"]: one for one in told}
        rows = orders.visible_to(self.who).filter(pk__in=list(by_order)).order_by("-ordered_at", "-pk")
        return [
            Linked(one, by_order[one.pk]["pieces"], by_order[one.pk]["value"] or Decimal(0))
            for one in rows[:SHOWN_AT_MOST]
        ]

    @cached_property
    def steps(self) -> list[Step]:
        """What happened, newest first, with the file at its beginning."""
        entries = list(queries.entries(self.offer)[:STEPS_AT_MOST])
        return [self._told(step, entry) for step, entry in zip(steps_of(entries), entries, strict=True)]

    def _told(self, step: Step, entry: Entry) -> Step:
        """A step with its stage by name, and the file behind the first one."""
        upload = self.offer.upload
        if entry.action == "offer.received" and upload is not None:
            return replace(step, behind=(Behind(upload.name, reverse("file", args=[upload.pk])),))
        key = next((one.key for one in self.stages if str(one.pk) == entry.object_id), "")
        if key and entry.object_kind == "offers.stage":
            return replace(step, what=stage_step(key, str((entry.new or {}).get("state", ""))), changes=())
        return step


def stage_step(key: str, state: str) -> str:
    """What happened to a stage, in words."""
    said = {
        "open": _("%(stage)s answers"),
        "proposed": _("%(stage)s handed it on; a second person looks"),
        "done": _("%(stage)s is done"),
        "waiting": _("%(stage)s waits for an earlier stage"),
    }
    return said.get(state, "%(stage)s") % {"stage": title_of(key)}
