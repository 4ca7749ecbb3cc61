"""States of an order on our side; Amazon's own state is kept beside it and never overwritten (OPERATIONS §1.2)."""

from __future__ import annotations

from enum import StrEnum

from purveyor.common.states import Arrow, Machine


class OrderState(StrEnum):
    NEW = "new"
    ACKNOWLEDGING = "acknowledging"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "answer failed"
    ELSEWHERE = "answered elsewhere"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class AnswerCode(StrEnum):
    """Amazon's acknowledgement codes (FACTS §8)."""

    ACCEPTED = "Accepted"
    BACKORDERED = "Backordered"
    REJECTED = "Rejected"


class RejectionReason(StrEnum):
    """Amazon's reasons for a rejection (FACTS §8); the last two take the item out of replenishment."""

    TEMPORARILY_UNAVAILABLE = "TemporarilyUnavailable"
    INVALID_PRODUCT_IDENTIFIER = "InvalidProductIdentifier"
    OBSOLETE_PRODUCT = "ObsoleteProduct"


_S = OrderState

WAITING = (OrderState.NEW, OrderState.FAILED)
"""States in which Amazon waits for an answer of ours."""
OVER = (OrderState.CANCELLED, OrderState.CLOSED)
"""States after which nothing is asked of an order any more."""

ORDER = Machine(
    "Order",
    _S.NEW,
    [
        Arrow("a", _S.NEW, _S.ACKNOWLEDGING, "an answer was decided and frozen"),
        Arrow("b", _S.ACKNOWLEDGING, _S.ACKNOWLEDGED, "the status read back from Amazon shows our answer"),
        Arrow("c", _S.ACKNOWLEDGING, _S.FAILED, "Amazon refused the answer, or a person gave it up"),
        Arrow("d", _S.FAILED, _S.ACKNOWLEDGING, "a person answers again"),
        Arrow("e", _S.ACKNOWLEDGED, _S.ACKNOWLEDGING, "a person corrects the answer within Amazon's rules"),
        Arrow("f", _S.NEW, _S.ELSEWHERE, "Amazon shows an answer that is not ours"),
        Arrow("g", _S.ELSEWHERE, _S.ACKNOWLEDGING, "a person confirmed that ours shall replace the other answer"),
        Arrow("h", _S.FAILED, _S.ELSEWHERE, "Amazon shows an answer that is not ours"),
        Arrow("i", _S.NEW, _S.CANCELLED, "every line was cancelled by Amazon"),
        Arrow("j", _S.FAILED, _S.CANCELLED, "every line was cancelled by Amazon"),
        Arrow("k", _S.ACKNOWLEDGED, _S.CANCELLED, "every line was cancelled by Amazon"),
        Arrow("l", _S.ELSEWHERE, _S.CANCELLED, "every line was cancelled by Amazon"),
        Arrow("m", _S.CANCELLED, _S.NEW, "Amazon took the cancellation back"),
        Arrow("n", _S.NEW, _S.CLOSED, "Amazon closed the order"),
        Arrow("o", _S.FAILED, _S.CLOSED, "Amazon closed the order"),
        Arrow("p", _S.ACKNOWLEDGED, _S.CLOSED, "Amazon closed the order"),
        Arrow("q", _S.ELSEWHERE, _S.CLOSED, "Amazon closed the order"),
        Arrow("r", _S.CANCELLED, _S.CLOSED, "Amazon closed the order"),
        Arrow("s", _S.CLOSED, _S.NEW, "Amazon opened the order again"),
        Arrow("t", _S.ELSEWHERE, _S.ACKNOWLEDGED, "the answer Amazon shows turned out to be ours"),
        Arrow("u", _S.ACKNOWLEDGED, _S.ELSEWHERE, "Amazon shows an answer that replaced ours"),
        Arrow("v", _S.CLOSED, _S.ACKNOWLEDGED, "Amazon opened the order again, with our answer"),
    ],
    ends=[_S.ACKNOWLEDGED, _S.CANCELLED, _S.CLOSED],
)


class Severity(StrEnum):
    """What a finding does: a warning only shows, a hold waits for a person, a block stands against any answer."""

    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"


class FindingState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    GONE = "gone"


class DecisionState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    PERSON = "for a person"
    VOID = "void"


class RequestState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    VOID = "void"


_F, _D, _R = FindingState, DecisionState, RequestState

FINDING = Machine(
    "Finding",
    _F.OPEN,
    [
        Arrow("a", _F.OPEN, _F.ACCEPTED, "a person took a way out of it"),
        Arrow("b", _F.OPEN, _F.GONE, "a later look no longer finds it"),
        Arrow("c", _F.ACCEPTED, _F.GONE, "its numbers changed, or a later look no longer finds it"),
    ],
    ends=[_F.ACCEPTED, _F.GONE],
)

DECISION = Machine(
    "Decision of a policy",
    _D.WAITING,
    [
        Arrow("a", _D.WAITING, _D.DONE, "its time came and the order was answered"),
        Arrow("b", _D.WAITING, _D.PERSON, "the policy leaves the order to a person"),
        Arrow("c", _D.WAITING, _D.VOID, "the order changed, or was answered without it"),
        Arrow("d", _D.PERSON, _D.WAITING, "what was in the policy's way is gone"),
        Arrow("e", _D.PERSON, _D.VOID, "the order changed, or a person answered it"),
    ],
    ends=[_D.DONE, _D.VOID],
)

REQUEST = Machine(
    "Request for a second approver",
    _R.OPEN,
    [
        Arrow("a", _R.OPEN, _R.CONFIRMED, "another person confirmed the answer"),
        Arrow("b", _R.OPEN, _R.DECLINED, "somebody declined it, or its asker took it back"),
        Arrow("c", _R.OPEN, _R.VOID, "the order changed, or was answered otherwise"),
    ],
    ends=[_R.CONFIRMED, _R.DECLINED, _R.VOID],
)
