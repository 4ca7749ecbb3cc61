"""Pieces and boxes from one packing's tree into another's. Pure: no piece is made or lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from purveyor.warehouse.domain.box_facts import sscc_problem
from purveyor.warehouse.domain.moves import key_of, refuse
from purveyor.warehouse.domain.tree import CARTON, NOWHERE, PALLET, Box, Place, Tree

Moved = tuple[Tree, Tree, int]
"""The tree the pieces leave, the one they come to, and how many they are."""


def transfer(source: Tree, target: Tree, asked: Mapping[str, Any]) -> Moved:
    """Move a ``pallet``, a ``carton`` (by key) or ``eaches`` of a ``content``. Raises Refused with the field."""
    here, there = source.copy(), target.copy()
    if asked.get("content"):
        return here, there, _content(here, there, asked)
    for table in (PALLET, CARTON):
        if asked.get(table):
            box = here.find(table, str(asked[table]))
            if box is None:
                said = _("There is no carton %(key)s.") if table == CARTON else _("There is no pallet %(key)s.")
                raise refuse(said % {"key": asked[table]}, table)
            return here, there, _pallet(here, there, box) if table == PALLET else _carton(here, there, box, None)
    raise refuse(_("Say what is moved: a pallet, a carton or pieces."), "content")


def _content(here: Tree, there: Tree, asked: Mapping[str, Any]) -> int:
    item = here.items.get(key_of(asked, "content"))
    if item is None:
        raise refuse(_("These pieces lie elsewhere by now. Look at the packing again."), "content")
    eaches = item.eaches if asked.get("eaches") is None else asked["eaches"]
    if isinstance(eaches, bool) or not isinstance(eaches, int) or not 1 <= eaches <= item.eaches:
        raise refuse(_("From 1 to %(most)d pieces can be moved.") % {"most": item.eaches}, "eaches")
    here.take(item.id, eaches)
    there.put(item.sort, eaches, NOWHERE)
    return eaches


def _pallet(here: Tree, there: Tree, box: Box) -> int:
    fresh = _box(there, PALLET, box, None)
    count = _pieces(here, there, Place(pallet=box.id), Place(pallet=fresh.id))
    count += sum(_carton(here, there, carton, fresh.id) for carton in here.cartons_on(box.id))
    here.drop_box(PALLET, box.id)
    return count


def _carton(here: Tree, there: Tree, box: Box, pallet: int | None) -> int:
    fresh = _box(there, CARTON, box, pallet)
    count = _pieces(here, there, Place(carton=box.id), Place(carton=fresh.id))
    here.drop_box(CARTON, box.id)
    return count


def _box(there: Tree, table: str, box: Box, pallet: int | None) -> Box:
    """The same box over there; where its name is taken it gets the next free one."""
    boxes = (*there.pallets.values(), *there.cartons.values())
    if box.sscc and (taken := next((one.key for one in boxes if one.sscc == box.sscc), None)):
        raise refuse(sscc_problem(taken), table)
    fresh = there.add_box(table, "" if there.find(table, box.key) else box.key)
    same = replace(box, id=fresh.id, key=fresh.key, position=fresh.position, pallet=pallet)
    there.set_box(table, same)
    return same


def _pieces(here: Tree, there: Tree, source: Place, target: Place) -> int:
    count = 0
    for item in here.within(source):
        here.take(item.id, item.eaches)
        there.put(item.sort, item.eaches, target)
        count += item.eaches
    return count
