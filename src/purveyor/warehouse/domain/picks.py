"""What was picked, as it is stored: read as values, written anew where it changed, summed up line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from purveyor.base.db import bulk_upsert, by_pairs, together
from purveyor.common import clock
from purveyor.warehouse.domain.fold import Heap, Lots, counted, weightier
from purveyor.warehouse.domain.said import MISSING
from purveyor.warehouse.models import Picked, PickLine, PickList, PickResult
from purveyor.warehouse.states import PickResultState


@dataclass(frozen=True, slots=True)
class Sum_:
    """What came of one line: eaches that count and those too many; ``short`` is why it is less than asked."""

    picked: int = 0
    excess: int = 0
    short: str = ""


def read(result_ids: Collection[int], line_ids: Collection[int] | None = None) -> dict[int, dict[int, Lots]]:
    """Everything said of these lines (of all where none are named) in these results, by result and line."""
    found: dict[int, dict[int, Lots]] = {}
    if result_ids and (line_ids or line_ids is None):
        rows = Picked.objects.filter(result__in=together(result_ids)).order_by()
        rows = rows if line_ids is None else rows.filter(pick_line__in=together(line_ids))
        names = ("result_id", "pick_line_id", "lot", "expiry", "eaches", "excess", "short", "prepared")
        for result, line, lot, expiry, eaches, excess, short, prepared in rows.values_list(*names):
            lots = found.setdefault(result, {}).setdefault(line, {})
            lots[lot, expiry] = Heap(eaches + excess, short, prepared)
    return found


_COLUMNS = ("result_id", "pick_line_id", "eaches", "excess", "lot", "expiry", "short", "prepared")


_READ = ("id", "result_id", "pick_line_id", "lot", "expiry", "eaches", "excess", "short", "prepared")
Place = tuple[int, int]
"""A result and a line of its list."""


def read_places(places: Collection[Place]) -> tuple[dict[int, dict[int, Lots]], dict[Place, list[int]]]:
    """As ``read``, of these lines in these results alone; and the keys of the rows, by their place."""
    found: dict[int, dict[int, Lots]] = {}
    keys: dict[Place, list[int]] = {}
    rows = by_pairs(Picked._meta.db_table, _READ, ("result_id", "pick_line_id"), places)
    for key, result, line, lot, expiry, eaches, excess, short, prepared in rows:
        day = date.fromisoformat(expiry) if isinstance(expiry, str) else expiry
        found.setdefault(result, {}).setdefault(line, {})[lot, day] = Heap(eaches + excess, short, bool(prepared))
        keys.setdefault((result, line), []).append(key)
    return found, keys


def rows_of(result_id: int, lines: Mapping[int, Lots], asked: Mapping[int, int]) -> Iterable[tuple[Any, ...]]:
    """The rows to be stored for these lines of a result, as ``write`` takes them."""
    for line, lots in lines.items():
        for lot, (eaches, excess) in counted(lots, asked[line]).items():
            heap = lots[lot]
            expiry = lot[1].isoformat() if lot[1] is not None else None
            yield result_id, line, eaches, excess, lot[0], expiry, heap.short, heap.prepared


def write(rows: Iterable[tuple[Any, ...]]) -> None:
    """Store what was picked, many at once. Joins the caller's transaction."""
    bulk_upsert(Picked._meta.db_table, _COLUMNS, rows)


def anew(result: PickResult) -> None:
    """Count a result again, for its list asks for something else now, and have it settled again. Joins the caller's
    transaction."""
    asked = dict(PickLine.objects.filter(pick_list=result.pick_list_id).values_list("pk", "asked"))
    lines = read([result.pk]).get(result.pk, {})
    Picked.objects.filter(result=result).delete()
    write(rows_of(result.pk, lines, asked))
    PickResult.objects.filter(pk=result.pk).update(settle_at=clock.now(), settled_at=None, outcome={})


def sums(lists: Iterable[PickList]) -> dict[int, dict[int, Sum_]]:
    """What was picked by the results that stand, by list and line of the list: two questions. A line of a picked list
    that no row names was not found."""
    keys = [one.pk for one in lists]
    standing = PickResult.objects.filter(pick_list__in=together(keys), state=PickResultState.TAKEN)
    found: dict[int, dict[int, Sum_]] = {key: {} for key in standing.order_by().values_list("pick_list", flat=True)}
    rows = Picked.objects.filter(result__in=standing.order_by().values("pk")).order_by("pick_line")
    names = ("result__pick_list", "pick_line", "eaches", "excess", "short")
    for key, line, picked, excess, short in rows.values_list(*names):
        one = found[key].get(line, Sum_())
        found[key][line] = Sum_(one.picked + picked, one.excess + excess, weightier(one.short, short))
    return found


def sum_of(line: PickLine, found: Mapping[int, Sum_]) -> Sum_:
    """What came of one line of a list that was picked."""
    one = found.get(line.pk, Sum_())
    if one.picked >= line.asked:
        return Sum_(one.picked, one.excess)
    return Sum_(one.picked, one.excess, one.short or MISSING)
