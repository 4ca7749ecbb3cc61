from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from purveyor.common import clock
from purveyor.common.errors import Conflict, Misconfigured, NotFound, Refused
from purveyor.jobs import runs, stopping
from purveyor.jobs.models import Run
from purveyor.jobs.testing import run_due

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Kind = Callable[[Run], dict[str, Any] | None]
ONLY = {runs.TASK}


@pytest.fixture
def do(a_kind: Any) -> Callable[[Kind], Run]:
    """Start a run whose work is the function."""

    def start(fn: Kind) -> Run:
        a_kind("test", fn)
        return runs.start("test", None, {"since": "2026-01-01"}, by="vera")

    return start


def fresh(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_a_run_is_taken_done_and_keeps_its_result(held_clock: datetime, do: Any) -> None:
    def work(run: Run) -> dict[str, Any]:
        assert (run.params, run.lease_until) == ({"since": "2026-01-01"}, held_clock + timedelta(seconds=120))
        clock.turn(timedelta(seconds=30))
        runs.step(run, 1, 4, "the first of four")
        shown = fresh(run)
        assert (shown.state, shown.done, shown.total, shown.step) == ("running", 1, 4, "the first of four")
        assert runs.seconds_left(shown) == 90
        return {"stored": 4}

    run = do(work)
    assert (run.state, runs.seconds_left(run)) == ("waiting", None)
    assert run_due(ONLY) == 1
    run = fresh(run)
    assert (run.state, run.result, run.problem, run.lease_owner) == ("done", {"stored": 4}, "", "")
    assert (run.started_at, run.finished_at) == (held_clock, held_clock + timedelta(seconds=30))
    assert runs.seconds_left(run) is None
    assert run_due(ONLY) == 0


def test_an_unknown_kind_is_not_started() -> None:
    with pytest.raises(NotFound):
        runs.start("nonsense", None, {}, by="vera")


def test_a_kind_has_one_meaning(a_kind: Any) -> None:
    a_kind("test", lambda run: None)
    assert "test" in runs.kinds()
    with pytest.raises(ValueError, match="test"):
        runs.run_kind("test")(lambda run: None)


def test_a_run_of_a_kind_that_is_gone_fails() -> None:
    run = Run.objects.create(kind="gone", by="vera")
    run_due(ONLY)
    assert (fresh(run).state, fresh(run).problem) == ("failed", "This version has no long work named gone.")


def test_a_refusal_is_the_runs_problem(do: Any) -> None:
    def work(run: Run) -> None:
        raise Misconfigured("No profile.", hint="Add one.")

    run = do(work)
    run_due(ONLY)
    assert (fresh(run).state, fresh(run).problem) == ("failed", "No profile. Add one.")
    assert fresh(run).finished_at is not None


def test_a_broken_run_fails_without_telling_its_insides(do: Any) -> None:
    def work(run: Run) -> None:
        raise RuntimeError("obviously fake secret")

    run = do(work)
    with pytest.raises(RuntimeError):
        run_due(ONLY)
    assert (fresh(run).state, fresh(run).problem) == ("failed", "RuntimeError: see the log.")


def test_a_waiting_run_is_cancelled_at_once(do: Any) -> None:
    run = do(lambda run: pytest.fail("it was begun"))
    runs.cancel(run, by="vera")
    assert (run.state, fresh(run).state, fresh(run).finished_at is None) == ("cancelled", "cancelled", False)
    assert run_due(ONLY) == 1
    assert fresh(run).state == "cancelled"


def test_a_running_run_is_cancelled_at_its_next_step(do: Any) -> None:
    def work(run: Run) -> None:
        assert not runs.should_stop(run)
        runs.cancel(fresh(run), by="vera")
        assert fresh(run).state == "running"
        assert runs.should_stop(run)

    run = do(work)
    run_due(ONLY)
    assert fresh(run).state == "cancelled"


def test_work_done_before_it_heard_of_the_cancel_is_done(do: Any) -> None:
    def work(run: Run) -> dict[str, Any]:
        runs.cancel(fresh(run), by="vera")
        return {"all": True}

    run = do(work)
    run_due(ONLY)
    assert (fresh(run).state, fresh(run).result) == ("done", {"all": True})


def test_a_settled_run_cannot_be_cancelled(do: Any) -> None:
    run = do(lambda run: None)
    run_due(ONLY)
    with pytest.raises(Refused):
        runs.cancel(run, by="vera")
    assert not fresh(run).cancel_requested


def test_a_cancelled_run_goes_on_where_it_stopped(do: Any) -> None:
    stored: list[int] = []

    def work(run: Run) -> dict[str, Any] | None:
        for n in range(len(stored), 4):
            if runs.should_stop(run):
                return None
            stored.append(n)
            if n == 1 and not run.problem:
                runs.cancel(fresh(run), by="vera")
        return {"stored": len(stored)}

    run = do(work)
    run_due(ONLY)
    assert (fresh(run).state, stored) == ("cancelled", [0, 1])
    runs.resume(run, by="vera")
    shown = fresh(run)
    assert (shown.state, shown.cancel_requested, shown.finished_at) == ("waiting", False, None)
    assert run_due(ONLY) == 1
    assert (fresh(run).state, fresh(run).result, stored) == ("done", {"stored": 4}, [0, 1, 2, 3])


def test_a_failed_run_goes_on_and_forgets_its_problem(do: Any) -> None:
    tries: list[int] = []

    def work(run: Run) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise Misconfigured("Not yet.")

    run = do(work)
    run_due(ONLY)
    runs.resume(run, by="vera")
    run_due(ONLY)
    assert (fresh(run).state, fresh(run).problem) == ("done", "")


@pytest.mark.parametrize("state", ["waiting", "running", "done"])
def test_only_what_failed_or_was_cancelled_goes_on(state: str) -> None:
    run = Run.objects.create(kind="test", by="vera", state=state)
    with pytest.raises(Refused):
        runs.resume(run, by="vera")
    assert fresh(run).state == state


def test_a_dead_workers_run_continues_on_another(held_clock: datetime, do: Any) -> None:
    run = do(lambda run: {"done": run.done})
    until = held_clock + timedelta(seconds=120)
    Run.objects.update(state="running", done=3, started_at=held_clock, lease_owner="dead", lease_until=until)
    clock.turn(timedelta(seconds=119))
    run_due(ONLY)
    assert fresh(run).state == "running"
    clock.turn(timedelta(seconds=1))
    assert run_due(ONLY) == 1
    assert (fresh(run).state, fresh(run).result, fresh(run).started_at) == ("done", {"done": 3}, held_clock)


def test_a_dead_workers_run_that_was_cancelled_is_cancelled(held_clock: datetime, do: Any) -> None:
    run = do(lambda run: pytest.fail("it was begun again"))
    Run.objects.update(state="running", cancel_requested=True, lease_owner="dead", lease_until=held_clock)
    run_due(ONLY)
    assert fresh(run).state == "cancelled"


def test_a_worker_that_stops_hands_the_run_back(do: Any) -> None:
    def work(run: Run) -> None:
        assert not runs.should_stop(run)
        stopping.begin()
        assert runs.should_stop(run)

    run = do(work)
    runs.work(run.pk)
    shown = fresh(run)
    assert (shown.state, shown.lease_owner, shown.finished_at) == ("waiting", "", None)


def test_a_worker_that_was_taken_for_dead_stops_at_its_next_step(held_clock: datetime, do: Any) -> None:
    reached: list[str] = []

    def work(run: Run) -> dict[str, Any]:
        Run.objects.update(lease_owner="another")
        reached.append("before")
        runs.step(run, 1)
        reached.append("after")
        return {}

    run = do(work)
    runs.work(run.pk)
    assert reached == ["before"]
    assert (fresh(run).state, fresh(run).done, fresh(run).lease_owner) == ("running", 0, "another")


def test_a_worker_that_was_taken_for_dead_cannot_finish(do: Any) -> None:
    def work(run: Run) -> dict[str, Any]:
        Run.objects.update(lease_owner="another")
        return {}

    run = do(work)
    runs.work(run.pk)
    assert (fresh(run).state, fresh(run).result) == ("running", None)


def test_two_workers_do_not_do_the_same_run(do: Any) -> None:
    begun: list[int] = []

    def work(run: Run) -> None:
        begun.append(1)
        runs.work(run.pk)

    runs.work(do(work).pk)
    assert begun == [1]


def test_step_writes_only_when_there_is_something_to_say(
    held_clock: datetime, do: Any, django_assert_num_queries: Any
) -> None:
    def work(run: Run) -> None:
        runs.step(run, 1, 4, "one")
        with django_assert_num_queries(0):
            runs.step(run, 1, 4, "one")
            runs.step(run)
        clock.turn(timedelta(seconds=61))
        with django_assert_num_queries(1):
            runs.step(run)
        assert fresh(run).lease_until == held_clock + timedelta(seconds=181)

    run = do(work)
    run_due(ONLY)
    assert fresh(run).state == "done"


def test_step_keeps_long_texts_short(do: Any) -> None:
    run = do(lambda run: runs.step(run, text="x" * 500))
    run_due(ONLY)
    assert fresh(run).step == "x" * 200


def test_step_of_a_lost_run_raises(do: Any) -> None:
    run = do(lambda run: None)
    run.lease_owner = "me"
    with pytest.raises(Conflict):
        runs.step(run, 1)
