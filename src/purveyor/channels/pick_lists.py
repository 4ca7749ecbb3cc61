"""A pick list as a file for a warehouse's system: a row for each line, or one JSON document."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from purveyor.channels.models import Departure
from purveyor.channels.outgoing import Outgoing
from purveyor.channels.setup import FORMS
from purveyor.channels.write import csv_lines
from purveyor.common import clock
from purveyor.warehouse.models import PickList
from purveyor.warehouse.schemas import HANDED_OUT, handed_out
from purveyor.warehouse.states import PickListState

NAME = "pick-list"
LIST = ("number", "order", "vendor_code", "ship_to", "ship_by")
"""What a document says once, of the whole list."""


def render(list_id: int, form: str) -> tuple[str, bytes] | None:
    """The name and the bytes of a list that is released; None for any other."""
    listed = PickList.objects.select_related("order__profile")
    found = listed.filter(pk=list_id, state=PickListState.RELEASED).first()
    if found is None:
        return None
    rows = handed_out(found)
    text = _json(rows) if form == "json" else "".join(csv_lines(HANDED_OUT, rows))
    return f"pick-{found.number}.{form}", text.encode()


def _json(rows: list[dict[str, Any]]) -> str:
    lines = [{name: value for name, value in row.items() if name not in LIST} for row in rows]
    told = {name: rows[0][name] for name in LIST} | {"lines": lines}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _profile_of(list_id: int) -> int | None:
    return PickList.objects.filter(pk=list_id).values_list("order__profile_id", flat=True).first()


def _waiting(channel_id: int, profile_id: int | None, since: datetime, limit: int) -> list[int]:
    # By its name, for a list that went on and asks for something else has another number and is to leave again.
    names = [Concat(Value("pick-"), OuterRef("number"), Value(f".{form}")) for form in FORMS]
    left = Departure.objects.filter(channel=channel_id, subject=OuterRef("pk"), name__in=names)
    found = PickList.objects.filter(~Exists(left), state=PickListState.RELEASED, released_at__gte=since)
    if profile_id is not None:
        found = found.filter(order__profile_id=profile_id)
    return list(found.order_by("released_at", "pk").values_list("pk", flat=True)[:limit])


def _sent(list_id: int) -> None:
    PickList.objects.filter(pk=list_id, sent_at=None).update(sent_at=clock.now())


PICK_LIST = Outgoing(NAME, _("Pick list"), render, _profile_of, _waiting, _sent)
