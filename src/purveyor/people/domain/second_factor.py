"""The second factor: codes from an authenticator (TOTP, RFC 6238), and recovery codes for the day it is lost."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from urllib.parse import quote, urlencode

import segno
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.people.domain import codes, manage, throttle
from purveyor.people.domain.refused import SignInRefused
from purveyor.people.models import Authenticator, RecoveryCode, User
from purveyor.people.who import Who
from purveyor.vault import sealing

ISSUER = "Purveyor"
KEY_LENGTH = 20
DIGITS = 6
STEP = 30
TOLERANCE = 1
"""Steps of 30 seconds by which the clock of a device may be off."""
RECOVERY_CODES = 10
CODE_LENGTH = 12


def needs_second_factor(user: User) -> bool:
    """Whether the password alone does not let this person in."""
    return Authenticator.objects.filter(user=user, confirmed=True).exists()


def enrol_second_factor(user: User) -> tuple[str, str]:
    """Begin: a new secret as an ``otpauth:`` address, and as a picture (SVG) to photograph.

    It counts from ``confirm_second_factor`` on; a secret begun earlier is dropped. Raises Refused when one is on.
    """
    key = secrets.token_bytes(KEY_LENGTH)
    with transaction.atomic():
        sealed = sealing.seal(key)
        Authenticator.objects.filter(user=user, confirmed=False).delete()
        if needs_second_factor(user):
            raise Refused(_("The second factor is on already. Switch it off first to enrol another device."))
        Authenticator.objects.create(user=user, sealed=sealed)
    return _to_photograph(user, key)


def begun_second_factor(user: User) -> tuple[str, str] | None:
    """What ``enrol_second_factor`` began and nobody confirmed yet, to show again after a mistyped code."""
    device = Authenticator.objects.filter(user=user, confirmed=False, sealed__isnull=False).first()
    return _to_photograph(user, sealing.unseal_row(device)) if device is not None else None


def _to_photograph(user: User, key: bytes) -> tuple[str, str]:
    told = {"secret": b32encode(key).decode(), "algorithm": "SHA1", "digits": DIGITS, "period": STEP, "issuer": ISSUER}
    uri = f"otpauth://totp/{quote(f'{ISSUER}:{user.username}')}?{urlencode(told)}"
    return uri, str(segno.make(uri, micro=False).svg_inline(scale=5, border=2, omitsize=False))


def confirm_second_factor(user: User, code: str) -> list[str]:
    """End: the first code of the new device switches the second factor on. Answers recovery codes, shown this once.

    Raises Refused when the code is not right or nothing was begun.
    """
    device = Authenticator.objects.filter(user=user, confirmed=False).first()
    with transaction.atomic():
        if device is None or not _use_totp(device, _digits(code)):
            message = _("The code is not right. Check the clock of your device, then type the code it shows now.")
            raise Refused(message, [Problem(message, where="code")])
        Authenticator.objects.filter(pk=device.pk).update(confirmed=True)
        recovery = _new_recovery_codes(user)
        record("second_factor.on", by=Who.of(user).name, obj=user)
    return recovery


def verify_second_factor(user: User, code: str, address: str = "") -> None:
    """Let in a person whose password was right. No code opens twice, at the same moment neither.

    Takes the authenticator's six digits or a recovery code, in any spelling. Raises SignInRefused or Throttled.
    """
    throttle.admit(throttle.BY_CODE, user.pk)
    told = {"address": address, "second_factor": True}
    with transaction.atomic():
        good = user.is_active and _use(user, code)
        record("sign_in.done" if good else "sign_in.refused", by=Who.of(user).name, obj=user, new=told)
    if not good:
        raise SignInRefused(_("The code is not right, or was used already. Wait for the next one."))
    throttle.clear(throttle.BY_CODE, user.pk)


def remove_second_factor(user: User, who: Who | None = None) -> None:
    """Switch it off: the person themselves, or somebody who manages them. Raises Denied."""
    who = who or Who.of(user)
    if not (who.is_person(user) or manage.covers(who, user)):
        raise Denied(_("Only %(name)s or an administrator can do this.") % {"name": user.username})
    with transaction.atomic():
        devices, _each = Authenticator.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if devices:
            record("second_factor.off", by=who.name, obj=user)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(user=user).count()


def _use(user: User, code: str) -> bool:
    digits = _digits(code)
    if len(digits) != DIGITS:
        return _use_recovery(user, code)
    device = Authenticator.objects.filter(user=user, confirmed=True).first()
    return device is not None and _use_totp(device, digits)


def _use_totp(device: Authenticator, digits: str) -> bool:
    """Whether the code is right and newer than the last one used; then it is the last one used."""
    if len(digits) != DIGITS or device.sealed is None:
        return False
    totp = TOTP(sealing.unseal_row(device), STEP, digits=DIGITS)
    totp.time = clock.now().timestamp()
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=device.last_step + 1):
        return False
    return bool(Authenticator.objects.filter(pk=device.pk, last_step__lt=totp.t()).update(last_step=totp.t()))


def _use_recovery(user: User, code: str) -> bool:
    if not RecoveryCode.objects.filter(user=user, hash=codes.hash_of(code)).delete()[0]:
        return False
    record("second_factor.recovered", by=Who.of(user).name, obj=user, new={"left": recovery_codes_left(user)})
    return True


def _new_recovery_codes(user: User) -> list[str]:
    made = [codes.make(CODE_LENGTH).lower() for _each in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=codes.hash_of(code)) for code in made)
    return made


def _digits(code: str) -> str:
    found = codes.bare(code)
    return found if re.fullmatch(r"[0-9]+", found) else ""
