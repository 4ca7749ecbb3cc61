from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cast import PASSWORD, make_user
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.people.domain.sign_in import SignInRefused, Throttled, check_password
from purveyor.people.domain.throttle import BY_ADDRESS, BY_NAME
from purveyor.people.models import Attempt

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

HERE = "127.0.0.1"


def refusal(username: str, password: str, address: str = HERE) -> str:
    with pytest.raises(SignInRefused) as caught:
        check_password(username, password, address)
    return caught.value.message


@pytest.mark.parametrize("typed", ["anna", "Anna", " ANNA "])
def test_check_password_lets_in_whatever_the_case_of_the_name(typed: str) -> None:
    anna = make_user("anna")
    assert check_password(typed, PASSWORD, HERE) == anna
    assert Entry.objects.values_list("action", "by", "new").get() == (
        "sign_in.done",
        "user:anna",
        {"address": HERE, "second_factor": False},
    )


def test_refusals_are_alike_for_unknown_name_wrong_password_and_shut_out() -> None:
    make_user("anna")
    make_user("gone", is_active=False)
    told = {refusal("anna", "wrong"), refusal("nobody", "wrong"), refusal("gone", PASSWORD), refusal("anna", "")}
    assert told == {"User name or password is not right."}


def test_refusal_is_audited_for_known_people_only() -> None:
    make_user("anna")
    refusal("anna", "wrong")
    refusal("nobody", "wrong")
    assert list(Entry.objects.values_list("action", "by")) == [("sign_in.refused", "user:anna")]


def test_sixth_try_waits_even_with_the_right_password(held_clock: datetime) -> None:
    make_user("anna")
    for n in range(BY_NAME.free):
        refusal("anna", "wrong", f"10.0.0.{n}")
    with pytest.raises(Throttled) as caught:
        check_password("anna", PASSWORD, HERE)
    assert caught.value.wait == BY_NAME.step
    clock.turn(timedelta(seconds=BY_NAME.step))
    assert check_password("anna", PASSWORD, HERE).username == "anna"


def test_unknown_names_are_throttled_alike(held_clock: datetime) -> None:
    for n in range(BY_NAME.free):
        refusal("nobody", "wrong", f"10.0.0.{n}")
    with pytest.raises(Throttled):
        check_password("nobody", "wrong", HERE)


def test_success_clears_the_name_but_only_forgives_one_of_the_address(held_clock: datetime) -> None:
    make_user("anna")
    refusal("anna", "wrong")
    refusal("nobody", "wrong")
    check_password("anna", PASSWORD, HERE)
    assert dict(Attempt.objects.values_list("key", "failures")) == {
        BY_NAME.key("nobody"): 1,
        BY_ADDRESS.key(HERE): 2,
    }


def test_an_address_is_throttled_over_many_names(held_clock: datetime) -> None:
    for n in range(BY_ADDRESS.free):
        refusal(f"name{n}", "wrong")
    with pytest.raises(Throttled):
        check_password("another", "wrong", HERE)
    assert refusal("another", "wrong", "10.0.0.9") == "User name or password is not right."


def test_without_an_address_none_is_counted(held_clock: datetime) -> None:
    refusal("nobody", "wrong", "")
    assert list(Attempt.objects.values_list("key", flat=True)) == [BY_NAME.key("nobody")]


def test_unknown_name_takes_the_work_of_a_known_one(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["people.counting_hasher.CountingHasher"]
    from people.counting_hasher import CountingHasher

    make_user("anna")
    make_user("gone", is_active=False)
    work = []
    for name in ("anna", "nobody", "gone"):
        before = CountingHasher.count
        refusal(name, "wrong")
        work.append(CountingHasher.count - before)
    assert work == [1, 1, 1]
