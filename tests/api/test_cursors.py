"""Cursors: opaque, exact, and only ours."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from cast import make_profile
from purveyor.api import cursors
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.jobs.models import Run

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.unit
@pytest.mark.parametrize("at", [AT, AT.replace(microsecond=0), AT.replace(microsecond=5000)])
def test_a_moment_goes_there_and_back_exactly(at: datetime) -> None:
    told, pk = cursors.decode(cursors.encode(at, 7), 2)
    assert (datetime.fromisoformat(told), pk) == (at, 7)


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [
        "x",
        "ä",
        "////",
        cursor({}),
        cursor([]),
        base64.urlsafe_b64encode(b"[" * 6000).decode(),
        cursor(["2026-03-02T09:00:00Z"]),
        cursor(["2026-03-02T09:00:00Z", 1, 2]),
        cursor(["yesterday", 1]),
        cursor([1, 1]),
        cursor(["2026-03-02T09:00:00Z", "one"]),
        cursor(["2026-03-02T09:00:00Z", None]),
        cursor(["2026-03-02T09:00:00Z", 0]),
        cursor(["2026-03-02T09:00:00Z", 2**63]),
        cursor(["0001-01-01T00:00:00+23:59", 1]),
    ],
)
def test_what_is_no_cursor_of_ours_is_refused(given: str) -> None:
    with pytest.raises(Refused) as caught:
        cursors.newest_first(Run.objects.all(), given, 10, by="created_at")
    assert caught.value.code == "bad-cursor"


@pytest.fixture
def rows(db: None, held_clock: datetime) -> list[int]:
    """Six runs, the newest first; the middle four at the very same moment."""
    profile = make_profile()
    made = []
    for hours in (2, 1, 1, 1, 1, 0):
        at = clock.now() - timedelta(hours=hours)
        made.append(Run.objects.create(kind="sync", profile=profile, params={}, by="cli:test", created_at=at).pk)
    return made[::-1]


@pytest.mark.integration
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
def test_a_walk_meets_each_row_once_also_among_equals(rows: list[int], limit: int) -> None:
    seen: list[int] = []
    at = ""
    while True:
        found, at = cursors.newest_first(Run.objects.all(), at, limit, by="created_at")
        seen += [row.pk for row in found]
        if not at:
            break
    assert seen == rows


@pytest.mark.integration
def test_the_end_has_no_next_even_when_the_page_is_full(rows: list[int]) -> None:
    assert cursors.newest_first(Run.objects.all(), "", 6, by="created_at")[1] == ""
    assert cursors.newest_first(Run.objects.none(), "", 6, by="created_at") == ([], "")
