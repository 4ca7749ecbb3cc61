"""What an answer makes of a cell, and why it cannot stand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from purveyor.offers.domain.decide import Given, Unfit, agreed, decide
from purveyor.offers.domain.effective import Value, Word, asked

pytestmark = pytest.mark.unit

ASKED = asked(100, Decimal("4.50"))
FOUND = Value(True, 80, Decimal("4.00"))
DECLINED = Value(False, 0, Decimal("4.50"))
OWN = Word(Value(True, 60, Decimal("3.90")), ASKED, "for now")
OWN_NO = Word(Value(False, 0, None), ASKED, "no room")


def made(own: Word | None = None, finds: Value = FOUND, *, mapped: bool = True, **said: Any) -> tuple[Value, str]:
    return decide(Given(5, 1, **said), own, finds, ASKED, mapped=mapped)


def why_not(own: Word | None = None, finds: Value = FOUND, *, mapped: bool = True, **said: Any) -> str:
    with pytest.raises(Unfit) as error:
        made(own, finds, mapped=mapped, **said)
    return str(error.value)


@pytest.mark.parametrize(
    ("own", "said", "value", "comment"),
    [
        (None, {"quantity": 40}, Value(True, 40, None), ""),
        (None, {"quantity": 100}, Value(True, 100, None), ""),
        (None, {"quantity": 0}, Value(False, 0, None), ""),
        (None, {"verdict": True}, Value(True, 80, None), ""),
        (None, {"verdict": True, "quantity": 40}, Value(True, 40, None), ""),
        (None, {"verdict": False}, Value(False, 0, None), ""),
        (None, {"verdict": False, "quantity": 40}, Value(False, 0, None), ""),
        (None, {"verdict": True, "price": Decimal("3.5")}, Value(True, 80, Decimal("3.5")), ""),
        (None, {"verdict": True, "price": Decimal("4.0000")}, Value(True, 80, None), ""),
        (None, {"verdict": True, "comment": " fits \n"}, Value(True, 80, None), "fits"),
        (OWN, {"verdict": True}, Value(True, 60, Decimal("3.90")), "for now"),
        (OWN, {"comment": ""}, Value(True, 60, Decimal("3.90")), ""),
        (OWN, {"price": Decimal("4.00")}, Value(True, 60, None), "for now"),
        (OWN, {"verdict": False}, Value(False, 0, Decimal("3.90")), "for now"),
        (OWN_NO, {"verdict": True}, Value(True, 80, None), "no room"),
        (OWN_NO, {"comment": "full"}, Value(False, 0, None), "full"),
    ],
)
def test_answer_leaves_what_it_does_not_name(
    own: Word | None, said: dict[str, Any], value: Value, comment: str
) -> None:
    assert made(own, **said) == (value, comment)


@pytest.mark.parametrize("quantity", [-1, 101])
def test_quantity_beyond_what_is_asked_for_is_refused(quantity: int) -> None:
    assert why_not(quantity=quantity) == f"{quantity} pieces are not between 0 and the 100 asked for."


def test_yes_needs_pieces() -> None:
    assert why_not(verdict=True, quantity=0) == "A yes needs a number of pieces above 0."
    assert why_not(finds=DECLINED, verdict=True) == "A yes needs a number of pieces above 0."


def test_later_stage_may_say_how_many_where_an_earlier_one_declined() -> None:
    assert made(finds=DECLINED, quantity=7) == (Value(True, 7, None), "")


@pytest.mark.parametrize("said", [{"comment": "hm"}, {"price": Decimal(1)}, {}])
def test_nothing_is_decided_in_passing(said: dict[str, Any]) -> None:
    assert why_not(**said) == "Say yes, no or how many pieces first."


@pytest.mark.parametrize("price", ["0", "-1", "100000000", "NaN", "Infinity"])
def test_price_out_of_bounds_is_refused(price: str) -> None:
    said = f"The price {price} is not between 0 and 100,000,000."
    assert why_not(quantity=1, price=Decimal(price)) == said


def test_price_with_more_places_than_are_kept_is_refused() -> None:
    assert why_not(quantity=1, price=Decimal("1.00001")) == "The price 1.00001 has more than 4 decimal places."
    assert made(quantity=1, price=Decimal("1.00010"))[0].price == Decimal("1.0001")


def test_comment_is_short_and_no_secret() -> None:
    assert made(quantity=1, comment="x" * 500)[1] == "x" * 500
    assert why_not(quantity=1, comment="x" * 501) == "A comment has at most 500 characters."
    assert why_not(quantity=1, comment="Atzr|an-obviously-fake-refresh-token") == (
        "This looks like a secret and is not written down. Leave it out."
    )


def test_row_without_a_product_can_only_be_declined() -> None:
    said = "The row waits for its product; until it is mapped it can only be declined."
    assert why_not(mapped=False, quantity=1) == said
    assert why_not(mapped=False, verdict=True) == said
    assert made(mapped=False, verdict=False) == (Value(False, 0, None), "")


def test_agreeing_takes_what_is_found_and_keeps_the_comment() -> None:
    assert agreed(OWN, FOUND) == (Value(True, 80, None), "for now")
    assert agreed(None, DECLINED) == (Value(False, 0, None), "")


VALUES = st.builds(lambda n, p: Value(n > 0, n, p), st.integers(0, 100), st.none() | st.decimals(1, 9, places=2))
GIVENS = st.builds(
    Given,
    row=st.just(5),
    delivery=st.just(1),
    verdict=st.none() | st.booleans(),
    quantity=st.none() | st.integers(-5, 120),
    price=st.none() | st.decimals(-1, 9, places=3),
    comment=st.none() | st.text(max_size=5),
)


@drawn(GIVENS, VALUES, st.none() | VALUES, st.booleans())
def test_whatever_is_said_stays_within_what_is_asked_for(
    said: Given, finds: Value, own: Value | None, mapped: bool
) -> None:
    try:
        value, _comment = decide(said, Word(own, finds) if own else None, finds, ASKED, mapped=mapped)
    except Unfit:
        return
    assert 0 <= value.quantity <= ASKED.quantity
    assert value.verdict == (value.quantity > 0)
    assert value.price is None or value.price > 0
    assert mapped or not value.verdict
