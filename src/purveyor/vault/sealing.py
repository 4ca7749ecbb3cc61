"""Secrets at rest: sealed with the key file's first key, unsealed with any of its keys.

Sealing and storing belong in one transaction, because whoever seals holds the key ring's row until the sealed value is
committed: a rotation of keys (``vault.rekey``) waits for it and so misses no row.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.db import connection

from purveyor.common.errors import Misconfigured
from purveyor.config.home import keys_file
from purveyor.vault import keys
from purveyor.vault.models import KeyRing, Sealed


def seal(plain: bytes) -> bytes:
    """The value, readable only with the key file. Call it in the transaction that stores the result.

    The first use on an installation makes the key file. Raises Misconfigured when the key file is missing, open to
    others, or not the one the other secrets were sealed with.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("seal and store in one transaction")
    ring = lock_ring()
    if ring.primary:
        return keys_with(ring.primary).first.encrypt(plain)
    found = keys.make()
    ring.primary = found.fingerprints[0]
    ring.save(update_fields=["primary"])
    return found.first.encrypt(plain)


def unseal(sealed: bytes | memoryview | None) -> bytes:
    """The value that was sealed. Raises Misconfigured when the key file is missing or does not open it."""
    for anew in (False, True):
        try:
            return keys.read(anew=anew).fernet.decrypt(bytes(sealed or b""))
        except InvalidToken:
            continue
    raise _foreign()


def unseal_row(row: Sealed) -> bytes:
    """The value of a row, read anew once: a rotation may have ended between reading the row and the key file."""
    try:
        return unseal(row.sealed)
    except Misconfigured:
        row.refresh_from_db(fields=["sealed"])
        return unseal(row.sealed)


def lock_ring() -> KeyRing:
    """Hold the key ring's row until the transaction ends (on SQLite the write transaction itself holds it)."""
    KeyRing.objects.get_or_create(pk=1)
    return KeyRing.objects.select_for_update().get(pk=1)


def keys_with(primary: str) -> keys.Keys:
    """The keys, among them the one of this fingerprint. Raises Misconfigured when the file lacks it."""
    for anew in (False, True):
        found = keys.read(anew=anew)
        if primary in found.fingerprints:
            return found
    raise _foreign()


def _foreign() -> Misconfigured:
    return Misconfigured(
        f"The key file {keys_file()} does not open the stored secrets; put back the one they were sealed with.",
        hint="If it is lost for good: purveyor keys forget --yes, then store the secrets of every profile again.",
    )
