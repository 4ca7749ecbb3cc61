"""What can be done to a packing, one function a kind of step. Pure: a tree and what is asked in, the tree changed.

Places are named by the key of their box: ``{"carton": "C2"}``, ``{"pallet": "P1"}``, or nothing for *not placed*. No
move makes pieces or loses any. Each raises Refused, which names the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from purveyor.common.errors import Problem, Refused
from purveyor.warehouse.domain import propose
from purveyor.warehouse.domain.box_facts import MOST_BOXES, read_facts, read_key, sscc_problem
from purveyor.warehouse.domain.limits import Limits
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, NOWHERE, PALLET, Box, Item, Place, Sort, Tree

Asked = Mapping[str, Any]
Lines = Mapping[int, LineFacts]
Told = dict[str, Any]
"""What a step says of itself, for the history: numbers and names, put into words by ``packing_said``."""


def refuse(message: str, where: str) -> Refused:
    """A step that cannot be, with the one reason."""
    return Refused(_("The packing was not changed."), [Problem(message, where=where)])


def _box(tree: Tree, table: str, key: Any) -> Box:
    found = tree.find(table, str(key or ""))
    if found is None:
        said = _("There is no carton %(key)s.") if table == CARTON else _("There is no pallet %(key)s.")
        raise refuse(said % {"key": key or "–"}, table)
    return found


def key_of(asked: Asked, name: str) -> int:
    """The key of a row that is asked for; 0, which none has, for anything else."""
    given = asked.get(name)
    return given if isinstance(given, int) else 0


def _item(tree: Tree, asked: Asked) -> Item:
    found = tree.items.get(key_of(asked, "content"))
    if found is None:
        raise refuse(_("These pieces lie elsewhere by now. Look at the packing again."), "content")
    return found


def _eaches(asked: Asked, most: int) -> int:
    """How many pieces; all of them where nobody says."""
    given = asked.get("eaches")
    if given is None:
        return most
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= most:
        raise refuse(_("From 1 to %(most)d pieces can be moved.") % {"most": most}, "eaches")
    return given


def place_of(tree: Tree, to: Any) -> Place:
    """The place of a name."""
    if not to:
        return NOWHERE
    if not isinstance(to, Mapping) or len(to) != 1 or not set(to) <= {CARTON, PALLET}:
        raise refuse(_("Say one place: a carton or a pallet."), "to")
    [(table, key)] = to.items()
    found = _box(tree, table, key)
    return Place(carton=found.id) if table == CARTON else Place(pallet=found.id)


def place_words(tree: Tree, place: Place) -> Told:
    """A place by the name of its box, as the history keeps it."""
    if place.carton is not None:
        return {CARTON: tree.cartons[place.carton].key}
    return {} if place.pallet is None else {PALLET: tree.pallets[place.pallet].key}


def add(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """New pallets or cartons (``box``), ``count`` of them, or one of a ``key``; cartons on a ``pallet`` where named.

    A new carton begins with the tare of the carton before it, unless another is said: the same cartons are used on.
    """
    table = _table(asked)
    key, facts = read_key(asked.get("key")), read_facts(asked)
    if key and tree.find(table, key):
        raise refuse(_("There is one named %(key)s already.") % {"key": key}, "key")
    count = 1 if key else _count(asked.get("count", 1), MOST_BOXES - len(tree.boxes(table)))
    if facts.get("sscc"):
        if count > 1:
            raise refuse(_("An SSCC belongs to one box alone."), "sscc")
        _check_sscc(tree, facts["sscc"], None)
    if table == CARTON:
        facts = {"tare_grams": tare_of(tree)} | facts
        facts["pallet"] = _box(tree, PALLET, asked["pallet"]).id if asked.get("pallet") else None
    made = [tree.add_box(table, key, **facts).key for _place in range(count)]
    return {"box": table, "keys": made[:20], "count": count}


def tare_of(tree: Tree) -> int | None:
    """What the latest carton with a known tare weighs empty."""
    known = [box.tare_grams for box in tree.cartons.values() if box.tare_grams is not None]
    return known[-1] if known else None


def _count(given: Any, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= most:
        raise refuse(_("From 1 to %(most)d can be added.") % {"most": most}, "count")
    return given


def _table(asked: Asked) -> str:
    table = asked.get("box")
    if table not in (PALLET, CARTON):
        raise refuse(_("Say whether it is a pallet or a carton."), "box")
    return str(table)


def remove(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Take a box away. What lay in it directly is not placed any more; the cartons of a pallet stand loose."""
    table = _table(asked)
    box = _box(tree, table, asked.get("key"))
    place = Place(carton=box.id) if table == CARTON else Place(pallet=box.id)
    pieces = sum(item.eaches for item in tree.within(place))
    for item in tree.within(place):
        tree.move(item.id, item.eaches, NOWHERE)
    if table == PALLET:
        for carton in tree.cartons_on(box.id):
            tree.set_box(CARTON, replace(carton, pallet=None))
    tree.drop_box(table, box.id)
    return {"box": table, "key": box.key, "eaches": pieces}


def place(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Pieces of an order ``line`` that are not placed yet into a carton or on a pallet, whichever lots come first."""
    line = lines.get(key_of(asked, "line"))
    if line is None:
        raise refuse(_("The packing has no such line."), "line")
    to = place_of(tree, asked.get("to"))
    if not to:
        raise refuse(_("Say where they lie: a carton or a pallet."), "to")
    waiting = [item for item in tree.within(NOWHERE) if item.sort.line == line.id]
    if not waiting:
        raise refuse(_("All pieces of this line are placed already."), "eaches")
    left = eaches = _eaches(asked, sum(item.eaches for item in waiting))
    for item in waiting:
        taken = min(left, item.eaches)
        if taken:
            tree.move(item.id, taken, to)
        left -= taken
    return _of_line(line) | {"eaches": eaches, "to": place_words(tree, to)}


def move_content(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Pieces of a ``content`` to another place, or back to *not placed*."""
    item = _item(tree, asked)
    to, eaches = place_of(tree, asked.get("to")), _eaches(asked, item.eaches)
    if to == item.place:
        raise refuse(_("They lie there already."), "to")
    said = {"from": place_words(tree, item.place), "to": place_words(tree, to), "eaches": eaches}
    tree.move(item.id, eaches, to)
    return _of_line(lines[item.sort.line]) | said


def split(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Some pieces of a ``content`` into a carton of their own, beside the one they lie in."""
    item = _item(tree, asked)
    if item.eaches == 1:
        raise refuse(_("One piece cannot be split."), "content")
    if asked.get("eaches") is None:
        raise refuse(_("Say how many pieces go into the new carton."), "eaches")
    eaches = _eaches(asked, item.eaches - 1)
    source = item.place
    pallet = tree.cartons[source.carton].pallet if source.carton is not None else source.pallet
    fresh = tree.add_box(CARTON, pallet=pallet, tare_grams=tare_of(tree))
    tree.move(item.id, eaches, Place(carton=fresh.id))
    said = {"from": place_words(tree, source), "to": {CARTON: fresh.key}, "eaches": eaches}
    return _of_line(lines[item.sort.line]) | said


def move_carton(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """A ``carton`` on a ``pallet``, or off it where none is named."""
    box = _box(tree, CARTON, asked.get("carton"))
    pallet = _box(tree, PALLET, asked["pallet"]) if asked.get("pallet") else None
    to = None if pallet is None else pallet.id
    if box.pallet == to:
        raise refuse(_("It stands there already."), "pallet")
    said = {"carton": box.key, "pallet": pallet.key if pallet else ""}
    tree.set_box(CARTON, replace(box, pallet=to))
    return said


def move_pallet(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Everything on a ``pallet``, cartons and loose pieces, on another one (``onto``). The empty one stays."""
    source, target = _box(tree, PALLET, asked.get("pallet")), _box(tree, PALLET, asked.get("onto"))
    if source.id == target.id:
        raise refuse(_("It stands there already."), "onto")
    cartons = tree.cartons_on(source.id)
    for carton in cartons:
        tree.set_box(CARTON, replace(carton, pallet=target.id))
    for item in tree.within(Place(pallet=source.id)):
        tree.move(item.id, item.eaches, Place(pallet=target.id))
    return {"pallet": source.key, "onto": target.key, "cartons": len(cartons)}


def set_box(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Facts of a box: SSCC, weight, tare, sizes; null forgets one, what is not named stays."""
    table = _table(asked)
    box, facts = _box(tree, table, asked.get("key")), read_facts(asked)
    changed = {name: value for name, value in facts.items() if getattr(box, name) != value}
    if not changed:
        raise refuse(_("Nothing is different."), "key")
    if changed.get("sscc"):
        _check_sscc(tree, changed["sscc"], box.id)
    tree.set_box(table, replace(box, **changed))
    return {"box": table, "key": box.key, "facts": changed}


def _check_sscc(tree: Tree, sscc: str, own: int | None) -> None:
    taken = next((one for one in (*tree.pallets.values(), *tree.cartons.values()) if one.sscc == sscc), None)
    if taken is not None and taken.id != own:
        raise refuse(sscc_problem(taken.key), "sscc")


def set_content(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Lot and expiry of a ``content``, or of some pieces of it (``eaches``)."""
    item = _item(tree, asked)
    lot = item.sort.lot if asked.get("lot") is None else str(asked["lot"]).strip()
    expiry = asked.get("expiry", item.sort.expiry)
    if len(lot) > 60:
        raise refuse(_("A lot has at most 60 characters."), "lot")
    if expiry is not None and not isinstance(expiry, date):
        raise refuse(_("An expiry is a day such as 2027-03-31."), "expiry")
    if (lot, expiry) == (item.sort.lot, item.sort.expiry):
        raise refuse(_("Nothing is different."), "lot")
    eaches = _eaches(asked, item.eaches)
    tree.move(item.id, eaches, item.place, Sort(item.sort.line, item.sort.product, lot, expiry))
    said = {"eaches": eaches, "lot": lot, "expiry": expiry.isoformat() if expiry else ""}
    return _of_line(lines[item.sort.line]) | said | {"from": place_words(tree, item.place)}


def propose_cartons(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Everything not placed yet into new cartons, as ``domain.propose`` says."""
    waiting = tree.within(NOWHERE)
    if not waiting:
        raise refuse(_("Everything is placed already."), "kind")
    try:
        drafts = propose.cartons(waiting, lines, limits, MOST_BOXES - len(tree.cartons))
    except propose.TooMany:
        raise refuse(_("That would be more than %(most)d cartons.") % {"most": MOST_BOXES}, "kind") from None
    tare = read_facts(asked).get("tare_grams", tare_of(tree))
    for draft in drafts:
        box = tree.add_box(CARTON, tare_grams=tare)
        for key, eaches in draft:
            tree.move(key, eaches, Place(carton=box.id))
    return {"cartons": len(drafts), "eaches": sum(item.eaches for item in waiting)}


def clear(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> Told:
    """Everything out of its cartons and off its pallets, and these away."""
    if not tree.cartons and not tree.pallets:
        raise refuse(_("There is no carton and no pallet."), "kind")
    told = {"cartons": len(tree.cartons), "pallets": len(tree.pallets)}
    for item in list(tree.items.values()):
        if item.place:
            tree.move(item.id, item.eaches, NOWHERE)
    for table in (CARTON, PALLET):
        for key in list(tree.boxes(table)):
            tree.drop_box(table, key)
    return told


def _of_line(line: LineFacts) -> Told:
    return {"order": line.order, "line": line.number, "sku": line.sku}


KINDS: Mapping[str, Callable[[Tree, Asked, Lines, Limits], Told]] = {
    "add": add,
    "remove": remove,
    "place": place,
    "move_content": move_content,
    "split": split,
    "move_carton": move_carton,
    "move_pallet": move_pallet,
    "set_box": set_box,
    "set_content": set_content,
    "propose": propose_cartons,
    "clear": clear,
}
"""The steps by kind."""


def apply(tree: Tree, asked: Asked, lines: Lines, limits: Limits) -> tuple[Tree, Told]:
    """The tree after a step, and what it says of itself; the tree given stays as it is."""
    kind = str(asked.get("kind", ""))
    if kind not in KINDS:
        said = _("There is no step %(kind)s; there are %(kinds)s.")
        raise refuse(said % {"kind": kind or "–", "kinds": ", ".join(KINDS)}, "kind")
    found = tree.copy()
    told = KINDS[kind](found, asked, lines, limits)
    return found, {"kind": kind} | told
