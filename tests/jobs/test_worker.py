from __future__ import annotations

import threading
from typing import Any

import pytest

from purveyor.base.db import is_postgres
from purveyor.jobs import engines
from purveyor.jobs.nudge import nudge, nudge_many
from purveyor.jobs.testing import Collector, collector
from purveyor.jobs.worker import run_worker

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


def test_the_engine_suits_the_database() -> None:
    engines.use(None)
    assert engines.kind() == ("distributed" if is_postgres() else "embedded")
    assert type(engines.engine()).__name__ == ("Distributed" if is_postgres() else "Embedded")
    assert engines.engine() is engines.engine()


def test_a_worker_works_until_it_is_told_to_stop(a_task: Any) -> None:
    engines.use(None)
    seen: list[int] = []
    stop = threading.Event()

    def ran(row_id: int) -> None:
        seen.append(row_id)
        stop.set()

    a_task("test.seen", ran)
    ended: list[bool] = []
    working = threading.Thread(target=lambda: ended.append(run_worker(stop, grace=15)))
    a_task("test.due", ran, due=lambda now, limit: [4] if not seen else [], every=0.1)
    working.start()
    working.join(30)
    assert (seen, ended) == ([4], [True])


def test_a_worker_says_when_it_could_not_finish() -> None:
    class Stubborn(Collector):
        def stop(self, grace: float) -> bool:
            return grace > 3

    engines.use(Stubborn())
    stop = threading.Event()
    stop.set()
    assert [run_worker(stop, grace) for grace in (3, 4)] == [False, True]


def test_nudges_go_to_the_engine() -> None:
    nudge("a", 1)
    nudge_many("b", [2, 3, 2])
    assert collector().nudges == [("a", 1), ("b", 2), ("b", 3)]
