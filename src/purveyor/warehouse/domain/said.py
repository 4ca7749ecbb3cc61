"""Why a pick list is on hold or was taken back, and what came of a pick result: kept as facts, put into words when they
are read, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from purveyor.base.phrase import Phrase, _, for_audit, joined, ngettext, phrase
from purveyor.orders.domain.hold_said import because_of

PERSON, HELD, CHANGED, ANSWERED = "person", "held", "changed", "answered"
CANCELLED, CLOSED = "cancelled", "closed"
LATE, TAKEN_BACK, BY_LATER = "late", "taken back", "by later"
MOST_LINES = 20
"""So many lines that differ are named; the list shows all of them."""

SHORT = {
    "missing": gettext_lazy("not found"),
    "damaged": gettext_lazy("damaged"),
    "expired": gettext_lazy("expired"),
    "blocked": gettext_lazy("blocked"),
    "other": gettext_lazy("another reason"),
}
"""Why less was picked than asked, by its code. A later one in this table weighs more where rows differ."""
MISSING = "missing"

Facts = Mapping[str, Any]


def why(reason: Facts) -> Phrase:
    """The reason of a list in one sentence; empty where there is none."""
    kind = reason.get("why", "")
    if kind == HELD:
        checks = (because_of(one["check"], one["told"]) if one["told"] else one["because"] for one in reason["holds"])
        return _("The order is on hold: %(because)s") % {"because": joined(checks)}
    if kind in (CHANGED, ANSWERED):
        return _differing(kind, reason)
    because = reason.get("because", "")
    fixed = {
        PERSON: phrase(because),
        CANCELLED: _("Amazon cancelled the order."),
        CLOSED: _("Amazon closed the order without having received any of it."),
    }
    return fixed.get(kind, Phrase(""))


def _differing(kind: str, reason: Facts) -> Phrase:
    begin = {
        CHANGED: _("Amazon changed the order after its release."),
        ANSWERED: _("The order was answered with less than the list asks for."),
    }[kind]
    return joined([begin, *(_line(one) for one in reason.get("lines", ())), *_moved(reason)])


def _moved(reason: Facts) -> Sequence[Phrase]:
    there = reason.get("ship_to")
    return [_("It goes to %(new)s, not to %(old)s.") % {"old": there[0], "new": there[1]}] if there else []


def _line(one: Facts) -> Phrase:
    return _("Line %(line)s: %(new)d pieces instead of %(old)d.") % one


def in_english(reason: Facts) -> str:
    """The same for the audit, whose language is nobody's in particular."""
    return for_audit(why(reason))


def short(code: str) -> str:
    """Why less was picked, in the reader's language; empty for none."""
    return str(SHORT.get(code, code))


NOT_DUE, AS_ANSWERED, ANSWER, PERSONS, REFUSED = "not due", "as answered", "answer", "person", "refused"


def outcome(facts: Facts) -> str:
    """What a settled result brought about, in one sentence or a few; empty while it is not settled."""
    kind = facts.get("what", "")
    pieces = ngettext("%(count)s piece was picked", "%(count)s pieces were picked", facts.get("picked", 0))
    words = {"count": facts.get("picked", 0), "asked": facts.get("asked", 0), "accepted": facts.get("accepted", 0)}
    counted = (pieces + " " + _("of %(asked)s asked for.")) % words
    sentences = {
        NOT_DUE: _("No rule answers by it; the order waits for a person's answer."),
        AS_ANSWERED: _("That is what was answered."),
        ANSWER: _("The order was answered by it."),
        PERSONS: _("The answer accepts %(accepted)s; a person decides about the rest.") % words,
        REFUSED: _("It could not become the answer: %(problems)s") % {"problems": " ".join(facts.get("problems", ()))},
        LATE: _("It is older than the result that stands, and was not taken."),
        TAKEN_BACK: _("A person took it back."),
        BY_LATER: _("A later result took its place."),
    }
    said = str(sentences.get(kind, ""))
    return f"{counted} {said}" if kind in (NOT_DUE, AS_ANSWERED, ANSWER, PERSONS, REFUSED) else said
