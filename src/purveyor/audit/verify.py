"""Walks the chain: is every entry what it was, where it was, and is none missing or added?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from purveyor.audit.models import Entry
from purveyor.audit.seal import tail
from purveyor.common import canon

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk found.

    ``checked`` entries of the chain are as they were. ``first_bad`` is the first position that is not (None when the
    trouble is an entry not linked yet, named by ``entry``), ``why`` says what is wrong. ``unsealed`` entries are not
    linked yet, the oldest of them ``unsealed_since``. ``head`` is the last link: noted elsewhere, it proves later that
    the chain was not rebuilt.
    """

    ok: bool
    checked: int
    first_bad: int | None
    unsealed: int
    why: str = ""
    entry: int | None = None
    unsealed_since: datetime | None = None
    head: str = ""


@dataclass(slots=True)
class _Walk:
    """How far the chain is good, and what broke it."""

    position: int = 0
    link: str = ""
    why: str = ""
    entry: int | None = None

    def step(self, entry: Entry) -> bool:
        """One entry on; False when it does not fit."""
        link = canon.chain(self.link, entry.hash)
        if entry.position != self.position + 1:
            self.why = "an entry was removed here"
        elif entry.fingerprint() != entry.hash:
            self.why, self.entry = "the entry was changed", entry.pk
        elif link != entry.link:
            self.why, self.entry = "the entry does not follow the one before it", entry.pk
        else:
            self.position, self.link = self.position + 1, link
            return True
        return False


def verify(page: int = PAGE) -> Verdict:
    """Walk the whole chain, then the entries not linked yet. Changes nothing; entries sealed meanwhile are left out.

    Finds a changed, removed, inserted or reordered entry and a chain cut off at its end.
    """
    top = Entry.objects.aggregate(top=Max("position"))["top"] or 0
    # Read after the top: a sealer moves both in one transaction, so the tail is never behind unless somebody forged it.
    end = tail()
    walk = _Walk()
    all(walk.step(entry) for entry in _chain(end.position, page))
    if not walk.why:
        walk.why = _end_trouble(walk, end.position, end.link, top)
    good = not walk.why
    changed = _changed_unsealed(page) if good else None
    if changed is not None:
        walk.why, walk.entry = "an entry not sealed yet was changed", changed
    unsealed = Entry.objects.filter(position=None)
    return Verdict(
        ok=not walk.why,
        checked=walk.position,
        first_bad=None if good else walk.position + 1,
        unsealed=unsealed.count(),
        why=walk.why,
        entry=walk.entry,
        unsealed_since=unsealed.aggregate(first=Min("at"))["first"],
        head=walk.link,
    )


def _end_trouble(walk: _Walk, position: int, link: str, top: int) -> str:
    if walk.position < position:
        return "the chain was cut off here"
    if walk.link != link:
        return "the end of the chain is not the one that was sealed"
    return "an entry was added behind the end of the chain" if top > position else ""


def _chain(last: int, page: int) -> Iterator[Entry]:
    """The linked entries in order, by key, a page at a time."""
    done = 0
    while done < last:
        found = list(Entry.objects.filter(position__gt=done, position__lte=last).order_by("position")[:page])
        if not found:
            return
        yield from found
        done = found[-1].position or last


def _changed_unsealed(page: int) -> int | None:
    entries = Entry.objects.filter(position=None).order_by("id").iterator(chunk_size=page)
    return next((entry.pk for entry in entries if entry.fingerprint() != entry.hash), None)
