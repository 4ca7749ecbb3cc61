"""Those who see one cause at the same moment raise one alert. The race has a twin."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from purveyor.alerts.models import Alert
from purveyor.alerts.queries import standing
from purveyor.alerts.raise_ import close_alert, raise_alert
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from racing import PATIENCE, processes, threads

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

CAUSE = "profile:7:trouble"


def raise_it() -> int:
    return raise_alert(CAUSE, kind="profile.trouble", severity="bad", message=Phrase("It does not work.")).pk


@pytest.mark.parametrize("run", [threads, processes])
@pytest.mark.parametrize("count", [2, 6])
def test_one_cause_raised_by_many_at_once_is_one_alert(run: Callable[..., list[int]], count: int) -> None:
    assert set(run(count, raise_it)) == {Alert.objects.get().pk}
    assert Entry.objects.filter(action="alert.opened").count() == 1


def test_twin_that_only_looks_first_finds_no_alert_for_everybody() -> None:
    everybody_has_looked = threading.Barrier(6)

    def look_then_open() -> bool:
        free = not standing(CAUSE).exists()
        everybody_has_looked.wait(PATIENCE)
        return free

    assert threads(6, look_then_open) == [True] * 6


def test_twin_without_the_words_compared_is_told_by_everybody() -> None:
    raise_it()
    everybody_has_read = threading.Barrier(4)
    told: list[str] = []

    def read_then_write() -> None:
        found = standing(CAUSE).get()
        everybody_has_read.wait(PATIENCE)
        if found.message != "Other words.":
            Alert.objects.filter(pk=found.pk).update(message="Other words.")
            told.append("changed")

    threads(4, read_then_write)
    assert len(told) == 4


def test_other_words_of_many_at_once_are_told_once() -> None:
    raise_it()
    threads(6, lambda: raise_alert(CAUSE, kind="profile.trouble", severity="bad", message=Phrase("Other words.")))
    assert Entry.objects.filter(action="alert.changed").count() == 1


def test_closing_by_many_at_once_is_told_once() -> None:
    raise_it()
    assert sorted(threads(6, lambda: close_alert(CAUSE, "It works again."))) == [False] * 5 + [True]
    assert Entry.objects.filter(action="alert.closed").count() == 1
