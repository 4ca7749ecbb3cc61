from __future__ import annotations

import pytest

from purveyor.common.errors import Refused
from purveyor.people import passwords

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("ninechars", ["The password needs at least 10 characters."]),
        ("x" * 256, []),
        ("x" * 257, ["The password may have at most 256 characters."]),
        ("1234567890", ["The password must not be digits only."]),
        ("123456789x", []),
        ("Anna.Vendor", ["The password must not be the user name."]),
        ("anna.vendor1", []),
        ("12", ["The password needs at least 10 characters.", "The password must not be digits only."]),
    ],
)
def test_problems_are_told_each_in_a_sentence(password: str, told: list[str]) -> None:
    assert passwords.problems(password, "anna.vendor") == told


def test_check_refuses_without_repeating_the_password() -> None:
    with pytest.raises(Refused) as caught:
        passwords.check("83838383")
    assert [problem.where for problem in caught.value.problems] == ["password", "password"]
    assert "8383" not in str(caught.value.as_dict())


def test_check_lets_a_good_one_pass() -> None:
    passwords.check("ten chars!", "anna")
