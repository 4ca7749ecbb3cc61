from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from cast import PASSWORD, make_user
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Refused
from purveyor.people.domain import codes, setup
from purveyor.people.domain.refused import SignInRefused, Throttled
from purveyor.people.domain.setup import complete_setup, new_setup_code, setup_is_open
from purveyor.people.domain.sign_in import check_password
from purveyor.people.domain.throttle import BY_SETUP
from purveyor.people.models import SetupCode, User
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_code_is_printed_once_and_kept_as_a_hash() -> None:
    code = new_setup_code()
    assert re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}", code)
    assert code.replace("-", "") not in str(vars(SetupCode.objects.get()))
    assert Entry.objects.values_list("action", "new").get() == ("setup.code_made", None)


@pytest.mark.parametrize("spell", [str, str.lower, lambda code: " " + code.replace("-", "")])
def test_complete_setup_makes_the_first_administrator(spell: Any) -> None:
    user = complete_setup(spell(new_setup_code()), "Anna", PASSWORD)
    assert Who.of(user).may("people.manage") is True
    assert check_password("anna", PASSWORD) == user
    done = Entry.objects.get(action="setup.completed")
    assert (done.by, done.object_name) == ("user:anna", "anna")


def test_setup_closes_for_good() -> None:
    assert setup_is_open() is True
    code = new_setup_code()
    assert setup_is_open() is True
    complete_setup(code, "anna", PASSWORD)
    assert setup_is_open() is False
    User.objects.all().delete()
    setup.forget()
    assert setup_is_open() is False
    for act in (new_setup_code, lambda: complete_setup(code, "bob", PASSWORD)):
        with pytest.raises(Refused) as caught:
            act()
        assert caught.value.code == "setup-closed"
    assert User.objects.count() == 0


def test_setup_is_closed_by_any_user_and_a_code_printed_before_is_void() -> None:
    code = new_setup_code()
    make_user("anna", "warehouse")
    assert setup_is_open() is False
    with pytest.raises(Refused) as caught:
        complete_setup(code, "bob", PASSWORD)
    assert (caught.value.code, User.objects.count()) == ("setup-closed", 1)
    with pytest.raises(Refused) as caught:
        new_setup_code()
    assert caught.value.code == "setup-closed"


def test_closed_setup_asks_the_database_no_more(django_assert_num_queries: Any) -> None:
    make_user("anna")
    setup_is_open()
    with django_assert_num_queries(0):
        assert setup_is_open() is False


def test_a_new_start_replaces_the_old_code() -> None:
    old, new = new_setup_code(), new_setup_code()
    with pytest.raises(SignInRefused):
        complete_setup(old, "anna", PASSWORD)
    assert (User.objects.count(), complete_setup(new, "anna", PASSWORD).username) == (0, "anna")


def test_wrong_name_or_password_does_not_use_the_code_up() -> None:
    code = new_setup_code()
    for name, password in (("an na", PASSWORD), ("anna", "short")):
        with pytest.raises(Refused):
            complete_setup(code, name, password)
    assert complete_setup(code, "anna", PASSWORD).username == "anna"


def test_no_code_was_made_opens_nothing() -> None:
    with pytest.raises(SignInRefused):
        complete_setup("", "anna", PASSWORD)
    assert User.objects.count() == 0


def test_guessing_the_code_is_throttled(held_clock: datetime) -> None:
    code = new_setup_code()
    for _ in range(BY_SETUP.free):
        with pytest.raises(SignInRefused):
            complete_setup("WRNG", "anna", PASSWORD, "127.0.0.1")
    with pytest.raises(Throttled):
        complete_setup(code, "anna", PASSWORD, "127.0.0.1")
    clock.turn(timedelta(seconds=BY_SETUP.step))
    assert complete_setup(code, "anna", PASSWORD, "127.0.0.1").username == "anna"


@pytest.mark.django_db(transaction=True)
def test_two_with_the_code_at_once_one_becomes_administrator() -> None:
    code, gate, made = new_setup_code(), threading.Barrier(4), []

    def work(name: str) -> None:
        gate.wait()
        try:
            made.append(complete_setup(code, name, PASSWORD).username)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[f"user{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [user.username for user in User.objects.all()] == made
    assert len(made) == 1


def test_two_with_the_code_at_once_without_the_guard_both_do() -> None:
    """The twin: both look whether the code is unused and nobody is there, then both act."""
    code = new_setup_code()
    seen = [SetupCode.objects.filter(hash=codes.hash_of(code), used_at=None).exists() for _ in range(2)]
    seen = [right and not User.objects.exists() for right in seen]
    for number, right in enumerate(seen):
        if right:
            with transaction.atomic():
                SetupCode.objects.update(used_at=clock.now())
                make_user(f"user{number}", "administrator")
    assert User.objects.count() == 2
