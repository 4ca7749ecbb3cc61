"""Many windows side by side: several threads ask, one keeps.

Amazon's limit and not its latency shall bound a back-fill, and that to the very end: where the threads would run out
of windows while one of them still has pages to come, that one is cut in two. A cut asks its pages again, so windows
are cut after their first page, and later only where that costs less time than it saves.

The memory here is only this process's; what is done is in the slices (``intake.models.Slice``), written by the one who
keeps, in the order in which it was asked.
"""

from __future__ import annotations

import math
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connections

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.paging import Span, halves
from purveyor.common import clock
from purveyor.common.errors import PurveyorError, Remedy
from purveyor.intake.kinds import RawPage
from purveyor.intake.pull import Prepared

# Cutting a window with fewer pages left than this gains nothing.
WORTH_PAGES = 3
MOST_TRIES = 5
FIRST_PAUSE = 2.0
_BEAT = 0.25
# Whoever keeps waits for the database a dozen times a page; each time those who read the next pages keep the
# interpreter for so long, 5 ms unless told otherwise, which would cost as much as the database's own work.
_HAND_OVER = 0.0005

Fetch = Callable[[Span, str], RawPage]
Prepare = Callable[[RawPage], Prepared]
Dates = Callable[[RawPage], Sequence[datetime]]


@dataclass(eq=False)
class Stretch:
    """One window on its way; ``key`` is its slice, 0 until the one who keeps has made it."""

    window: Span
    key: int = 0
    pages: int = 0
    tries: int = 0
    seen: set[str] = field(default_factory=set)
    dates: list[datetime] = field(default_factory=list)

    def begin(self, window: Span) -> None:
        """It shall be asked from its beginning, as this window."""
        self.window, self.pages, self.seen, self.dates = window, 0, set(), []

    def turned(self, dates: Sequence[datetime]) -> None:
        """A page came, with orders of these dates."""
        self.pages += 1
        self.dates += dates

    @property
    def follows_calendar(self) -> bool:
        """Whether the pages go up or down with the dates of their orders. Amazon promises no order, so what follows
        from it only guides where to cut."""
        return len(set(self.dates)) > 1 and self.dates in (sorted(self.dates), sorted(self.dates, reverse=True))

    @property
    def left(self) -> float:
        """How many pages may still come: at the pace so far where pages follow the calendar, else as many as came."""
        if not self.follows_calendar:
            return float(self.pages)
        first, last = self.dates[0], self.dates[-1]
        ahead = self.window[1] - last if last > first else last - self.window[0]
        return max(0.0, self.pages * (ahead / abs(last - first)))


@dataclass(frozen=True)
class Page:
    """A page to keep; with ``last`` its window is done."""

    stretch: Stretch
    prepared: Prepared
    last: bool


@dataclass(frozen=True)
class Cut:
    """A window was cut: ``stretch`` keeps the first part, ``rest`` is new. ``window`` is the rest's now: both parts may
    be cut again before this is kept."""

    stretch: Stretch
    rest: Stretch
    window: Span


@dataclass(frozen=True)
class Broken:
    """A thread gave up; nothing more comes."""

    error: BaseException


News = Page | Cut | Broken


class Plan:
    """Which windows wait, which are being asked, and when to cut. Every method may be called by any thread."""

    def __init__(self, windows: list[Stretch], workers: int, rate: float) -> None:
        self._lock = threading.Condition(threading.RLock())
        self._waiting = deque(windows)
        self._active: list[Stretch] = []
        self._workers = workers
        self._rate = rate
        self._quickest = math.inf
        self.stopped = False

    def take(self) -> Stretch | None:
        """The next window; waits while others may still cut theirs. None when all is asked, or stopped."""
        with self._lock:
            while not self.stopped and not self._waiting and self._active:
                self._lock.wait(_BEAT)
            if self.stopped or not self._waiting:
                return None
            self._active.append(self._waiting.popleft())
            return self._active[-1]

    def turned(self, stretch: Stretch, dates: Sequence[datetime], seconds: float) -> None:
        """A page came after so long. The quickest one tells Amazon's latency: the others may have waited for the
        limit."""
        with self._lock:
            self._quickest = min(self._quickest, seconds)
            stretch.turned(dates)

    def end(self, stretch: Stretch) -> None:
        """A window is asked to its end."""
        self._leave(stretch)

    def put_back(self, stretch: Stretch) -> None:
        """A window shall be asked again from its beginning."""
        stretch.begin(stretch.window)
        self._leave(stretch, stretch)

    def _leave(self, stretch: Stretch, *waiting: Stretch) -> None:
        with self._lock:
            self._active = [other for other in self._active if other is not stretch]
            self._waiting.extend(waiting)
            self._lock.notify_all()

    def stop(self) -> None:
        """Nothing more is taken."""
        with self._lock:
            self.stopped = True
            self._lock.notify_all()

    def cut(self, stretch: Stretch, tell: Callable[[Cut], None], *, anyway: bool = False) -> bool:
        """Cut a window in two where that helps; both parts wait then. ``tell`` comes before anybody can take them."""
        with self._lock:
            if not (anyway or self._worth_cutting(stretch)):
                return False
            parts = halves(stretch.window)
            if len(parts) == 1:
                return False
            stretch.begin(parts[0])
            rest = Stretch(parts[1])
            tell(Cut(stretch, rest, rest.window))
            self._leave(stretch, stretch, rest)
            return True

    def _worth_cutting(self, stretch: Stretch) -> bool:
        """After the first page while threads are idle; later while the limit is not used up, and only when the pages
        left, asked one after the other, take longer than all that is left together with those asked twice."""
        at_work = len(self._waiting) + len(self._active)
        if stretch.pages == 1 and at_work < self._workers:
            return not stretch.follows_calendar or stretch.left >= WORTH_PAGES
        if not math.isfinite(self._quickest) or at_work >= math.ceil(self._rate * self._quickest) + 1:
            return False
        together = sum(other.left for other in self._active) + stretch.pages
        return (stretch.left - 1) * self._quickest > together / self._rate


class Spread:
    """Asks a plan's windows in threads. Iterate over ``news`` in the thread that keeps; leave with ``close``."""

    def __init__(self, plan: Plan, fetch: Fetch, prepare: Prepare, dates: Dates, workers: int) -> None:
        self._plan = plan
        self._fetch = fetch
        self._prepare = prepare
        self._dates = dates
        self._news: queue.Queue[News] = queue.Queue()
        # Pages asked for and not kept yet: those who ask wait for the one who keeps, not the memory.
        self._room = threading.Semaphore(2 * workers)
        self._threads = [threading.Thread(target=self._work, name=f"backfill-{n}") for n in range(workers)]

    def start(self) -> None:
        sys.setswitchinterval(min(_HAND_OVER, sys.getswitchinterval()))
        for thread in self._threads:
            thread.start()

    def next(self) -> News | None:
        """What comes next to keep; None when a moment passed without any. See ``over``."""
        try:
            news = self._news.get(timeout=_BEAT)
        except queue.Empty:
            return None
        if isinstance(news, Page):
            self._room.release()
        return news

    @property
    def over(self) -> bool:
        """Nothing comes any more."""
        return not any(thread.is_alive() for thread in self._threads) and self._news.empty()

    def close(self) -> None:
        """Stop asking and wait for the threads; what they still bring is dropped, its windows are not done."""
        self._plan.stop()
        while any(thread.is_alive() for thread in self._threads):
            self.next()

    def _work(self) -> None:
        try:
            while (stretch := self._plan.take()) is not None:
                self._ask(stretch)
        except BaseException as error:
            self._news.put(Broken(error))
        finally:
            connections.close_all()

    def _ask(self, stretch: Stretch) -> None:
        try:
            self._ask_pages(stretch)
        except PurveyorError as error:
            stretch.tries += 1
            if error.remedy != Remedy.WAIT or stretch.tries == MOST_TRIES:
                raise
            clock.sleep(FIRST_PAUSE * 2 ** (stretch.tries - 1))
            self._plan.put_back(stretch)

    def _ask_pages(self, stretch: Stretch) -> None:
        token = ""
        while not self._plan.stopped:
            self._room.acquire()
            began = time.monotonic()
            try:
                page = self._fetch(stretch.window, token)
            except BaseException:
                self._room.release()
                raise
            self._plan.turned(stretch, self._dates(page), time.monotonic() - began)
            token = page.next_token
            self._news.put(Page(stretch, self._prepare(page), last=not token))
            if not token:
                self._plan.end(stretch)
                return
            if self._plan.cut(stretch, self._news.put, anyway=token in stretch.seen):
                return
            if token in stretch.seen:
                raise Unreadable("Amazon repeated a page token, however short the time asked for", remedy=Remedy.WAIT)
            stretch.seen.add(token)
