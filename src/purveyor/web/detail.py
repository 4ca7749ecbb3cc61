"""Everything the page of one order shows, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from purveyor.audit import queries as audit
from purveyor.common import clock
from purveyor.common.errors import NotFound
from purveyor.orders import queries
from purveyor.orders.domain import second
from purveyor.orders.domain.answer import LineAnswer, open_lines
from purveyor.orders.domain.ground import entry_of
from purveyor.orders.domain.plan import Terms, answers_of_plan, caps, plan
from purveyor.orders.models import Acknowledgement, Decision, Line, Order, Request, Snapshot
from purveyor.outbox.models import Document
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.people.who import Who
from purveyor.warehouse import queries as warehouse
from purveyor.warehouse import rules as warehouse_rules
from purveyor.warehouse.domain.release import FROM
from purveyor.warehouse.models import PickList, ReleaseTry
from purveyor.warehouse.states import LIVE
from purveyor.web import found
from purveyor.web.about_order import Work
from purveyor.web.found import Shown
from purveyor.web.parts import Tone
from purveyor.web.timeline import Behind, Step, steps_of
from purveyor.web.typing_shown import TypeShown

STEPS_AT_MOST = 200
# Their next step is a machine's, and comes soon.
MOVING = UNSETTLED - {DocumentState.ASKED}


def find_order(who: Who, order_id: int) -> Order:
    """The order, if it is the asker's to see. Raises NotFound."""
    found = queries.visible_to(who).filter(pk=order_id).first()
    if found is None:
        raise NotFound(_("There is no such order, or it is not yours to see."))
    return found


@dataclass
class Detail:
    """One order with its lines, answers, documents, versions and history."""

    who: Who
    order: Order
    lines: Sequence[Line]

    @classmethod
    def of(cls, who: Who, order: Order) -> Detail:
        """Read an order afresh."""
        order.refresh_from_db()
        lines = list(order.lines.all())
        detail = cls(who, order, lines)
        detail._tell_lines()
        return detail

    @cached_property
    def open_lines(self) -> list[Line]:
        return open_lines(self.lines)

    @cached_property
    def acknowledgements(self) -> list[Acknowledgement]:
        """Our answers, newest first, with their entries."""
        return list(self.order.acknowledgements.prefetch_related("answers").order_by("-revision"))

    @cached_property
    def answers_in_force(self) -> dict[str, list[LineAnswer]]:
        """The newest answer, by Amazon's line number: what a correction, or a second try, starts from."""
        numbers = {line.pk: line.number for line in self.lines}
        found: dict[str, list[LineAnswer]] = {}
        for row in self.acknowledgements[0].answers.all() if self.acknowledgements else ():
            found.setdefault(numbers[row.line_id], []).append(entry_of(row))
        return found

    @cached_property
    def work(self) -> Work:
        """What is open about it."""
        return Work(self.who, self.order)

    @cached_property
    def documents(self) -> list[Document]:
        """The documents about this order, newest first."""
        if not self.who.may("documents.view", self.order.profile):
            return []
        rows = Document.objects.filter(profile=self.order.profile, subject=self.order.number).defer("body")
        return list(rows.order_by("-created_at", "-id"))

    @property
    def newest(self) -> Document | None:
        return self.documents[0] if self.documents else None

    @property
    def moving(self) -> bool:
        """Whether the newest document's next step comes by itself."""
        if self.newest is None:
            return True
        mine = self.order.profile
        kept_back = self.newest.state == DocumentState.QUEUED and not (mine.sending and mine.paused_at is None)
        return self.newest.state in MOVING and not kept_back

    @cached_property
    def versions(self) -> list[Snapshot]:
        """Every version of the order and of its status, newest first, without their bodies."""
        return list(self.order.snapshots.defer("raw").order_by("-at", "-version"))

    @cached_property
    def steps(self) -> list[Step]:
        """What happened to the order, its documents and its versions, newest first."""
        told = audit.histories(Order, [self.order.pk])[:STEPS_AT_MOST]
        entries = [entry for entry in told if entry.action != "order.changed"]  # its version is a step of its own
        if self.documents:
            entries += audit.histories(Document, [d.pk for d in self.documents])[:STEPS_AT_MOST]
        entries.sort(key=lambda entry: entry.pk, reverse=True)
        found = [*steps_of(entries), *map(self._step_of, self.versions)]
        return sorted(found, key=lambda step: step.at, reverse=True)

    @cached_property
    def found(self) -> list[Shown]:
        """What the checks found, with the ways out this person may take."""
        return found.shown(self.who, self.order)

    @property
    def found_of_order(self) -> list[Shown]:
        return [one for one in self.found if one.finding.line_id is None]

    @cached_property
    def decision(self) -> Decision | None:
        return found.decision_of(self.order)

    @cached_property
    def request(self) -> Request | None:
        """The answer that waits for a second person."""
        return found.request_of(self.order)

    @property
    def may_see_warehouse(self) -> bool:
        return self.who.may(warehouse_rules.VIEW, self.order.profile)

    @cached_property
    def pick_lists(self) -> list[PickList]:
        """What the warehouse was asked to pick of it, the latest first."""
        return warehouse.of_order(self.who, self.order.pk)

    @property
    def may_release(self) -> bool:
        """Whether the asker may release it to the warehouse, as far as its state and lists tell."""
        live = any(one.state in LIVE for one in self.pick_lists)
        return not live and self.order.state in FROM and self.who.may(warehouse_rules.RELEASE, self.order.profile)

    @cached_property
    def release_try(self) -> list[str]:
        """Why the rule could not release it."""
        found = ReleaseTry.objects.filter(order=self.order).first()
        return list(found.problems) if found is not None else []

    @cached_property
    def typed(self) -> TypeShown:
        """Of which type it is, and why."""
        return TypeShown(self.who, self.order)

    @property
    def may_confirm(self) -> bool:
        return self.request is not None and not second.is_same_person(self.who, self.request)

    @cached_property
    def proposal(self) -> dict[str, list[LineAnswer]]:
        """What the ways out that were taken come to, as an answer; nothing where none cuts a line."""
        taken = [one.finding for one in self.found]
        if not caps(taken):
            return {}
        terms = Terms(clock.now())
        return answers_of_plan(self.order, self.lines, plan(self.lines, taken, terms), terms)

    def _tell_lines(self) -> None:
        found.tell_lines(self.lines, self.found)
        for line in self.lines:
            line.ours = self.answers_in_force.get(line.number, [])  # type: ignore[attr-defined]  # for the template

    def _step_of(self, snapshot: Snapshot) -> Step:
        link = reverse("order-version", args=[self.order.pk, snapshot.kind, snapshot.version])
        if snapshot.kind == Snapshot.Kind.STATUS:
            what = _("Amazon's status, version %(version)s") % {"version": snapshot.version}
        elif snapshot.version == 1:
            what = _("The order came in")
        else:
            what = _("Amazon changed the order: version %(version)s") % {"version": snapshot.version}
        behind = Behind(_("as Amazon sent it"), link)
        tone = Tone.QUIET if snapshot.kind == Snapshot.Kind.STATUS else Tone.TODO
        return Step(at=snapshot.at, what=what, who=_("Amazon"), tone=str(tone), behind=(behind,))
