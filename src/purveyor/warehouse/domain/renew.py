"""A pick list that goes on by the order as it is now: its lines follow, and what asks for something else has another
number, so that no paper and no file of before is taken for it."""

from __future__ import annotations

from typing import Any

from purveyor.orders.domain.changes import read
from purveyor.orders.models import Change
from purveyor.warehouse.domain.asked import Asked
from purveyor.warehouse.domain.release import numbered, rows_of
from purveyor.warehouse.models import PickLine, PickList


def renew(found: PickList, asked: Asked) -> dict[str, Any]:
    """Have the lines of a list ask for what the order asks now. Answers the fields of its new number, of which nothing
    went out yet; nothing where lines, products, quantities and center are as before. Joins the caller's transaction,
    which holds the order."""
    before, center = _asks(found), ship_to_moved(found)
    follow(found, asked)
    if center is None and _asks(found) == before:
        return {}
    return numbered(found.order) | {"printed_at": None, "sent_at": None}


def _asks(found: PickList) -> set[tuple[int, int | None, int]]:
    return set(found.lines.order_by().values_list("line_id", "product_id", "asked"))


def follow(found: PickList, asked: Asked) -> None:
    """The lines of a list by what is asked; a line that asks for nothing stays where something of it was picked."""
    there = {line.line_id: line for line in found.lines.all()}
    wanted = {line.line_id: line for line in rows_of(found, asked)}
    picked = set(PickLine.objects.filter(pick_list=found, picked__isnull=False).values_list("line_id", flat=True))
    PickLine.objects.bulk_create(line for key, line in wanted.items() if key not in there)
    for key, line in there.items():
        if key not in wanted and key not in picked:
            line.delete()
        elif key not in wanted:
            PickLine.objects.filter(pk=line.pk).update(asked=0)
        else:
            new = wanted[key]
            values = {"asked": new.asked, "product": new.product, "position": new.position, "location": new.location}
            PickLine.objects.filter(pk=line.pk).update(**values)


def ship_to_moved(found: PickList) -> list[str] | None:
    """Where the goods were to go and where they go now, if Amazon changed that since the list was made."""
    newer = Change.objects.filter(order=found.order, version__gt=found.checked_version).order_by("version")
    moves = [one for change in newer for one in read(change.changes) if one.field == "ship_to" and not one.line]
    return [moves[0].old or "", moves[-1].new or ""] if moves and moves[0].old != moves[-1].new else None
