"""When windows are cut: only where that helps, and never so that one is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from purveyor.amazon.errors import Forbidden, ServerError
from purveyor.amazon.paging import Span
from purveyor.common import clock
from purveyor.intake.kinds import ORDERS, RawPage
from purveyor.intake.pull import Prepared
from purveyor.intake.spread import Broken, Cut, News, Page, Plan, Spread, Stretch

pytestmark = pytest.mark.unit
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(count: int, length: timedelta = DAY) -> list[Stretch]:
    return [Stretch((START + n * length, START + (n + 1) * length), n + 1) for n in range(count)]


def taken(plan: Plan, pages: int = 1) -> Stretch:
    found = plan.take()
    assert found is not None
    found.pages = pages
    return found


def cuts(plan: Plan, stretch: Stretch, **more: bool) -> list[Cut]:
    told: list[Cut] = []
    assert plan.cut(stretch, told.append, **more) is bool(told)
    return told


def no_dates(page: RawPage) -> list[datetime]:
    return []


def test_window_is_cut_while_too_few_are_asked() -> None:
    plan = Plan(days(1), 4, 10)
    first = taken(plan)
    (cut,) = cuts(plan, first)
    noon = START + DAY / 2
    assert (cut.stretch.window, cut.rest.window, cut.window) == (
        (START, noon),
        (noon, START + DAY),
        (noon, START + DAY),
    )
    assert (first.pages, cut.stretch is first, cut.rest.key) == (0, True, 0)
    assert [plan.take(), plan.take()] == [first, cut.rest]


def test_window_is_left_whole_while_enough_are_asked() -> None:
    plan = Plan(days(4), 4, 10)
    assert cuts(plan, taken(plan)) == []


def test_window_told_of_is_its_own_even_when_cut_again_at_once() -> None:
    plan = Plan(days(1), 8, 10)
    (first,) = cuts(plan, taken(plan))
    plan.take()
    rest = taken(plan)
    (second,) = cuts(plan, rest)
    assert first.window == (START + DAY / 2, START + DAY)
    assert second.window == (START + DAY * 3 / 4, START + DAY)
    assert rest.window == (START + DAY / 2, START + DAY * 3 / 4)


def calendar(plan: Plan, stretch: Stretch, *covered: float, seconds: float = 0.25) -> None:
    """Pages that follow the calendar up to these parts of the window."""
    start, end = stretch.window
    for part in covered:
        before = stretch.dates[-1:] or [start]
        plan.turned(stretch, [*before, start + (end - start) * part], seconds)


def test_window_nearly_done_with_its_first_page_is_left_whole() -> None:
    plan = Plan(days(1), 4, 10)
    first = taken(plan, 0)
    calendar(plan, first, 0.26)
    assert cuts(plan, first) == []
    plan = Plan(days(1), 4, 10)
    first = taken(plan, 0)
    calendar(plan, first, 0.25)
    assert len(cuts(plan, first)) == 1


@pytest.mark.parametrize(
    ("dates", "left"),
    [
        ([[2, 3], [3, 6]], 2 * 18 / 4),
        ([[22, 21], [19, 18]], 2 * 18 / 4),
        ([[1, 5], [3, 6]], 2),
        ([[5, 1], [6, 3]], 2),
        ([[4, 4], [4]], 2),
        ([[], []], 2),
        ([[2, 3], [3, 30]], 0),
    ],
)
def test_pages_left_follow_from_the_calendar_or_from_those_that_came(dates: list[list[int]], left: float) -> None:
    (stretch,) = days(1)
    for hours in dates:
        stretch.turned([START + timedelta(hours=h) for h in hours])
    assert stretch.left == pytest.approx(left)


def test_long_window_left_alone_is_cut_late() -> None:
    plan = Plan(days(2), 8, 10)
    done, going = taken(plan, 0), taken(plan, 0)
    for one in (done, going):
        calendar(plan, one, 0.01, 0.02, 0.03, seconds=0.15)
    assert cuts(plan, going) == []  # 96 pages at 0.15 s take less time than all 196 at the limit
    plan.end(done)
    assert len(cuts(plan, going)) == 1


def test_window_with_little_left_is_not_cut() -> None:
    plan = Plan(days(1), 8, 10)
    going = taken(plan, 0)
    calendar(plan, going, 0.4, 0.8, 0.9)
    assert cuts(plan, going) == []


def test_window_is_left_whole_while_the_limit_is_used_up() -> None:
    plan = Plan(days(3), 3, 10)
    going = taken(plan, 0)
    calendar(plan, going, 0.001, 0.002, seconds=0.2)
    assert cuts(plan, going) == []  # 10 a second × 0.2 s, and one more, is three: there are three
    plan.end(taken(plan))
    assert len(cuts(plan, going)) == 1


def test_shortest_window_is_never_cut() -> None:
    plan = Plan(days(1, timedelta(seconds=1)), 4, 10)
    first = taken(plan)
    assert cuts(plan, first) == []
    assert cuts(plan, first, anyway=True) == []


def test_window_whose_paging_broke_off_is_cut_anyway() -> None:
    plan = Plan(days(8), 4, 10)
    assert len(cuts(plan, taken(plan, 5), anyway=True)) == 1


def test_plan_ends_when_all_is_asked_or_it_is_stopped() -> None:
    plan = Plan(days(1), 4, 10)
    plan.end(taken(plan))
    assert plan.take() is None
    plan = Plan(days(2), 4, 10)
    plan.stop()
    assert plan.take() is None


def test_idle_thread_waits_for_a_cut() -> None:
    plan = Plan(days(1), 4, 10)
    first = taken(plan)
    got: list[Stretch | None] = []
    idle = threading.Thread(target=lambda: got.append(plan.take()))
    idle.start()
    cuts(plan, first)
    idle.join(5)
    assert got == [first]


class Amazon:
    """Answers so many pages for each hour; counts what was asked."""

    def __init__(self, per_hour: int, *, fails: list[Exception] | None = None) -> None:
        self.per_hour = per_hour
        self.fails = fails or []
        self.asked: list[Span] = []
        self.lock = threading.Lock()

    def fetch(self, window: Span, token: str) -> RawPage:
        with self.lock:
            self.asked.append(window)
            if self.fails:
                raise self.fails.pop()
        total = int((window[1] - window[0]) / timedelta(hours=1)) * self.per_hour
        number = int(token or 0) + 1
        return RawPage([], str(number) if number < total else "", "", 0, {})


def prepare(page: RawPage) -> Prepared:
    return Prepared(ORDERS, page)


def everything(spread: Spread) -> list[News]:
    """What comes until it is over."""
    found: list[News] = []
    spread.start()
    try:
        while not spread.over:
            news = spread.next()
            if isinstance(news, Broken):
                raise news.error
            if news is not None:
                found.append(news)
    finally:
        spread.close()
    return found


def covered(news: list[News], start: list[Stretch]) -> timedelta:
    """How much time the windows that were done cover, as the one who keeps sees it."""
    length = {id(s): s.window[1] - s.window[0] for s in start}
    done: list[Stretch] = [n.stretch for n in news if isinstance(n, Page) and n.last]
    assert len({id(s) for s in done}) == len(done)
    return sum((s.window[1] - s.window[0] for s in done), timedelta(0)) if length else timedelta(0)


@pytest.mark.parametrize("workers", [1, 4, 8])
def test_every_moment_is_asked_whatever_is_cut(workers: int) -> None:
    stretches = days(3)
    news = everything(Spread(Plan(stretches, workers, 10), Amazon(2).fetch, prepare, no_dates, workers))
    assert covered(news, stretches) == 3 * DAY


def test_cut_is_told_before_the_pages_of_its_rest() -> None:
    stretches = days(1)
    news = everything(Spread(Plan(stretches, 8, 10), Amazon(4).fetch, prepare, no_dates, 8))
    known = {id(stretches[0])}
    for one in news:
        if isinstance(one, Cut):
            assert id(one.stretch) in known
            known.add(id(one.rest))
        else:
            assert isinstance(one, Page)
            assert id(one.stretch) in known
    assert len(known) > 1


def test_transient_trouble_asks_the_window_again(held_clock: datetime) -> None:
    amazon = Amazon(1, fails=[ServerError("no"), ServerError("no")])
    stretches = days(1)
    news = everything(Spread(Plan(stretches, 1, 10), amazon.fetch, prepare, no_dates, 1))
    assert covered(news, stretches) == DAY
    assert clock.now() > held_clock


def test_lasting_trouble_ends_it_at_once() -> None:
    amazon = Amazon(1, fails=[Forbidden("no")])
    with pytest.raises(Forbidden):
        everything(Spread(Plan(days(1), 1, 10), amazon.fetch, prepare, no_dates, 1))
    assert len(amazon.asked) == 1


def test_trouble_that_does_not_pass_ends_it_in_the_end(held_clock: datetime) -> None:
    amazon = Amazon(1, fails=[ServerError("no")] * 9)
    with pytest.raises(ServerError):
        everything(Spread(Plan(days(1), 1, 10), amazon.fetch, prepare, no_dates, 1))
    assert len(amazon.asked) == 5


def test_close_ends_threads_that_wait_for_room() -> None:
    spread = Spread(Plan(days(8), 2, 10), Amazon(50).fetch, prepare, no_dates, 2)
    spread.start()
    spread.close()
    assert not any(thread.name.startswith("backfill-") for thread in threading.enumerate())
