"""What changed between two versions is told place by place."""

from __future__ import annotations

import pytest

from purveyor.web.diff import changes

pytestmark = pytest.mark.unit


def test_equal_documents_have_no_changes() -> None:
    assert changes({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == []


def test_changed_added_and_removed_places() -> None:
    old = {"state": "New", "window": "a--b", "deal": "X"}
    new = {"state": "New", "window": "a--c", "type": "Rush"}
    assert changes(old, new) == [("window", "a--b", "a--c"), ("deal", "X", ""), ("type", "", "Rush")]


def test_lines_are_told_apart_by_their_number_not_their_place() -> None:
    one, two = {"itemSequenceNumber": "1", "amount": 5}, {"itemSequenceNumber": "2", "amount": 7}
    assert changes({"items": [one, two]}, {"items": [two | {"amount": 8}, one]}) == [("items[2].amount", "7", "8")]


def test_entries_without_a_number_go_by_their_place() -> None:
    assert changes(["a", "b"], ["a", "c", "d"]) == [("[1]", "b", "c"), ("[2]", "", "d")]
