"""Between the forms of a packing and its verbs: what each form sends, and what is said once it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.common.errors import NotFound, Problem, Refused
from purveyor.common.lenient import trimmed
from purveyor.people.who import Who
from purveyor.warehouse.domain import edit, pack, resolve, undo
from purveyor.warehouse.domain.box_facts import NUMBERS
from purveyor.warehouse.domain.compare import Numbers
from purveyor.warehouse.models import Carton, Packing
from purveyor.web.typed import Unreadable, day_of, whole

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

LONGEST = 500
_COUNTS = ("content", "line", "eaches", "count", "acknowledged", "picked", "packed", *NUMBERS)
_TEXTS = ("kind", "box", "key", "carton", "pallet", "onto", "order", "lot", "sscc")
Run = Callable[[Who, Packing, int, QueryDict], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One deed on a packing: the verb behind it, and what is said once it is done."""

    run: Run
    done: Lazy


def find(verb: str) -> Act:
    """The deed of a name. Raises NotFound."""
    if verb not in ACTS:
        raise NotFound(_("There is nothing of this name to be done about a packing."))
    return ACTS[verb]


def version_of(data: QueryDict) -> int:
    """The version the page showed; 0, which none has, where it says none."""
    text = data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _why(data: QueryDict) -> str:
    return data.get("because", "").strip()[:LONGEST]


def asked_of(packing: Packing, data: QueryDict) -> dict[str, Any]:
    """What a form asks for, read. A blank count is none: all pieces, or a fact forgotten. Raises Refused."""
    found: dict[str, Any] = {name: trimmed(data.get(name, "")) for name in _TEXTS if name in data}
    problems: list[Problem] = []
    for name in (*_COUNTS, "expiry"):
        if name in data:
            try:
                text = data.get(name, "")
                found[name] = day_of(text) if name == "expiry" else whole(text) or None
            except Unreadable as error:
                problems.append(Problem(str(error), where=name))
    if problems:
        raise Refused(_("The packing was not changed."), problems)
    if found.get("count", 0) is None:
        del found["count"]
    if "to" in data:
        found["to"] = place_named(packing, data.get("to", ""))
    if "orders" in data:
        found["orders"] = data.get("orders", "").replace(",", " ").split()
    return found


def place_named(packing: Packing, text: str) -> dict[str, str] | None:
    """The box that somebody named: a carton, or else a pallet; blank is none, which is *not placed*."""
    key = trimmed(text)
    if not key:
        return None
    is_carton = Carton.objects.filter(packing=packing, key=key).exists()
    return {"carton" if is_carton else "pallet": key}


def _step(who: Who, packing: Packing, version: int, data: QueryDict) -> Any:
    return edit.step(who, packing, version, asked_of(packing, data))


def _accept(who: Who, packing: Packing, version: int, data: QueryDict) -> Any:
    asked = asked_of(packing, data)
    numbers = {name: None if data.get(name, "") == "" else asked[name] or 0 for name in ("acknowledged", "picked")}
    seen = Numbers(numbers["acknowledged"], numbers["picked"], asked.get("packed") or 0)
    return resolve.accept(who, packing, version, asked.get("line") or 0, _why(data), seen)


def _cut(who: Who, packing: Packing, version: int, data: QueryDict) -> Any:
    return resolve.cut(who, packing, version, asked_of(packing, data).get("line") or 0, _why(data))


def _move_rest(who: Who, packing: Packing, version: int, data: QueryDict) -> Any:
    line = asked_of(packing, data).get("line") or 0
    return resolve.move_rest(who, packing, version, line, data.get("reference", ""))


def _move_out(who: Who, packing: Packing, version: int, data: QueryDict) -> Any:
    return resolve.move_out(who, packing, version, asked_of(packing, data), data.get("reference", ""))


ACTS: dict[str, Act] = {
    "step": Act(_step, gettext_lazy("Done.")),
    "undo": Act(
        lambda who, packing, version, data: undo.undo(who, packing, version), gettext_lazy("The step was taken back.")
    ),
    "close": Act(
        lambda who, packing, version, data: pack.close(who, packing, version, _why(data)),
        gettext_lazy("Closed: it may ship."),
    ),
    "reopen": Act(
        lambda who, packing, version, data: pack.reopen(who, packing, version, _why(data)),
        gettext_lazy("Open again."),
    ),
    "drop": Act(
        lambda who, packing, version, data: pack.drop(who, packing, version, _why(data)),
        gettext_lazy("Given up: nothing of it counts as packed."),
    ),
    "accept": Act(_accept, gettext_lazy("The difference stands, with your reason.")),
    "cut": Act(_cut, gettext_lazy("Answered by what is packed. The difference is gone once Amazon has taken it.")),
    "move-rest": Act(_move_rest, gettext_lazy("The rest is in the other packing, not placed yet.")),
    "move-out": Act(_move_out, gettext_lazy("Moved to the other packing.")),
}


def read_sent(text: str) -> tuple[int, dict[str, Any]]:
    """A step as the editor sends it: JSON with the version seen. Raises Refused."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    version = found.pop("version", None) if isinstance(found, dict) else None
    if not isinstance(found, dict) or isinstance(version, bool) or not isinstance(version, int):
        raise Refused(_("The step is not good."), [Problem(_("The step is no JSON object with a version."), "step")])
    if isinstance(found.get("expiry"), str):
        try:
            found["expiry"] = day_of(found["expiry"])
        except Unreadable as error:
            raise Refused(_("The packing was not changed."), [Problem(str(error), "expiry")]) from None
    return version, found


def take(who: Who, packing: Packing, version: int, asked: Mapping[str, Any]) -> Any:
    """One step of the editor: a step of ``domain.edit``, an ``undo``, or a ``move_out``. Raises as these do."""
    if asked.get("kind") == "undo":
        return undo.undo(who, packing, version)
    if asked.get("kind") == "move_out":
        return resolve.move_out(who, packing, version, dict(asked), str(asked.get("reference") or ""))
    return edit.step(who, packing, version, asked)
