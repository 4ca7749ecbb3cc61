"""Orders of the past, from a cut-off date on: long work a person watches, cancels, resumes; it survives a crash.

Back-filled orders are marked and never answered automatically. Those acknowledged already may be left out
(``intake.history``).
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.amazon import limits
from purveyor.amazon.paging import Span
from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Conflict, PurveyorError, Refused
from purveyor.common.windows import moment, zulu
from purveyor.intake import cursors, pull
from purveyor.intake.kinds import ORDERS, RawPage, dates_of
from purveyor.intake.models import Slice
from purveyor.intake.pull import Prepared
from purveyor.intake.spread import Broken, Cut, News, Page, Plan, Spread, Stretch
from purveyor.intake.sweeps.new import NEW
from purveyor.intake.sweeps.windowed import spans
from purveyor.jobs import runs
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState
from purveyor.orders.records import Counts
from purveyor.people.who import Who
from purveyor.profiles.clients import clear_trouble, client_for, note_trouble
from purveyor.profiles.models import Environment, Profile

KIND = "backfill"
WORKERS = 8
BY = "system:intake.backfill"
_LOOK_EVERY = 1.0


def start_backfill(profile: Profile, since: datetime, *, who: Who) -> Run:
    """Begin a back-fill from ``since`` to now; one at a time for each profile.

    Earlier than Amazon keeps orders means: all there are. Raises Denied, Refused for a date to come, Conflict while
    another one is open.
    """
    who.require("sync.run", profile)
    now = clock.now()
    if since >= now:
        raise Refused(_("A back-fill begins at a date in the past."))
    if open_run(profile) is not None:
        raise Conflict(_("A back-fill of this profile is running already."), hint=_("Cancel it first, or let it end."))
    since = max(since, now - cursors.DEPTH)
    with transaction.atomic():
        run = runs.start(KIND, profile, {"since": zulu(since), "until": zulu(now)}, who.name)
        Slice.objects.bulk_create(Slice(run=run, start=start, end=end) for start, end in spans(profile, since, now))
        if profile.import_from is None or since < profile.import_from:
            Profile.objects.filter(pk=profile.pk).update(import_from=since)
            profile.import_from = since
        record("backfill.started", by=who.name, obj=profile, new={"since": zulu(since), "run": run.pk})
    return run


def open_run(profile: Profile) -> Run | None:
    """The profile's back-fill that waits or runs."""
    mine = Run.objects.filter(kind=KIND, profile=profile, state__in=[RunState.WAITING, RunState.RUNNING])
    return mine.order_by("pk").last()


@runs.run_kind(KIND)
def work(run: Run) -> dict[str, Any] | None:
    """Ask the slices not done yet. None when it was stopped; what is done stays done.

    Raises AmazonError for what does not pass by itself, Conflict when another worker has taken the run over.
    """
    profile: Any = run.profile
    found: Profile = profile
    keeper = Keeper(run, found)
    try:
        finished = keeper.work()
    except PurveyorError as error:
        note_trouble(found, error)
        raise
    if not finished:
        return None
    clear_trouble(found, ORDERS.operation)
    # What Amazon counted for these orders is asked once they are here.
    cursors.begin_again(found, "status", moment(str(run.params["since"])))
    return result_of(run).as_dict()


def result_of(run: Run) -> Counts:
    """What became of the documents so far."""
    total = Counts()
    for counts in Slice.objects.filter(run=run).values_list("counts", flat=True):
        total.add(Counts(**counts))
    return total


class Keeper:
    """Keeps what the threads bring, in one thread: SQLite has one writer anyway."""

    def __init__(self, run: Run, profile: Profile) -> None:
        self._run = run
        self._profile = profile
        self._client = client_for(profile)
        self._counts: dict[int, Counts] = {}
        self._total = 0
        self._done = 0
        self._looked = 0.0

    def work(self) -> bool:
        """Whether everything is done; False when it was stopped."""
        stretches = self._stretches()
        rate, _burst = limits.numbers_of(ORDERS.operation, sandbox=self._profile.environment == Environment.SANDBOX)
        spread = Spread(Plan(stretches, WORKERS, rate), self._fetch, self._prepare, dates_of, WORKERS)
        spread.start()
        try:
            while not spread.over:
                news = spread.next()
                if news is not None:
                    self._keep(news)
                if self._shall_stop():
                    return False
        finally:
            spread.close()
        return not Slice.objects.filter(run=self._run, done=False).exists()

    def _stretches(self) -> list[Stretch]:
        slices = list(Slice.objects.filter(run=self._run))
        self._counts = {part.pk: Counts(**part.counts) for part in slices}
        self._total = sum(_seconds((part.start, part.end)) for part in slices)
        self._done = sum(_seconds((part.start, part.end)) for part in slices if part.done)
        # The newest first: those a person may want to see soon.
        return [Stretch((part.start, part.end), part.pk) for part in reversed(slices) if not part.done]

    def _fetch(self, window: Span, token: str) -> RawPage:
        return ORDERS.fetch(self._client, token, NEW.filters(self._profile, window))

    def _prepare(self, page: RawPage) -> Prepared:
        return pull.prepare(self._profile, ORDERS, page, KIND)

    def _keep(self, news: News) -> None:
        if isinstance(news, Broken):
            raise news.error
        if isinstance(news, Cut):
            self._cut(news)
        else:
            self._store(news)

    def _store(self, page: Page) -> None:
        key = page.stretch.key
        counts = self._counts[key]

        def then(more: Counts) -> None:
            counts.add(more)
            Slice.objects.filter(pk=key).update(counts=counts.as_dict(), done=page.last)
            seen = sum(c.seen for c in self._counts.values())
            if page.last:
                self._done += _seconds(page.stretch.window)
            runs.step(self._run, done=self._done, total=self._total, text=f"{seen} orders")

        pull.store(self._profile, page.prepared, sweep=KIND, by=BY, backfilled=True, then=then)

    def _cut(self, cut: Cut) -> None:
        start, end = cut.window
        with transaction.atomic():
            Slice.objects.filter(pk=cut.stretch.key).update(end=start)
            cut.rest.key = Slice.objects.create(run=self._run, start=start, end=end).pk
        self._counts[cut.rest.key] = Counts()

    def _shall_stop(self) -> bool:
        """Asked once a second; it also keeps the lease."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return False
        self._looked = now
        return runs.should_stop(self._run)


def _seconds(window: Span) -> int:
    return round((window[1] - window[0]).total_seconds())
