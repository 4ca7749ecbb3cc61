"""Works that begin at the same moment, each with a connection of its own: in threads, or in processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections, transaction

T = TypeVar("T")
FORK = multiprocessing.get_context("fork")
PATIENCE = 60
"""Seconds until a race that hangs fails."""


def side_by_side(*works: Callable[[], T]) -> list[T]:
    """Run each in a thread of its own; what each answered, in their order."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        barrier.wait(PATIENCE)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(PATIENCE) for each in [pool.submit(run, work) for work in works]]


def threads(count: int, work: Callable[[], T]) -> list[T]:
    """Run the same in so many threads."""
    return side_by_side(*[work] * count)


def processes(count: int, work: Callable[[], T]) -> list[T]:
    """Run the same in so many processes; what each answered, as they were done."""
    barrier, answers = FORK.Barrier(count), FORK.Queue()

    def run() -> None:
        barrier.wait(PATIENCE)
        answers.put(work())
        connections.close_all()

    connections.close_all()
    children = [FORK.Process(target=run) for _ in range(count)]
    for child in children:
        child.start()
    found = [answers.get(timeout=PATIENCE) for _ in children]
    for child in children:
        child.join(PATIENCE)
    return found


def one_inside_the_other(work: Callable[[], T], later: Callable[[], T] | None = None) -> tuple[T, T]:
    """``work`` twice, or ``later`` the second time, which begins while the first has written and not committed yet."""
    written, go_on = threading.Event(), threading.Event()

    def first() -> T:
        try:
            with transaction.atomic():
                found = work()
                written.set()
                assert go_on.wait(PATIENCE)
            return found
        finally:
            connections.close_all()

    def second() -> T:
        try:
            return (later or work)()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert written.wait(PATIENCE)
        other = pool.submit(second)
        with pytest.raises(TimeoutError):
            other.result(0.3)
        go_on.set()
        return one.result(PATIENCE), other.result(PATIENCE)
