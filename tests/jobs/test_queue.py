from __future__ import annotations

import threading

import pytest

from purveyor.jobs.engines import queue
from purveyor.jobs.engines.queue import Queue

pytestmark = pytest.mark.unit

A, B = ("a", 1), ("b", 1)


def test_first_in_first_out_each_once() -> None:
    q = Queue()
    assert [q.put(i) for i in (A, B, A)] == [True, True, False]
    assert [q.take(), q.take()] == [A, B]


def test_what_runs_is_not_run_beside_itself_but_once_more() -> None:
    q = Queue()
    q.put(A)
    q.take()
    assert [q.put(A), q.put(A)] == [True, False]
    assert q.waiting("a") == 0
    q.done(A)
    assert q.waiting("a") == 1
    assert q.take() == A
    q.done(A)
    assert q.waiting("a") == 0


def test_what_runs_is_not_wanted_again_by_a_scan() -> None:
    q = Queue()
    assert q.offer(A)
    assert not q.offer(A)
    q.take()
    assert not q.offer(A)
    q.done(A)
    assert q.waiting("a") == 0
    assert q.offer(A)


def test_waiting_counts_by_name() -> None:
    q = Queue()
    for item in (("a", 1), ("a", 2), ("b", 1)):
        q.put(item)
    assert (q.waiting("a"), q.waiting("b"), q.waiting("c")) == (2, 1, 0)
    q.take()
    assert q.waiting("a") == 1


def test_a_full_queue_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_FULL", 2)
    q = Queue()
    assert [q.put(("a", n)) for n in range(3)] == [True, True, False]


def test_closing_wakes_who_waits_and_takes_nothing_new() -> None:
    q = Queue()
    taken: list[object] = []
    waiting = threading.Thread(target=lambda: taken.append(q.take()))
    waiting.start()
    q.close()
    waiting.join(10)
    assert taken == [None]
    assert not q.put(A)


def test_what_waits_at_closing_is_not_begun() -> None:
    q = Queue()
    q.put(A)
    q.close()
    assert q.take() is None


def test_wait_idle_waits_for_what_runs() -> None:
    q = Queue()
    q.put(A)
    q.take()
    q.put(A)
    q.close()
    assert not q.wait_idle(0.01)
    q.done(A)
    assert q.wait_idle(0)
    assert q.waiting("a") == 0
