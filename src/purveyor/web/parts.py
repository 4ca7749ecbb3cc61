"""The colours and words of states: which state has which word and which one colour, the same everywhere.

Colours of states are decided here and nowhere else; the stylesheet knows tones only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class Tone(StrEnum):
    """What a colour says. ``todo`` waits for a person, ``moving`` for a machine, ``apart`` happened outside of us."""

    GOOD = "good"
    MOVING = "moving"
    TODO = "todo"
    WARN = "warn"
    BAD = "bad"
    APART = "apart"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as a word. A loud one has a ground of its colour."""

    word: str | Lazy
    tone: Tone
    loud: bool = False


_ORDER = {
    "new": Badge(pgettext_lazy("order", "New"), Tone.TODO),
    "acknowledging": Badge(gettext_lazy("Acknowledging"), Tone.MOVING),
    "acknowledged": Badge(gettext_lazy("Acknowledged"), Tone.GOOD),
    "answer failed": Badge(gettext_lazy("Answer failed"), Tone.BAD, loud=True),
    "answered elsewhere": Badge(gettext_lazy("Answered elsewhere"), Tone.APART),
    "cancelled": Badge(gettext_lazy("Cancelled"), Tone.QUIET),
    "closed": Badge(gettext_lazy("Closed"), Tone.QUIET),
}
_DOCUMENT = {
    "queued": Badge(gettext_lazy("Queued"), Tone.MOVING),
    "sending": Badge(gettext_lazy("Sending"), Tone.MOVING),
    "sent": Badge(gettext_lazy("Sent"), Tone.MOVING),
    "presumed accepted": Badge(gettext_lazy("Presumed accepted"), Tone.MOVING),
    "unknown": Badge(gettext_lazy("Unknown"), Tone.WARN, loud=True),
    "asked": Badge(gettext_lazy("Asks you"), Tone.TODO, loud=True),
    "verified": Badge(gettext_lazy("Verified"), Tone.GOOD),
    "failed": Badge(gettext_lazy("Failed"), Tone.BAD, loud=True),
}
_RUN = {
    "waiting": Badge(gettext_lazy("Waiting"), Tone.MOVING),
    "running": Badge(gettext_lazy("Running"), Tone.MOVING),
    "done": Badge(gettext_lazy("Done"), Tone.GOOD),
    "failed": Badge(gettext_lazy("Failed"), Tone.BAD, loud=True),
    "cancelled": Badge(gettext_lazy("Cancelled"), Tone.QUIET),
}
_ANSWER = {
    "Accepted": Badge(gettext_lazy("Accepted"), Tone.GOOD),
    "Backordered": Badge(gettext_lazy("Backordered"), Tone.WARN),
    "Rejected": Badge(gettext_lazy("Rejected"), Tone.BAD),
}
_CONFIRMATION = {
    "ACCEPTED": Badge(gettext_lazy("Accepted"), Tone.GOOD),
    "PARTIALLY_ACCEPTED": Badge(gettext_lazy("Partly accepted"), Tone.WARN),
    "REJECTED": Badge(gettext_lazy("Rejected"), Tone.BAD),
    "UNCONFIRMED": Badge(gettext_lazy("Unconfirmed"), Tone.QUIET),
}
_SWITCH = {
    "on": Badge(pgettext_lazy("switch", "On"), Tone.GOOD),
    "off": Badge(pgettext_lazy("switch", "Off"), Tone.WARN, loud=True),
    "active": Badge(gettext_lazy("Active"), Tone.GOOD),
    "inactive": Badge(gettext_lazy("Deactivated"), Tone.QUIET),
    "fine": Badge(gettext_lazy("Fine"), Tone.GOOD),
    "late": Badge(pgettext_lazy("sweep", "Late"), Tone.WARN),
    "never": Badge(gettext_lazy("Not yet run"), Tone.QUIET),
    "stopped": Badge(pgettext_lazy("sweep", "Switched off"), Tone.QUIET),
    "trouble": Badge(gettext_lazy("Trouble"), Tone.BAD, loud=True),
    "paused": Badge(gettext_lazy("Paused"), Tone.BAD, loud=True),
}
_CHECK = {
    "good": Badge(gettext_lazy("Good"), Tone.GOOD),
    "warn": Badge(pgettext_lazy("check", "Look"), Tone.WARN, loud=True),
    "bad": Badge(gettext_lazy("Wrong"), Tone.BAD, loud=True),
    "unknown": Badge(gettext_lazy("Not known yet"), Tone.APART),
    "skipped": Badge(gettext_lazy("Not tried"), Tone.QUIET),
}
_ALERT = {
    "open": Badge(pgettext_lazy("alert", "Open"), Tone.TODO),
    "taken": Badge(pgettext_lazy("alert", "Taken"), Tone.MOVING),
    "closed": Badge(pgettext_lazy("alert", "Closed"), Tone.QUIET),
}
_SEVERITY = {
    "info": Badge(gettext_lazy("Notice"), Tone.MOVING),
    "warn": Badge(gettext_lazy("Warning"), Tone.WARN),
    "bad": Badge(gettext_lazy("Serious"), Tone.BAD, loud=True),
}
_FINDING = {
    "warn": Badge(pgettext_lazy("finding", "Warns"), Tone.WARN),
    "hold": Badge(pgettext_lazy("finding", "Holds"), Tone.TODO, loud=True),
    "block": Badge(pgettext_lazy("finding", "Blocks"), Tone.BAD, loud=True),
}
_DECISION = {
    "waiting": Badge(gettext_lazy("Waiting"), Tone.MOVING),
    "done": Badge(pgettext_lazy("decision", "Answered"), Tone.GOOD),
    "for a person": Badge(gettext_lazy("For a person"), Tone.TODO),
    "void": Badge(pgettext_lazy("decision", "Void"), Tone.QUIET),
}
_FILE = {
    "kept": Badge(pgettext_lazy("file", "To take"), Tone.TODO),
    "taking": Badge(gettext_lazy("Being taken"), Tone.MOVING),
    "done": Badge(pgettext_lazy("file", "Taken"), Tone.GOOD),
    "stopped": Badge(pgettext_lazy("file", "Stopped"), Tone.WARN, loud=True),
}
_ARRIVAL = {
    "seen": Badge(pgettext_lazy("arrival", "Seen"), Tone.MOVING),
    "kept": Badge(pgettext_lazy("arrival", "Being taken"), Tone.MOVING),
    "taken": Badge(pgettext_lazy("arrival", "Being filed away"), Tone.MOVING),
    "done": Badge(pgettext_lazy("arrival", "Taken"), Tone.GOOD),
    "refused": Badge(pgettext_lazy("arrival", "Refused"), Tone.BAD, loud=True),
    "gone": Badge(pgettext_lazy("arrival", "Taken away"), Tone.QUIET),
}
_DEPARTURE = {
    "queued": Badge(pgettext_lazy("departure", "Waiting"), Tone.MOVING),
    "sent": Badge(pgettext_lazy("departure", "Sent"), Tone.GOOD),
    "failed": Badge(pgettext_lazy("departure", "Given up"), Tone.BAD, loud=True),
}
_CHANNEL = {
    "on": _SWITCH["on"],
    "off": _SWITCH["off"],
    "failing": _SWITCH["trouble"],
}
_PRODUCT = {
    "active": Badge(pgettext_lazy("product", "Sold"), Tone.GOOD),
    "inactive": Badge(pgettext_lazy("product", "No longer sold"), Tone.QUIET),
}
_DELIVERY = {
    "waiting": Badge(pgettext_lazy("delivery", "Waiting"), Tone.MOVING),
    "done": Badge(pgettext_lazy("delivery", "Delivered"), Tone.GOOD),
    "dead": Badge(pgettext_lazy("delivery", "Given up"), Tone.BAD, loud=True),
}
_RULE = {
    "met": Badge(pgettext_lazy("rule", "Met"), Tone.GOOD),
    "missed": Badge(pgettext_lazy("rule", "Not met"), Tone.WARN),
}
_OFFER = {
    "open": Badge(pgettext_lazy("offer", "Open"), Tone.TODO),
    "completed": Badge(pgettext_lazy("offer", "Completed"), Tone.GOOD),
    "withdrawn": Badge(pgettext_lazy("offer", "Given up"), Tone.QUIET),
    "expired": Badge(pgettext_lazy("offer", "Expired"), Tone.BAD, loud=True),
}
_STAGE = {
    "waiting": Badge(pgettext_lazy("stage", "Waits"), Tone.QUIET),
    "open": Badge(pgettext_lazy("stage", "Answers"), Tone.TODO),
    "proposed": Badge(pgettext_lazy("stage", "Second person"), Tone.MOVING, loud=True),
    "done": Badge(pgettext_lazy("stage", "Done"), Tone.GOOD),
}
_PACKING = {
    "open": Badge(pgettext_lazy("packing", "Open"), Tone.TODO),
    "packed": Badge(pgettext_lazy("packing", "Closed"), Tone.GOOD),
    "dropped": Badge(pgettext_lazy("packing", "Given up"), Tone.QUIET),
}
_VERDICT = {
    "taken": Badge(pgettext_lazy("row", "Taken"), Tone.GOOD),
    "waits": Badge(pgettext_lazy("row", "Waits for its product"), Tone.WARN),
    "refused": Badge(pgettext_lazy("row", "Refused"), Tone.BAD),
    "skipped": Badge(pgettext_lazy("row", "Nothing asked"), Tone.QUIET),
}
_PICK_LIST = {
    "released": Badge(pgettext_lazy("pick list", "To pick"), Tone.TODO),
    "held": Badge(pgettext_lazy("pick list", "On hold"), Tone.WARN, loud=True),
    "picked": Badge(pgettext_lazy("pick list", "Picked"), Tone.GOOD),
    "cancelled": Badge(pgettext_lazy("pick list", "Taken back"), Tone.QUIET),
}
_PICK_RESULT = {
    "taken": Badge(pgettext_lazy("pick result", "Counts"), Tone.GOOD),
    "replaced": Badge(pgettext_lazy("pick result", "Counts no longer"), Tone.QUIET),
}
BADGES: dict[str, dict[str, Badge]] = {
    "verdict": _VERDICT,
    "offer": _OFFER,
    "packing": _PACKING,
    "pick_list": _PICK_LIST,
    "pick_result": _PICK_RESULT,
    "stage": _STAGE,
    "rule": _RULE,
    "file": _FILE,
    "arrival": _ARRIVAL,
    "departure": _DEPARTURE,
    "channel": _CHANNEL,
    "product": _PRODUCT,
    "order": _ORDER,
    "document": _DOCUMENT,
    "run": _RUN,
    "answer": _ANSWER,
    "confirmation": _CONFIRMATION,
    "switch": _SWITCH,
    "check": _CHECK,
    "alert": _ALERT,
    "severity": _SEVERITY,
    "delivery": _DELIVERY,
    "finding": _FINDING,
    "decision": _DECISION,
}


def badge(kind: str, state: str) -> Badge:
    """The word and colour of a state; a state nobody knows is shown as it is written, in the quiet colour."""
    return BADGES[kind].get(state) or Badge(state, Tone.QUIET)
