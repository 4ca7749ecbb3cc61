"""Access tokens: sealed by the world's key, so that they need no table and outlive a restart."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import timedelta

import msgspec

from purveyor.common import clock

PREFIX = "Atza|"
LIFE = timedelta(seconds=3600)
_SEAL = 16


class Pass(msgspec.Struct, kw_only=True):
    """What an access token says: whose it is, from which app, until when (seconds since 1970). ``scope`` marks a
    grantless one; ``nonce`` makes each token another.
    """

    account: str
    client_id: str
    made: float
    until: float
    scope: str = ""
    nonce: str = ""


def _seal(key: str, body: bytes) -> bytes:
    return hmac.digest(key.encode(), body, hashlib.sha256)[:_SEAL]


def make(key: str, account: str, client_id: str, scope: str = "") -> str:
    """A fresh access token, good for an hour."""
    now = clock.now()
    found = Pass(
        account=account,
        client_id=client_id,
        made=now.timestamp(),
        until=(now + LIFE).timestamp(),
        scope=scope,
        nonce=secrets.token_hex(64),
    )
    body = msgspec.json.encode(found)
    return PREFIX + base64.urlsafe_b64encode(_seal(key, body) + body).decode().rstrip("=")


def read(key: str, token: str) -> Pass | None:
    """What a token says; None when it was not made here or was tampered with. Its age is for the caller to judge."""
    if not token.startswith(PREFIX):
        return None
    text = token[len(PREFIX) :]
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        seal, body = raw[:_SEAL], raw[_SEAL:]
        if not hmac.compare_digest(seal, _seal(key, body)):
            return None
        return msgspec.json.decode(body, type=Pass)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None
