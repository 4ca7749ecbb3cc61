from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils.translation import override

from purveyor.base import listing
from purveyor.base.listing import Column, Filter, Listing, Sort, by_key
from purveyor.common.errors import Refused
from purveyor.jobs.models import Run, Tick

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def done_at_least(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(done__gte=int(value))


RUNS: Listing[Run] = Listing(
    name="runs",
    columns=(
        Column("kind", "Kind", lambda r: r.kind, sort="kind"),
        Column("done", "Done", lambda r: r.done, number=True),
    ),
    sorts=(Sort("newest", "Newest", ("-created_at",)), Sort("kind", "Kind", ("kind", "-done"))),
    filters=(
        Filter("state", "State", lambda rows, value: rows.filter(state=value)),
        Filter("done", "Done", done_at_least),
    ),
    search=lambda rows, text: rows.filter(kind__icontains=text),
    size=3,
)


@pytest.fixture
def runs(held_clock: datetime) -> list[Run]:
    """Eight runs, a minute apart; kinds a and b alternate, done grows."""
    return [
        Run.objects.create(kind="ab"[n % 2], by="vera", done=n, created_at=held_clock + timedelta(minutes=n))
        for n in range(8)
    ]


def shown(**query: str | list[str]) -> list[int]:
    return [r.done for r in RUNS.page(Run.objects.all(), query).rows]


def test_page_shows_the_first_rows_in_the_first_sort(runs: list[Run]) -> None:
    page = RUNS.page(Run.objects.all(), {})
    assert [r.done for r in page.rows] == [7, 6, 5]
    assert (page.number, page.has_next, page.count, page.counted, page.sort) == (1, True, 8, True, "newest")


def test_page_by_number(runs: list[Run]) -> None:
    assert [shown(page=n) for n in ("2", "3", "4", "0", "-1", "x", "²")] == [
        [4, 3, 2],
        [1, 0],
        [],
        [7, 6, 5],
        [7, 6, 5],
        [7, 6, 5],
        [7, 6, 5],
    ]
    assert RUNS.page(Run.objects.all(), {"page": "3"}).has_next is False


@pytest.mark.parametrize("sort", ["newest", "kind"])
def test_page_after_a_row_survives_inserts(runs: list[Run], sort: str) -> None:
    whole = [r.pk for r in RUNS.narrow(Run.objects.all(), {"sort": sort})]
    found, after = [], ""
    while True:
        page = RUNS.page(Run.objects.all(), {"sort": sort, "after": after})
        found += [r.pk for r in page.rows]
        Run.objects.create(kind="a", by="vera", done=99, created_at=runs[-1].created_at + timedelta(days=1))
        after = page.after
        if not after:
            break
    assert found == whole


def test_page_after_nonsense_is_refused(runs: list[Run]) -> None:
    for after in ("!", "e30=", "WzFd"):
        with pytest.raises(Refused) as caught:
            shown(after=after)
        assert caught.value.problems[0].where == "after"


@pytest.mark.parametrize(
    "place",
    [
        ["x", 1],
        [{"a": 1}, 1],
        [[], []],
        ["2026-03-02T09:00:00Z", "x"],
        ["2026-03-02T09:00:00Z", float("inf")],
        ["\0", 1],
    ],
)
def test_page_after_a_made_up_place_is_refused(runs: list[Run], place: list[Any]) -> None:
    with pytest.raises(Refused) as caught:
        shown(after=base64.urlsafe_b64encode(json.dumps(place).encode()).decode())
    assert caught.value.problems[0].where == "after"


def test_filters_narrow_and_stay_visible(runs: list[Run]) -> None:
    Run.objects.filter(done=7).update(state="done")
    page = RUNS.page(Run.objects.all(), {"state": "done", "done": ["5", ""]})
    assert [r.done for r in page.rows] == [7]
    assert [(f.name, value) for f, value in page.active] == [("state", "done"), ("done", "5")]


def test_a_filter_named_twice_narrows_twice(runs: list[Run]) -> None:
    assert RUNS.page(Run.objects.all(), {"done": ["2", "6"]}).count == 2


def test_a_value_that_makes_no_sense_is_refused(runs: list[Run]) -> None:
    with pytest.raises(Refused) as caught:
        shown(done="many")
    assert caught.value.problems[0].where == "done"


def test_names_the_list_does_not_know_are_left_alone(runs: list[Run]) -> None:
    assert shown(profile="x") == [7, 6, 5]


def test_search_looks_where_the_list_says(runs: list[Run]) -> None:
    page = RUNS.page(Run.objects.all(), {"q": " A "})
    assert ([r.done for r in page.rows], page.search, page.count) == ([6, 4, 2], "A", 4)


def test_sort_by_name(runs: list[Run]) -> None:
    assert shown(sort="kind") == [6, 4, 2]
    with pytest.raises(Refused) as caught:
        shown(sort="colour")
    assert caught.value.problems[0].message == "There is no sort colour; there are newest, kind."


def test_counting_stops_where_it_tells_nothing(runs: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_CAP", 8)
    assert (RUNS.page(Run.objects.all(), {}).count, RUNS.page(Run.objects.all(), {}).counted) == (8, True)
    monkeypatch.setattr(listing, "COUNT_CAP", 7)
    assert (RUNS.page(Run.objects.all(), {}).count, RUNS.page(Run.objects.all(), {}).counted) == (7, False)


def test_pages_are_counted_by_the_lists_own_size(runs: list[Run]) -> None:
    assert RUNS.page(Run.objects.all(), {}).pages == 3
    assert RUNS.page(Run.objects.none(), {}).pages == 1


@pytest.mark.parametrize("many", [1, 3])
def test_a_page_costs_three_questions(many: int, django_assert_num_queries: Any) -> None:
    for n in range(many):
        Run.objects.create(kind="a", by="vera", done=n)
    with django_assert_num_queries(3):
        RUNS.page(Run.objects.all(), {})


@pytest.mark.parametrize("size", [1, 4, 5, 100])
def test_by_key_reads_everything_in_short_reads(size: int) -> None:
    for n in range(5):
        Tick.objects.create(name=f"t{4 - n}")
    assert [t.name for t in by_key(Tick.objects.order_by("name"), size)] == ["t4", "t3", "t2", "t1", "t0"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sort": "colour"}, ("So lässt sich die Liste nicht sortieren.", "sort")),
        ({"done": "many"}, ("So lässt sich die Liste nicht filtern.", "done")),
        ({"after": "nowhere"}, ("Die Stelle, an der es weitergehen soll, ist unbekannt.", "after")),
    ],
)
def test_what_a_list_refuses_is_said_in_the_readers_language(
    runs: list[Run], asked: dict[str, str], said: tuple[str, str]
) -> None:
    with override("de"), pytest.raises(Refused) as caught:
        shown(**asked)
    assert (caught.value.message, caught.value.problems[0].where) == said
