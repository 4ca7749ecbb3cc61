"""What never reaches a log, an exception or a stored exchange: the one place where secrets are taken out.

Two nets lie over each other. Shapes: token and secret prefixes, and the fields and headers that carry them (FACTS
§1.1, §1.5, §3.1). Literals: what the caller knows to be secret is removed wherever it stands, also escaped for a form
or JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MARK = "[redacted]"

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-amz-access-token",
        "x-amz-security-token",
    }
)
SECRET_FIELDS = (
    "access_token",
    "refresh_token",
    "client_secret",
    "restrictedDataToken",
    "newClientSecret",
    "oldClientSecret",
    "clientSecret",
    "refreshToken",
    "accessToken",
)
SHORTEST_LITERAL = 6

_NAMES = "|".join(SECRET_FIELDS)
_JSON_FIELD = re.compile(rf'(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")((?:[^"\\]|\\[^"])*)')
_FORM_FIELD = re.compile(rf"(\b(?:{_NAMES})=)([^&\s\"']+)")
_TOKEN, _SECRET = r"(?:Atz[ar]|Atc)(?:\||%7C)", r"amzn1\.oa2-cs\."
BEGINNINGS = f"{_TOKEN}|{_SECRET}"
"""How Amazon's tokens and secrets begin, as an expression, in any case."""
_SHAPE = re.compile(rf"{_TOKEN}[\w\-+/=.~%|]*|{_SECRET}v1\.[\w\-]+", re.IGNORECASE)
# A plain search for these is hundreds of times faster than the expressions, and pages of orders hold none of them.
_HINTS = tuple(name.encode() for name in SECRET_FIELDS)
_PREFIX = re.compile(BEGINNINGS.encode(), re.IGNORECASE)


def forms_of(secret: str) -> tuple[str, ...]:
    """A secret as it may stand in a text: plain, escaped for a form or an address, escaped for JSON."""
    escaped = json.dumps(secret)[1:-1]
    forms = {secret, quote(secret, safe=""), quote_plus(secret), quote(secret), escaped}
    return tuple(sorted(forms, key=len, reverse=True))


def text(value: str, secrets: Iterable[str] = ()) -> str:
    """The text without secrets. ``secrets`` shorter than six characters are ignored: they would redact everything."""
    for secret in secrets:
        if len(secret) >= SHORTEST_LITERAL:
            for form in forms_of(secret):
                value = value.replace(form, MARK)
    value = _JSON_FIELD.sub(rf"\1{MARK}", value)
    value = _FORM_FIELD.sub(rf"\1{MARK}", value)
    return _SHAPE.sub(MARK, value)


def body(value: bytes, secrets: Iterable[str] = ()) -> bytes:
    """A body without secrets; the very same bytes when there is nothing to take out."""
    known = [s for s in secrets if len(s) >= SHORTEST_LITERAL]
    suspicious = (
        any(hint in value for hint in _HINTS)
        or any(form.encode() in value for secret in known for form in forms_of(secret))
        or _PREFIX.search(value) is not None
    )
    return text(value.decode("utf-8", "replace"), known).encode() if suspicious else value


def headers(values: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Headers without secrets: the carriers by name, the others by content. Names are kept as they are."""
    known = list(secrets)
    return {k: MARK if k.lower() in SECRET_HEADERS else text(v, known) for k, v in values.items()}
