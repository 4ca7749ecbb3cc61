"""What may ship of a line, what is there to be packed, and which lines are one article."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.warehouse.domain.compare import compare
from warehouse.boxes import facts, goods, tree

pytestmark = [pytest.mark.unit, pytest.mark.once]


@pytest.mark.parametrize(
    ("line", "most", "open_", "to_pack"),
    [
        ({}, 10, 10, 10),
        ({"acknowledged": None}, 10, 10, 10),
        ({"acknowledged": 7}, 7, 7, 7),
        ({"acknowledged": 12}, 10, 10, 10),
        ({"elsewhere": 4}, 10, 6, 6),
        ({"elsewhere": 11}, 10, 0, 0),
        ({"picked": 8}, 10, 10, 8),
        ({"picked": 8, "elsewhere": 3}, 10, 7, 5),
        ({"picked": 2, "elsewhere": 3}, 10, 7, 0),
        ({"picked": 12}, 10, 10, 10),
        ({"picked": 0}, 10, 10, 0),
    ],
)
def test_what_may_ship_and_what_is_there(line: dict[str, Any], most: int, open_: int, to_pack: int) -> None:
    found = facts(**line)
    assert (found.most, found.open, found.to_pack) == (most, open_, to_pack)


def test_an_article_goes_by_its_asin_else_by_its_product() -> None:
    product = goods(7, asin="B0TEST0007")
    assert facts(asin="B0TEST0001", product=product).same == "B0TEST0001"
    assert facts(asin="", product=product).same == "B0TEST0007"
    assert facts(asin="", product=goods(7)).same == facts(2, asin="", product=goods(7)).same
    assert facts(asin="").same != facts(2, asin="").same


def test_a_line_is_called_by_the_vendors_own_number_first() -> None:
    assert facts(product=goods(7), vendor_product="V-1").sku == "SKU-7"
    assert facts(vendor_product="V-1").sku == "V-1"
    assert facts(asin="B0TEST0001").sku == "B0TEST0001"


def test_a_volume_is_known_with_all_sides_only() -> None:
    assert goods(length_mm=2, width_mm=3, height_mm=5).volume == 30
    assert goods(length_mm=2, width_mm=3).volume == 0
    assert goods().sides == ()


def test_a_line_of_which_nothing_is_here_counts_nothing_and_one_lacking_piece_can_move() -> None:
    nothing, one = compare(tree([(2, 9)]), [facts(), facts(2)], {})
    assert (nothing.here, nothing.placed, one.placed) == (0, 0, 9)
    assert (one.lacking, one.ways) == (1, ("move", "accept"))
