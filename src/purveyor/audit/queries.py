"""Reading the audit: the history of an object, a person, a day; and all of it, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet

from purveyor.audit.models import Entry
from purveyor.audit.write import kind_of
from purveyor.common import canon

PAGE = 1000


def history(obj: Model) -> QuerySet[Entry]:
    """What happened to an object, newest first."""
    return Entry.objects.filter(object_kind=kind_of(obj), object_id=str(obj.pk)).order_by("-id")


def histories(kind: type[Model], ids: Iterable[Any]) -> QuerySet[Entry]:
    """What happened to several objects of one kind, newest first: one query for a list."""
    return Entry.objects.filter(object_kind=kind_of(kind), object_id__in=[str(one) for one in ids]).order_by("-id")


def of_person(by: str) -> QuerySet[Entry]:
    """What somebody or something did (``user:anna``, ``system:intake.new``), newest first."""
    return Entry.objects.filter(by=by).order_by("-id")


def of_day(day: date, zone: str = "UTC") -> QuerySet[Entry]:
    """What happened on a day of a time zone, newest first; a day that changes the clock has its own length."""
    start = datetime.combine(day, time.min, ZoneInfo(zone))
    end = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    return Entry.objects.filter(at__gte=start, at__lt=end).order_by("-id")


def visible(entries: QuerySet[Entry], profiles: Iterable[str] | None) -> QuerySet[Entry]:
    """Only what concerns these profiles; None is everything, also what belongs to no profile."""
    return entries if profiles is None else entries.filter(profile__in=list(profiles))


def export(entries: QuerySet[Entry] | None = None, after: int = 0, page: int = PAGE) -> Iterator[bytes]:
    """Entries as JSON lines, oldest first, read by key a page at a time: no long read, however much there is.

    ``after`` continues behind an entry's id.
    """
    found = Entry.objects.all() if entries is None else entries
    while rows := list(found.filter(pk__gt=after).order_by("pk")[:page]):
        for entry in rows:
            yield canon.canonical(as_dict(entry)) + b"\n"
        after = rows[-1].pk


def as_dict(entry: Entry) -> dict[str, Any]:
    """One entry as a line of the export: its content, its hash, and its place in the chain."""
    place = {"id": entry.pk, "hash": entry.hash, "position": entry.position, "link": entry.link}
    return entry.content() | place
