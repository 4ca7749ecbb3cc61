"""Coming in: the password here, the second factor in ``second_factor`` (its verbs are named here as well)."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.people.domain import throttle
from purveyor.people.domain.refused import SignInRefused, Throttled
from purveyor.people.domain.second_factor import (
    confirm_second_factor,
    enrol_second_factor,
    needs_second_factor,
    recovery_codes_left,
    remove_second_factor,
    verify_second_factor,
)
from purveyor.people.models import User, spell
from purveyor.people.who import Who

__all__ = [
    "SignInRefused",
    "Throttled",
    "check_password",
    "confirm_second_factor",
    "enrol_second_factor",
    "needs_second_factor",
    "recovery_codes_left",
    "remove_second_factor",
    "verify_second_factor",
]


def check_password(username: str, password: str, address: str = "") -> User:
    """The person with this name and password. When ``needs_second_factor``, they are not in yet.

    ``address`` is where the request came from. Raises SignInRefused, with the same words and after the same work for
    an unknown name, a wrong password and somebody shut out; Throttled after too many tries.
    """
    name = spell(username)
    if address:
        throttle.admit(throttle.BY_ADDRESS, address)
    throttle.admit(throttle.BY_NAME, name)
    user = User.objects.filter(username=name).first()
    if not _matches(user, password) or user is None:
        if user is not None:
            _tell("sign_in.refused", user, address)
        raise SignInRefused(_("User name or password is not right."))
    throttle.clear(throttle.BY_NAME, name)
    if address:
        throttle.forgive(throttle.BY_ADDRESS, address)
    if not needs_second_factor(user):
        _tell("sign_in.done", user, address)
    return user


def _matches(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)  # an unknown name shall take as long as a known one
        return False
    return user.check_password(password) and user.is_active


def _tell(action: str, user: User, address: str) -> None:
    record(action, by=Who.of(user).name, obj=user, new={"address": address, "second_factor": False})
