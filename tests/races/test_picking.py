"""The same pick result sent twice at once, for the reply to the first was lost: it counts once. The race has a twin."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cast import make_profile
from purveyor.warehouse import queries
from purveyor.warehouse.domain.once import take_once, version_of
from purveyor.warehouse.domain.take import take
from purveyor.warehouse.domain.wanted import Said
from purveyor.warehouse.models import PickList
from racing import PATIENCE, side_by_side, threads
from warehouse.making import ME, picked, released, results

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def out() -> PickList:
    return released(make_profile(), eaches=[10])


ROWS = [Said("lines[0]", "4ABCDEFG", 3, line="1")]


def test_result_sent_twice_at_once_counts_once(out: PickList) -> None:
    version = version_of(queries.lines_of(out))

    def send() -> bool:
        return take_once(ME, out.pk, ROWS, reference="scan-1-0", version=version, seen="")[1]

    assert sorted(side_by_side(send, send, send)) == [False, False, True]
    assert (picked(out), results(out)) == ({"1": (3, 0, "missing")}, [("scan-1-0", "taken")])


def test_twin_that_looks_first_and_takes_then_counts_twice(out: PickList) -> None:
    both_have_looked = threading.Barrier(2)

    def send() -> Any:
        known = out.results.filter(reference="scan-1-0").exists()
        both_have_looked.wait(PATIENCE)
        return known or take(ME, out.profile, ROWS, way="screen", reference="scan-1-0")

    assert True not in threads(2, send)
    assert picked(out) == {"1": (6, 0, "missing")}
