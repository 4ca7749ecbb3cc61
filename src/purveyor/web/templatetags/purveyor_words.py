"""Filters that say stored names in words; templates have them with the library ``purveyor``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.alerts.sinks import SINKS
from purveyor.centers.domain.resolve import Zone
from purveyor.common.windows import moment_or_none
from purveyor.offers.keys import KEYS
from purveyor.orders import types_said
from purveyor.orders.domain import hold_said
from purveyor.orders.domain.check import RULES
from purveyor.orders.models import Hold
from purveyor.orders.settings import MODES
from purveyor.people.permissions import ROLES
from purveyor.profiles import dated, shapes
from purveyor.profiles.estimate import round_off
from purveyor.profiles.models import Party
from purveyor.warehouse.domain.said import short
from purveyor.web import figures, timeline
from purveyor.web.words import words

register = template.Library()


@register.filter
def who_words(by: str) -> str:
    """Who did it, for people."""
    return timeline.who_words(by)


@register.filter
def setting_word(value: str, name: str) -> str:
    """What a setting says, for people; the value itself where it needs no words."""
    return dated.SETTINGS[name].word(value) if name in dated.SETTINGS else value


@register.filter
def short_word(code: str) -> str:
    """Why less was picked than asked."""
    return short(code)


@register.filter
def outcome_words(outcome: str) -> str:
    """How a try at sending ended."""
    return words("outcome", outcome)


@register.filter
def environment_words(environment: str) -> str:
    """Which Amazon a profile talks to."""
    return words("environment", environment)


@register.filter
def check_words(name: str) -> str:
    """A step of the connection check."""
    return words("check", name)


@register.filter
def value_words(kind: str) -> str:
    """What one of the values from Vendor Central is called."""
    return shapes.words_of(kind)


@register.filter
def stored_at(name: str, stored: dict[str, str]) -> datetime | None:
    """Since when a secret of a draft is stored; None where it is not."""
    at = stored.get(name)
    return datetime.fromisoformat(at) if at else None


@register.filter
def party_words(role: str) -> str:
    """One of the vendor's own parties, in words."""
    return str(Party.Role(role).label)


@register.filter
def party_of(form: Any, role: str) -> list[Any]:
    """The fields of one party in a form."""
    found: list[Any] = form.party(role)
    return found


@register.filter
def has_errors_of(form: Any, role: str) -> bool:
    """Whether something is wrong with one party in a form."""
    return any(name.startswith(f"{role}.") for name in form.errors)


@register.filter
def rounded(value: float) -> str:
    """A number that is only roughly known."""
    return figures.number(round_off(value))


@register.filter
def secret_words(kind: str) -> str:
    """What a secret is."""
    return words("secret", kind)


@register.filter
def clock_words(kind: str) -> str:
    """What a clock of an order runs to."""
    return words("clock", kind)


@register.filter
def message_tone(level: str) -> str:
    """The tone of a message that follows an action."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(level, "moving")


@register.filter
def said(text: str) -> str:
    """A sentence the hub stored, in the reader's language where the catalogues know it."""
    return timeline.said(text or "")


@register.filter
def hold_words(hold: Hold, place: Zone) -> str:
    """Why an order is on hold, in the reader's language and its center's zone."""
    return timeline.said(hold_said.said(hold, place.info))


@register.filter
def step_words(step: str) -> str:
    """Where long work is: so many orders in the reader's language, anything else as it was stored."""
    count, _, noun = step.partition(" ")
    if noun != "orders" or not count.isdecimal():
        return said(step)
    return ngettext("%(n)s order", "%(n)s orders", int(count)) % {"n": figures.number(int(count))}


@register.filter
def sink_words(name: str) -> str:
    """Where a route tells."""
    return str(SINKS[name].TITLE) if name in SINKS else name


@register.filter
def role_words(name: str) -> str:
    """A role in words."""
    return str(ROLES[name].title) if name in ROLES else name


@register.filter
def policy_words(mode: str) -> Any:
    """How a policy answers, in words."""
    return dict(MODES).get(mode, mode)


@register.filter
def plan_words(why: str) -> str:
    """Why a line of an automatic answer gets what it gets."""
    return words("plan", why)


@register.filter
def moment_of(text: str) -> datetime | None:
    """A moment as it is kept in JSON."""
    return moment_or_none(text)


@register.filter
def type_words(name: str) -> str:
    """Of which type an order is."""
    return types_said.word(name)


@register.filter
def rule_word(check_id: str) -> str:
    """What a check that holds an order is called; a person's hold needs no name."""
    keys = dict(RULES)
    return f"{dated.find(f'checks.{keys[check_id]}').title} ({check_id})" if check_id in keys else _("By a person")


@register.filter
def dry_words(name: str) -> str:
    """What an order is answered with, in a dry run."""
    return words("dry", name)


@register.filter
def stage_words(key: str) -> str:
    """What a stage of an offer is called."""
    return str(KEYS[key].title) if key in KEYS else key


@register.filter
def program_words(program: str) -> str:
    """By which of Amazon's programs an offer comes."""
    return words("program", program)


@register.filter
def unsold_words(unsold: str) -> str:
    """What becomes of pieces that Amazon does not sell."""
    return words("unsold", unsold)


@register.filter
def how_words(how: str) -> str:
    """How an answer was given."""
    return words("how", how)
