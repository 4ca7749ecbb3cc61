"""Which key seals now, and what every row with a sealed value has in common."""

from __future__ import annotations

from django.db import models


class KeyRing(models.Model):
    """Which key seals now. One row (key 1), locked by whoever seals, so that a rotation of keys misses no row.

    ``primary`` is a fingerprint, never a key: it tells a foreign or old key file before anything is sealed with it.
    """

    primary = models.CharField(max_length=16)
    rotated_at = models.DateTimeField(null=True)


class Sealed(models.Model):
    """A row with a sealed value, null where it has none. A rotation of keys finds every such table by itself."""

    sealed = models.BinaryField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def give_up(cls) -> int:
        """The keys are lost for good: let go of every value that nobody can open any more; answers how many rows."""
        return cls._default_manager.all().delete()[0]
