"""What became of a submission (vendor transaction status v1).

Checked against amzn/selling-partner-api-models 34dc93f (5 Aug 2026), vendorTransactionStatus.json.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from purveyor.amazon.errors import Said, said_in
from purveyor.amazon.messages import base
from purveyor.amazon.messages.base import Message, Unreadable, payload_of

STATUSES = ("Failure", "Processing", "Success")
LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Transaction:
    """For acknowledgements *Processing* is also the final good state (FACTS §5.4). ``id`` is opaque."""

    id: str
    status: str
    errors: tuple[Said, ...] = ()

    @property
    def known_status(self) -> str:
        """The canonical word for the status; empty when it is not known."""
        return next((word for word in STATUSES if word.lower() == self.status.strip().lower()), "")


class _Errors(msgspec.Struct):
    errors: msgspec.Raw = msgspec.Raw()


class _Status(Message, frozen=True):
    transaction_id: str = ""
    status: str = ""


class _Payload(Message, frozen=True):
    transaction_status: _Status


class _Envelope(msgspec.Struct, rename="camel"):
    transaction_status: msgspec.Raw = msgspec.Raw()


def read(body: bytes) -> Transaction:
    """The outcome of getTransaction. Raises Unreadable when the reply names no status."""
    payload = payload_of(body)
    status = base.read(payload, _Payload).message.transaction_status
    if not status.status:
        raise Unreadable("the reply names no transaction status")
    inner = bytes(msgspec.json.decode(payload, type=_Envelope).transaction_status)
    return Transaction(status.transaction_id, status.status, said_in(inner) if b'"errors"' in inner else ())


class _Submitted(Message, frozen=True):
    transaction_id: str = ""


def read_submitted(body: bytes) -> str:
    """The transaction id of an accepted submission. Raises Unreadable when there is none, or none to ask about."""
    found = base.read(payload_of(body), _Submitted).message
    number = found.transaction_id.strip()
    if number in ("", ".", "..") or len(number) > LONGEST_ID or not number.isprintable():
        raise Unreadable("the reply names no transaction")
    return number
