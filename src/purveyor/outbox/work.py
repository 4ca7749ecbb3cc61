"""What documents ask of people today: those that failed, ask for a decision, cannot go on, or are late."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base.work import SHOWN, Found, Item, Source, register
from purveyor.common.errors import Remedy
from purveyor.orders.states import OrderState
from purveyor.outbox import queries
from purveyor.outbox.models import Document
from purveyor.outbox.states import DocumentState
from purveyor.people.who import Who


def _source(rows: Callable[[Who], QuerySet[Document]]) -> Callable[[Who, str], Found]:
    def find(who: Who, scope: str) -> Found:
        found = rows(who)
        found = found.filter(profile__name=scope) if scope else found
        shown = found.select_related("profile", "acknowledgement__order").order_by("state_at", "pk")[:SHOWN]
        return Found([_item(one) for one in shown], found.order_by().count())

    return find


def _item(document: Document) -> Item:
    problem = document.said_problem
    words = [str(problem.get("message", "")), str(problem.get("hint", ""))]
    order = document.acknowledgement.order if hasattr(document, "acknowledgement") else None
    waits = order is not None and order.state in (OrderState.FAILED, OrderState.ACKNOWLEDGING)
    return Item(
        subject=document.subject,
        sentence=" ".join(word for word in words if word) or _without_problem(document),
        link=("document", document.pk),
        profile=document.profile,
        due=order.due_at if order is not None and waits and order.answered_at is None else None,
        remedy=str(
            problem.get("remedy", Remedy.WAIT if document.state == DocumentState.QUEUED else Remedy.TELL_DEVELOPER)
        ),
        state=("document", document.state),
    )


def _without_problem(document: Document) -> str:
    if document.state == DocumentState.QUEUED:
        return _("The time for it is over, and it waits to be sent.")
    return _("It needs somebody.")


for name, title, act, rows, query in (
    ("failed", gettext_lazy("Answers that failed"), "orders.acknowledge", queries.failed, "state=failed"),
    ("asked", gettext_lazy("Documents that ask for a decision"), "documents.resolve", queries.asked, "state=asked"),
    ("troubled", gettext_lazy("Documents that cannot go on"), "documents.resolve", queries.troubled, "state=open"),
    ("late", gettext_lazy("Answers that are late"), "documents.resolve", queries.late, "state=open"),
):
    register(
        Source(f"documents.{name}", title, "documents.view", act, _source(rows), ("documents", query)),
    )
