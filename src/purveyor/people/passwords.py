"""What a password must be: long enough, not all digits, not the user name. Pure but for the words' language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused

SHORTEST = 10
LONGEST = 256


def problems(password: str, username: str = "") -> list[str]:
    """What is wrong with a password, each in a sentence; empty when it will do."""
    found = []
    if len(password) < SHORTEST:
        found.append(_("The password needs at least %(shortest)d characters.") % {"shortest": SHORTEST})
    if len(password) > LONGEST:
        found.append(_("The password may have at most %(longest)d characters.") % {"longest": LONGEST})
    if password.isdigit():
        found.append(_("The password must not be digits only."))
    if username and password.strip().lower() == username.strip().lower():
        found.append(_("The password must not be the user name."))
    return found


def check(password: str, username: str = "") -> None:
    """Raises Refused with each problem of the password; the password itself is in none of them."""
    found = problems(password, username)
    if found:
        raise Refused(found[0], [Problem(message, where="password") for message in found])
