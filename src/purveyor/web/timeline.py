"""Audit entries as steps of a timeline: what happened, who did it, why, and the document or version behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from purveyor.audit.actions import say
from purveyor.audit.models import Entry
from purveyor.base.columns import as_yes_no
from purveyor.common.windows import moment_or_none
from purveyor.web import parts
from purveyor.web.fields import word as field_word
from purveyor.web.figures import moment
from purveyor.web.parts import Tone
from purveyor.web.words import words

# A state's name tells its colour whatever it is the state of; the kinds are asked in this order.
_KINDS = {
    "orders.order": "order",
    "outbox.document": "document",
    "jobs.run": "run",
    "alerts.alert": "alert",
    "offers.offer": "offer",
    "offers.stage": "stage",
    "warehouse.packing": "packing",
}
_LINKS = {
    "orders.order": "order",
    "outbox.document": "document",
    "people.user": "person",
    "offers.offer": "offer",
    "warehouse.packing": "packing",
}
NOTHING = "–"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+Z")


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind a step: a document, a version; ``href`` leads there, ``kind`` is the audit's word for it."""

    word: str
    href: str
    kind: str = ""


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
        what=what_words(entry),
        who=who_words(entry.by),
        why=why_words(entry),
        tone=tone_of(entry),
        behind=_behind(entry),
        changes=tuple(_changes(entry)),
        profile=entry.profile,
    )


def what_words(entry: Entry) -> str:
    """What was done; a mere change of state as the state's own word, in the reader's language."""
    kind = _KINDS.get(entry.object_kind)
    if entry.action != "state.changed" or kind is None:
        return say(entry)
    return f"{_nouns()[kind]}: {parts.badge(kind, _state_of(entry)).word}"


def why_words(entry: Entry) -> str:
    """Why it was done. What the hub itself gave as a reason is known to the catalogues, what a person typed is not."""
    return said(entry.because) if entry.by.startswith("system:") else entry.because


def said(text: str) -> str:
    """A sentence the hub stored, in the reader's language where the catalogues know it."""
    return _(text) if text else ""


def _nouns() -> dict[str, str]:
    return {
        "order": _("Order"),
        "document": _("Document"),
        "run": _("Work"),
        "alert": _("Alert"),
        "offer": _("Offer"),
        "stage": _("Stage"),
    }


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
    kind, state = _KINDS.get(entry.object_kind), _state_of(entry)
    return str(parts.badge(kind, state).tone) if kind and state else str(Tone.QUIET)


def _state_of(entry: Entry) -> str:
    return str(_table(entry.new).get("state", ""))


def _behind(entry: Entry) -> tuple[Behind, ...]:
    name = _LINKS.get(entry.object_kind)
    if name is None or not entry.object_id.isdigit():
        return ()
    link = reverse(name, args=[int(entry.object_id)])
    return (Behind(_name(entry), link, entry.object_kind),)


def _name(entry: Entry) -> str:
    """What the thing is called; a document by its kind in the reader's language and its order."""
    kind, _blank, subject = entry.object_name.partition(" ")
    if entry.object_kind == "outbox.document" and subject:
        return f"{words('document', kind)} {subject}"
    return entry.object_name or entry.object_id


def _changes(entry: Entry) -> Iterable[tuple[str, str, str]]:
    old, new = _table(entry.old), _table(entry.new)
    for name in dict.fromkeys([*old, *new]):
        before, after = _plain(old.get(name)), _plain(new.get(name))
        if name != "state" and before != after:
            yield name, before, after


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(value: Any) -> str:
    """A value as a person reads it: no braces, no quotes, yes and no in words."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return as_yes_no(value)
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{field_word(name)}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, str) and _MOMENT.fullmatch(value) and (at := moment_or_none(value)):
        told = moment(at, form="exact")
        return f"{told.text} {told.zone}"
    return str(value)
