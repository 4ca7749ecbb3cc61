"""Links entries into the hash chain, after their transactions have been committed.

Entries get their position in the order the sealer finds them, never from the transaction that wrote them: no business
transaction waits for another's. Each batch is one short transaction that first moves the tail on by compare-and-set, so
of two sealers one links and the other does nothing; a sealer that dies in the middle leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from purveyor.audit.models import Entry, Tail
from purveyor.common import canon, clock
from purveyor.common.errors import Conflict
from purveyor.jobs import lease

BATCH = 500
LEASE_SECONDS = 60
TAIL = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What one batch will write: the tail it was made for, and (position, link, entry id) in order."""

    position: int
    link: str
    rows: tuple[tuple[int, str, int], ...]


def seal(batch: int = BATCH) -> int:
    """Link every committed entry that is not linked yet; answers how many. 0 when another sealer is at work."""
    tail()
    owner = lease.claim((Tail, TAIL), LEASE_SECONDS)
    if owner is None:
        return 0
    linked = 0
    try:
        while (more := apply(prepare(batch))) and lease.renew((Tail, TAIL), owner, LEASE_SECONDS):
            linked += more
    finally:
        lease.give_back((Tail, TAIL), owner)
    return linked + more


def tail() -> Tail:
    """The end of the chain; made when there is none yet."""
    return Tail.objects.get_or_create(pk=TAIL)[0]


def prepare(batch: int = BATCH) -> Plan:
    """Read the tail and the next entries, and work out their links. Writes nothing."""
    end = tail()
    found = Entry.objects.filter(position=None).order_by("id").values_list("id", "hash")[:batch]
    rows, link = [], end.link
    for position, (entry_id, content) in enumerate(found, start=end.position + 1):
        link = canon.chain(link, content)
        rows.append((position, link, entry_id))
    return Plan(end.position, end.link, tuple(rows))


def apply(plan: Plan) -> int:
    """Write a batch whole or not at all; answers how many entries it linked.

    0 when the tail has moved since the plan was made: another sealer was faster. Raises Conflict, and nothing is
    written, when an entry of the plan is gone or linked although the tail has not moved.
    """
    if not plan.rows:
        return 0
    with transaction.atomic():
        if not _move_tail(plan):
            return 0
        if _link(plan) != len(plan.rows):
            raise Conflict("entries of the audit changed while they were sealed; run audit verify")
    return len(plan.rows)


def _move_tail(plan: Plan) -> bool:
    position, link, _ = plan.rows[-1]
    seen = Tail.objects.filter(pk=TAIL, position=plan.position, link=plan.link)
    return seen.update(position=position, link=link, sealed_at=clock.now()) == 1


def _link(plan: Plan) -> int:
    """One statement, many rows; past the model, which has no door to change an entry."""
    table = connection.ops.quote_name(Entry._meta.db_table)
    statement = f"UPDATE {table} SET position = %s, link = %s WHERE id = %s AND position IS NULL"  # noqa: S608  (our own table's name)
    with connection.cursor() as cursor:
        cursor.executemany(statement, plan.rows)
        return int(cursor.rowcount)
