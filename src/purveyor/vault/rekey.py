"""Rotation of the keys that seal secrets: new key first, everything sealed again, then the old keys go.

It may be killed anywhere. The file holds both keys until every value opens with the new one alone; run it again and it
goes on where it stopped. Values being stored meanwhile are waited for at the key ring's row (see ``sealing``), so none
is left behind under a key that is gone.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.db import transaction

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.vault import keys, sealing
from purveyor.vault.models import Sealed

BATCH = 50


def rotate(by: str) -> int:
    """Seal every secret with a new key and drop the old ones; answers how many values were sealed again.

    Raises Misconfigured when the key file cannot be used or a stored value does not open: then nothing is
    dropped.
    """
    first = _begin()
    count = 0
    while True:
        count += sum(_seal_again(model, first) for model in _tables())
        if _finish(first, by, count):
            return count


def forget(by: str) -> int:
    """The way out when the key file is lost for good: give up every stored secret and token; answers how many.

    The key file is made anew with the next secret that is stored.
    """
    with transaction.atomic():
        ring = sealing.lock_ring()
        count = sum(model.give_up() for model in _tables())
        ring.primary = ""
        ring.save(update_fields=["primary"])
        record("keys.forgotten", by=by, new={"count": count})
    return count


def _tables() -> list[type[Sealed]]:
    return [model for model in apps.get_models() if issubclass(model, Sealed)]


def _begin() -> str:
    """Put a new key first, unless a rotation that was interrupted has done so. From here on all sealing uses it."""
    with transaction.atomic():
        ring = sealing.lock_ring()
        found = sealing.keys_with(ring.primary) if ring.primary else keys.make()
        if len(found.values) == 1:
            found = keys.Keys((Fernet.generate_key().decode(), *found.values))
            keys.replace(found)
        ring.primary = found.fingerprints[0]
        ring.save(update_fields=["primary"])
    return found.values[0]


def _seal_again(model: type[Sealed], first: str) -> int:
    """Every value of a table that the first key alone does not open, a few rows a transaction.

    They are read and sealed while the ring is held and our key is the one that seals: a rotation that was overtaken
    would else seal with a key that is dropped already.
    """
    count = last = 0
    while True:
        with transaction.atomic():
            overtaken = sealing.lock_ring().primary != keys.fingerprint(first)
            rows = [] if overtaken else _page(model, last)
            count += sum(_seal_row_again(row, first) for row in rows)
        if not rows:
            return count
        last = rows[-1].pk


def _page(model: type[Sealed], last: int) -> list[Sealed]:
    return list(model._default_manager.filter(pk__gt=last, sealed__isnull=False).order_by("pk")[:BATCH])


def _seal_row_again(row: Sealed, first: str) -> bool:
    """Compare-and-set: a value stored since the page was read is left as it is; the new key has sealed it."""
    if _opens(row, first):
        return False
    sealed = Fernet(first).encrypt(sealing.unseal(row.sealed))
    return bool(type(row)._default_manager.filter(pk=row.pk, sealed=row.sealed).update(sealed=sealed))


def _opens(row: Sealed, first: str) -> bool:
    try:
        Fernet(first).decrypt(bytes(row.sealed or b""))
    except InvalidToken:
        return False
    return True


def _finish(first: str, by: str, count: int) -> bool:
    """Drop the old keys; False when a value still needs one of them."""
    with transaction.atomic():
        ring = sealing.lock_ring()
        if keys.read(anew=True).values[0] != first:
            return True  # another rotation has begun since, with our key among its old ones
        for model in _tables():
            if any(not _opens(row, first) for row in model._default_manager.filter(sealed__isnull=False)):
                return False
        ring.rotated_at = clock.now()
        ring.save(update_fields=["rotated_at"])
        record("keys.rotated", by=by, new={"count": count})
        keys.replace(keys.Keys((first,)))
    return True
