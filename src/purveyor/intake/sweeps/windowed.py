"""A sweep that asks Amazon for everything between two moments, one window after the other, from its cursor to now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from purveyor.amazon.client import Client
from purveyor.amazon.errors import Unreadable
from purveyor.amazon.paging import LONGEST, Pages, Span, Stopped, halves, windows
from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.intake import cursors, history, pull
from purveyor.intake.cursors import Held
from purveyor.intake.kinds import ORDERS, Kind, RawPage
from purveyor.orders.records import Counts
from purveyor.profiles.clients import client_for
from purveyor.profiles.models import Profile

Progress = Callable[[str], None]

# Neighbouring windows share so much: nobody says whether Amazon's bounds count themselves in.
EDGE = timedelta(seconds=1)
MOST_PAGES = 2_000
MOST_HALVINGS = 4


@dataclass(frozen=True, slots=True)
class Sweep:
    """``asks`` is the pair of filters (created, changed, updated); ``overlap`` is read again each time, because Amazon
    shows some documents late (FACTS §11 row 5)."""

    name: str
    kind: Kind
    asks: str
    overlap: timedelta = timedelta(hours=24)

    def filters(self, profile: Profile, window: Span) -> dict[str, Any]:
        """What to ask for a window; of orders before the profile was connected perhaps only those still New."""
        start, end = window
        more = history.filters(profile, window) if self.kind is ORDERS else {}
        return {f"{self.asks}After": start - EDGE, f"{self.asks}Before": end} | more


def spans(profile: Profile, start: datetime, end: datetime) -> list[Span]:
    """Windows Amazon answers, with room for the edge; each before or after the profile was connected, where that
    matters."""
    parts = history.parts(profile, start, end)
    return [window for part in parts for window in windows(*part, longest=LONGEST - EDGE)]


def run(
    sweep: Sweep, held: Held, *, since: datetime | None, by: str, progress: Progress
) -> tuple[Counts, dict[str, Any]]:
    """From the cursor (less the overlap) to now, or from ``since``. Raises AmazonError; what is stored stays stored.

    The cursor moves with each window, unless ``since`` would make it jump over a time not read yet.
    """
    profile, client, now, counts = held.profile, client_for(held.profile), clock.now(), Counts()
    start = since or (held.position - sweep.overlap if held.position else cursors.horizon(profile))
    start = max(start, now - cursors.DEPTH)
    moves = held.position is None or start <= held.position
    walk = Walk(sweep, held, client, by, moves)
    for window in spans(profile, start, now):
        progress(f"{profile} {sweep.name}: {window[0]:%Y-%m-%d %H:%M} to {window[1]:%Y-%m-%d %H:%M}")
        counts.add(walk.through(window))
    return counts, {}


@dataclass(frozen=True)
class Walk:
    """One way through windows: what is asked, for whom, and whether the cursor comes along."""

    sweep: Sweep
    held: Held
    client: Client
    by: str
    moves: bool

    def through(self, window: Span, depth: int = 0) -> Counts:
        """Every page of a window. Where Amazon's paging breaks off, its halves are asked (FACTS §11 row 10)."""
        counts = Counts()
        filters = self.sweep.filters(self.held.profile, window)
        found = Pages(lambda token: self.sweep.kind.fetch(self.client, token, filters), MOST_PAGES)
        for page in found:
            counts.add(self._store(page, window))
        if found.stopped == Stopped.NOT:
            return counts
        parts = halves(window)
        if len(parts) == 1 or depth == MOST_HALVINGS:
            raise Unreadable(f"{found.stopped}, however short the time asked for", remedy=Remedy.WAIT)
        for part in parts:
            counts.add(self.through(part, depth + 1))
        return counts

    def _store(self, page: RawPage, window: Span) -> Counts:
        profile, name = self.held.profile, self.sweep.name
        prepared = pull.prepare(profile, self.sweep.kind, page, name)
        reached = window[1] if self.moves and not page.next_token else None
        return pull.store(
            profile,
            prepared,
            sweep=name,
            by=self.by,
            then=lambda counts: self.held.keep(reached),
        )
