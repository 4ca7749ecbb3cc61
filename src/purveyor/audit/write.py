"""The only way into the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from purveyor.audit import actions
from purveyor.audit.models import TOLD, Entry
from purveyor.audit.plain import clean, plain
from purveyor.audit.secrecy import SHAPES, find_secret, masked
from purveyor.base.db import bulk_upsert
from purveyor.base.phrase import for_audit
from purveyor.common import canon, clock
from purveyor.common.errors import Problem, Refused

NAME_LENGTH = 120


def record(
    action: str,
    *,
    by: str,
    obj: Model | None = None,
    name: str = "",
    profile: str = "",
    old: Any = None,
    new: Any = None,
    because: str = "",
) -> Entry:
    """Write down one thing done, in the caller's transaction: if that is rolled back, nothing was done or said.

    ``by`` is ``Who.name``; ``name`` what a person calls the object (a PO number), its text if not given; ``profile``
    the profile's name, the object's own if not given. ``old`` and ``new`` are JSON-like; decimals and moments become
    text, phrases English. Raises UnknownAction for a name that is not in the table, ValueError for a field the action's
    schema does not know or an empty ``by``, Refused when something looks like a secret.
    """
    if not by:
        raise ValueError("an audit entry says who did it")
    told = {"old": plain(old), "new": plain(new)}
    actions.find(action).check(told["old"], told["new"])
    words = {
        "by": by,
        "object_name": clean(name or (masked(str(obj)) if obj is not None else ""))[:NAME_LENGTH],
        "profile": profile or _profile_of(obj),
        "because": clean(for_audit(because)),
    }
    _refuse_secrets(told | words)
    entry = Entry(action=action, object_kind=kind_of(obj), object_id=_id_of(obj), **words, **told)
    entry.save()
    return entry


@dataclass(frozen=True, slots=True)
class Told:
    """What was done to one of many objects of a kind: its key, what a person calls it, from what, to what, why."""

    key: int
    name: str
    old: Any = None
    new: Any = None
    because: str = ""


def record_many(action: str, done: Iterable[Told], *, by: str, kind: type[Model], profile: str = "") -> None:
    """As ``record``, for many objects of one profile, or of none, at once: files have thousands of rows.

    The action's schema names its fields, so that no key can hide a secret; the values are looked at as one text.
    """
    known, object_kind, at = actions.find(action), kind_of(kind), clock.now()
    rows = []
    for one in done:
        old, new = plain(one.old), plain(one.new)
        known.check(old, new)
        name, because = clean(one.name)[:NAME_LENGTH], clean(for_audit(one.because))
        texts = [name, because, *_texts(old), *_texts(new)]
        if SHAPES.search("\n".join(texts)):
            _refuse_secrets({"old": old, "new": new, "object_name": name, "because": because})
        told = (at, by, action, object_kind, str(one.key), name, profile, old, new, because)
        rows.append((*told, canon.fingerprint(dict(zip(TOLD, told, strict=True))), ""))
    bulk_upsert(Entry._meta.db_table, (*TOLD, "hash", "link"), rows)


def _texts(value: Any) -> list[str]:
    return [inner for inner in (value or {}).values() if isinstance(inner, str)]


def kind_of(obj: Model | type[Model] | None) -> str:
    """What the audit calls this kind of object: ``orders.order``."""
    return obj._meta.label_lower if obj is not None else ""


def _id_of(obj: Model | None) -> str:
    return str(obj.pk) if obj is not None else ""


def _profile_of(obj: Model | None) -> str:
    if obj is None:
        return ""
    if kind_of(obj) == "profiles.profile":
        return str(obj.name)  # type: ignore[attr-defined]  # known by its label; the class is further right
    profile = getattr(obj, "profile", None)
    return str(profile.name) if profile is not None else ""


def _refuse_secrets(told: dict[str, Any]) -> None:
    where = find_secret(told)
    if where is not None:
        what = _("This looks like a secret and is not written down. Leave it out.")
        raise Refused(what, [Problem(what, where=where)], code="secret")
