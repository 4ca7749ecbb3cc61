from __future__ import annotations

import pytest

from cast import make_profile
from purveyor.audit.models import Entry
from purveyor.base.transition import move
from purveyor.common import clock
from purveyor.common.errors import Conflict
from purveyor.jobs.models import Run
from purveyor.jobs.states import RunState

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def make_run() -> Run:
    return Run.objects.create(kind="backfill", by="user:anna", profile=make_profile())


def told() -> list[tuple[str, str, object, object, str]]:
    return list(Entry.objects.values_list("action", "by", "old", "new", "because"))


def test_move_leaves_an_entry() -> None:
    run = make_run()
    move(run, RunState.RUNNING, by="system:jobs", because="taken", step="page 1", done=3, lease_until=clock.now())
    new = {"state": "running", "step": "page 1", "done": 3}
    assert told() == [("state.changed", "system:jobs", {"state": "waiting"}, new, "taken")]
    assert Entry.objects.values_list("object_kind", "object_id", "profile").get() == (
        "jobs.run",
        str(run.pk),
        "acme-de",
    )


def test_move_takes_the_callers_action() -> None:
    move(make_run(), RunState.CANCELLED, by="user:anna", action="run.cancelled")
    assert [entry[0] for entry in told()] == ["run.cancelled"]


def test_move_that_comes_too_late_leaves_none() -> None:
    run = make_run()
    Run.objects.update(state=RunState.RUNNING)
    with pytest.raises(Conflict):
        move(run, RunState.CANCELLED, by="user:anna")
    assert told() == []


def test_move_leaves_out_what_looks_like_a_secret_or_a_document() -> None:
    move(
        make_run(),
        RunState.RUNNING,
        by="system:jobs",
        because="Atzr|fake",
        step="Bearer " + "f" * 20,
        problem="x" * 501,
        result={"cost": "1.5"},
    )
    assert told() == [("state.changed", "system:jobs", {"state": "waiting"}, {"state": "running"}, "")]
