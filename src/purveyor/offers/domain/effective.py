"""What has become of a cell by now: Amazon's question, then each stage's word over the one before. Pure.

A stage answers what the stages before it left. Its quantity may be anything from 0 to what Amazon asked; a price it
does not name stays; a *no* leaves nothing. A later stage sees what an earlier one changed, and what it changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Value:
    """A verdict with its quantity in eaches (0 for no) and its price for one each; None where nobody named one."""

    verdict: bool
    quantity: int
    price: Decimal | None

    @property
    def amount(self) -> Decimal:
        """What it comes to; nothing without a price."""
        return self.quantity * (self.price or Decimal(0)) if self.verdict else Decimal(0)


@dataclass(frozen=True, slots=True)
class Word:
    """What one stage said of a cell, and what it had before its eyes when it did. Whose word it is counts for nothing
    here, and is for who reads it."""

    value: Value
    seen: Value
    comment: str = ""
    by: str = ""
    at: datetime | None = None


def asked(quantity: int, price: Decimal | None) -> Value:
    """What Amazon asks for, as the value the first stage finds."""
    return Value(True, quantity, price)


def after(before: Value, word: Word | None) -> Value:
    """What a stage leaves; without a word of it, what it found."""
    if word is None:
        return before
    said = word.value
    return said if said.price or not before.price else Value(said.verdict, said.quantity, before.price)


def found_by(stages: Sequence[str], words: Mapping[str, Word], key: str, first: Value) -> Value:
    """What a stage finds: all that the ones before it made of the cell. ``stages`` in their order."""
    value = first
    for one in stages:
        if one == key:
            return value
        value = after(value, words.get(one))
    return value


def outcome(stages: Sequence[str], words: Mapping[str, Word], first: Value) -> Value:
    """What the cell comes to after every stage."""
    value = first
    for one in stages:
        value = after(value, words.get(one))
    return value


def changed_since(word: Word, finds: Value) -> tuple[Value, Value] | None:
    """What an earlier stage changed after this word was given: the old and the new value; None where nothing."""
    return None if word.seen == finds else (word.seen, finds)
