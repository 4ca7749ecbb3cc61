"""Two pages that learn the same new center at the same moment learn it once. The race has a twin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from cast import make_profile
from centers.making import known, learnt, seen
from purveyor.alerts.models import Alert
from purveyor.audit.models import Entry
from purveyor.centers.domain import change
from purveyor.centers.models import Center
from racing import PATIENCE, threads

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

PAGES = 4


def at_once(work: Callable[[], Any]) -> list[Any]:
    return threads(PAGES, work)


def test_new_center_on_many_pages_is_learned_and_asked_about_once() -> None:
    profile = make_profile()
    at_once(lambda: learnt(seen("TWO1"), seen("ONE1"), profile_id=profile.pk))
    assert sorted(Center.objects.filter(source="order").values_list("code", "version")) == [("ONE1", 1), ("TWO1", 1)]
    assert Alert.objects.filter(kind="center.unknown").count() == 2
    assert Entry.objects.filter(action="center.learned").count() == 2
    assert [known(code).versions.count() for code in ("ONE1", "TWO1")] == [1, 1]


def test_of_many_changes_to_one_version_one_is_written() -> None:
    profile = make_profile()
    learnt(seen(), profile_id=profile.pk)
    stale = threading.local()

    def write() -> bool:
        stale.center = known()
        everybody_has_looked.wait(PATIENCE)
        return change.write(stale.center, {"city": "Neustadt"}, by="user:anna")

    everybody_has_looked = threading.Barrier(PAGES)
    assert sorted(at_once(write)) == [False, False, False, True]
    assert (known().version, known().versions.count()) == (2, 2)


def test_twin_that_only_looks_first_finds_the_code_free_on_every_page() -> None:
    everybody_has_looked = threading.Barrier(PAGES)

    def look() -> bool:
        free = not Center.objects.filter(code="NEW1").exists()
        everybody_has_looked.wait(PATIENCE)
        return free

    assert at_once(look) == [True] * PAGES
