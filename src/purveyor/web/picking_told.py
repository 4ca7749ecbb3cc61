"""Between the picker's page and the verbs: a list as the page knows it, what it says by itself, what it sends."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.warehouse import queries, scanning
from purveyor.warehouse.domain import once, said
from purveyor.warehouse.models import PickLine, PickList
from purveyor.warehouse.papers import cases
from purveyor.warehouse.schemas import line_row
from purveyor.warehouse.states import PickListState
from purveyor.web.pick_form import Entry, PickForm

OF_LINE = ("line", "quantity", "lot", "expiry", "reason", "prepared")
MOST_ROWS = 20_000
TOLD_OF_LINE = ("line", "sku", "ean", "asin", "title", "location", "case_pack", "expiry_tracked", "prep", "quantity")


class PlainPick(PickForm):
    """The same as a plain form; what a line's product needs done is confirmed as well."""

    def _typed(self, number: str, at: int) -> dict[str, str]:
        return super()._typed(number, at) | {"prepared": "yes" if f"prepared-{number}-{at}" in self.data else ""}

    @property
    def lots(self) -> list[tuple[PickLine, str, list[Entry]]]:
        """Each line with its quantity in cases and its entries."""
        return [(line, in_cases(line), entries) for line, entries in self.rows]


def in_cases(line: PickLine) -> str:
    """What a line asks for in cases; blank where its product has none."""
    return cases(line.asked, line.product.case_pack if line.product else None)


def now_told(found: PickList, lines: Sequence[PickLine]) -> dict[str, Any]:
    """What may change while somebody picks: asked for every few seconds."""
    state = state_of(found)
    return {
        "state": state,
        "why": said.why(found.reason),
        "version": once.version_of(lines),
        "seen": once.standing(found),
    }


def state_of(found: PickList) -> str:
    """``open`` while it may be picked, else why not."""
    return str(found.state) if found.state in (PickListState.HELD, PickListState.CANCELLED) else "open"


def list_told(found: PickList, lines: Sequence[PickLine], who: Who) -> dict[str, Any]:
    """The whole list, with what every symbol means."""
    sums = queries.figures([found])[found.pk]
    rows = [{name: row[name] for name in TOLD_OF_LINE} for row in (line_row(line, sums) for line in lines)]
    for row, line in zip(rows, lines, strict=True):
        row["cases"] = in_cases(line)
        row["sku"] = row["sku"] or line.line.vendor_product or line.line.asin
    return now_told(found, lines) | {
        "number": found.number,
        "by": who.name.partition(":")[2] or who.name,
        "lines": rows,
        "codes": scanning.meanings(lines),
        "reasons": [[code, str(word)] for code, word in said.SHORT.items()],
        "addresses": {name: reverse(f"picking-{name}", args=[found.pk]) for name in ("now", "code", "take")},
    }


def strange_told(found: PickList, strange: scanning.Strange) -> dict[str, Any]:
    """What a symbol is that this list does not know: another list to go to, or what to say of it."""
    there = strange.pick_list
    said_ = _("This is pick list %(number)s.") % {"number": there.number} if there is not None else ""
    if there is not None and strange.replaced:
        said_ = queries.replaced(strange.replaced, there)
        if there.pk == found.pk:
            return {"said": said_}
    if there is not None and there.pk != found.pk:
        return {"said": said_, "go": reverse("picking", args=[there.pk]), "number": there.number}
    if strange.product is not None:
        words = {"sku": strange.product.sku, "title": strange.product.title}
        return {"said": _("%(sku)s %(title)s is not on this list.") % words}
    return {"said": _("Nobody knows this symbol.")}


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page says was picked: rows by the columns of a pick file, and what it had before it."""

    reference: str
    version: str
    seen: str
    rows: list[dict[str, Any]] = field(default_factory=list)


def read_sent(text: str) -> Sent:
    """Raises Refused for what no page of ours sends."""
    try:
        told = json.loads(text)
        rows = [dict(one) for one in told["lines"]]
        names = [str(told[name]) for name in ("reference", "version", "seen")]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(_("What was picked cannot be read. Load the page again.")) from None
    if not names[0] or len(rows) > MOST_ROWS or any(set(row) - set(OF_LINE) for row in rows):
        raise Refused(_("What was picked cannot be read. Load the page again."))
    reference, version, seen = names
    return Sent(reference, version, seen, [{key: _plain(value) for key, value in row.items()} for row in rows])


def plain_sent(data: Mapping[str, str], form: PickForm) -> Sent:
    """The same of the plain form."""
    rows = form.as_asked() if data.get("do") == "all" else form.given()
    if not rows:
        raise Refused(_("Say of one line at least how much was picked, or why nothing was."))
    reference, version, seen = (data.get(name, "")[:200] for name in ("reference", "version", "seen"))
    return Sent(reference, version, seen, rows)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def in_lines(problems: Sequence[Problem], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Problems by the line they concern, blank for those of the whole result."""
    found = []
    for one in problems:
        place = one.where.removeprefix("lines[").partition("]")[0]
        fits = one.where.startswith("lines[") and place.isdecimal() and int(place) < len(rows)
        found.append({"line": str(rows[int(place)].get("line", "")) if fits else "", "message": one.message})
    return found


def words() -> dict[str, str]:
    """What the page says by itself, in the reader's language."""
    return {name: str(word) for name, word in _WORDS.items()}


_WORDS = {
    "pieces": gettext_lazy("{count} pieces"),
    "counted": gettext_lazy("{sku}: {picked} of {asked}"),
    "full": gettext_lazy("{sku} is complete: {asked} of {asked}"),
    "wrong": gettext_lazy("Wrong: {code} is not on this list. Put it back."),
    "wrongIs": gettext_lazy("Wrong: {code}. {said} Put it back."),
    "over": gettext_lazy("Too many: {sku} is asked for {asked} times, {picked} are picked. Not counted."),
    "noCase": gettext_lazy("Nobody knows how many pieces a case of {sku} holds. Count the pieces."),
    "stopped": gettext_lazy("Not counted: this list may not be picked now."),
    "looking": gettext_lazy("Looking up {code} …"),
    "thisList": gettext_lazy("This is the list you are picking."),
    "thisLine": gettext_lazy("Line {line}: {sku}"),
    "otherList": gettext_lazy("{code} is a symbol of another list; it cannot be looked up now."),
    "sayLot": gettext_lazy("{sku}: say lot and expiry first, then it counts."),
    "lotSaid": gettext_lazy("{sku}: lot {lot}, expiry {expiry}"),
    "prepFirst": gettext_lazy("{sku} is complete. Now: {prep}"),
    "prepared": gettext_lazy("{sku}: {prep} – done"),
    "notPrepared": gettext_lazy("{sku}: {prep} – not done"),
    "short": gettext_lazy("{sku}: {picked} of {asked}, {reason}"),
    "notShort": gettext_lazy("{sku}: no reason any more"),
    "undone": gettext_lazy("Undone: {what}"),
    "nothingToUndo": gettext_lazy("There is nothing to undo."),
    "allDone": gettext_lazy("Everything is picked. Finish the list."),
    "noLocation": gettext_lazy("no location"),
    "case": gettext_lazy("+ 1 case ({size})"),
    "state_part": gettext_lazy("begun"),
    "state_full": gettext_lazy("complete"),
    "state_short": gettext_lazy("short"),
    "state_prep": gettext_lazy("to be prepared"),
    "progress": gettext_lazy("{picked} of {asked} pieces"),
    "draft": gettext_lazy("{by} had picked {count} pieces here on {at} and not finished."),
    "draftOld": gettext_lazy(
        "{by} had picked {count} pieces here on {at}, before the list was changed. What it still asks for is kept."
    ),
    "kept": gettext_lazy("Kept on this tablet"),
    "notKept": gettext_lazy("This browser keeps nothing: do not close the page before you finish."),
    "held": gettext_lazy("Stop: this list is on hold."),
    "cancelled": gettext_lazy("Stop: this list was taken back."),
    "changed": gettext_lazy("Stop: this list asks for something else now."),
    "safe": gettext_lazy("What you picked is kept here."),
    "again": gettext_lazy("The list goes on."),
    "other": gettext_lazy("Another result for this list came meanwhile. Yours takes its place once you send it."),
    "offline": gettext_lazy("No connection. Go on; everything is kept here."),
    "missing": gettext_lazy("Short: {count} pieces"),
    "notConfirmed": gettext_lazy("not confirmed: {prep}"),
    "reasonNone": gettext_lazy("no reason said: counts as not found"),
    "sendAll": gettext_lazy("Send: everything picked"),
    "sendShort": gettext_lazy("Send: {picked} of {asked} pieces"),
    "sending": gettext_lazy("Sending …"),
    "lost": gettext_lazy("No reply. Send again: what arrived already counts once."),
    "signedOut": gettext_lazy("You are signed out: sign in again in another window, then send again."),
    "refused": gettext_lazy("It was not taken. Everything is kept here."),
    "soundOn": pgettext_lazy("switch", "Sound on"),
    "soundOff": pgettext_lazy("switch", "Sound off"),
    "clear": gettext_lazy("Clear"),
    "back": gettext_lazy("Take the last digit away"),
    "dayMissing": gettext_lazy("Say the day, or that there is none on it."),
    "draftFirst": gettext_lazy("Not counted: say first whether what was begun goes on."),
    "goThere": gettext_lazy("Go to {number}"),
    "tooMuch": gettext_lazy("At most {most}."),
}
