from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from cast import make_profile
from purveyor.audit import queries
from purveyor.audit.models import Entry
from purveyor.audit.seal import seal
from purveyor.audit.write import record
from purveyor.common import clock

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def names(entries: object) -> list[str]:
    return [entry.because for entry in entries]  # type: ignore[attr-defined]  # rows of a query, which mypy knows as models


def test_history_is_of_that_object_newest_first() -> None:
    mine, other = make_profile("mine"), make_profile("other")
    for obj, because in ((mine, "1"), (other, "2"), (mine, "3")):
        record("profile.changed", by="user:anna", obj=obj, because=because)
    assert names(queries.history(mine)) == ["3", "1"]
    assert names(queries.histories(type(mine), [mine.pk, other.pk])) == ["3", "2", "1"]


def test_of_person_is_what_they_did() -> None:
    for by in ("user:anna", "user:annabel", "user:anna"):
        record("sync.run", by=by, because=by)
    assert names(queries.of_person("user:anna")) == ["user:anna", "user:anna"]


def test_of_day_is_a_day_of_the_zone() -> None:
    for hour in (22, 23):
        with clock.held(datetime(2026, 3, 1, hour, tzinfo=UTC)):
            record("sync.run", by="user:anna", because=str(hour))
    assert names(queries.of_day(date(2026, 3, 1))) == ["23", "22"]
    assert names(queries.of_day(date(2026, 3, 1), "Europe/Berlin")) == ["22"]
    assert names(queries.of_day(date(2026, 3, 2), "Europe/Berlin")) == ["23"]


def test_visible_is_what_concerns_these_profiles() -> None:
    for profile in ("a", "b", ""):
        record("sync.run", by="user:anna", profile=profile, because=profile or "none")
    entries = Entry.objects.order_by("pk")
    assert names(queries.visible(entries, ["a"])) == ["a"]
    assert names(queries.visible(entries, [])) == []
    assert names(queries.visible(entries, None)) == ["a", "b", "none"]


def test_export_is_every_entry_as_a_line_oldest_first() -> None:
    for n in range(3):
        record("sync.run", by="user:anna", because=str(n), new={"n": n})
    seal()
    lines = [json.loads(line) for line in queries.export(page=2)]
    assert [(line["because"], line["new"], line["position"]) for line in lines] == [
        ("0", {"n": 0}, 1),
        ("1", {"n": 1}, 2),
        ("2", {"n": 2}, 3),
    ]
    assert set(lines[0]) == {*Entry().content(), "id", "hash", "position", "link"}


def test_export_continues_behind_a_key() -> None:
    first, _ = (record("sync.run", by="user:anna", because=str(n)) for n in range(2))
    assert [json.loads(line)["because"] for line in queries.export(after=first.pk)] == ["1"]


def test_export_of_some_entries_is_only_those() -> None:
    for by in ("user:anna", "user:bob"):
        record("sync.run", by=by)
    assert [json.loads(line)["by"] for line in queries.export(queries.of_person("user:bob"))] == ["user:bob"]
