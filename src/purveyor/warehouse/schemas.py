"""A pick list as machines see it, the same over REST, by command and in the file a warehouse gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from purveyor.audit.actions import say
from purveyor.audit.models import Entry
from purveyor.common.gs1 import printed
from purveyor.common.windows import zulu
from purveyor.warehouse import queries
from purveyor.warehouse.domain import picks, said
from purveyor.warehouse.models import Picked, PickLine, PickList, PickResult
from purveyor.warehouse.queries import Figures


def pick_list_rows(lists: Iterable[PickList]) -> Iterator[dict[str, Any]]:
    """``pick list``, the sums of many looked up together."""
    return map(pick_list_row, queries.counted(lists))


def pick_list_row(one: PickList) -> dict[str, Any]:
    """One line of ``pick list``. Quantities are eaches; ``picked`` is null while nobody said anything."""
    order, sums = one.order, _figures(one)
    return {
        "id": one.pk,
        "number": one.number,
        "order": order.number,
        "profile": order.profile.name,
        "vendor_code": order.vendor_code,
        "ship_to": order.ship_to,
        "ship_by": _at(order.ship_end or order.delivery_end),
        "state": str(one.state),
        "state_at": _at(one.state_at),
        "reason": said.why(one.reason) or None,
        "lines": sums.lines,
        "asked": sums.asked,
        "picked": sums.picked,
        "excess": sums.excess,
        "released_at": _at(one.released_at),
        "released_by": one.released_by,
        "printed_at": _at(one.printed_at),
        "sent_at": _at(one.sent_at),
        "order_version": one.order_version,
    }


def pick_list_full(one: PickList) -> dict[str, Any]:
    """``pick show``: the row, its lines with what was picked, every result, the history."""
    lines = [line_row(line, _figures(one)) for line in queries.lines_of(one)]
    results = queries.results_of(one)
    lots = _lots(results)
    return pick_list_row(one) | {
        "items": lines,
        "results": [result_row(result) | {"lots": lots.get(result.pk, [])} for result in results],
        "history": [_entry(entry) for entry in queries.entries(one).order_by("id")],
    }


def line_row(line: PickLine, sums: Figures) -> dict[str, Any]:
    """One line with every code a scanner may meet."""
    product = line.product
    came = picks.sum_of(line, sums.by_line)
    told = sums.picked is not None
    return {
        "position": line.position,
        "line": line.line.number,
        "sku": product.sku if product else "",
        "ean": printed(product.gtin) if product else "",
        "asin": line.line.asin,
        "vendor_product": line.line.vendor_product,
        "title": product.title if product else "",
        "location": line.location,
        "case_pack": product.case_pack if product else None,
        "expiry_tracked": bool(product and product.expiry_tracked),
        "prep": product.prep if product else "",
        "quantity": line.asked,
        "picked": came.picked if told else None,
        "excess": came.excess,
        "short": (came.short or None) if told else None,
    }


HANDED_OUT = (
    "number",
    "order",
    "vendor_code",
    "ship_to",
    "ship_by",
    "position",
    "line",
    "sku",
    "ean",
    "asin",
    "title",
    "location",
    "quantity",
    "case_pack",
    "prep",
)
"""The columns of a list as a file for a warehouse: the head of its list repeated on every line."""


def handed_out(one: PickList) -> list[dict[str, Any]]:
    """A list as rows of a file, the columns of ``HANDED_OUT``."""
    head = pick_list_row(one)
    rows = (head | line_row(line, _figures(one)) for line in queries.lines_of(one))
    return [{name: row[name] for name in HANDED_OUT} for row in rows]


def result_row(one: PickResult) -> dict[str, Any]:
    """One result: by what it came, whether it counts, and what it brought about."""
    return {
        "reference": one.reference,
        "way": str(one.way),
        "state": str(one.state),
        "by": one.by,
        "at": _at(one.at),
        "picked_at": _at(one.picked_at),
        "file": one.upload_id,
        "settled_at": _at(one.settled_at),
        "outcome": one.outcome.get("what") or None,
        "said": said.outcome(one.outcome) or None,
    }


def _lots(results: Iterable[PickResult]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = Picked.objects.filter(result__in=[one.pk for one in results]).select_related("pick_line__line")
    for row in rows.order_by("result", "pick_line__position", "expiry", "lot"):
        told = {
            "line": row.pick_line.line.number,
            "quantity": row.eaches,
            "excess": row.excess,
            "lot": row.lot,
            "expiry": row.expiry.isoformat() if row.expiry else None,
            "short": row.short or None,
            "prepared": row.prepared,
        }
        found.setdefault(row.result_id, []).append(told)
    return found


def _figures(one: PickList) -> Figures:
    if one.figures is None:
        one.figures = queries.figures([one])[one.pk]
    found: Figures = one.figures
    return found


def _entry(entry: Entry) -> dict[str, Any]:
    return {"at": _at(entry.at), "by": entry.by, "action": entry.action, "what": say(entry), "because": entry.because}


def _at(moment: datetime | None) -> str | None:
    return zulu(moment) if moment else None
