"""The second factor: codes from an authenticator (TOTP, RFC 6238), and recovery codes for the day it is lost."""

from __future__ import annotations

import re
import secrets

import segno
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from purveyor.audit.write import record
from purveyor.common import canon, clock
from purveyor.common.errors import Denied, Problem, Refused
from purveyor.people.domain import manage, throttle
from purveyor.people.domain.refused import SignInRefused
from purveyor.people.models import RecoveryCode, User
from purveyor.people.who import Who

RECOVERY_CODES = 10
# Without the letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 12


def needs_second_factor(user: User) -> bool:
    """Whether the password alone does not let this person in."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def enrol_second_factor(user: User) -> tuple[str, str]:
    """Begin: a new secret as an ``otpauth:`` address, and as a picture (SVG) to photograph.

    It counts from ``confirm_second_factor`` on; a secret begun earlier is dropped. Raises Refused when one is on.
    """
    if needs_second_factor(user):
        raise Refused(_("The second factor is on already. Switch it off first to enrol another device."))
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        device = TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)
    return _to_photograph(device)


def begun_second_factor(user: User) -> tuple[str, str] | None:
    """What ``enrol_second_factor`` began and nobody confirmed yet, to show again after a mistyped code."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return _to_photograph(device) if device is not None else None


def _to_photograph(device: TOTPDevice) -> tuple[str, str]:
    uri = str(device.config_url)
    return uri, str(segno.make(uri, micro=False).svg_inline(scale=5, border=2, omitsize=False))


def confirm_second_factor(user: User, code: str) -> list[str]:
    """End: the first code of the new device switches the second factor on. Answers recovery codes, shown this once.

    Raises Refused when the code is not right or nothing was begun.
    """
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    with transaction.atomic():
        if device is None or not _use_totp(device, _digits(code)):
            message = _("The code is not right. Check the clock of your device, then type the code it shows now.")
            raise Refused(message, [Problem(message, where="code")])
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = _new_recovery_codes(user)
        record("second_factor.on", by=Who.of(user).name, obj=user)
    return codes


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
        devices, _each = TOTPDevice.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        if devices:
            record("second_factor.off", by=who.name, obj=user)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    return RecoveryCode.objects.filter(user=user).count()


def _use(user: User, code: str) -> bool:
    digits = _digits(code)
    if len(digits) == 6:
        return any(_use_totp(device, digits) for device in TOTPDevice.objects.filter(user=user, confirmed=True))
    return _use_recovery(user, code)


def _use_totp(device: TOTPDevice, digits: str) -> bool:
    """Whether the code is right and newer than the last one used; then it is the last one used."""
    if len(digits) != device.digits:
        return False
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = clock.now().timestamp()
    if not totp.verify(int(digits), tolerance=device.tolerance, min_t=device.last_t + 1):
        return False
    return bool(TOTPDevice.objects.filter(pk=device.pk, last_t__lt=totp.t()).update(last_t=totp.t()))


def _use_recovery(user: User, code: str) -> bool:
    if not RecoveryCode.objects.filter(user=user, hash=_hash(code)).delete()[0]:
        return False
    record("second_factor.recovered", by=Who.of(user).name, obj=user, new={"left": recovery_codes_left(user)})
    return True


def _new_recovery_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(CODE_LENGTH)) for _all in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=_hash(code)) for code in codes)
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def _digits(code: str) -> str:
    bare = re.sub(r"[\s-]", "", code)
    return bare if re.fullmatch(r"[0-9]+", bare) else ""


def _hash(code: str) -> str:
    return canon.sha256(re.sub(r"[\s-]", "", code).lower().encode())
