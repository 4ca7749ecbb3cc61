"""What counts of a line that was picked in lots; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from purveyor.warehouse.domain.fold import Heap, Standing, counted, weightier
from purveyor.warehouse.domain.wanted import piece_of

pytestmark = [pytest.mark.unit, pytest.mark.once]

EARLY, LATE = date(2026, 4, 1), date(2026, 9, 1)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_what_expires_first_counts_first_and_what_never_does_last() -> None:
    lots = {("", None): Heap(5), ("B", LATE): Heap(4), ("C", EARLY): Heap(3), ("A", LATE): Heap(2)}
    assert counted(lots, 8) == {("C", EARLY): (3, 0), ("A", LATE): (2, 0), ("B", LATE): (3, 1), ("", None): (0, 5)}
    assert counted(lots, 0)["C", EARLY] == (0, 3)
    assert counted(lots, 100)["", None] == (5, 0)


@pytest.mark.parametrize(
    ("rows", "prepared"),
    [
        ([(3, True)], True),
        ([(3, True), (2, True)], True),
        ([(3, True), (2, False)], False),
        ([(3, False), (2, True)], False),
        ([(0, False), (3, True)], True),
        ([(3, True), (0, False)], True),
    ],
)
def test_goods_are_prepared_only_if_every_row_with_any_says_so(rows: list[tuple[int, bool]], prepared: bool) -> None:
    heap = Heap()
    for eaches, said in rows:
        heap.add(eaches, "", said)
    assert heap.prepared == prepared


def test_reason_that_says_more_stays() -> None:
    assert weightier("", "missing") == weightier("missing", "") == "missing"
    assert weightier("missing", "damaged") == weightier("damaged", "missing") == "damaged"


def test_result_is_older_only_where_both_tell_a_moment() -> None:
    standing = Standing("R1")
    assert not standing.is_older(NOON)
    standing.told_at(NOON)
    standing.told_at(NOON - timedelta(hours=1))
    standing.told_at(None)
    assert standing.picked_at == NOON
    assert [standing.is_older(at) for at in (NOON - timedelta(seconds=1), NOON, None)] == [True, False, False]


@pytest.mark.parametrize(
    ("gtin", "piece"),
    [
        ("14006381333938", "04006381333931"),
        ("84006381333937", "04006381333931"),
        ("04006381333931", ""),
        ("94006381333934", ""),
        ("", ""),
    ],
)
def test_case_number_begins_with_one_to_eight(gtin: str, piece: str) -> None:
    assert piece_of(gtin) == piece
