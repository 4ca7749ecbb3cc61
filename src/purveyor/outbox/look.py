"""Look at Amazon: what the order's status shows, what became of a transaction. GETs only; nothing is decided here."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from purveyor.amazon.client import Client
from purveyor.amazon.errors import AmazonError, NotFoundAtAmazon, Unreadable
from purveyor.amazon.messages.transactions import Transaction
from purveyor.amazon.operations.transactions import get_transaction
from purveyor.amazon.paging import pages
from purveyor.common.errors import PurveyorError
from purveyor.intake.kinds import STATUSES
from purveyor.intake.pull import prepare, store
from purveyor.orders.models import Order
from purveyor.outbox.enqueue import shown_on
from purveyor.outbox.judge import Status, Verdict, judge, status_of
from purveyor.outbox.models import Document
from purveyor.profiles.clients import clear_trouble, client_for, note_trouble

log = logging.getLogger(__name__)

BY = "system:outbox.verify"
MOST_PAGES = 10
PATIENCE = 3
"""Tries of one question. The schedule comes back anyway; nobody waits here for as long as a lease lasts."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look told. ``trouble`` is the error that kept us from looking; then there is no verdict."""

    verdict: Verdict | None
    shown: Status | None = None
    transaction: Transaction | None = None
    trouble: PurveyorError | None = None

    @property
    def refused(self) -> bool:
        """Whether the transaction ended in Failure."""
        return self.transaction is not None and self.transaction.known_status == "Failure"


def look(document: Document) -> Look:
    """Ask for the transaction, where there is one, and for the order's status; keep the status as a sweep would."""
    try:
        client = client_for(document.profile, patience=PATIENCE)
        transaction, trouble = _transaction(client, document)
        shown = _read_back(client, document)
    except PurveyorError as error:
        return _in_trouble(document, error)
    taken = bool(document.transaction_id)
    verdict = judge(bytes(document.body), status_of(document.baseline), shown, taken=taken)
    if trouble is not None and verdict != Verdict.ARRIVED:
        return _in_trouble(document, trouble)
    if trouble is None:
        clear_trouble(document.profile, "getTransaction" if taken else STATUSES.operation)
    return Look(verdict, shown, transaction)


def _in_trouble(document: Document, error: PurveyorError) -> Look:
    log.info("%s (document %s) could not be looked up: %s", document, document.pk, error)
    note_trouble(document.profile, error)
    return Look(None, trouble=error)


def _transaction(client: Client, document: Document) -> tuple[Transaction | None, PurveyorError | None]:
    """What became of it, None when Amazon does not know the id (yet); and what kept Amazon from telling.

    The status alone can show that it arrived, also where transactions cannot be asked for (a missing role, say).
    """
    if not document.transaction_id:
        return None, None
    try:
        return get_transaction(client, document.transaction_id), None
    except NotFoundAtAmazon:
        return None, None
    except AmazonError as error:
        return None, error


def _read_back(client: Client, document: Document) -> Status | None:
    """The status of the document's order as Amazon shows it now; None when Amazon does not show the order.

    An empty page with a token is no answer yet (FACTS §11 row 10). Raises Unreadable when the pages come to no end.
    """
    filters = {"purchaseOrderNumber": document.subject}
    found = pages(lambda token: STATUSES.fetch(client, token, filters), cap=MOST_PAGES)
    for page in found:
        prepared = prepare(document.profile, STATUSES, page, source="outbox.verify")
        store(document.profile, prepared, sweep="status", by=BY)
        if document.subject in (*prepared.again, *(d.record.number for d in prepared.documents)):
            return shown_on(Order.objects.get(profile=document.profile, number=document.subject))
        if any(stray.number == document.subject for stray in prepared.strays):
            raise Unreadable("the order's status could not be understood", operation=STATUSES.operation)
    if found.stopped:
        raise Unreadable(str(found.stopped), operation=STATUSES.operation)
    return None
