"""An offer as machines see it, the same over REST and by command. Amounts are text, moments in UTC, days as days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from purveyor.audit.actions import say
from purveyor.audit.models import Entry
from purveyor.common.money import plain
from purveyor.common.windows import zulu
from purveyor.offers import queries
from purveyor.offers.domain.answer import Clash, Taken
from purveyor.offers.domain.board import Board, DeliveryNow, RowNow, StageNow
from purveyor.offers.domain.cells import CellNow
from purveyor.offers.domain.effective import Value, Word
from purveyor.offers.domain.liability import Liability
from purveyor.offers.domain.sums import Totals
from purveyor.offers.models import Deputy, Offer, Said, Stage
from purveyor.offers.queries import Figures


def offer_rows(offers: Iterable[Offer]) -> Iterator[dict[str, Any]]:
    """``offer list``, the sums of many looked up together."""
    return map(offer_row, queries.counted(offers))


def offer_row(offer: Offer) -> dict[str, Any]:
    """One line of ``offer list``. ``stage`` is the one whose turn it is; ``asked``, ``approved``, ``consumed`` and
    ``open`` are eaches, ``value`` what was approved, or what is asked for while the offer is open."""
    sums = _figures(offer)
    turn = sums.turn
    return {
        "id": offer.pk,
        "number": offer.number,
        "profile": offer.profile.name,
        "title": offer.title,
        "program": str(offer.program),
        "unsold": str(offer.unsold),
        "vendor_code": offer.vendor_code,
        "currency": offer.currency,
        "state": str(offer.state),
        "stage": turn.key if turn else None,
        "stage_state": str(turn.state) if turn else None,
        "expires_at": _at(offer.expires_at),
        "time_zone": offer.zone,
        "expired": offer.expired(),
        "rows": sums.rows,
        "unmapped": sums.unmapped,
        "asked": sums.asked,
        "approved": sums.approved,
        "consumed": sums.consumed,
        "open": sums.approved - sums.consumed,
        "value": plain(sums.value),
        "version": offer.version,
        "created_at": _at(offer.created_at),
        "completed_at": _at(offer.completed_at),
    }


def offer_full(offer: Offer, entries: Iterable[Entry] | None = None) -> dict[str, Any]:
    """``offer show``: the row, its deliveries, stages, liability and history."""
    told = queries.entries(offer).order_by("id") if entries is None else entries
    return offer_row(offer) | {
        "reason": offer.reason or None,
        "by": offer.by,
        "completed_by": offer.completed_by or None,
        "deliveries": [
            delivery_row(DeliveryNow(one.position, one.name, one.first_day, one.last_day))
            for one in offer.deliveries.order_by("position")
        ],
        "stages": [stage_row(stage) for stage in _figures(offer).stages],
        "liability": liability_row(queries.liability_of(offer)),
        "history": [_entry(entry) for entry in told],
    }


def delivery_row(one: DeliveryNow) -> dict[str, Any]:
    """A delivery with its first and last day."""
    days = {"first_day": _day(one.first_day), "last_day": _day(one.last_day)}
    return {"delivery": one.position, "name": one.name, **days}


def stage_row(stage: Stage) -> dict[str, Any]:
    """A stage with who handed it on and who confirmed it."""
    return {
        "stage": stage.key,
        "position": stage.position,
        "state": str(stage.state),
        "state_at": _at(stage.state_at),
        "approved_by": stage.approved_by or None,
        "second_by": stage.second_by or None,
        "reason": stage.reason or None,
    }


def liability_row(one: Liability) -> dict[str, Any]:
    """What an offer binds to. ``risk`` is the most that ordered pieces can cost if Amazon sells none."""
    return {
        "approved": {"eaches": one.approved, "value": plain(one.approved_value)},
        "ordered": {"eaches": one.ordered, "value": plain(one.ordered_value)},
        "open": {"eaches": one.open, "value": plain(one.open_value)},
        "risk": plain(one.risk),
        "unpriced_eaches": one.unpriced,
    }


def board_full(found: Board) -> dict[str, Any]:
    """The grid of an offer as one stage sees it, or none (``stage`` is null)."""
    return {
        "number": found.offer.number,
        "version": found.offer.version,
        "state": str(found.offer.state),
        "currency": found.offer.currency,
        "stage": found.key or None,
        "asked": totals_row(found.asked),
        "stages": [_stage_now(one) for one in found.stages],
        "deliveries": [delivery_row(one) for one in found.deliveries],
        "counts": dict(found.counts),
        "rows": [board_row(row) for row in found.rows],
    }


def totals_row(one: Totals) -> dict[str, Any]:
    """Sums after a stage."""
    counts = {"cells": one.cells, "decided": one.decided, "yes": one.yes}
    return counts | {"eaches": one.eaches, "value": plain(one.value)}


def board_row(row: RowNow) -> dict[str, Any]:
    """A row with its cells, in the order of the deliveries."""
    return {
        "row": row.number,
        "asin": row.asin,
        "vendor_product": row.vendor_product,
        "title": row.title,
        "sku": row.sku or None,
        "cells": [cell_row(row.cells[position]) for position in sorted(row.cells)],
    }


def cell_row(cell: CellNow) -> dict[str, Any]:
    """A cell as a stage sees it (``domain.cells.CellNow``)."""
    return {
        "row": cell.row,
        "delivery": cell.delivery,
        "version": cell.version,
        "asked": value_row(cell.asked),
        "finds": value_row(cell.finds),
        "now": value_row(cell.now),
        "mine": word_row(cell.mine) if cell.mine else None,
        "changed": {"old": value_row(cell.changed[0]), "new": value_row(cell.changed[1])} if cell.changed else None,
        "answerable": cell.answerable,
        "answers": {key: word_row(word) for key, word in cell.words.items()},
        "approved": cell.approved,
        "approved_price": _amount(cell.approved_price),
        "consumed": cell.consumed,
    }


def value_row(value: Value) -> dict[str, Any]:
    """A verdict with quantity in eaches and the price for one."""
    return {"verdict": value.verdict, "quantity": value.quantity, "price": _amount(value.price)}


def word_row(word: Word) -> dict[str, Any]:
    """What a stage said, who for it, and when."""
    return value_row(word.value) | {"comment": word.comment, "by": word.by, "at": _at(word.at)}


def taken_full(taken: Taken) -> dict[str, Any]:
    """What became of answers."""
    return {
        "cells": [cell_row(cell) for cell in taken.cells],
        "clashes": [clash_row(clash) for clash in taken.clashes],
        "problems": [{"where": one.where, "message": one.message} for one in taken.problems],
    }


def clash_row(clash: Clash) -> dict[str, Any]:
    """Both sides of a clash: ``now`` stands there, ``mine`` was not kept."""
    return {
        "row": clash.given.row,
        "delivery": clash.given.delivery,
        "seen_version": clash.given.version,
        "version": clash.version,
        "by": clash.by,
        "at": _at(clash.at),
        "now": value_row(clash.now),
        "mine": value_row(clash.mine) if clash.mine else None,
        "comment": clash.given.comment,
    }


def said_row(said: Said) -> dict[str, Any]:
    """One line of a cell's history; an answer that was taken back has no verdict."""
    return {
        "version": said.version,
        "stage": said.stage.key,
        "verdict": said.verdict,
        "quantity": said.quantity,
        "price": _amount(said.price),
        "comment": said.comment,
        "by": said.by,
        "at": _at(said.at),
        "how": str(said.how),
    }


def deputy_row(one: Deputy) -> dict[str, Any]:
    """Who stands in for whom, from when until before when."""
    return {
        "id": one.pk,
        "profile": one.profile.name,
        "stage": one.key,
        "absent": one.absent.username,
        "deputy": one.deputy.username,
        "begins_at": _at(one.begins_at),
        "ends_at": _at(one.ends_at),
        "by": one.by,
    }


def _figures(offer: Offer) -> Figures:
    if offer.figures is None:
        offer.figures = queries.figures([offer])[offer.pk]
    return offer.figures


def _stage_now(one: StageNow) -> dict[str, Any]:
    return {
        "stage": one.key,
        "title": one.title,
        "state": one.state,
        "state_at": _at(one.state_at),
        "approved_by": one.approved_by or None,
        "second_by": one.second_by or None,
        "reason": one.reason or None,
        "totals": totals_row(one.totals),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": _at(entry.at),
        "by": entry.by,
        "action": entry.action,
        "what": say(entry),
        "because": entry.because,
        "old": entry.old,
        "new": entry.new,
    }


def _at(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
