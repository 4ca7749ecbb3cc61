"""A packing as machines see it, the same at every door. Weights are grams, sizes millimetres, counts eaches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from purveyor.common.gs1 import printed
from purveyor.warehouse import packing_said as said
from purveyor.warehouse.domain.change import Changed
from purveyor.warehouse.domain.checks import Finding, weight_of
from purveyor.warehouse.domain.compare import Compared
from purveyor.warehouse.domain.judge import Judged, judge
from purveyor.warehouse.domain.line_facts import LineFacts
from purveyor.warehouse.domain.tree import CARTON, CONTENT, PALLET, Box, Item, Place, Tree
from purveyor.warehouse.domain.undo import last_step
from purveyor.warehouse.models import Packing, PackStep

_TABLES = {PALLET: "pallets", CARTON: "cartons", CONTENT: "contents"}


def packing_row(packing: Packing) -> dict[str, Any]:
    """One line of ``pack list``. ``differences``, ``blocks`` and ``warnings`` are as of ``weighed_at``."""
    return {
        "id": packing.pk,
        "profile": packing.profile.name,
        "reference": packing.reference,
        "ship_to": packing.ship_to,
        "state": str(packing.state),
        "state_at": packing.state_at,
        "version": packing.version,
        "pallets": getattr(packing, "pallet_count", None),
        "cartons": getattr(packing, "carton_count", None),
        "eaches": getattr(packing, "eaches", None),
        "differences": packing.differences,
        "blocks": packing.blocks,
        "warnings": packing.warnings,
        "weighed_at": packing.weighed_at,
        "by": packing.by,
        "created_at": packing.created_at,
    }


def packing_full(packing: Packing) -> dict[str, Any]:
    """``pack show``: the row with everything in it, what stands against it, and how it compares."""
    judged = judge(packing)
    return packing_row(packing) | tree_rows(judged.tree, judged.lines) | judgement(judged) | _undo(packing)


def judgement(judged: Judged, only: Collection[int] | None = None) -> dict[str, Any]:
    """What is found and what differs now, and the lines, all or ``only`` some."""
    return {
        "lines": [compared_row(one) for one in judged.compared if only is None or one.line.id in only],
        "findings": [finding_row(one) for one in judged.findings],
        "differences": len(judged.differences),
        "blocks": len(judged.blocks),
        "warnings": len(judged.warnings),
    }


def _undo(packing: Packing) -> dict[str, Any]:
    step = last_step(packing)
    return {"undo": said.step_words(step) if step is not None and not step.what.get("other") else None}


def tree_rows(tree: Tree, lines: Mapping[int, LineFacts]) -> dict[str, list[dict[str, Any]]]:
    """Pallets, cartons and contents, each naming the boxes it stands or lies in by their key."""
    return {
        "pallets": [pallet_row(tree, box) for box in tree.pallets.values()],
        "cartons": [carton_row(tree, box, lines) for box in tree.cartons.values()],
        "contents": [content_row(tree, item) for item in tree.items.values()],
    }


def pallet_row(tree: Tree, box: Box) -> dict[str, Any]:
    """A pallet."""
    return _box_row(box)


def carton_row(tree: Tree, box: Box, lines: Mapping[int, LineFacts]) -> dict[str, Any]:
    """A carton. ``reckoned_grams`` is what it weighs by its pieces where nobody weighed it, null where that is not
    known."""
    inside = tree.within(Place(carton=box.id))
    grams, weighed = weight_of(box, inside, lines)
    pallet = None if box.pallet is None else tree.pallets[box.pallet].key
    reckoned = None if weighed else grams
    return _box_row(box) | {"pallet": pallet, "reckoned_grams": reckoned}


def _box_row(box: Box) -> dict[str, Any]:
    names = ("key", "position", "sscc", "weight_grams", "tare_grams", "length_mm", "width_mm", "height_mm")
    return {name: getattr(box, name) for name in names}


def content_row(tree: Tree, item: Item) -> dict[str, Any]:
    """Eaches of a line; neither carton nor pallet: not placed yet."""
    return {
        "id": item.id,
        "line": item.sort.line,
        "carton": None if item.place.carton is None else tree.cartons[item.place.carton].key,
        "pallet": None if item.place.pallet is None else tree.pallets[item.place.pallet].key,
        "eaches": item.eaches,
        "lot": item.sort.lot,
        "expiry": item.sort.expiry,
    }


def compared_row(one: Compared) -> dict[str, Any]:
    """A line with its numbers. ``to_pack`` is what is there to be packed here, ``ways`` are the ways out that are
    open."""
    line, product = one.line, one.line.product
    return {
        "id": line.id,
        "order": line.order,
        "order_id": line.order_id,
        "line": line.number,
        "sku": line.sku,
        "title": product.title if product else "",
        "asin": line.asin,
        "ean": printed(product.gtin) if product else "",
        "case_pack": product.case_pack if product else None,
        "expiry_tracked": bool(product and product.expiry_tracked),
        "prep": product.prep if product else "",
        "ordered": line.ordered,
        "acknowledged": line.acknowledged,
        "on_its_way": line.on_its_way,
        "picked": line.picked,
        "here": one.here,
        "placed": one.placed,
        "elsewhere": line.elsewhere,
        "packed": one.packed,
        "to_pack": line.to_pack,
        "differs": one.differs,
        "accepted": one.accepted or None,
        "ways": list(one.ways),
        "message": said.difference_words(one) if one.differs else None,
    }


def finding_row(one: Finding) -> dict[str, Any]:
    """A finding with its sentence and its way out."""
    return {
        "check": one.check,
        "severity": one.severity,
        "box": one.box or None,
        "key": one.key or None,
        "line": one.line,
        "message": said.finding_words(one),
        "way_out": said.way_out(one),
    }


def step_row(step: PackStep) -> dict[str, Any]:
    """A step of the history."""
    return {
        "version": step.version,
        "kind": step.what.get("kind", ""),
        "what": said.step_words(step),
        "by": step.by,
        "at": step.at,
        "undone_at": step.undone_at,
    }


def changed_full(changed: Changed) -> dict[str, Any]:
    """What a step changed: the rows that are new or other than before, what is gone, and what stands against it by
    now. Of the lines those with pieces that moved."""
    judged = judge(changed.packing, changed.new, changed.lines)
    rows: dict[str, Callable[[Any], dict[str, Any]]] = {
        PALLET: lambda row: pallet_row(judged.tree, row),
        CARTON: lambda row: carton_row(judged.tree, row, judged.lines),
        CONTENT: lambda row: content_row(judged.tree, row),
    }
    return {
        "version": changed.packing.version,
        "state": str(changed.packing.state),
        "changed": {_TABLES[table]: [rows[table](row) for row in _other(changed, table)] for table in _TABLES},
        "gone": {_TABLES[table]: _gone(changed, table) for table in _TABLES},
        **judgement(judged, _lines(changed)),
        **_undo(changed.packing),
    }


def _rows(tree: Tree, table: str) -> Mapping[int, Any]:
    return tree.items if table == CONTENT else tree.boxes(table)


def _other(changed: Changed, table: str) -> Iterable[Any]:
    """The rows that are not as they were; a carton also where what lies in it is not, as its weight is another."""
    old, new = _rows(changed.old, table), _rows(changed.new, table)
    touched = _touched(changed) if table == CARTON else set()
    return [row for key, row in new.items() if old.get(key) != row or key in touched]


def _touched(changed: Changed) -> set[int | None]:
    old, new = changed.old.items, changed.new.items
    items = [*(row for key, row in new.items() if old.get(key) != row), *(old[key] for key in old if key not in new)]
    return {item.place.carton for item in items} | {old[item.id].place.carton for item in items if item.id in old}


def _lines(changed: Changed) -> set[int]:
    """The lines whose pieces are not where they were."""
    old, new = changed.old.items, changed.new.items
    lines = {row.sort.line for key, row in new.items() if old.get(key) != row}
    return lines | {row.sort.line for key, row in old.items() if key not in new}


def _gone(changed: Changed, table: str) -> list[Any]:
    """What there is no more: boxes by their key, contents by theirs."""
    new = _rows(changed.new, table)
    gone = [row for key, row in _rows(changed.old, table).items() if key not in new]
    return [row.id if isinstance(row, Item) else row.key for row in gone]
