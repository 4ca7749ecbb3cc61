"""A whole packing as REST and the command line say it: nested boxes, made into what ``domain.pack.put`` takes.

``{"ship_to", "pallets": [{"key", "sscc", "weight_grams", …, "cartons": […], "contents": […]}], "cartons": […]}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from purveyor.base.columns import article_number, day
from purveyor.common.errors import Problem, Refused
from purveyor.common.lenient import Unreadable, trimmed
from purveyor.warehouse.domain.box_facts import FACTS, read_facts, read_key
from purveyor.warehouse.domain.given import CASES, EACHES, MOST_QUANTITY, GivenBox, GivenContent
from purveyor.warehouse.domain.tree import CARTON, LETTERS, PALLET


@dataclass
class Flat:
    """The boxes and contents of a document, one after another; what could not be read of it."""

    boxes: list[GivenBox] = field(default_factory=list)
    contents: list[GivenContent] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)


def flat(given: Mapping[str, Any]) -> Flat:
    """Everything a document says. Raises Refused with every problem and its path."""
    found = Flat(taken=set(_named(given)))
    for place, pallet in enumerate(_listed(given, "pallets")):
        where = f"pallets[{place}]"
        key = _box(found, PALLET, pallet, where, "")
        for inner, carton in enumerate(_listed(pallet, "cartons")):
            _box(found, CARTON, carton, f"{where}.cartons[{inner}]", key)
    for place, carton in enumerate(_listed(given, "cartons")):
        _box(found, CARTON, carton, f"cartons[{place}]", "")
    if found.problems:
        raise Refused(_("The packing was not taken."), found.problems)
    return found


def _named(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names that are given to boxes, before any gets one of ours."""
    for pallet in _listed(given, "pallets"):
        yield PALLET, str(pallet.get("key") or "")
        yield from ((CARTON, str(carton.get("key") or "")) for carton in _listed(pallet, "cartons"))
    yield from ((CARTON, str(carton.get("key") or "")) for carton in _listed(given, "cartons"))


def _listed(given: Mapping[str, Any], name: str) -> Sequence[Any]:
    return given.get(name) or ()


def _box(found: Flat, table: str, said: Mapping[str, Any], where: str, pallet: str) -> str:
    """One box with its contents; answers its name."""
    facts: dict[str, Any] = {}
    key = ""
    try:
        facts = read_facts({name: said[name] for name in FACTS if said.get(name) not in (None, "")})
        key = read_key(said.get("key")) or str(facts.get("sscc", ""))
    except Refused as error:
        found.problems += [Problem(one.message, where=f"{where}.{one.where}") for one in error.problems]
    key = key or _name(found, table)
    found.boxes.append(GivenBox(table, key, where, facts, pallet))
    for place, content in enumerate(_listed(said, "contents")):
        inside: dict[str, Any] = {"carton": key, "pallet": pallet} if table == CARTON else {"pallet": key}
        found.contents += _content(found, content, f"{where}.contents[{place}]", inside)
    return key


def _name(found: Flat, table: str) -> str:
    """The next free name for a box that has none."""
    number = sum(box.table == table for box in found.boxes) + 1
    while (table, f"{LETTERS[table]}{number}") in found.taken:
        number += 1
    found.taken.add((table, f"{LETTERS[table]}{number}"))
    return f"{LETTERS[table]}{number}"


def _content(found: Flat, said: Mapping[str, Any], where: str, inside: Mapping[str, Any]) -> Iterator[GivenContent]:
    names = ("order", "line", "sku", "asin", "lot")
    told: dict[str, Any] = {name: trimmed(str(said.get(name) or "")) for name in names}
    try:
        told["ean"] = article_number(said.get("ean") or "")
    except Unreadable as error:
        found.problems.append(Problem(str(error), where=f"{where}.ean"))
        return
    more = {"quantity": said["quantity"], "unit": said.get("unit") or "each", "expiry": said.get("expiry")}
    yield GivenContent(where=where, **told, **more, **inside)


def read_document(text: str) -> dict[str, Any]:
    """A document as a file or standard input holds it, its values checked as REST checks them. Raises Refused."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        message = _("The packing is no JSON document.")
        raise Refused(message, [Problem(message)])
    problems = list(_odd(found, "", _DOCUMENT))
    if problems:
        raise Refused(_("The packing was not taken."), problems)
    return found


_CONTENT: Mapping[str, Any] = dict.fromkeys(
    ("order", "line", "ean", "sku", "asin", "unit", "lot", "expiry", "quantity")
)
_CARTON: Mapping[str, Any] = {"key": None, **dict.fromkeys(FACTS), "contents": _CONTENT}
_DOCUMENT: Mapping[str, Any] = {"ship_to": None, "pallets": {**_CARTON, "cartons": _CARTON}, "cartons": _CARTON}
"""What a document may name: a shape for each list, null for a plain value."""


def _odd(said: Mapping[str, Any], where: str, shape: Mapping[str, Any]) -> Iterator[Problem]:
    """What a document says that it cannot: unknown names, lists that are none, contents without a quantity."""
    for name, value in said.items():
        path = f"{where}{name}"
        if name not in shape:
            yield Problem(_("There is nothing of this name; there are %(names)s.") % {"names": ", ".join(shape)}, path)
        elif shape[name] is None:
            yield from _value(said, name, path)
        elif not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            yield Problem(_("This is a list of objects."), path)
        else:
            for place, one in enumerate(value):
                yield from _odd(one, f"{path}[{place}].", shape[name])
    if shape is _CONTENT and "quantity" not in said:
        yield Problem(_("This must be filled in."), f"{where}quantity")


def _value(said: Mapping[str, Any], name: str, path: str) -> Iterator[Problem]:
    value = said[name]
    if name == "quantity":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_QUANTITY:
            yield Problem(_("A whole number from 1 to %(most)d.") % {"most": MOST_QUANTITY}, path)
    elif name == "unit" and value not in (None, "", EACHES, CASES):
        yield Problem(_("It is each or case."), path)
    elif name == "expiry" and value is not None:
        try:
            said[name] = day(value)  # type: ignore[index]  # the document is ours to read
        except Unreadable as error:
            yield Problem(str(error), path)
