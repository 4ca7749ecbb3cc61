"""The words of stages as they are stored: what stands now, the history of each cell, and the audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from purveyor.audit.write import record
from purveyor.base.db import bulk_upsert, set_column, together
from purveyor.common import clock
from purveyor.common.money import plain
from purveyor.offers.domain.cells import Known
from purveyor.offers.domain.effective import Value, Word
from purveyor.offers.domain.lock import touch
from purveyor.offers.models import Answer, Cell, Said, Stage
from purveyor.people.who import Who

IN_ONE_ENTRY = 200
"""So many cells are told in one entry of the audit."""
_SEEN = ("seen_verdict", "seen_quantity", "seen_price")
_SAYS = ("verdict", "quantity", "price", "comment", "by", "at")
_ANSWER = ("cell_id", "stage_id", *_SAYS, *_SEEN)
_SAID = ("cell_id", "stage_id", "version", *_SAYS, "how")


@dataclass(frozen=True, slots=True)
class Change:
    """A stage's new word of a cell, None to take its word back; ``own`` is its word so far, ``finds`` what it found."""

    cell: Known
    own: Word | None
    finds: Value
    value: Value | None
    comment: str


def write(who: Who, stage: Stage, changes: Sequence[Change], *, how: str, because: str = "") -> None:
    """Keep words in the caller's transaction, which holds the offer (``lock``). The cells show them afterwards.

    Each raises its cell's version by one; the history keeps every version once, whoever holds what.
    """
    at = clock.now()
    set_column(Cell._meta.db_table, "version", [(one.cell.pk, one.cell.version + 1) for one in changes])
    _keep(stage, [one for one in changes if one.value is not None], who.name, at)
    gone = [one.cell.pk for one in changes if one.value is None]
    if gone:
        Answer.objects.filter(stage=stage, cell__in=together(gone)).delete()
    bulk_upsert(Said._meta.db_table, _SAID, [_history(stage, one, who.name, at, how) for one in changes])
    for start in range(0, len(changes), IN_ONE_ENTRY):
        _tell(who, stage, changes[start : start + IN_ONE_ENTRY], how, because)
    for one in changes:
        _show(one, stage.key, who.name, at)
    touch(stage.offer)


def latest(cells: Iterable[int]) -> dict[int, tuple[str, datetime | None]]:
    """Who gave the latest answer of each cell, and when."""
    rows = Said.objects.filter(cell__in=together(set(cells))).order_by("cell", "version")
    return {cell: (by, at) for cell, by, at in rows.values_list("cell_id", "by", "at")}


def _keep(stage: Stage, changes: Sequence[Change], by: str, at: datetime) -> None:
    rows = [
        (
            one.cell.pk,
            stage.pk,
            *_values(one.value),
            one.comment,
            by,
            at,
            *_values(one.finds),
        )
        for one in changes
    ]
    conflict = ("cell_id", "stage_id")
    bulk_upsert(Answer._meta.db_table, _ANSWER, rows, conflict=conflict, update=(*_SAYS, *_SEEN))


def _history(stage: Stage, one: Change, by: str, at: datetime, how: str) -> tuple[Any, ...]:
    return (one.cell.pk, stage.pk, one.cell.version + 1, *_values(one.value), one.comment, by, at, str(how))


def _values(value: Value | None) -> tuple[Any, ...]:
    return (None, None, None) if value is None else (value.verdict, value.quantity, value.price)


def _show(one: Change, key: str, by: str, at: datetime) -> None:
    one.cell.version += 1
    if one.value is None:
        one.cell.words.pop(key, None)
    else:
        one.cell.words[key] = Word(one.value, one.finds, one.comment, by, at)


def _tell(who: Who, stage: Stage, changes: Sequence[Change], how: str, because: str) -> None:
    old = [_told(one.cell, one.own.value, one.own.comment) for one in changes if one.own is not None]
    new = [_told(one.cell, one.value, one.comment) for one in changes]
    record(
        "offer.answered",
        by=who.name,
        obj=stage.offer,
        old={"cells": old} if old else None,
        new={"stage": stage.key, "how": str(how), "cells": new},
        because=because,
    )


def _told(cell: Known, value: Value | None, comment: str) -> dict[str, Any]:
    told: dict[str, Any] = {"row": cell.row, "delivery": cell.delivery}
    if value is None:
        return told | {"verdict": None}
    told |= {"verdict": value.verdict, "quantity": value.quantity}
    told |= {"price": plain(value.price)} if value.price is not None else {}
    return told | ({"comment": comment} if comment else {})
