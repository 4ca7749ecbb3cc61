"""Canonical bytes and hashes: the same content always has the same fingerprint."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


def _plain(value: Any) -> str:
    """A text that is more than a text, as the text it is."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no canonical form")


_encoder = msgspec.json.Encoder(order="sorted", decimal_format="string", enc_hook=_plain)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8. Decimals become strings, moments ISO 8601 with Z."""
    return _encoder.encode(value)


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256 (64 characters)."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> str:
    """The SHA-256 of a value's canonical bytes."""
    return sha256(canonical(value))


def content_of(raw: bytes) -> str:
    """The hash of what a JSON document says, whatever the order of its keys and its blanks.

    Raises msgspec.MsgspecError, UnicodeDecodeError or RecursionError for what is none.
    """
    return fingerprint(msgspec.json.decode(raw))


def chain(previous: str, content: str) -> str:
    """The next link of a hash chain: SHA-256 over the previous link and the content's own hash."""
    return sha256(f"{previous}\n{content}".encode())
