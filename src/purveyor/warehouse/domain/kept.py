"""Reading a packing's tree, and writing what a change made of it: only the rows that differ.

``before`` of a step is what the rows it touched were: table, key, and the fields that say something, or null where
there was no such row. Put back, they are the tree as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from purveyor.base.db import together
from purveyor.warehouse.domain.tree import CARTON, CONTENT, PALLET, Box, Item, Place, Sort, Tree
from purveyor.warehouse.models import Carton, Content, Packing, Pallet

MODELS: Mapping[str, Any] = {PALLET: Pallet, CARTON: Carton, CONTENT: Content}
Before = list[list[Any]]
_BOX = tuple(one.name for one in fields(Box) if one.name != "pallet")
_AT_ONCE = 500
_FEW = 10


def read(packing: Packing) -> Tree:
    """The tree of a packing as it is now: three questions."""
    pallets = (Box(*row) for row in _rows(Pallet, packing, *_BOX))
    cartons = (Box(*row) for row in _rows(Carton, packing, *_BOX, "pallet_id"))
    names = ("id", "line_id", "product_id", "lot", "expiry", "eaches", "pallet_id", "carton_id")
    items = (Item(row[0], Sort(*row[1:5]), row[5], Place(*row[6:])) for row in _rows(Content, packing, *names))
    return Tree.of(pallets, cartons, items)


def _rows(model: Any, packing: Packing, *names: str) -> Iterable[tuple[Any, ...]]:
    order = "id" if model is Content else "position"
    found: Iterable[tuple[Any, ...]] = model.objects.filter(packing=packing).order_by(order, "id").values_list(*names)
    return found


def write(packing: Packing, old: Tree, new: Tree) -> tuple[Tree, Before]:
    """Write what differs; the tree as it is kept then, and what the rows were before. Joins the transaction.

    Rows that go are deleted first, so that their names are free; the database looks at references at its end only.
    """
    before: Before = []
    for table in (CONTENT, CARTON, PALLET):
        gone = [key for key in _of(old, table) if key not in _of(new, table)]
        before += [[table, key, _fields(_of(old, table)[key])] for key in gone]
        rows = MODELS[table].objects.filter(pk__in=together(gone))
        rows._raw_delete(rows.db)
    keys: dict[tuple[str, int], int] = {}
    for table in (PALLET, CARTON, CONTENT):
        _change(packing, table, old, new, keys, before)
        _add(packing, table, old, new, keys, before)
    return _with_keys(new, keys), before


def _of(tree: Tree, table: str) -> Mapping[int, Any]:
    return tree.items if table == CONTENT else tree.boxes(table)


def _change(
    packing: Packing, table: str, old: Tree, new: Tree, keys: dict[tuple[str, int], int], before: Before
) -> None:
    """Rows that are other than before, in the fields that are: a few one by one, many together."""
    had = _of(old, table)
    changed = [(key, row) for key, row in _of(new, table).items() if key in had and had[key] != row]
    before += [[table, key, _fields(had[key])] for key, _row in changed]
    pairs = [(key, _told(table, had[key], keys), _told(table, row, keys)) for key, row in changed]
    names = {name for _key, was, now in pairs for name in now if was[name] != now[name]}
    if len(pairs) > _FEW:
        rows = [MODELS[table](id=key, packing_id=packing.pk, **now) for key, _was, now in pairs]
        fields_of = [name.removesuffix("_id") for name in sorted(names)]
        MODELS[table].objects.bulk_update(rows, fields_of, batch_size=200)
        return
    for key, was, now in pairs:
        MODELS[table].objects.filter(pk=key).update(**{n: now[n] for n in now if was[n] != now[n]})


def _add(packing: Packing, table: str, old: Tree, new: Tree, keys: dict[tuple[str, int], int], before: Before) -> None:
    """New rows; those that come back get the key they had."""
    had = _of(old, table)
    fresh = [key for key in _of(new, table) if key not in had]
    made = [_row(packing, table, _of(new, table)[key], keys) for key in fresh]
    for row, key in zip(made, fresh, strict=True):
        row.pk = key if key > 0 else None
    MODELS[table].objects.bulk_create(made, batch_size=_AT_ONCE)
    keys.update({(table, key): row.pk for row, key in zip(made, fresh, strict=True) if key < 0})
    before += [[table, row.pk, None] for row in made]


def _row(packing: Packing, table: str, row: Any, keys: Mapping[tuple[str, int], int]) -> Any:
    return MODELS[table](packing_id=packing.pk, **_told(table, row, keys))


def _told(table: str, row: Any, keys: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    """A box or an item as the fields of its row."""
    if table == CONTENT:
        return {
            "line_id": row.sort.line,
            "product_id": row.sort.product,
            "lot": row.sort.lot,
            "expiry": row.sort.expiry,
            "eaches": row.eaches,
            "pallet_id": _key(keys, PALLET, row.place.pallet),
            "carton_id": _key(keys, CARTON, row.place.carton),
        }
    told = {name: getattr(row, name) for name in _BOX if name != "id"}
    return told | ({"pallet_id": _key(keys, PALLET, row.pallet)} if table == CARTON else {})


def _key(keys: Mapping[tuple[str, int], int], table: str, key: int | None) -> int | None:
    return None if key is None else keys.get((table, key), key)


def _with_keys(tree: Tree, keys: Mapping[tuple[str, int], int]) -> Tree:
    """The tree with the keys that the database gave, in what is new or lies in something new."""
    if not keys:
        return tree
    found = tree.copy()
    for table in (PALLET, CARTON):
        for box in list(tree.boxes(table).values()):
            if box.id < 0 or (box.pallet or 0) < 0:
                found.restore_box(table, box.id, None)
                fresh = keys.get((table, box.id), box.id)
                found.restore_box(table, fresh, replace(box, id=fresh, pallet=_key(keys, PALLET, box.pallet)))
    for item in list(tree.items.values()):
        if item.id < 0 or (item.place.carton or 0) < 0 or (item.place.pallet or 0) < 0:
            found.restore_item(item.id, None)
            fresh = keys.get((CONTENT, item.id), item.id)
            place = Place(_key(keys, PALLET, item.place.pallet), _key(keys, CARTON, item.place.carton))
            found.restore_item(fresh, replace(item, id=fresh, place=place))
    return found


def _fields(row: Any) -> dict[str, Any]:
    """What a row says, without what it leaves blank."""
    if isinstance(row, Item):
        told: dict[str, Any] = {
            "line": row.sort.line,
            "product": row.sort.product,
            "lot": row.sort.lot,
            "expiry": row.sort.expiry.isoformat() if row.sort.expiry else None,
            "eaches": row.eaches,
            "pallet": row.place.pallet,
            "carton": row.place.carton,
        }
    else:
        told = {one.name: getattr(row, one.name) for one in fields(Box) if one.name != "id"}
    return {name: value for name, value in told.items() if value not in (None, "")}


def put_back(tree: Tree, before: Before) -> Tree:
    """The tree with these rows as they were."""
    found = tree.copy()
    for table, key, _was in before:  # first all away, so that nothing meets what is still to go
        _restore(found, table, key, None)
    for table, key, was in before:
        if was is not None:
            _restore(found, table, key, was)
    return found


def _restore(tree: Tree, table: str, key: int, was: Mapping[str, Any] | None) -> None:
    if table != CONTENT:
        tree.restore_box(table, key, None if was is None else Box(**{"id": key, **was}))
    else:
        tree.restore_item(key, None if was is None else _item(key, was))


def _item(key: int, was: Mapping[str, Any]) -> Item:
    expiry = date.fromisoformat(was["expiry"]) if was.get("expiry") else None
    sort = Sort(was["line"], was.get("product"), was.get("lot", ""), expiry)
    return Item(key, sort, was["eaches"], Place(was.get("pallet"), was.get("carton")))
