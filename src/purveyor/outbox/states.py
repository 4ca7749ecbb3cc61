"""States of a document on its way to Amazon (PRODUCT §10)."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class DocumentState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PRESUMED = "presumed accepted"
    UNKNOWN = "unknown"
    ASKED = "asked"
    VERIFIED = "verified"
    FAILED = "failed"


_S = DocumentState

SETTLED = frozenset({_S.VERIFIED, _S.FAILED})
UNSETTLED = frozenset(_S) - SETTLED

DOCUMENT = Machine(
    "Document",
    _S.QUEUED,
    [
        Arrow("a", _S.QUEUED, _S.SENDING, "a worker claimed it and stored its intent to send"),
        Arrow("b", _S.SENDING, _S.SENT, "Amazon answered 202 with a transaction id"),
        Arrow("c", _S.SENDING, _S.QUEUED, "proof that it did not arrive: no connection, 429, or access was refused"),
        Arrow("d", _S.SENDING, _S.FAILED, "Amazon refused the document itself (400, 404, 413, 415)"),
        Arrow("e", _S.SENDING, _S.UNKNOWN, "the reply was lost, Amazon answered 5xx, or the worker died"),
        Arrow("f", _S.SENT, _S.PRESUMED, "still Processing after 15 minutes: Amazon's good end (FACTS §5.4)"),
        Arrow("g", _S.SENT, _S.VERIFIED, "the order's status shows this answer"),
        Arrow("h", _S.PRESUMED, _S.VERIFIED, "the order's status shows this answer"),
        Arrow("i", _S.SENT, _S.FAILED, "the transaction ended in Failure"),
        Arrow("j", _S.PRESUMED, _S.FAILED, "the transaction ended in Failure"),
        Arrow("k", _S.UNKNOWN, _S.VERIFIED, "looked up: the order's status shows this answer"),
        Arrow("l", _S.UNKNOWN, _S.QUEUED, "looked up: not arrived within the visibility time; the same bytes go again"),
        Arrow("m", _S.UNKNOWN, _S.ASKED, "looked up: cannot be told; a person decides"),
        Arrow("n", _S.ASKED, _S.QUEUED, "a person saw that it did not arrive: the same bytes go again"),
        Arrow("o", _S.ASKED, _S.VERIFIED, "a person saw at Amazon that it arrived, or the status shows it after all"),
        Arrow("p", _S.ASKED, _S.FAILED, "a person gave it up, or its transaction ended in Failure"),
        Arrow("q", _S.QUEUED, _S.FAILED, "a person withdrew it before it left, or Amazon changed the order meanwhile"),
        Arrow("r", _S.QUEUED, _S.UNKNOWN, "it may have left: restored from a backup, or a late reply told so"),
        Arrow("s", _S.SENT, _S.UNKNOWN, "restored from a backup: looked up before anything leaves"),
        Arrow("t", _S.PRESUMED, _S.UNKNOWN, "restored from a backup: looked up before anything leaves"),
        Arrow("u", _S.PRESUMED, _S.ASKED, "Amazon took it but never showed it; a person looks in Vendor Central"),
        Arrow("v", _S.SENT, _S.ASKED, "Amazon took it but never showed it; a person looks in Vendor Central"),
        Arrow("w", _S.UNKNOWN, _S.FAILED, "looked up: its transaction ended in Failure"),
    ],
    ends=[_S.VERIFIED, _S.FAILED],
)
