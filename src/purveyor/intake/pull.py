"""Ask, keep, only then move the cursor.

``prepare`` works on a page outside any transaction: each document alone, so that a broken one stands aside with its
reason and never loses the page. ``store`` keeps all of it and whatever says how far we are in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.messages.base import BROKEN
from purveyor.amazon.messages.orders import number_of
from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.base.db import assert_no_transaction, bulk_upsert
from purveyor.common import clock
from purveyor.common.canon import content_of, sha256
from purveyor.config.metrics import ORDERS_SEEN
from purveyor.intake import history
from purveyor.intake.kinds import Kind, RawPage
from purveyor.intake.models import Aside, Received
from purveyor.orders.domain import keep
from purveyor.orders.records import Counts, Document
from purveyor.profiles.models import Profile

LONGEST_NAME = 200
LONGEST_NUMBER = 40
LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Stray:
    """A document that could not be understood, and why."""

    number: str
    raw: bytes
    reason: str
    hash: str


@dataclass(slots=True)
class Prepared:
    """A page ready to be stored. ``again`` are the orders whose content is held already, ``strange`` the field names
    and enum words we do not know, each with an order that has it, ``left_out`` how many the profile does not want."""

    kind: Kind
    page: RawPage
    documents: list[Document] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    strange: dict[str, str] = field(default_factory=dict)
    left_out: int = 0


def prepare(profile: Profile, kind: Kind, page: RawPage, source: str = "") -> Prepared:
    """Sort a page's documents: new to us, known, not to be understood. ``source`` is kept with the versions."""
    prepared = Prepared(kind, page)
    seen = [(number_of(raw).strip(), sha256(raw)) for raw in page.documents]
    held = kind.held(profile, seen) if seen else {}
    for (number, raw_hash), raw in zip(seen, page.documents, strict=True):
        if raw_hash == held.get(number, ("", ""))[0]:
            prepared.again.append(number)
            continue
        try:
            _read(prepared, profile, raw, raw_hash, held.get(number), source)
        except Unreadable as error:
            prepared.strays.append(Stray(error.number or number, raw, error.message, raw_hash))
    return prepared


def _read(
    prepared: Prepared, profile: Profile, raw: bytes, raw_hash: str, known: tuple[str, str] | None, source: str
) -> None:
    kind = prepared.kind
    found, strange = kind.read(raw)
    if known is None and history.is_left_out(profile, found):
        prepared.left_out += 1
        return
    content_hash = _content(raw) if known is not None or not kind.compared_late else ""
    if known is not None and content_hash == known[1]:
        prepared.again.append(found.number)
        return
    request_id = prepared.page.request_id[:LONGEST_ID]
    prepared.documents.append(
        Document(
            record=found,
            packed=keep.pack(raw),
            raw_hash=raw_hash,
            content_hash=content_hash,
            request_id=request_id,
            source=source,
        )
    )
    for name in strange:
        prepared.strange.setdefault(name[:LONGEST_NAME], found.number)


def _content(raw: bytes) -> str:
    try:
        return content_of(raw)
    except BROKEN as error:
        raise Unreadable(f"it cannot be read to its end: {error}") from None


def store(
    profile: Profile,
    prepared: Prepared,
    *,
    sweep: str,
    by: str,
    backfilled: bool = False,
    then: Callable[[Counts], None] = lambda counts: None,
) -> Counts:
    """Keep a page: orders and versions, what stands aside, what was asked, and the audit's entry, all or nothing.

    ``then`` runs in the same transaction: it moves the cursor. What it raises undoes the page.
    """
    assert_no_transaction()
    with transaction.atomic():
        counts = prepared.kind.take(profile, prepared.documents, prepared.again, backfilled, by)
        counts.seen = len(prepared.page.documents)
        counts.unchanged += len(prepared.again) + prepared.left_out
        counts.aside = len(prepared.strays)
        fresh = _put_aside(profile, prepared)
        _resolve(profile, prepared)
        _note_strange(prepared)
        _note_page(profile, prepared, counts, sweep)
        if counts.stored or counts.changed or fresh:
            _tell(profile, prepared, counts, sweep, by, fresh)
        then(counts)
    for outcome in ("stored", "changed", "unchanged", "aside"):
        ORDERS_SEEN.labels(outcome).inc(getattr(counts, outcome))
    return counts


def _put_aside(profile: Profile, prepared: Prepared) -> list[str]:
    """Keep the strays; the numbers of those not kept before."""
    if not prepared.strays:
        return []
    mine = Aside.objects.filter(profile=profile, kind=prepared.kind.name)
    held = set(mine.filter(content_hash__in=[s.hash for s in prepared.strays]).values_list("content_hash", flat=True))
    fresh = {stray.hash: stray for stray in prepared.strays if stray.hash not in held}
    Aside.objects.bulk_create(
        Aside(
            profile=profile,
            kind=prepared.kind.name,
            number=stray.number[:LONGEST_NUMBER],
            content_hash=stray.hash,
            raw=keep.pack(stray.raw),
            reason=stray.reason,
            request_id=prepared.page.request_id[:LONGEST_ID],
            at=clock.now(),
        )
        for stray in fresh.values()
    )
    return [stray.number for stray in fresh.values()]


def _resolve(profile: Profile, prepared: Prepared) -> None:
    """What stood aside is settled once a later version of the same order could be read."""
    numbers = [document.record.number for document in prepared.documents]
    mine = Aside.objects.filter(profile=profile, kind=prepared.kind.name, resolved_at=None)
    if numbers and mine.exists():
        mine.filter(number__in=numbers).update(resolved_at=clock.now())


def _note_strange(prepared: Prepared) -> None:
    now, request_id = clock.now(), prepared.page.request_id[:LONGEST_ID]
    rows = [(prepared.kind.name, name, number, now, request_id) for name, number in prepared.strange.items()]
    columns = ("kind", "name", "example", "first_seen_at", "request_id")
    bulk_upsert("intake_fieldseen", columns, rows, conflict=("kind", "name"))


def _note_page(profile: Profile, prepared: Prepared, counts: Counts, sweep: str) -> None:
    page = prepared.page
    Received.objects.create(
        profile=profile,
        operation=prepared.kind.operation,
        sweep=sweep,
        query=page.query,
        at=clock.now(),
        request_id=page.request_id[:LONGEST_ID],
        size=page.size,
        **counts.as_dict(),
    )


def _tell(profile: Profile, prepared: Prepared, counts: Counts, sweep: str, by: str, fresh: list[str]) -> None:
    request_id = masked(prepared.page.request_id[:LONGEST_ID])
    told: dict[str, Any] = {"sweep": sweep, "request_id": request_id} | counts.as_dict()
    told["numbers"] = [masked(document.record.number) for document in prepared.documents]
    if fresh:
        told["put_aside"] = [masked(number[:LONGEST_NUMBER]) for number in fresh]
    record("page.received", by=by, obj=profile, new=told)
