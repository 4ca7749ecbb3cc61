"""Many windows side by side: several threads ask, one keeps.

Amazon's limit and not its latency shall bound a back-fill, and that to the very end: where the threads would run out
of windows while one of them still has pages to come, that one is cut in two. A cut asks its pages again, so windows
are cut after their first page, or when they turn out much longer than the others.

The memory here is only this process's; what is done is in the slices (``intake.models.Slice``), written by the one who
keeps, in the order in which it was asked.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

from purveyor.amazon.errors import Unreadable
from purveyor.amazon.paging import Span, halves
from purveyor.common import clock
from purveyor.common.errors import PurveyorError, Remedy
from purveyor.intake.kinds import RawPage
from purveyor.intake.pull import Prepared

# A window counts as much longer than the others at so many times the longest of them.
OUTLIER = 1.5
MOST_TRIES = 5
FIRST_PAUSE = 2.0
_BEAT = 0.25

Fetch = Callable[[Span, str], RawPage]
Prepare = Callable[[RawPage], Prepared]


@dataclass(eq=False)
class Stretch:
    """One window on its way; ``key`` is its slice, 0 until the one who keeps has made it."""

    window: Span
    key: int = 0
    pages: int = 0
    tries: int = 0
    seen: set[str] = field(default_factory=set)


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
        self._lock = threading.Condition()
        self._waiting = deque(windows)
        self._active = 0
        self._workers = workers
        self._rate = rate
        self._quickest = math.inf
        self._longest = 0
        self.stopped = False

    def take(self) -> Stretch | None:
        """The next window; waits while others may still cut theirs. None when all is asked, or stopped."""
        with self._lock:
            while not self.stopped and not self._waiting and self._active:
                self._lock.wait(_BEAT)
            if self.stopped or not self._waiting:
                return None
            self._active += 1
            return self._waiting.popleft()

    def took(self, seconds: float) -> None:
        """A page took so long. The quickest one tells Amazon's latency: the others may have waited for the limit."""
        with self._lock:
            self._quickest = min(self._quickest, seconds)

    def end(self, stretch: Stretch) -> None:
        """A window is asked to its end."""
        with self._lock:
            self._active -= 1
            self._longest = max(self._longest, stretch.pages)
            self._lock.notify_all()

    def put_back(self, stretch: Stretch) -> None:
        """A window shall be asked again from its beginning."""
        stretch.pages, stretch.seen = 0, set()
        with self._lock:
            self._active -= 1
            self._waiting.append(stretch)
            self._lock.notify_all()

    def stop(self) -> None:
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
            stretch.window, rest = parts[0], Stretch(parts[1])
            stretch.pages, stretch.seen = 0, set()
            tell(Cut(stretch, rest, rest.window))
            self._active -= 1
            self._waiting.extend((stretch, rest))
            self._lock.notify_all()
            return True

    def _worth_cutting(self, stretch: Stretch) -> bool:
        if len(self._waiting) + self._active >= self._needed():
            return False
        return stretch.pages == 1 or stretch.pages > OUTLIER * self._longest

    def _needed(self) -> int:
        """How many windows have to be asked at a time for the limit to be used up."""
        if not math.isfinite(self._quickest):
            return self._workers
        return min(self._workers, math.ceil(self._rate * self._quickest) + 1)


class Spread:
    """Asks a plan's windows in threads. Iterate over ``news`` in the thread that keeps; leave with ``close``."""

    def __init__(self, plan: Plan, fetch: Fetch, prepare: Prepare, workers: int) -> None:
        self._plan = plan
        self._fetch = fetch
        self._prepare = prepare
        self._news: queue.Queue[News] = queue.Queue()
        # Pages asked for and not kept yet: those who ask wait for the one who keeps, not the memory.
        self._room = threading.Semaphore(2 * workers)
        self._threads = [threading.Thread(target=self._work, name=f"backfill-{n}") for n in range(workers)]

    def start(self) -> None:
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
            self._plan.took(time.monotonic() - began)
            token = page.next_token
            stretch.pages += 1
            self._news.put(Page(stretch, self._prepare(page), last=not token))
            if not token:
                self._plan.end(stretch)
                return
            if self._plan.cut(stretch, self._news.put, anyway=token in stretch.seen):
                return
            if token in stretch.seen:
                raise Unreadable("Amazon repeated a page token, however short the time asked for", remedy=Remedy.WAIT)
            stretch.seen.add(token)
