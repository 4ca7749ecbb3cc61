"""Take what the warehouse says it picked: rows of one result add up, another result replaces it, nothing counts beyond
what is asked.

A group of rows is judged against what stands for their lists, read at once (``Group``), then written at once
(``keep``), in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.db import together
from purveyor.common import clock
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import picks
from purveyor.warehouse.domain.fold import Heap, Standing
from purveyor.warehouse.domain.said import BY_LATER, LATE
from purveyor.warehouse.domain.wanted import Said, Unfit, Wanted, finder
from purveyor.warehouse.models import PickResult, ResultFile
from purveyor.warehouse.states import PickResultState

AHEAD = timedelta(days=1)
"""So far ahead a clock may be wrong: a later moment is refused."""
_RESULT = ("pk", "pick_list_id", "state", "reference", "picked_at")
LISTS, REPLACED, EXCESS = "lists", "replaced", "excess"


@dataclass(frozen=True, slots=True)
class Brought:
    """The file that rows came by: its upload, and its bytes by their hash (blank: unknown)."""

    upload: int
    sha256: str

    @property
    def own(self) -> str:
        """The reference of rows that name no result; no other file has it."""
        return f"file-{self.upload}"


@dataclass(slots=True)
class Known:
    """What stands for one list. ``stored`` is the key of the result that counts so far, of the moment ``stored_at``,
    and ``standing`` what it holds; another one where ``begun``. ``passed`` are references that count no longer,
    ``born`` those of them to be stored: they were replaced before they were written, or came too late. With ``counted``
    another upload of the same bytes counts in the stored result."""

    standing: Standing | None = None
    stored: int = 0
    stored_at: datetime | None = None
    begun: bool = False
    counted: bool = False
    passed: set[str] = field(default_factory=set)
    born: dict[str, tuple[datetime | None, str]] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Taken:
    """What became of rows: those refused with the column and the reason, how many were taken, what it came to."""

    refused: list[tuple[Said, str, str]] = field(default_factory=list)
    taken: int = 0
    effects: Counter[str] = field(default_factory=Counter)


class Group:
    """Rows that are taken together, ``brought`` by a file or not. ``claims`` are the file's; a ``dry`` run keeps in
    them what its rows came to."""

    def __init__(
        self,
        profile: Profile,
        rows: Sequence[Said],
        claims: dict[Any, Any],
        *,
        dry: bool,
        brought: Brought | None = None,
    ) -> None:
        self.rows, self.claims, self.dry, self.brought = rows, claims, dry, brought
        self.finder = finder(profile, rows, lock=not dry)
        self.taken = Taken()
        self.known: dict[int, Known] = {}
        self.asked: dict[int, int] = {}
        self.stale: dict[picks.Place, list[int]] = {}

    def judge(self) -> Taken:
        """What becomes of each row; what is to be written is noted in ``known``."""
        fit = self._fit()
        self.asked = {wanted.line_id: wanted.asked for _row, wanted in fit}
        self._read(fit)
        latest = _latest(fit)
        for row, wanted in fit:
            self._add(row, wanted, latest[wanted.list_id, row.reference])
        return self.taken

    def _fit(self) -> list[tuple[Said, Wanted]]:
        now, found = clock.now(), []
        for row in self.rows:
            try:
                if row.picked_at is not None and row.picked_at > now + AHEAD:
                    raise Unfit("picked_at", _("The moment lies more than a day ahead. Set the clock that wrote it."))
                found.append((row, self.finder.find(row)))
            except Unfit as error:
                self.taken.refused.append((row, error.column, error.reason))
        return found

    def _read(self, fit: Sequence[tuple[Said, Wanted]]) -> None:
        """What stands for these lists. A dry run keeps all lines of those it has met; else the rows' own suffice."""
        lists = {wanted.list_id for _row, wanted in fit}
        fresh = [key for key in lists if not (self.dry and ("list", key) in self.claims)]
        self.known = {key: self.claims[("list", key)] for key in lists.difference(fresh)} | {
            key: Known() for key in fresh
        }
        rows = PickResult.objects.filter(pick_list__in=together(fresh)).order_by().values_list(*_RESULT)
        for key, list_id, state, reference, at in rows if fresh else ():
            known = self.known[list_id]
            if state == PickResultState.TAKEN:
                known.standing, known.stored, known.stored_at = Standing(reference, at), key, at
            else:
                known.passed.add(reference)
        stored = {self.known[key].stored: self.known[key].standing for key in fresh if self.known[key].stored}
        places = {(self.known[wanted.list_id].stored, wanted.line_id) for _row, wanted in fit}
        if self.dry:
            read = picks.read(stored.keys())
        else:
            read, self.stale = picks.read_places({place for place in places if place[0]})
        for result, lots in read.items():
            standing = stored[result]
            assert standing is not None
            standing.lines = lots
        self._read_counted([self.known[key] for key in fresh if self.known[key].stored])
        self.claims.update({("list", key): self.known[key] for key in fresh} if self.dry else {})

    def _read_counted(self, fresh: Sequence[Known]) -> None:
        """Which results hold rows of these very bytes already, by another upload. The lists are held, so that of two
        uploads at once one sees the other's."""
        if self.brought is None or not self.brought.sha256 or not fresh:
            return
        files = ResultFile.objects.filter(result__in=together([one.stored for one in fresh]))
        files = files.filter(sha256=self.brought.sha256).order_by()
        uploads = dict(files.values_list("result_id", "upload_id"))
        for known in fresh:
            known.counted = uploads.get(known.stored, self.brought.upload) != self.brought.upload

    def _add(self, row: Said, wanted: Wanted, at: datetime | None) -> None:
        known = self.known[wanted.list_id]
        standing = known.standing
        if row.reference in known.passed:
            said = _("A later result took the place of this one, or it was taken back. Bring it under a new reference.")
            self.taken.refused.append((row, "result", said))
            return
        if standing is None or standing.reference != row.reference:
            if standing is not None and standing.is_older(at):
                # All of a result that came too late is refused, whatever a part of it says later.
                known.passed.add(row.reference)
                known.born[row.reference] = at, LATE
                self.taken.refused.append((row, "picked_at", _("It is older than the result that stands.")))
                return
            standing = self._begin(known, row.reference)
        if known.counted and not known.begun:
            self.taken.refused.append((row, "result", _counted()))
            return
        self._heap(row, wanted, standing)
        known.touched.add(wanted.line_id)
        self._count(wanted)

    def _begin(self, known: Known, reference: str) -> Standing:
        """Another result takes the place of the one that stands."""
        old = known.standing
        if old is not None:
            known.passed.add(old.reference)
            self.taken.effects[REPLACED] += 1
            if known.begun:
                known.born[old.reference] = old.picked_at, BY_LATER
        known.standing, known.begun, known.touched = Standing(reference), True, set()
        return known.standing

    def _heap(self, row: Said, wanted: Wanted, standing: Standing) -> None:
        lots = standing.lines.setdefault(wanted.line_id, {})
        before = sum(heap.eaches for heap in lots.values())
        lots.setdefault((row.lot, row.expiry), Heap()).add(wanted.eaches, row.short, row.prepared)
        standing.told_at(row.picked_at)
        over = max(before + wanted.eaches - wanted.asked, 0) - max(before - wanted.asked, 0)
        if over:
            self.taken.effects[EXCESS] += over

    def _count(self, wanted: Wanted) -> None:
        self.taken.taken += 1
        if self.claims.setdefault(("touched", wanted.list_id), True) is True:
            self.claims["touched", wanted.list_id] = False
            self.taken.effects[LISTS] += 1


def _counted() -> str:
    return _(
        "Rows of this file were counted in this result already. Bring only the refused ones, mended, as a new file, or "
        "all of them under a new result name."
    )


def _latest(fit: Sequence[tuple[Said, Wanted]]) -> dict[tuple[int, str], datetime | None]:
    """The latest moment that the rows of each result tell, by list and reference: rows of one result are judged by it
    together."""
    found: dict[tuple[int, str], datetime | None] = {}
    for row, wanted in fit:
        place = wanted.list_id, row.reference
        before, at = found.get(place), row.picked_at
        found[place] = at if before is None or (at is not None and at > before) else before
    return found
