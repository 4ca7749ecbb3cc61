"""A pick list as a file for a warehouse's system: a row for each line, or one JSON document."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from purveyor.channels.models import Departure
from purveyor.channels.outgoing import Outgoing
from purveyor.channels.write import Line, safe
from purveyor.common import clock
from purveyor.common.gs1 import printed
from purveyor.warehouse.models import PickLine, PickList
from purveyor.warehouse.states import PickListState

NAME = "pick-list"
HEAD = ("list", "po", "line", "sku", "ean", "asin", "title", "quantity", "case_pack", "location")


def render(list_id: int, form: str) -> tuple[str, bytes] | None:
    """The name and the bytes of a list that is released; None for any other."""
    found = PickList.objects.select_related("order").filter(pk=list_id, state=PickListState.RELEASED).first()
    if found is None:
        return None
    lines = found.lines.select_related("line", "product").order_by("position")
    rows = [_row(found, one) for one in lines]
    name = f"pick-{found.number}.{form}"
    return name, (_json(found, rows) if form == "json" else _csv(rows)).encode()


def _row(found: PickList, one: PickLine) -> dict[str, Any]:
    product = one.product
    return {
        "list": found.number,
        "po": found.order.number,
        "line": one.line.number,
        "sku": product.sku if product else "",
        "ean": printed(product.gtin) if product and product.gtin else "",
        "asin": one.line.asin,
        "title": product.title if product else "",
        "quantity": one.asked,
        "case_pack": product.case_pack if product else None,
        "location": one.location,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    writer = csv.writer(Line())
    lines = [writer.writerow(HEAD)]
    lines += [writer.writerow([safe(row[name]) for name in HEAD]) for row in rows]
    return "".join(lines)


def _json(found: PickList, rows: list[dict[str, Any]]) -> str:
    lines = [{name: value for name, value in row.items() if name not in ("list", "po")} for row in rows]
    told = {"list": found.number, "po": found.order.number, "lines": lines}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _profile_of(list_id: int) -> int | None:
    return PickList.objects.filter(pk=list_id).values_list("order__profile_id", flat=True).first()


def _waiting(channel_id: int, profile_id: int | None, since: datetime, limit: int) -> list[int]:
    left = Departure.objects.filter(channel=channel_id, subject=OuterRef("pk"))
    found = PickList.objects.filter(~Exists(left), state=PickListState.RELEASED, released_at__gte=since)
    if profile_id is not None:
        found = found.filter(order__profile_id=profile_id)
    return list(found.order_by("released_at", "pk").values_list("pk", flat=True)[:limit])


def _sent(list_id: int) -> None:
    PickList.objects.filter(pk=list_id, sent_at=None).update(sent_at=clock.now())


PICK_LIST = Outgoing(NAME, _("Pick list"), render, _profile_of, _waiting, _sent)
