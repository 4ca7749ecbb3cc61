"""The kinds of settings of a profile: those of the options, with what is allowed in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from purveyor.config import env
from purveyor.config.env import Kind


def number(low: int, high: int) -> Kind:
    """A whole number within bounds, both included."""
    return _saying(env.number(low, high), _("a whole number from {low} to {high}"), low=low, high=high)


def decimal(low: str, high: str, places: int = 4) -> Kind:
    """A decimal within bounds, both included, with at most so many places behind the point."""
    return _saying(env.decimal(low, high, places), _("a number such as 2.5 from {low} to {high}"), low=low, high=high)


def yes_no() -> Kind:
    """yes or no."""
    return _saying(env.yes_no(), _("yes or no"))


def choice(*words: str) -> Kind:
    """One of a few words; what each means is said by the setting's ``choices``."""
    return env.choice(*words)


def listed(parse: Callable[[str], Any], allowed: Any) -> Kind:
    """Words or numbers with commas between them; ``parse`` raises ValueError, ``allowed`` says what may stand there."""
    return _saying(Kind("list", "", parse), allowed)


def _saying(kind: Kind, allowed: Any, **bounds: Any) -> Kind:
    said: Any = format_lazy(allowed, **bounds)
    return replace(kind, allowed=said)
