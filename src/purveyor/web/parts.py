"""The small things every page is made of: words for states with one colour each, due times, amounts, moments.

Colours of states are decided here and nowhere else; the stylesheet knows tones only. Everything is a pure function of
values, in the language that is active.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from purveyor.common import clock
from purveyor.common.errors import Remedy
from purveyor.common.money import plain
from purveyor.common.units import CASES
from purveyor.web.zones import zone_of

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
    "trouble": Badge(gettext_lazy("Trouble"), Tone.BAD, loud=True),
}
BADGES: dict[str, dict[str, Badge]] = {
    "order": _ORDER,
    "document": _DOCUMENT,
    "run": _RUN,
    "answer": _ANSWER,
    "confirmation": _CONFIRMATION,
    "switch": _SWITCH,
}

REMEDIES: dict[str, Lazy] = {
    Remedy.WAIT: gettext_lazy("Wait: it goes on by itself"),
    Remedy.MEND_DATA: gettext_lazy("Mend the data"),
    Remedy.MEND_SETTINGS: gettext_lazy("Mend the settings"),
    Remedy.ASK_AMAZON: gettext_lazy("Ask Amazon"),
    Remedy.TELL_DEVELOPER: gettext_lazy("Tell the developer"),
}
REASONS: dict[str, Lazy] = {
    "TemporarilyUnavailable": gettext_lazy("temporarily unavailable"),
    "InvalidProductIdentifier": gettext_lazy("wrong product number"),
    "ObsoleteProduct": gettext_lazy("no longer made"),
}


DOCUMENTS: dict[str, Lazy] = {"acknowledgement": gettext_lazy("Acknowledgement")}


def document_words(kind: str) -> str:
    """What a document to Amazon is, in the trade's word."""
    return str(DOCUMENTS.get(kind, kind))


RUNS: dict[str, Lazy] = {"backfill": gettext_lazy("Back-fill"), "intake.backfill": gettext_lazy("Back-fill")}
COUNTS: dict[str, Lazy] = {
    "seen": gettext_lazy("seen"),
    "stored": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "aside": gettext_lazy("put aside"),
    "orders": gettext_lazy("orders"),
    "windows": gettext_lazy("windows"),
}


def run_words(kind: str) -> str:
    """What long work is."""
    return str(RUNS.get(kind, kind))


def count_words(name: str) -> str:
    """What a count of a sweep counts."""
    return str(COUNTS.get(name, name))


ENVIRONMENTS: dict[str, Lazy] = {
    "production": gettext_lazy("Production"),
    "sandbox": gettext_lazy("Amazon's sandbox"),
    "simulator": gettext_lazy("Simulator"),
    "custom": gettext_lazy("Custom endpoint"),
}
SECRETS: dict[str, Lazy] = {
    "client_secret": gettext_lazy("Client secret"),
    "refresh_token": gettext_lazy("Refresh token"),
}
OUTCOMES: dict[str, Lazy] = {
    "sent": gettext_lazy("taken by Amazon"),
    "queued": gettext_lazy("did not arrive; tried again"),
    "failed": gettext_lazy("refused by Amazon"),
    "unknown": gettext_lazy("no reply"),
}


def environment_words(environment: str) -> str:
    """Which Amazon a profile talks to."""
    return str(ENVIRONMENTS.get(environment, environment))


def secret_words(kind: str) -> str:
    """What a secret is."""
    return str(SECRETS.get(kind, kind))


def outcome_words(outcome: str) -> str:
    """How a try at sending ended."""
    return str(OUTCOMES.get(outcome, outcome))


def badge(kind: str, state: str) -> Badge:
    """The word and colour of a state; a state nobody knows is shown as it is written, in the quiet colour."""
    return BADGES[kind].get(state) or Badge(state, Tone.QUIET)


def remedy_words(remedy: str) -> str:
    """What a person shall do, in a few words; a remedy nobody knows is shown as it is written."""
    return str(REMEDIES.get(remedy, remedy))


def reason_words(reason: str) -> str:
    """Amazon's rejection reason in the trade's words."""
    return str(REASONS.get(reason, reason))


@dataclass(frozen=True, slots=True)
class Due:
    """A countdown. ``level`` turns from calm over near, soon and loud to over."""

    text: str
    level: str


_LEVELS = (
    (timedelta(0), "over"),
    (timedelta(hours=2.4), "loud"),
    (timedelta(hours=6), "soon"),
    (timedelta(hours=12), "near"),
)


def due(at: datetime | None, now: datetime | None = None) -> Due:
    """How long until a deadline. It is noticed at half, urged at three quarters and loud at 90 % of Amazon's 24 hours
    (OPERATIONS AC-07)."""
    if at is None:
        return Due("", "calm")
    left = at - (now or clock.now())
    level = next((name for limit, name in _LEVELS if left <= limit), "calm")
    if left <= timedelta(0):
        return Due(_("%(time)s late") % {"time": span(-left)}, level)
    return Due(_("%(time)s left") % {"time": span(left)}, level)


def span(length: timedelta) -> str:
    """A length of time in its two largest units that matter: 3 d 4 h, 5 h 20 min, 12 min, 40 s."""
    seconds = int(length.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return _("%(days)s d %(hours)s h") % {"days": number(days), "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(seconds)s s") % {"seconds": seconds}


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """How long ago something happened; empty when it never did."""
    if at is None:
        return ""
    passed = (now or clock.now()) - at
    if passed < timedelta(seconds=1):
        return _("just now")
    return _("%(time)s ago") % {"time": span(passed)}


def number(value: int | Decimal | None, places: int | None = None) -> str:
    """A number as the language writes it, with separated thousands; an en dash for nothing."""
    return "–" if value is None else number_format(value, places, use_l10n=True, force_grouping=True)


def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount of money: at least two places, more where the cost has more, and the currency."""
    if value is None:
        return "–"
    places = len(plain(value).partition(".")[2])
    return f"{number(value, places)} {currency}".strip()


def quantity(eaches: int | None) -> str:
    """Eaches with their unit."""
    return "–" if eaches is None else _("%(count)s ea") % {"count": number(eaches)}


def original(units: int, unit: str, unit_size: int) -> str:
    """A quantity as ordered when that was not in eaches: 40 cases of 12; else nothing."""
    if unit != CASES:
        return ""
    text = ngettext("%(count)s case of %(size)s", "%(count)s cases of %(size)s", units)
    return text % {"count": number(units), "size": number(unit_size)}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in a zone: the text, the zone's short name, its full name, and the machine's spelling."""

    text: str
    zone: str
    place: str
    iso: str


def moment(at: datetime, marketplace: str = "", form: str = "full") -> Moment:
    """A moment in a marketplace's time zone; UTC where none is known.

    ``form`` is full (day, month, year, time), short (without the year), day, brief (a day without its year), or exact
    (with seconds).
    """
    zone = zone_of(marketplace)
    local = at.astimezone(zone)
    # Translators: Django date formats; see the language's habit.
    forms = {"full": _("j M Y, H:i"), "short": _("j M, H:i"), "day": _("D j M Y"), "brief": _("D j M"), "exact": _("j M Y, H:i:s")}
    return Moment(date_format(local, forms[form]), local.tzname() or str(zone), str(zone), at.isoformat())


def size(count: int) -> str:
    """A number of bytes."""
    return _("%(count)s bytes") % {"count": number(count)}
