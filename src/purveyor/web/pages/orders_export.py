"""The list of orders as a file: everything its filters let through."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from purveyor.base.listing import by_key
from purveyor.channels.write import Line, safe
from purveyor.common import clock
from purveyor.orders.schemas import order_row
from purveyor.web.pages.orders import ORDERS, rows_in_view


@require_safe
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Everything the list's filters let through, all pages of it, as CSV or JSON."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    rows = (order_row(order) for order in by_key(ORDERS.narrow(rows_in_view(request), query)))
    name = f"orders-{clock.now():%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "json":
        return StreamingHttpResponse(_json(rows), content_type="application/json", headers=headers)
    return StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield '{"orders": ['
    for place, row in enumerate(rows):
        yield (",\n" if place else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]}\n"


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    for place, row in enumerate(rows):
        flat = dict(_flat(row))
        if not place:
            yield writer.writerow(flat)
        yield writer.writerow([safe(value) for value in flat.values()])


def _flat(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name.endswith("_window"):
            yield f"{name}_start", (value or {}).get("start")
            yield f"{name}_end", (value or {}).get("end")
        else:
            yield name, " ".join(map(str, value)) if isinstance(value, list) else value
