"""What must never stand in the audit: values and keys that look like a secret, wherever they hide in a JSON value.

Pure. Shapes: Amazon's tokens and secrets (FACTS §1.1, §1.2), our own API tokens, password hashes, sealed values, keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from purveyor.amazon.redact import BEGINNINGS

SHAPES = re.compile(
    rf"{BEGINNINGS}|pvy_[0-9a-f]{{6,12}}_[\w-]{{20,}}|whsec_[\w-]{{20,}}|pbkdf2_\w+\$|argon2\w*\$|bcrypt\w*\$|scrypt\$"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|otpauth://|gAAAAA[\w-]{20,}|Bearer\s+\S{16,}|AKIA[0-9A-Z]{16}",
    re.IGNORECASE,
)
KEYS = frozenset(
    {"password", "passphrase", "secret", "clientsecret", "refreshtoken", "accesstoken", "authorization", "privatekey"}
)
MASKS = re.compile(r"[*•.…x]*|changed|set|hidden|removed", re.IGNORECASE)


def find_secret(value: Any, where: str = "") -> str | None:
    """Where in a JSON value something looks like a secret, as a path such as ``new.client_secret``; None if nowhere.

    The path never holds the secret itself.
    """
    return next(_find(value, where), None)


def masked(text: str) -> str:
    """A text that comes from elsewhere, such as an order's number: what looks like a secret is not shown, and nothing
    is refused over it."""
    return "[redacted]" if find_secret(text) is not None else text


def _find(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _find_in_pair(str(key), inner, where)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _find(inner, f"{where}[{index}]")
    elif isinstance(value, str) and SHAPES.search(value):
        yield where


def _find_in_pair(key: str, value: Any, where: str) -> Iterator[str]:
    if SHAPES.search(key):
        yield f"{where}.(key)".lstrip(".")
        return
    path = f"{where}.{key}".lstrip(".")
    if _bare(key) in KEYS and isinstance(value, str) and not MASKS.fullmatch(value):
        yield path
        return
    yield from _find(value, path)


def _bare(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())
