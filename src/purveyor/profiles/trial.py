"""New secrets are tried at Amazon before they are stored: one token exchange, which changes nothing there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext as _

from purveyor.amazon.errors import AmazonError, InvalidClient, InvalidGrant, LoginError
from purveyor.amazon.login import Grant, Login, MemoryTokenStore
from purveyor.common.errors import Misconfigured, Problem, Refused, Remedy
from purveyor.profiles import endpoints
from purveyor.profiles.door import door
from purveyor.profiles.models import Profile, Secret
from purveyor.vault import sealing


class Trial(StrEnum):
    """What a trial showed, as the audit tells it."""

    WORKS = "works"
    UNREACHED = "not tried: Amazon could not be asked"
    HALF = "not tried: its other half is not stored"


def try_secrets(profile: Profile, given: Mapping[str, str], *, may_skip: bool = False) -> Trial:
    """Exchange the given secrets, each missing one taken from what is stored, for an access token.

    A person waits, so trouble on the way is not sat out. Raises Refused when Amazon refuses them, or when it cannot be
    asked and ``may_skip`` does not allow that (code ``untried``).
    """
    grant = _grant(profile, given)
    if grant is None:
        return Trial.HALF
    where = endpoints.addresses_of(profile.environment, profile.marketplace, profile.endpoint, profile.login_url)
    login = Login(door(), where.login_url, grant, MemoryTokenStore(), retries=0)
    try:
        login.token()
    except LoginError as error:
        if error.remedy != Remedy.WAIT:
            raise _refused(error, given) from None
        return _unreached(error, may_skip)
    except AmazonError as error:
        return _unreached(error, may_skip)
    return Trial.WORKS


def _grant(profile: Profile, given: Mapping[str, str]) -> Grant | None:
    """A new client secret is tried alone, never helped out by the one it replaces."""
    kinds = Secret.Kind
    secrets = (given[kinds.CLIENT_SECRET],) if kinds.CLIENT_SECRET in given else _held(profile, kinds.CLIENT_SECRET)
    tokens = (given[kinds.REFRESH_TOKEN],) if kinds.REFRESH_TOKEN in given else _held(profile, kinds.REFRESH_TOKEN)[:1]
    return Grant(profile.client_id, secrets, tokens[0]) if secrets and tokens else None


def _held(profile: Profile, kind: str) -> tuple[str, ...]:
    """What is stored of a kind and opens, the new one first."""
    found = {secret.slot: secret for secret in profile.secrets.filter(kind=kind)}
    slots = (found.get(slot) for slot in (Secret.Slot.NEW, Secret.Slot.OLD))
    try:
        return tuple(sealing.unseal_row(secret).decode() for secret in slots if secret is not None)
    except Misconfigured:
        return ()


def _refused(error: LoginError, given: Mapping[str, str]) -> Refused:
    """Amazon's own word, and beside which field it stands. A wrong secret and one past its end are refused alike."""
    where = ""
    if isinstance(error, InvalidClient) and Secret.Kind.CLIENT_SECRET in given:
        where = str(Secret.Kind.CLIENT_SECRET)
    elif isinstance(error, InvalidGrant) and Secret.Kind.REFRESH_TOKEN in given:
        where = str(Secret.Kind.REFRESH_TOKEN)
    said = _("Amazon refuses this: %(said)s.") % {"said": error.message.rstrip(".")}
    message = _("Amazon refuses the new secret. Nothing was stored; the present one stays in use.")
    return Refused(message, [Problem(said, where=where)], code="secret-refused", hint=_(error.hint))


def _unreached(error: AmazonError, may_skip: bool) -> Trial:
    if may_skip:
        return Trial.UNREACHED
    message = _("Amazon could not be asked whether this works. Nothing was stored.")
    said = _("Say that it shall be stored untried, or try again later.")
    problem = Problem(error.message, where="untried")
    raise Refused(message, [problem], code="untried", remedy=Remedy.WAIT, hint=said)
