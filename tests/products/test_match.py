"""Which product a line means: in the order ASIN, EAN, SKU, alias."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from products.making import EAN, UPC, alias, product
from purveyor.products.domain.match import Match, Names, match, match_many

KNOWN = Names(asins={"B012345678": 1}, gtins={f"0{EAN}": 2, f"00{UPC}": 3}, skus={EAN: 4, "SKU-1": 5, "AB 1": 8},
              aliases={"OLDNAME": 6, "B0OLDASIN0": 7}, inactive=frozenset({5}))  # fmt: skip


@pytest.mark.unit
@pytest.mark.parametrize(
    ("pair", "found"),
    [
        (("B012345678", EAN), Match(1, "asin")),
        (("b012345678 ", ""), Match(1, "asin")),
        (("", EAN), Match(2, "ean")),
        (("B0UNKNOWN0", f"  {EAN}"), Match(2, "ean")),
        (("", UPC), Match(3, "ean")),
        (("", f"0{UPC}"), Match(3, "ean")),
        (("", f" {EAN[:-1]}2"), None),
        (("", " SKU-1 "), Match(5, "sku", active=False)),
        (("", "sku-1"), None),
        (("", "AB 1"), Match(8, "sku")),
        (("", "old name"), Match(6, "alias")),
        (("B0OLDASIN0", ""), Match(7, "alias")),
        (("B0OLDASIN0", "OLDNAME"), Match(6, "alias")),
        (("", ""), None),
        (("", "  "), None),
    ],
)
def test_first_way_that_finds_a_product_counts(pair: tuple[str, str], found: Match | None) -> None:
    assert match(pair, KNOWN) == found


@pytest.mark.unit
def test_number_that_is_an_ean_and_a_sku_means_the_ean() -> None:
    assert match(("", EAN), KNOWN) == Match(2, "ean")
    assert match(("", EAN), Names({}, {}, KNOWN.skus, {})) == Match(4, "sku")


@pytest.mark.integration
@pytest.mark.django_db
def test_many_pairs_are_matched_against_the_catalogue() -> None:
    spoon = product("SPOON-1", asin="B012345678", gtin=f"0{EAN}")
    bowl = product("BOWL-1", active=False)
    alias(bowl, "Bowl, old")
    pairs = [("B012345678", "x"), ("", f" {EAN}"), ("", "BOWL-1"), ("", "bowl,OLD"), ("B0NOBODY00", "nothing")]
    assert match_many(pairs) == {
        pairs[0]: Match(spoon.pk, "asin"),
        pairs[1]: Match(spoon.pk, "ean"),
        pairs[2]: Match(bowl.pk, "sku", active=False),
        pairs[3]: Match(bowl.pk, "alias", active=False),
    }


@pytest.mark.integration
@pytest.mark.django_db
def test_no_pairs_ask_nothing() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert match_many([]) == {}
    assert len(asked) == 0


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("many", [1, 3, 300])
def test_any_number_of_pairs_asks_as_many_questions(many: int) -> None:
    for number in range(3):
        product(f"SKU-{number}", asin=f"B00000000{number}")
    pairs = [(f"B00000000{number}", f"SKU-{number}" if number else EAN) for number in range(many)]
    with CaptureQueriesContext(connection) as asked:
        found = match_many(pairs)
    assert len(asked) == 4
    assert len(found) == min(many, 3)
