"""Audit entries as steps of a timeline: what happened, who did it, why, and the document or version behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from purveyor.audit.actions import say
from purveyor.audit.models import Entry
from purveyor.web import parts
from purveyor.web.parts import Tone

# A state's name tells its colour whatever it is the state of; the kinds are asked in this order.
_KINDS = {"orders.order": "order", "outbox.document": "document", "jobs.run": "run"}
_LINKS = {
    "orders.order": "order",
    "outbox.document": "document",
    "people.user": "person",
}


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind a step: a document, a version; ``href`` leads there."""

    word: str
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``changes`` are names with their values before and after."""

    at: datetime
    what: str
    who: str
    why: str = ""
    tone: str = str(Tone.QUIET)
    behind: tuple[Behind, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    profile: str = ""


def steps_of(entries: Iterable[Entry]) -> list[Step]:
    """Entries as steps, in their order."""
    return [step_of(entry) for entry in entries]


def step_of(entry: Entry) -> Step:
    """One entry as a step."""
    return Step(
        at=entry.at,
        what=say(entry),
        who=who_words(entry.by),
        why=entry.because,
        tone=tone_of(entry),
        behind=_behind(entry),
        changes=tuple(_changes(entry)),
        profile=entry.profile,
    )


def who_words(by: str) -> str:
    """Who did it, for people: the name alone, a token with its owner, or Purveyor itself."""
    kind, _colon, name = by.partition(":")
    if kind == "user":
        return name
    if kind == "token":
        return _("token %(name)s") % {"name": name}
    if kind == "cli":
        return _("%(name)s at the shell") % {"name": name}
    return "Purveyor" if not name else f"Purveyor ({name})"


def tone_of(entry: Entry) -> str:
    """The colour of the state an entry leads to; quiet for all else."""
    kind = _KINDS.get(entry.object_kind)
    state = entry.new.get("state") if isinstance(entry.new, dict) else None
    return str(parts.badge(kind, str(state)).tone) if kind and state else str(Tone.QUIET)


def _behind(entry: Entry) -> tuple[Behind, ...]:
    name = _LINKS.get(entry.object_kind)
    if name is None or not entry.object_id.isdigit():
        return ()
    return (Behind(entry.object_name or entry.object_id, reverse(name, args=[int(entry.object_id)])),)


def _changes(entry: Entry) -> Iterable[tuple[str, str, str]]:
    old, new = _table(entry.old), _table(entry.new)
    for name in dict.fromkeys([*old, *new]):
        if name != "state" and old.get(name) != new.get(name):
            yield name, _plain(old.get(name)), _plain(new.get(name))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)
