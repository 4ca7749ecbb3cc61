"""The list of documents, the same at every door."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Column, Filter, Listing, Sort
from purveyor.base.listings import register
from purveyor.outbox import queries
from purveyor.outbox.models import Document
from purveyor.outbox.schemas import document_row
from purveyor.outbox.states import UNSETTLED, DocumentState

NEEDS_YOU = "needs-you"
OPEN = "open"


def _state(rows: QuerySet[Document], value: str) -> QuerySet[Document]:
    if value == NEEDS_YOU:
        return rows.filter(state__in=(DocumentState.ASKED, DocumentState.FAILED))
    if value == OPEN:
        return rows.filter(state__in=sorted(UNSETTLED))
    if value not in set(DocumentState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _search(rows: QuerySet[Document], text: str) -> QuerySet[Document]:
    return rows.filter(Q(subject__istartswith=text) | Q(transaction_id__istartswith=text))


def _known_by(rows: QuerySet[Document], text: str) -> QuerySet[Document]:
    return rows.filter(transaction_id__istartswith=text)


_transaction = gettext_lazy("Transaction")
_made = gettext_lazy("Made")
_state_word = pgettext_lazy("of a document", "State")

DOCUMENTS: Listing[Document] = register(
    Listing(
        name="documents",
        title=gettext_lazy("Documents"),
        permission="documents.view",
        rows=queries.documents,
        row=document_row,
        columns=(
            Column(
                "document",
                gettext_lazy("Document"),
                lambda one: one.subject,
                always=True,
                keys=("id", "kind", "subject", "profile"),
            ),
            Column("state", _state_word, lambda one: one.state, keys=("state", "state_at")),
            Column("made", _made, lambda one: one.created_at, sort="-made", keys=("created_at",)),
            Column("by", gettext_lazy("By"), lambda one: one.by, keys=("by",)),
            Column(
                "transaction", gettext_lazy("Transaction"), lambda one: one.transaction_id, keys=("transaction_id",)
            ),
            Column("problem", gettext_lazy("Problem"), lambda one: one.said_problem, keys=("problem",)),
            Column("sent", gettext_lazy("Sent"), lambda one: one.sent_at, shown=False, keys=("sent_at",)),
            Column("next", gettext_lazy("Next step"), lambda one: one.due_at, shown=False, keys=("due_at",)),
        ),
        sorts=(Sort("-made", _made, ("-created_at",)), Sort("made", _made, ("created_at",))),
        filters=(
            Filter("state", _state_word, _state),
            Filter("profile", gettext_lazy("Profile"), lambda rows, value: rows.filter(profile__name=value)),
        ),
        search=_search,
        known_by=_known_by,
    )
)
