"""Every question about documents that is asked in more than one place. Only what somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from purveyor.common import clock
from purveyor.common.errors import NotFound, Remedy
from purveyor.orders.models import Acknowledgement
from purveyor.orders.states import OrderState
from purveyor.outbox.decide import current_hold
from purveyor.outbox.models import Document
from purveyor.outbox.states import UNSETTLED, DocumentState
from purveyor.people.who import Who

_S = DocumentState


def documents(who: Who, *, profile: str = "", state: str = "", search: str = "") -> QuerySet[Document]:
    """The documents somebody may see, newest first. ``search``: order number, transaction id, or how they begin."""
    found = Document.objects.filter(profile__in=who.profiles("documents.view")).select_related("profile").defer("body")
    if profile:
        found = found.filter(profile__name=profile)
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(Q(subject__istartswith=search) | Q(transaction_id__istartswith=search))
    return found.order_by("-created_at", "-id")


def document(who: Who, document_id: int) -> Document:
    """One document with its attempts at hand. Raises NotFound."""
    mine = Document.objects.filter(profile__in=who.profiles("documents.view")).select_related("profile")
    found = mine.prefetch_related("attempts").filter(pk=document_id).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def documents_of(who: Who, order_id: int) -> QuerySet[Document]:
    """The documents of one order, newest first."""
    return documents(who).filter(acknowledgement__order_id=order_id)


def failed(who: Who) -> QuerySet[Document]:
    """Failed documents whose order still waits for another answer: only the latest of each order."""
    order = "acknowledgement__order"
    newer = Acknowledgement.objects.filter(order=OuterRef(order), revision__gt=OuterRef("acknowledgement__revision"))
    mine = documents(who, state=_S.FAILED).filter(acknowledgement__order__state=OrderState.FAILED)
    return mine.exclude(Exists(newer))


def asked(who: Who) -> QuerySet[Document]:
    """Documents about which a person has to decide."""
    return documents(who, state=_S.ASKED)


def troubled(who: Who) -> QuerySet[Document]:
    """Documents that cannot go on until somebody mends something; they go on by themselves afterwards."""
    waiting = documents(who).filter(state__in=sorted(UNSETTLED - {_S.ASKED}))
    return waiting.exclude(problem={}).exclude(problem__remedy=str(Remedy.WAIT))


def late(who: Who) -> QuerySet[Document]:
    """First answers whose order's time ran out before Amazon took them, as while nothing can be sent.

    They go on by themselves; what is ``asked`` or ``troubled`` stands there, and what came late is nobody's delay.
    """
    order = "acknowledgement__order"
    overdue = {f"{order}__answered_at": None, f"{order}__due_at__lte": clock.now()}
    waiting = documents(who).filter(state__in=sorted(UNSETTLED - {_S.ASKED}), **overdue)
    waiting = waiting.filter(Q(sent_at=None) | Q(sent_at__gt=F(f"{order}__due_at")))
    waiting = waiting.exclude(**{f"{order}__due_at__lte": F(f"{order}__first_seen_at")})
    return waiting.filter(Q(problem={}) | Q(problem__remedy=str(Remedy.WAIT)))


def waiting_for_switch(who: Who) -> QuerySet[Document]:
    """Queued documents of profiles whose sending is off."""
    return documents(who, state=_S.QUEUED).filter(profile__sending=False)


def under_way(who: Who) -> QuerySet[Document]:
    """Everything that is not settled yet."""
    return documents(who).filter(state__in=sorted(UNSETTLED))


@dataclass(frozen=True, slots=True)
class Today:
    """What of the outbox needs somebody now. ``held`` is why nothing leaves at all, or empty."""

    failed: list[Document]
    asked: list[Document]
    troubled: list[Document]
    switched_off: int
    under_way: int
    held: str

    @property
    def by_remedy(self) -> dict[str, list[Document]]:
        """Failed, asked and troubled documents by the remedy that helps."""
        found: dict[str, list[Document]] = {}
        for one in (*self.asked, *self.failed, *self.troubled):
            found.setdefault(one.problem.get("remedy", str(Remedy.TELL_DEVELOPER)), []).append(one)
        return found


def today(who: Who, limit: int = 50) -> Today:
    """What of the outbox needs somebody now; at most ``limit`` of each kind."""
    standing = current_hold()
    return Today(
        failed=list(failed(who)[:limit]),
        asked=list(asked(who)[:limit]),
        troubled=list(troubled(who)[:limit]),
        switched_off=waiting_for_switch(who).count(),
        under_way=under_way(who).count(),
        held=standing.reason if standing else "",
    )
