"""What becomes of a cell: asked, then each stage's word over the one before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.offers.domain.effective import Value, Word, after, asked, changed_since, found_by, outcome

pytestmark = pytest.mark.unit

STAGES = ("commerce", "manufacturing", "warehouse")
FIRST = asked(100, Decimal("2.50"))


def _word(quantity: int, price: str | None = None, *, verdict: bool = True, seen: Value = FIRST) -> Word:
    return Word(Value(verdict, quantity, None if price is None else Decimal(price)), seen)


def test_without_a_word_what_was_asked_stands() -> None:
    assert outcome(STAGES, {}, FIRST) == Value(True, 100, Decimal("2.50"))


def test_the_last_word_counts_and_a_price_not_named_stays() -> None:
    words = {"commerce": _word(90, "2.40"), "warehouse": _word(60)}
    assert outcome(STAGES, words, FIRST) == Value(True, 60, Decimal("2.40"))


def test_a_no_leaves_nothing_and_a_later_yes_brings_it_back() -> None:
    words = {"commerce": _word(0, verdict=False)}
    assert outcome(STAGES, words, FIRST) == Value(False, 0, Decimal("2.50"))
    assert outcome(STAGES, words | {"warehouse": _word(5)}, FIRST) == Value(True, 5, Decimal("2.50"))


def test_a_stage_finds_what_the_ones_before_it_left_not_its_own_word() -> None:
    words = {"commerce": _word(90), "manufacturing": _word(50)}
    assert found_by(STAGES, words, "commerce", FIRST) == FIRST
    assert found_by(STAGES, words, "manufacturing", FIRST) == Value(True, 90, Decimal("2.50"))
    assert found_by(STAGES, words, "warehouse", FIRST) == Value(True, 50, Decimal("2.50"))


def test_a_change_after_the_word_shows_the_old_and_the_new_value() -> None:
    word = _word(50, seen=Value(True, 90, Decimal("2.50")))
    now = Value(True, 80, Decimal("2.50"))
    assert changed_since(word, now) == (Value(True, 90, Decimal("2.50")), now)
    assert changed_since(word, word.seen) is None


def test_amount_counts_only_what_is_taken_at_a_price() -> None:
    assert (asked(4, Decimal("2.5")).amount, asked(4, None).amount, after(FIRST, _word(0, verdict=False)).amount) == (
        Decimal("10.0"),
        Decimal(0),
        Decimal(0),
    )


VALUES = st.builds(lambda n, p: Value(n > 0, n, p), st.integers(0, 100), st.none() | st.decimals(1, 9, places=2))
WORDS = st.dictionaries(st.sampled_from(STAGES), st.builds(Word, VALUES, VALUES))


@given(WORDS)
def test_outcome_is_between_nothing_and_what_some_stage_said(words: dict[str, Word]) -> None:
    found = outcome(STAGES, words, FIRST)
    last = next((words[key] for key in reversed(STAGES) if key in words), None)
    assert found.quantity == (last.value.quantity if last else FIRST.quantity)
    assert found.price in {FIRST.price, *(word.value.price for word in words.values())}
    assert found.amount >= 0


@given(WORDS, st.sampled_from(STAGES))
def test_what_a_stage_finds_hangs_on_the_stages_before_it_alone(words: dict[str, Word], key: str) -> None:
    before = STAGES[: STAGES.index(key)]
    assert found_by(STAGES, words, key, FIRST) == outcome(before, words, FIRST)
    assert found_by(STAGES, {k: w for k, w in words.items() if k in before}, key, FIRST) == outcome(
        before, words, FIRST
    )


@given(WORDS)
def test_stage_that_agrees_changes_nothing(words: dict[str, Word]) -> None:
    found = outcome(STAGES, words, FIRST)
    agrees = Word(Value(found.verdict, found.quantity, None), found)
    assert outcome((*STAGES, "finance"), words | {"finance": agrees}, FIRST) == found
