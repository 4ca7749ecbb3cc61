"""The first user. While there is none, a one-time code printed at the start opens set-up; once used, never again."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.people import passwords
from purveyor.people.domain import codes, throttle, users
from purveyor.people.domain.refused import SignInRefused
from purveyor.people.models import SetupCode, User, spell
from purveyor.people.permissions import ADMINISTRATOR
from purveyor.people.who import Who

ONLY = 1
LENGTH = 16
"""Of 5 bits each: 80 bits."""

_closed = False


def setup_is_open() -> bool:
    """Whether there is no user yet. Once closed it stays closed, and asks the database no more."""
    global _closed
    if not _closed:
        _closed = User.objects.exists() or SetupCode.objects.exclude(used_at=None).exists()
    return not _closed


def forget() -> None:
    """Ask the database again; for tests, whose databases become empty again."""
    global _closed
    _closed = False


def new_setup_code() -> str:
    """A new code to be printed for the operator; it replaces the one of an earlier start. Only its hash is kept.

    Raises Refused when set-up is closed.
    """
    code = codes.make(LENGTH)
    with transaction.atomic():
        if not setup_is_open() or not _replace(code):
            raise _closed_error()
        record("setup.code_made", by=Who.cli().name)
    return code


def complete_setup(code: str, username: str, password: str, address: str = "") -> User:
    """Make the first administrator and close set-up for good: of two who come with the code at once, one does.

    Raises Refused (closed, or what is wrong with name and password; the code then still holds), SignInRefused (wrong
    code), Throttled.
    """
    name = spell(username)
    users.check_name(name)
    passwords.check(password, name)
    throttle.admit(throttle.BY_SETUP, address)
    hashed = make_password(password)
    with transaction.atomic():
        use(code)
        if User.objects.exists():
            raise _closed_error()
        who = Who(f"user:{name}")
        user = users.insert_with_role(User(username=name, password=hashed), ADMINISTRATOR, None, who)
        record("setup.completed", by=who.name, obj=user)
    throttle.clear(throttle.BY_SETUP, address)
    return user


def use(code: str) -> None:
    """Use the code up, by compare-and-set. Raises SignInRefused for a wrong one, Refused when set-up is closed."""
    same = SetupCode.objects.filter(pk=ONLY, hash=codes.hash_of(code), used_at=None)
    if same.update(used_at=clock.now()):
        return
    if not setup_is_open():
        raise _closed_error()
    message = _("The code is not right. It was printed when Purveyor started; a new start prints a new one.")
    raise SignInRefused(message, [Problem(message, where="code")])


def _replace(code: str) -> bool:
    """Put the new code in the place of the old one, unless that was used."""
    changed = {"hash": codes.hash_of(code), "made_at": clock.now()}
    if SetupCode.objects.filter(pk=ONLY, used_at=None).update(**changed):
        return True
    try:
        with transaction.atomic():
            SetupCode.objects.create(pk=ONLY, **changed)
    except IntegrityError:
        return False
    return True


def _closed_error() -> Refused:
    return Refused(_("Set-up is closed: there is a user already. Sign in instead."), code="setup-closed")
