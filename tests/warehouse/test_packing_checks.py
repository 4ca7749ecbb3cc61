"""PK-01 … PK-05 and what belongs to them: each at its bound, on either side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from purveyor.warehouse.domain.checks import findings
from purveyor.warehouse.domain.limits import Limits, grams_of
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, PALLET, Box, Place, Sort, Tree
from warehouse.boxes import FAR, LIMITS, TODAY, facts, goods, tree

pytestmark = [pytest.mark.unit, pytest.mark.once]


def found(of: Tree, *lines: LineFacts, limits: Limits = LIMITS, ship_to: str = "") -> list[tuple[str, str, str]]:
    """Check, what and box of each finding, in their order."""
    known = {line.id: line for line in lines or (facts(),)}
    return [(one.check, one.what, one.key) for one in findings(of, known, limits, ship_to)]


def lots(*sorts: Sort, table: str = CARTON) -> Tree:
    """One box with two pieces of each sort."""
    box = Box(1, "X", 1)
    made = Tree.of([box] if table == PALLET else [], [box] if table == CARTON else [], [])
    for sort in sorts:
        made.put(sort, 2, Place(carton=1) if table == CARTON else Place(pallet=1))
    return made


def test_nothing_is_found_where_everything_is_right() -> None:
    assert found(tree([(1, 10)])) == []


@pytest.mark.parametrize(
    ("line", "packed", "beyond"),
    [
        ({}, 10, False),
        ({}, 11, True),
        ({"acknowledged": 8}, 8, False),
        ({"acknowledged": 8}, 9, True),
        ({"acknowledged": None}, 10, False),
        ({"acknowledged": None}, 11, True),
        ({"acknowledged": 12}, 11, True),
        ({"elsewhere": 4}, 6, False),
        ({"elsewhere": 4}, 7, True),
        ({"elsewhere": 40}, 1, True),
        ({"ordered": 0, "acknowledged": 10}, 1, True),
    ],
)
def test_pk_01_more_than_is_open_of_a_line(line: dict[str, Any], packed: int, beyond: bool) -> None:
    expected = [("PK-01", "beyond", "")] if beyond else []
    assert found(tree([(1, packed)]), facts(**line)) == expected
    assert found(tree([], loose=[(1, packed)]), facts(**line))[: len(expected)] == expected


def test_pk_02_weighs_what_was_said_and_else_reckons() -> None:
    light, heavy = goods(weight_grams=2_300), goods(weight_grams=2_301)
    assert found(tree([(1, 10)]), facts(product=light)) == []
    assert found(tree([(1, 10)]), facts(product=heavy)) == [("PK-02", "weight_reckoned", "C1")]
    assert found(tree([(1, 10)], tare_grams=1), facts(product=light)) == [("PK-02", "weight_reckoned", "C1")]
    assert found(tree([(1, 10)], weight_grams=23_000), facts(product=heavy)) == []
    assert found(tree([(1, 10)], weight_grams=23_001), facts()) == [("PK-02", "weight", "C1")]
    assert found(tree([(1, 9), (2, 1)], tare_grams=99_000), facts(product=heavy), facts(2)) == []


def test_pk_02_sides_and_the_single_item() -> None:
    assert found(tree([(1, 2)], length_mm=635, width_mm=635, height_mm=635)) == []
    for name in ("length_mm", "width_mm", "height_mm"):
        assert found(tree([(1, 2)], **{name: 636})) == [("PK-02", "side", "C1")]
    assert found(tree([(1, 1)], height_mm=900, weight_grams=40_000)) == []


def test_pk_02_limit_of_the_region() -> None:
    assert [grams_of(code) for code in ("DE", "US", "CA", "MX", "JP", "??")] == [
        23_000,
        22_680,
        22_680,
        22_680,
        23_000,
        23_000,
    ]


def test_pk_03_orders_of_a_carton() -> None:
    lines = [facts(n, order_id=n, order=f"PO{n}") for n in range(1, 7)]
    assert found(tree([(n, 1) for n in range(1, 6)]), *lines) == []
    assert found(tree([(n, 1) for n in range(1, 7)]), *lines) == [("PK-03", "orders", "C1")]
    assert found(tree([(n, 1) for n in range(1, 4)], [(n, 1) for n in range(4, 7)]), *lines) == []


def test_pk_03_one_center_and_one_vendor_code() -> None:
    two = tree([(1, 1)], [(2, 1)])
    assert found(two, facts(), facts(2, ship_to="MUC3")) == [("PK-03", "centers", "")]
    assert found(two, facts(), facts(2, vendor_code="ACME2")) == [("PK-03", "vendors", "")]
    assert found(two, facts(), facts(2, ship_to="", vendor_code="")) == []
    assert found(two, facts(), facts(2), facts(3, ship_to="MUC3")) == []  # nothing of it is in here
    assert found(tree([(1, 1)]), facts(), ship_to="MUC3") == [("PK-03", "centers", "")]
    assert found(tree([(1, 1)]), facts(), ship_to="FRA1") == []


@pytest.mark.parametrize("table", [CARTON, PALLET])
def test_pk_04_one_lot_and_one_expiry_of_an_article_in_a_box(table: str) -> None:
    def of(*sorts: Sort) -> list[tuple[str, str, str]]:
        return found(lots(*sorts, table=table), facts(), facts(2, asin="B000000001"), facts(3))

    mixed = [("PK-04", "lots", "X")]
    assert of(Sort(1, lot="a"), Sort(1, lot="b")) == mixed
    assert of(Sort(1, expiry=FAR), Sort(1, expiry=FAR + timedelta(days=1))) == mixed
    assert of(Sort(1, lot="a"), Sort(2, lot="b")) == mixed  # the same article on two lines
    assert of(Sort(1, lot="a"), Sort(1, lot="b"), Sort(1, lot="c")) == mixed  # told once
    assert of(Sort(1, lot="a"), Sort(2, lot="a"), Sort(3, lot="b")) == []


def test_pk_04_lots_in_cartons_of_their_own_may_share_a_pallet() -> None:
    made = Tree.of([Box(1, "P1", 1)], [Box(1, "C1", 1, pallet=1), Box(2, "C2", 2, pallet=1)], [])
    made.put(Sort(1, lot="a"), 2, Place(carton=1))
    made.put(Sort(1, lot="b"), 2, Place(carton=2))
    assert found(made) == []


def test_pk_04_expiry_is_there_and_far_enough_ahead() -> None:
    tracked = facts(product=goods(expiry_tracked=True))
    assert found(lots(Sort(1)), tracked) == [("PK-04", "no_expiry", "X")]
    assert found(lots(Sort(1, expiry=TODAY + timedelta(days=90))), tracked) == []
    assert found(lots(Sort(1, expiry=TODAY + timedelta(days=89))), tracked) == [("PK-04", "soon", "X")]
    assert found(lots(Sort(1, expiry=TODAY + timedelta(days=89))), facts()) == [("PK-04", "soon", "X")]
    assert found(lots(Sort(1)), facts(product=goods())) == []


def test_pk_05_wants_preparing_said() -> None:
    wanted = {"product": goods(prep="bag it")}
    for said, expected in ((None, 1), (False, 1), (True, 0)):
        assert len(found(tree([(1, 10)]), facts(**wanted, prepared=said))) == expected
    assert found(tree([(1, 10)]), facts(**wanted)) == [("PK-05", "prep", "")]


def test_what_is_not_placed_empty_or_on_hold_stands_against_closing() -> None:
    assert found(tree([(1, 4)], loose=[(1, 6)])) == [("PLACE", "unplaced", "")]
    assert found(tree([(1, 10)], [])) == [("PLACE", "empty", "C2")]
    bare = Tree.of([Box(1, "P1", 1), Box(2, "P2", 2)], [Box(3, "C1", 1, pallet=1)], [])
    bare.put(Sort(1), 10, Place(carton=3))
    assert found(bare) == [("PLACE", "empty", "P2")]
    assert found(tree([(1, 10)]), facts(held=True)) == [("HOLD", "held", "")]


def test_severity_is_said_by_the_settings_and_the_grave_stand_first() -> None:
    line = facts(product=goods(prep="bag"))
    limits = Limits(today=TODAY, severity={"PK-02": "warn", "PK-05": "warn", "PK-03": "off"})
    made = tree([(1, 11)], weight_grams=30_000)
    told = [(one.check, one.severity, one.blocks) for one in findings(made, {1: line}, limits, "MUC3")]
    assert told == [("PK-01", "block", True), ("PK-02", "warn", False), ("PK-05", "warn", False)]
