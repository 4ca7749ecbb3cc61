"""``view``: saved views by command."""

from __future__ import annotations

import pytest

from cast import Cast, make_cast
from cli.conftest import Run
from purveyor.people.models import View

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_view_is_kept_for_a_person_changed_and_deleted(run: Run, cast: Cast) -> None:
    told = ["--filter", "state=waiting", "--filter", "sort=due", "--columns", "number,due", "--for", "warehouse"]
    made = run("view", "save", "Urgent", *told, "--json").json
    assert (made["owner"], made["query"], made["columns"]) == (
        "warehouse",
        {"state": ["waiting"], "sort": ["due"]},
        ["number", "due"],
    )
    number = str(made["id"])
    assert run("view", "change", number, "--name", "Mine", "--share", "--json").json["shared"] is True
    run("view", "default", number, "--for", "warehouse")
    assert [v["name"] for v in run("view", "list", "--json").json["views"]] == ["Mine"]
    run("view", "delete", number)
    assert View.objects.count() == 0


def test_filter_that_is_no_pair_is_wrong_usage(run: Run, cast: Cast) -> None:
    assert run("view", "save", "x", "--filter", "waiting", "--for", "warehouse").status == 2
    assert run("view", "save", "x", "--for", "nobody").status == 1
    assert View.objects.count() == 0
