"""A packing as values: pallets, cartons and what lies in them. Pure; ``domain.kept`` reads it and writes what changed.

What is new has a key below zero until it is written. A place is a carton, a pallet, or neither: not placed yet. Pieces
of the same line, lot and expiry in the same place are one item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

PALLET, CARTON, CONTENT = "pallet", "carton", "content"
LETTERS = {PALLET: "P", CARTON: "C"}
"""What the keys of new boxes begin with."""


@dataclass(frozen=True, slots=True)
class Box:
    """A pallet or a carton (``models.packing.Container``); ``pallet`` is what a carton stands on."""

    id: int
    key: str
    position: int
    sscc: str = ""
    weight_grams: int | None = None
    tare_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    pallet: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where pieces lie: one of the two, or neither."""

    pallet: int | None = None
    carton: int | None = None

    def __bool__(self) -> bool:
        return self.pallet is not None or self.carton is not None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Sort:
    """What is told apart within a place: an order line with its product, a lot and an expiry."""

    line: int
    product: int | None = None
    lot: str = ""
    expiry: date | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Eaches of one sort in one place."""

    id: int
    sort: Sort
    eaches: int
    place: Place = NOWHERE


@dataclass
class Tree:
    """All of a packing. The boxes and items are values; the tree itself is changed by its methods."""

    pallets: dict[int, Box] = field(default_factory=dict)
    cartons: dict[int, Box] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    _keys: dict[tuple[str, str], int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    _top: dict[str, int] = field(default_factory=dict)
    _at: dict[tuple[Place, int, str, date | None], int] = field(default_factory=dict)
    _within: dict[Place, dict[int, None]] = field(default_factory=dict)
    _new: int = 0

    @classmethod
    def of(cls, pallets: Iterable[Box], cartons: Iterable[Box], items: Iterable[Item]) -> Tree:
        """The tree of what was read, in the order given."""
        tree = cls()
        for table, boxes in ((PALLET, pallets), (CARTON, cartons)):
            for box in boxes:
                tree._keep(table, box)
        for item in items:
            tree._set(item)
        return tree

    def copy(self) -> Tree:
        """Another tree of the same values, to be changed."""
        mine = {place: dict(ids) for place, ids in self._within.items()}
        return Tree(
            dict(self.pallets),
            dict(self.cartons),
            dict(self.items),
            dict(self._keys),
            dict(self._last),
            dict(self._top),
            dict(self._at),
            mine,
            self._new,
        )

    def boxes(self, table: str) -> dict[int, Box]:
        """The pallets, or the cartons, by key."""
        return self.pallets if table == PALLET else self.cartons

    def find(self, table: str, key: str) -> Box | None:
        """The box of a name."""
        found = self._keys.get((table, key))
        return None if found is None else self.boxes(table)[found]

    def within(self, place: Place) -> list[Item]:
        """What lies in a place itself; of a pallet what lies on it directly."""
        return [self.items[key] for key in self._within.get(place, ())]

    def cartons_on(self, pallet: int) -> list[Box]:
        """The cartons on a pallet."""
        return [box for box in self.cartons.values() if box.pallet == pallet]

    def eaches(self) -> dict[int, int]:
        """Pieces by line, placed or not."""
        return _sums(self.items.values())

    def placed(self) -> dict[int, int]:
        """Pieces by line that lie in a carton or on a pallet."""
        return _sums(item for item in self.items.values() if item.place)

    def add_box(self, table: str, key: str = "", **facts: Any) -> Box:
        """A new pallet or carton; without a name it gets the next free one."""
        box = Box(self._fresh(), key or self._name(table), self._top.get(table, 0) + 1, **facts)
        self._keep(table, box)
        return box

    def set_box(self, table: str, box: Box) -> None:
        """The same box with other facts."""
        del self._keys[table, self.boxes(table)[box.id].key]
        self._keep(table, box)

    def drop_box(self, table: str, key: int) -> None:
        """Take an empty box away."""
        del self._keys[table, self.boxes(table).pop(key).key]

    def put(self, sort: Sort, eaches: int, place: Place) -> int:
        """More pieces in a place; answers the item they are in."""
        known = self._at.get((place, sort.line, sort.lot, sort.expiry))
        if known is not None:
            self._set(replace(self.items[known], eaches=self.items[known].eaches + eaches))
            return known
        key = self._fresh()
        self._set(Item(key, sort, eaches, place))
        return key

    def take(self, key: int, eaches: int) -> None:
        """Fewer pieces in an item; the last ones take it away."""
        item = self.items[key]
        if eaches < item.eaches:
            self._set(replace(item, eaches=item.eaches - eaches))
        else:
            self._drop(item)

    def move(self, key: int, eaches: int, place: Place, sort: Sort | None = None) -> int:
        """Pieces of an item to a place, as another sort where one is given; answers the item they are in then.

        All of them to where there are none of their sort keep their key.
        """
        item = self.items[key]
        sort = sort or item.sort
        at = (place, sort.line, sort.lot, sort.expiry)
        if eaches == item.eaches and self._at.get(at, key) == key:
            self._drop(item)
            self._set(replace(item, sort=sort, place=place))
            return key
        self.take(key, eaches)
        return self.put(sort, eaches, place)

    def restore_box(self, table: str, key: int, box: Box | None) -> None:
        """A box as it was before; None where there was none."""
        if key in self.boxes(table):
            self.drop_box(table, key)
        if box is not None:
            self._keep(table, box)

    def restore_item(self, key: int, item: Item | None) -> None:
        """An item as it was before; None where there was none."""
        if key in self.items:
            self._drop(self.items[key])
        if item is not None:
            self._set(item)

    def _keep(self, table: str, box: Box) -> None:
        self.boxes(table)[box.id] = box
        self._keys[table, box.key] = box.id
        self._top[table] = max(self._top.get(table, 0), box.position)

    def _set(self, item: Item) -> None:
        self.items[item.id] = item
        self._at[item.place, item.sort.line, item.sort.lot, item.sort.expiry] = item.id
        self._within.setdefault(item.place, {})[item.id] = None

    def _drop(self, item: Item) -> None:
        del self.items[item.id]
        self._at.pop((item.place, item.sort.line, item.sort.lot, item.sort.expiry), None)
        self._within[item.place].pop(item.id, None)

    def _fresh(self) -> int:
        self._new -= 1
        return self._new

    def _name(self, table: str) -> str:
        """The next name of ours that is free."""
        number = self._last.get(table, 0) + 1
        while (table, f"{LETTERS[table]}{number}") in self._keys:
            number += 1
        self._last[table] = number
        return f"{LETTERS[table]}{number}"


def _sums(items: Iterable[Item]) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in items:
        found[item.sort.line] = found.get(item.sort.line, 0) + item.eaches
    return found
