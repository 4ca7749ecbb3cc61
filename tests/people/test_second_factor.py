from __future__ import annotations

from base64 import b32decode
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django_otp.oath import TOTP

from cast import PASSWORD, make_cast, make_user
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Refused
from purveyor.people.domain import sign_in
from purveyor.people.domain.sign_in import SignInRefused, Throttled
from purveyor.people.domain.throttle import BY_CODE
from purveyor.people.models import Authenticator, RecoveryCode, User
from purveyor.people.who import Who
from purveyor.profiles.domain.keys import forget_secrets, rotate_keys

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


class Phone:
    """An authenticator: knows what stood in the picture, and the time."""

    def __init__(self, uri: str) -> None:
        self.key = b32decode(parse_qs(urlsplit(uri).query)["secret"][0])

    def code(self, steps: int = 0) -> str:
        totp = TOTP(self.key)
        totp.time = clock.now().timestamp() + 30 * steps
        return f"{totp.token():06d}"


def enrolled(user: User) -> tuple[Phone, list[str]]:
    phone = Phone(sign_in.enrol_second_factor(user)[0])
    codes = sign_in.confirm_second_factor(user, phone.code())
    clock.turn(timedelta(seconds=90))
    return phone, codes


def actions() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


def test_enrol_answers_an_address_and_a_picture() -> None:
    uri, picture = sign_in.enrol_second_factor(make_user("anna"))
    assert uri.startswith("otpauth://totp/Purveyor%3Aanna?secret=")
    assert (picture.startswith("<svg"), "secret" in picture) == (True, False)


def test_second_factor_counts_from_its_first_right_code_on() -> None:
    anna = make_user("anna")
    phone = Phone(sign_in.enrol_second_factor(anna)[0])
    assert sign_in.needs_second_factor(anna) is False
    with pytest.raises(Refused):
        sign_in.confirm_second_factor(anna, phone.code(steps=5))
    assert (sign_in.needs_second_factor(anna), sign_in.recovery_codes_left(anna)) == (False, 0)
    codes = sign_in.confirm_second_factor(anna, phone.code())
    assert (sign_in.needs_second_factor(anna), len(set(codes)), actions()) == (True, 10, ["second_factor.on"])


def test_enrol_again_drops_the_secret_begun_and_refuses_when_on() -> None:
    anna = make_user("anna")
    first = Phone(sign_in.enrol_second_factor(anna)[0])
    enrolled(anna)
    assert Authenticator.objects.count() == 1
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, first.code())
    with pytest.raises(Refused):
        sign_in.enrol_second_factor(anna)


def test_confirm_without_enrolling_is_refused() -> None:
    with pytest.raises(Refused):
        sign_in.confirm_second_factor(make_user("anna"), "000000")


def test_password_alone_is_not_signed_in() -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    sign_in.check_password("anna", PASSWORD)
    assert actions() == ["second_factor.on"]
    sign_in.verify_second_factor(anna, phone.code(), "127.0.0.1")
    assert actions() == ["second_factor.on", "sign_in.done"]
    assert Entry.objects.latest("id").new == {"address": "127.0.0.1", "second_factor": True}


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_of_a_clock_a_little_off_is_right(steps: int) -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    sign_in.verify_second_factor(anna, f"{phone.code(steps)[:3]} {phone.code(steps)[3:]}")


@pytest.mark.parametrize("steps", [-2, 2])
def test_code_of_another_time_is_refused(steps: int) -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, phone.code(steps))
    assert actions() == ["second_factor.on", "sign_in.refused"]


def test_code_opens_once_and_no_older_one_after_it() -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    before, now = phone.code(-1), phone.code()
    sign_in.verify_second_factor(anna, now)
    for code in (now, before):
        with pytest.raises(SignInRefused):
            sign_in.verify_second_factor(anna, code)


def test_code_used_at_enrolment_does_not_sign_in() -> None:
    anna = make_user("anna")
    phone = Phone(sign_in.enrol_second_factor(anna)[0])
    code = phone.code()
    sign_in.confirm_second_factor(anna, code)
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, code)


def test_code_of_somebody_else_is_refused() -> None:
    anna, bob = make_user("anna"), make_user("bob")
    _, (recovery, *_others) = enrolled(anna)
    phone, _ = enrolled(bob)
    for code in (phone.code(), "", "12345", "x"):
        with pytest.raises(SignInRefused):
            sign_in.verify_second_factor(anna, code)
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(bob, recovery)


def test_who_is_shut_out_does_not_come_in_by_code() -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    anna.is_active = False
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, phone.code())


def test_guessing_codes_is_throttled() -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    for _ in range(BY_CODE.free):
        with pytest.raises(SignInRefused):
            sign_in.verify_second_factor(anna, "000000")
    with pytest.raises(Throttled):
        sign_in.verify_second_factor(anna, phone.code())
    clock.turn(timedelta(seconds=BY_CODE.step))
    sign_in.verify_second_factor(anna, phone.code())
    with pytest.raises(SignInRefused):  # and not throttled: the count begins anew
        sign_in.verify_second_factor(anna, "000000")


def test_recovery_code_opens_once_in_any_spelling() -> None:
    anna = make_user("anna")
    _, codes = enrolled(anna)
    sign_in.verify_second_factor(anna, codes[0].upper().replace("-", " "))
    assert (sign_in.recovery_codes_left(anna), actions()[-2:]) == (9, ["second_factor.recovered", "sign_in.done"])
    assert Entry.objects.get(action="second_factor.recovered").new == {"left": 9}
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, codes[0])


def test_recovery_codes_are_kept_as_hashes_only() -> None:
    _, codes = enrolled(make_user("anna"))
    kept = list(RecoveryCode.objects.values_list("hash", flat=True))
    assert [hash_ for hash_ in kept for code in codes if code.replace("-", "") in hash_] == []
    assert {len(hash_) for hash_ in kept} == {64}


def test_remove_is_for_oneself_and_who_manages_one() -> None:
    cast = make_cast()
    enrolled(cast.warehouse)
    for who in (cast.who("vendor_manager"), cast.who("stranger")):
        with pytest.raises(Denied):
            sign_in.remove_second_factor(cast.warehouse, who)
    assert (sign_in.needs_second_factor(cast.warehouse), actions()) == (True, ["second_factor.on"])
    sign_in.remove_second_factor(cast.warehouse, cast.who("administrator"))
    assert (sign_in.needs_second_factor(cast.warehouse), RecoveryCode.objects.count()) == (False, 0)
    assert Entry.objects.latest("id").by == "user:administrator"


def test_remove_ones_own_and_twice_is_told_once() -> None:
    anna = make_user("anna")
    enrolled(anna)
    sign_in.remove_second_factor(anna)
    sign_in.remove_second_factor(anna, Who.of(anna))
    assert actions() == ["second_factor.on", "second_factor.off"]


def test_two_at_once_with_one_code_one_comes_in(held_clock: datetime) -> None:
    """Both have read the device before either has used the code."""
    from purveyor.people.domain import second_factor

    anna = make_user("anna")
    phone, _ = enrolled(anna)
    first, second = Authenticator.objects.get(), Authenticator.objects.get()
    assert [second_factor._use_totp(one, phone.code()) for one in (first, second)] == [True, False]


def test_two_at_once_without_the_guard_both_come_in(held_clock: datetime) -> None:
    """The twin: read, compare and write, as one would without a compare-and-set."""
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    first, second = Authenticator.objects.get(), Authenticator.objects.get()

    def careless(device: Authenticator) -> bool:
        totp = TOTP(phone.key)
        totp.time = clock.now().timestamp()
        good = totp.verify(int(phone.code()), min_t=device.last_step + 1)
        Authenticator.objects.filter(pk=device.pk).update(last_step=totp.t())
        return bool(good)

    assert [careless(one) for one in (first, second)] == [True, True]


def test_secret_is_sealed_and_outlives_a_rotation_of_keys() -> None:
    anna = make_user("anna")
    phone, _ = enrolled(anna)
    before = bytes(Authenticator.objects.get().sealed or b"")
    assert phone.key not in before
    assert rotate_keys(Who.cli()) == 1
    assert bytes(Authenticator.objects.get().sealed or b"") != before
    sign_in.verify_second_factor(anna, phone.code())


def test_lost_keys_open_no_account_and_recovery_codes_still_do() -> None:
    anna = make_user("anna")
    phone, codes = enrolled(anna)
    assert forget_secrets(Who.cli()) == 1
    assert sign_in.needs_second_factor(anna) is True
    with pytest.raises(SignInRefused):
        sign_in.verify_second_factor(anna, phone.code())
    sign_in.verify_second_factor(anna, codes[0])
