"""What Amazon counts as accepted, rejected and received, line by line; and whether the answer it shows is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from purveyor.base import db
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.jobs.nudge import nudge_many
from purveyor.orders.domain import differences, keep, standing
from purveyor.orders.domain.follow import follow
from purveyor.orders.domain.keep import Version
from purveyor.orders.domain.standing import OurAnswer, OurLine
from purveyor.orders.models import Acknowledgement, Line, Order, Snapshot
from purveyor.orders.records import Counts, Document, ReceivedLineStatus, ReceivedStatus
from purveyor.orders.states import AnswerCode, OrderState
from purveyor.profiles.models import Profile

VERIFY_TASK = "outbox.verify-order"
REFRESH_TASK = "intake.refresh"
_KIND = Snapshot.Kind.STATUS
_JUDGED = frozenset({OrderState.NEW, OrderState.FAILED, OrderState.ACKNOWLEDGED, OrderState.ELSEWHERE})
_HELD = ("number", "id", "status_hash", "status_at")
_UPDATE_LINE = (
    "UPDATE orders_line SET confirmation = %s, accepted = %s, rejected = %s, acknowledged_on = %s, receipt = %s,"
    " received = %s, received_at = %s WHERE order_id = %s AND number = %s"
)


def receive_statuses(profile: Profile, received: Sequence[Document], *, by: str) -> Counts:
    """Take in at most a page of statuses; ``by`` as in the audit.

    One whose content is held, or is older than what is held, changes nothing. Neither does one of an order we do not
    have: the sweeps ask again once they have the order.
    """
    versions = [Version(document) for document in received]
    with transaction.atomic():
        db.one_at_a_time(keep.LOCK, profile.pk)
        changed = _changed(profile, versions)
        if changed:
            _write(changed)
            _judge(changed, by)
    return Counts(seen=len(received), changed=len(changed), unchanged=len(received) - len(changed))


def _changed(profile: Profile, versions: Iterable[Version]) -> list[Version]:
    """Those that say something new, one for each order: the last one of a page counts."""
    latest = {v.document.record.number: v for v in versions}
    found = []
    for number, key, held_hash, held_at in (
        Order.objects.filter(profile=profile, number__in=latest).order_by().values_list(*_HELD)
    ):
        version = latest[number]
        record = _status(version.document)
        if version.document.content_hash == held_hash or standing.is_older(record.updated_at, held_at):
            continue
        version.order_id = key
        found.append(version)
    return found


def _write(versions: Sequence[Version]) -> None:
    now = clock.now()
    keep.number_versions(versions, _KIND)
    keep.write_snapshots(versions, _KIND, now)
    rows = [
        (
            line.confirmation,
            line.accepted,
            line.rejected,
            line.acknowledged_on,
            line.receipt,
            line.received,
            _moment(line.received_at),
            version.order_id,
            line.number,
        )
        for version in versions
        for line in _status(version.document).lines
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE_LINE, rows)
    for version in versions:
        record = _status(version.document)
        Order.objects.filter(pk=version.order_id).update(
            amazon_status=record.amazon_status,
            status_version=version.number,
            status_hash=version.document.content_hash,
            status_at=record.updated_at,
        )


def _moment(at: datetime | None) -> Any:
    return connection.ops.adapt_datetimefield_value(at) if at else None


def _judge(versions: Sequence[Version], by: str) -> None:
    statuses = {version.order_id: _status(version.document) for version in versions}
    ours = our_answers(statuses)
    nudge_many(VERIFY_TASK, _unproved(statuses))
    answered = [key for key, status in statuses.items() if status.answered]
    for order in Order.objects.filter(pk__in=answered, state__in=_JUDGED).select_related("profile"):
        place(order, standing.answered_elsewhere(ours.get(order.pk, []), statuses[order.pk]), by)
    follow(keep.known_by(statuses).values(), (), by)
    nudge_many(REFRESH_TASK, _behind(statuses))
    if ours:
        differences.look(ours)


def _behind(statuses: Mapping[int, ReceivedStatus]) -> list[int]:
    """The orders whose state as we hold it is behind what their status shows: Amazon closed them, or took an answer.
    Of a back-fill nobody knows better than its own reading."""
    found = keep.known_by(statuses, backfilled=False)
    return sorted(key for key, have in found.items() if standing.is_behind(have.amazon_state, statuses[key]))


def judge_held(order: Order, by: str) -> None:
    """Judge the answer Amazon showed while ours was on its way, now that ours has failed: the status held already
    comes no second time."""
    held = _held(order)
    if held.answered and order.state in _JUDGED:
        place(order, _elsewhere(order, held), by)


def shown_elsewhere(order: Order) -> dict[str, Any] | None:
    """What the status held shows of an answer that is not ours; None when it shows none, or ours."""
    return _elsewhere(order, _held(order))


def _elsewhere(order: Order, held: ReceivedStatus) -> dict[str, Any] | None:
    return standing.answered_elsewhere(our_answers([order.pk]).get(order.pk, []), held)


def _held(order: Order) -> ReceivedStatus:
    return ReceivedStatus(
        number=order.number,
        amazon_status=order.amazon_status,
        updated_at=order.status_at,
        lines=[_held_line(line) for line in order.lines.all()],
    )


def _held_line(line: Line) -> ReceivedLineStatus:
    return ReceivedLineStatus(
        number=line.number,
        ordered=line.eaches,
        confirmation=line.confirmation,
        accepted=line.accepted,
        rejected=line.rejected,
        acknowledged_on=line.acknowledged_on,
        receipt=line.receipt,
        received=line.received,
        received_at=line.received_at,
    )


def place(order: Order, elsewhere: dict[str, Any] | None, by: str) -> None:
    """Where the answer Amazon shows puts the order. Somebody else moving it at the same moment is judged next time."""
    target: str = order.state
    if elsewhere is not None:
        target = OrderState.ELSEWHERE
    elif order.state == OrderState.ELSEWHERE:
        target = OrderState.ACKNOWLEDGED
    shown = elsewhere or {}
    if target != order.state:
        try:
            move(order, target, by=by, because=standing.cause(order.state, target), elsewhere=shown)
        except Conflict:
            return
    elif shown and shown != order.elsewhere:
        Order.objects.filter(pk=order.pk, state=OrderState.ELSEWHERE).update(elsewhere=shown)


def our_answers(order_ids: Iterable[int]) -> dict[int, list[OurAnswer]]:
    """Every acknowledgement we decided, by order, latest first; whatever became of it."""
    decided = (
        Acknowledgement.objects.filter(order_id__in=list(order_ids))
        .order_by("order_id", "-revision")
        .prefetch_related("answers__line")
    )
    found: dict[int, list[OurAnswer]] = {}
    for acknowledgement in decided:
        found.setdefault(acknowledgement.order_id, []).append(_our_answer(acknowledgement))
    return found


def _our_answer(acknowledgement: Acknowledgement) -> OurAnswer:
    lines: dict[str, OurLine] = {}
    for answer in acknowledgement.answers.all():
        before = lines.get(answer.line.number, OurLine(0, 0))
        rejected = answer.eaches if answer.code == AnswerCode.REJECTED else 0
        lines[answer.line.number] = OurLine(before.accepted + answer.eaches - rejected, before.rejected + rejected)
    return OurAnswer(acknowledgement.decided_at, lines)


def _unproved(order_ids: Iterable[int]) -> list[int]:
    """The orders with an acknowledgement of ours whose outcome is still open."""
    waiting = Acknowledgement.objects.filter(order_id__in=list(order_ids), outcome=Acknowledgement.Outcome.OPEN)
    return sorted(waiting.values_list("order_id", flat=True))


def _status(document: Document) -> ReceivedStatus:
    record: Any = document.record
    found: ReceivedStatus = record
    return found
