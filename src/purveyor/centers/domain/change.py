"""The writing behind the verbs: a center's new version, its history and the audit's entry, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from purveyor.audit.secrecy import masked
from purveyor.audit.write import record
from purveyor.centers.domain.facts import facts_of
from purveyor.centers.models import Center, Source, Version
from purveyor.common import clock

_ORIGIN = ("source", "source_note", "valid_from")


def origin(source: str, note: str, valid_from: date) -> dict[str, Any]:
    """Whose word an address is, and since when it holds."""
    return {"source": str(source), "source_note": note, "valid_from": valid_from}


def add(code: str, values: Mapping[str, Any], *, by: str, action: str, because: str = "") -> tuple[Center, bool]:
    """A new center; whether it is new, since another may have been faster: then it is theirs as it is.

    ``action`` is what the audit calls it; it tells an order's words of nothing but the order.
    """
    with transaction.atomic():
        center, added = Center.objects.get_or_create(code=code, defaults=dict(values))
        if added:
            _keep(center, by)
            told = _told(center)
            if center.source == Source.ORDER:
                told = {name: told[name] for name in _ORIGIN}
            record(action, by=by, obj=center, name=masked(code), new=told, because=because)
    return center, added


def write(center: Center, values: Mapping[str, Any], *, by: str, because: str = "", told: bool = True) -> bool:
    """Change what is known of a center; False, and nothing done, when it is no longer in the version the caller saw.

    The instance shows the new values afterwards. Without ``told`` the audit says only whose word it is now: what an
    order says must never be refused over its words, and its history has them.
    """
    old = _told(center)
    changes = dict(values) | {"version": center.version + 1, "updated_at": clock.now()}
    with transaction.atomic():
        if not Center.objects.filter(pk=center.pk, version=center.version).update(**changes):
            return False
        for name, value in changes.items():
            setattr(center, name, value)
        _keep(center, by)
        new = _told(center)
        names = [n for n in old.keys() | new.keys() if old.get(n) != new.get(n) and (told or n in _ORIGIN)]
        before, after = ({n: side[n] for n in sorted(names) if n in side} for side in (old, new))
        record("center.changed", by=by, obj=center, name=masked(center.code), old=before, new=after, because=because)
    return True


def _keep(center: Center, by: str) -> None:
    Version.objects.create(
        center=center,
        number=center.version,
        by=by,
        facts=facts_of(center),
        **{name: getattr(center, name) for name in _ORIGIN},
    )


def _told(center: Center) -> dict[str, Any]:
    return facts_of(center) | {name: getattr(center, name) for name in _ORIGIN}
