"""Why an order is on hold, in words: a person's own, or what a check saw, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

from purveyor.base.phrase import Phrase, _, at_most, for_audit
from purveyor.orders.domain.changes import read
from purveyor.orders.domain.changes_said import in_short
from purveyor.orders.domain.findings_said import SENTENCES, say
from purveyor.orders.models import Hold

CHANGED = "PO-05"
"""The check that holds an order which Amazon changed after it was answered (OPERATIONS §9.1)."""
MOST = 20

Told = Sequence[Mapping[str, Any]]


def because_of(check: str, told: Told, zone: tzinfo = UTC) -> Phrase:
    """What a check saw, in the language of the moment: what Amazon changed, or the numbers of its findings."""
    if check == CHANGED:
        return in_short(read(told), zone)
    return at_most(MOST, list(dict.fromkeys(say(check, numbers) for numbers in told)))


def in_english(check: str, told: Told) -> str:
    """The same for the audit, whose language is nobody's in particular."""
    return for_audit(because_of(check, told))


def said(one: Hold, zone: tzinfo = UTC) -> str:
    """Why an order is held, for whoever reads."""
    known = one.check_id == CHANGED or one.check_id in SENTENCES
    return because_of(one.check_id, one.told, zone) if one.told and known else one.because


def words(holds: Iterable[Hold]) -> list[Phrase]:
    """Each hold in one sentence."""
    return [_("On hold (%(check)s): %(because)s") % {"check": h.check_id, "because": said(h)} for h in holds]
