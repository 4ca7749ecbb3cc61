"""The proposed cartonisation: full cases first, rests together, everything within the limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.warehouse.domain.limits import Limits
from purveyor.warehouse.domain.propose import TooMany, cartons
from purveyor.warehouse.domain.tree import Item, Sort
from warehouse.boxes import FAR, LIMITS, TODAY, facts, goods

pytestmark = [pytest.mark.unit, pytest.mark.once]


def proposed(*asked: tuple[int, Any], limits: Limits = LIMITS, lots: Any = (), **of_line: Any) -> list[list[Any]]:
    """(eaches, product) by line → the cartons as (line, eaches)."""
    lines = {n: facts(n, 999, product=product, **of_line) for n, (_eaches, product) in enumerate(asked, 1)}
    items = [Item(n, Sort(n, lot=lots[n - 1] if lots else ""), eaches) for n, (eaches, _product) in enumerate(asked, 1)]
    return [list(draft) for draft in cartons(items, lines, limits, 999)]


def test_each_full_case_is_a_carton_and_rests_go_together() -> None:
    found = proposed((26, goods(1, case_pack=12)), (5, goods(2, case_pack=6)), (3, None))
    assert found == [[(1, 12)], [(1, 12)], [(1, 2), (2, 5), (3, 3)]]


def test_a_case_too_heavy_or_too_large_is_filled_up_to_the_limit() -> None:
    assert proposed((20, goods(case_pack=10, weight_grams=4_000))) == [[(1, 5)]] * 4
    large = goods(case_pack=10, length_mm=600, width_mm=600, height_mm=200)
    assert proposed((7, large)) == [[(1, 3)], [(1, 3)], [(1, 1)]]
    unknown_side = goods(case_pack=10, length_mm=600, width_mm=600)
    assert proposed((10, unknown_side)) == [[(1, 10)]]


def test_a_piece_that_breaks_a_limit_goes_alone() -> None:
    assert proposed((2, goods(case_pack=2, weight_grams=23_001))) == [[(1, 1)], [(1, 1)]]
    assert proposed((2, goods(case_pack=2, length_mm=636))) == [[(1, 1)], [(1, 1)]]
    assert proposed((2, goods(case_pack=2, weight_grams=11_500, length_mm=635))) == [[(1, 2)]]


def test_rests_are_parted_by_weight_and_volume() -> None:
    assert proposed((3, goods(1, weight_grams=10_000)), (1, goods(2, weight_grams=3_000))) == [
        [(1, 2), (2, 1)],
        [(1, 1)],
    ]
    half = goods(1, length_mm=635, width_mm=635, height_mm=318)
    assert proposed((3, half)) == [[(1, 1)], [(1, 1)], [(1, 1)]]
    assert proposed((3, goods(1, length_mm=635, width_mm=635, height_mm=317))) == [[(1, 2)], [(1, 1)]]
    thirds = [(2, goods(n, length_mm=635, width_mm=635, height_mm=211)) for n in (1, 2)]
    assert proposed(*thirds) == [[(1, 2), (2, 1)], [(2, 1)]]
    assert proposed((9, None), (1, goods(2, weight_grams=23_000))) == [[(1, 9), (2, 1)]]
    assert proposed((9, None), (1, goods(2, length_mm=635, width_mm=635, height_mm=635))) == [[(1, 9), (2, 1)]]


def test_rests_of_more_orders_than_a_carton_may_hold_are_parted() -> None:
    lines = {n: facts(n, 9, order_id=n) for n in range(1, 8)}
    items = [Item(n, Sort(n), 2) for n in range(1, 8)]
    assert [[item for item, _eaches in draft] for draft in cartons(items, lines, LIMITS, 999)] == [
        [1, 2, 3, 4, 5],
        [6, 7],
    ]
    assert len(cartons(items, lines, Limits(orders=7, today=TODAY), 999)) == 1


def test_two_lots_of_one_article_are_parted_also_over_two_lines() -> None:
    assert proposed((2, None), (2, None), (2, None), lots="aba", asin="B1") == [[(1, 2), (3, 2)], [(2, 2)]]
    assert proposed((2, None), (2, None), lots="ab") == [[(1, 2), (2, 2)]]
    lines = {1: facts(1), 2: facts(2, asin="B000000001")}
    items = [Item(1, Sort(1, expiry=FAR), 1), Item(2, Sort(2), 1)]
    assert cartons(items, lines, LIMITS, 999) == [[(1, 1)], [(2, 1)]]


def test_what_needs_preparing_stays_apart() -> None:
    assert proposed((2, goods(1, prep="bag")), (2, goods(2)), (1, goods(3, prep="wrap"))) == [
        [(1, 2), (3, 1)],
        [(2, 2)],
    ]


def test_more_cartons_than_allowed_are_refused_before_they_are_made() -> None:
    single, lines = goods(case_pack=1), {1: facts(1, product=goods(case_pack=1))}
    assert single.case_pack == 1
    assert len(cartons([Item(1, Sort(1), 5)], lines, LIMITS, 5)) == 5
    with pytest.raises(TooMany):
        cartons([Item(1, Sort(1), 10**12)], lines, LIMITS, 5)
    heavy = {1: facts(1, product=goods(weight_grams=20_000))}
    with pytest.raises(TooMany):
        cartons([Item(1, Sort(1), 6)], heavy, LIMITS, 5)


PRODUCTS = st.builds(
    lambda key, case, grams, side, prep: goods(
        key, case_pack=case, weight_grams=grams, length_mm=side, width_mm=side, height_mm=side, prep=prep
    ),
    key=st.just(1),
    case=st.none() | st.integers(1, 20),
    grams=st.none() | st.integers(1, 30_000),
    side=st.none() | st.integers(1, 700),
    prep=st.sampled_from(["", "bag"]),
)


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(PRODUCTS, st.integers(1, 60), st.integers(1, 9), st.sampled_from("ab"), st.integers(1, 3)),
        min_size=1,
        max_size=10,
    )
)
def test_a_proposal_places_everything_within_the_limits(drawn: list[Any]) -> None:
    lines = {
        n: facts(n, product=product, order_id=order, asin=f"B{article}")
        for n, (product, _eaches, order, _lot, article) in enumerate(drawn, 1)
    }
    items = {n: Item(n, Sort(n, lot=lot), eaches) for n, (_p, eaches, _o, lot, _a) in enumerate(drawn, 1)}
    found = cartons(list(items.values()), lines, LIMITS, 999)
    placed = dict.fromkeys(items, 0)
    for draft in found:
        pieces = sum(eaches for _key, eaches in draft)
        inside = [lines[items[key].sort.line] for key, _eaches in draft]
        lots = {(line.same, items[key].sort.lot) for line, (key, _eaches) in zip(inside, draft, strict=True)}
        grams = sum((line.product.weight_grams or 0) * n for line, (_k, n) in zip(inside, draft, strict=True))  # type: ignore[union-attr]
        assert pieces == 1 or grams <= LIMITS.grams
        assert pieces == 1 or all(max(line.product.sides, default=0) <= LIMITS.side for line in inside)  # type: ignore[union-attr]
        assert len({line.order_id for line in inside}) <= LIMITS.orders
        assert len({article for article, _lot in lots}) == len(lots)
        for key, eaches in draft:
            placed[key] += eaches
    assert placed == {n: item.eaches for n, item in items.items()}
