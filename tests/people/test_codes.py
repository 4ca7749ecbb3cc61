from __future__ import annotations

import pytest

from purveyor.people.domain import codes

pytestmark = pytest.mark.unit


def test_made_code_has_groups_of_four_without_what_looks_alike() -> None:
    made = [codes.make(16) for _ in range(200)]
    assert {len(code) for code in made} == {19}
    assert {len(part) for code in made for part in code.split("-")} == {4}
    assert set("".join(made)) - {"-"} == set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    assert len(set(made)) == 200


def test_hash_is_the_same_in_any_spelling_and_another_for_another_code() -> None:
    spellings = ["ABCD-EF23", "abcd ef23", " AbCdEf23\n"]
    assert len({codes.hash_of(one) for one in spellings}) == 1
    assert codes.hash_of("ABCD-EF24") != codes.hash_of("ABCD-EF23")
