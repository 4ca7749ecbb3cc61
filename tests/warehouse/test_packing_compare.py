"""Packed against picked against acknowledged: what differs, what stands, which ways out are open."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.warehouse.domain.compare import Numbers, compare
from warehouse.boxes import facts, tree

pytestmark = [pytest.mark.unit, pytest.mark.once]


@pytest.mark.parametrize(
    ("line", "packed", "differs"),
    [
        ({}, 10, False),
        ({}, 9, True),
        ({}, 0, True),  # a line of the order of which nothing is packed
        ({"picked": 10}, 10, False),
        ({"picked": 9}, 10, True),
        ({"picked": 9}, 9, True),
        ({"acknowledged": 9, "picked": 9}, 9, False),
        ({"acknowledged": None}, 10, True),
        ({"acknowledged": None}, 0, True),
        ({"acknowledged": 0}, 0, False),
        ({"acknowledged": 0, "picked": 0}, 0, False),
        ({"elsewhere": 4}, 6, False),
        ({"elsewhere": 4, "picked": 10}, 6, False),
        ({"elsewhere": 4}, 10, True),
        ({"ordered": 0, "acknowledged": 10}, 0, False),  # Amazon cancelled it
        ({"ordered": 0, "acknowledged": None, "elsewhere": 1}, 0, True),
    ],
)
def test_a_line_differs_where_its_numbers_do(line: dict[str, Any], packed: int, differs: bool) -> None:
    [one] = compare(tree([(1, packed)] if packed else []), [facts(**line)], {})
    assert (one.differs, one.stands) == (differs, differs)


def test_an_accepted_difference_stands_no_more_until_a_number_changes() -> None:
    line, made = facts(picked=8), tree([(1, 8)])
    [one] = compare(made, [line], {1: (Numbers(10, 8, 8), "damaged")})
    assert (one.differs, one.stands, one.accepted, one.ways) == (True, False, "damaged", ())
    for other in (Numbers(9, 8, 8), Numbers(10, 7, 8), Numbers(10, None, 8), Numbers(10, 8, 7)):
        [again] = compare(made, [line], {1: (other, "damaged")})
        assert (again.stands, again.accepted) == (True, "")


@pytest.mark.parametrize(
    ("line", "packed", "ways"),
    [
        ({"may_change": True}, 8, ("cut", "move", "accept")),
        ({}, 8, ("move", "accept")),
        ({"may_change": True, "acknowledged": None}, 10, ("cut", "accept")),
        ({"may_change": True, "acknowledged": 8}, 9, ("cut",)),  # more than is acknowledged cannot stand
        ({"may_change": True}, 11, ()),  # nor can more than was ordered be answered
        ({"may_change": True, "picked": 9}, 10, ("accept",)),
        ({"may_change": True}, 10, ()),
    ],
)
def test_ways_out_that_are_open(line: dict[str, Any], packed: int, ways: tuple[str, ...]) -> None:
    [one] = compare(tree([(1, packed)]), [facts(**line)], {})
    assert one.ways == ways


def test_placed_and_packed_are_counted_apart() -> None:
    [one] = compare(tree([(1, 3)], loose=[(1, 2)]), [facts(elsewhere=1)], {})
    assert (one.here, one.placed, one.packed, one.lacking) == (5, 3, 6, 4)
