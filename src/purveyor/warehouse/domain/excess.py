"""More was picked than the order asks for: it never counts, and somebody is told both numbers."""

from __future__ import annotations

from django.db.models import Sum

from purveyor.alerts.models import Severity
from purveyor.alerts.raise_ import raise_alert
from purveyor.base.phrase import _, joined
from purveyor.warehouse.domain.said import MOST_LINES
from purveyor.warehouse.models import Picked, PickList

KIND = "warehouse.excess"


def cause(list_id: int) -> str:
    """What the alert about too much picked for a list is known by."""
    return f"pick-list:{list_id}:excess"


def tell(pick_list: PickList, profile_id: int, result_id: int) -> None:
    """Raise the alert of a list whose result has too much of any line, naming both numbers of each."""
    rows = Picked.objects.filter(result=result_id).order_by("pick_line__position")
    lines = rows.values_list("pick_line__line__number", "pick_line__asked").annotate(Sum("eaches"), Sum("excess"))
    over = [
        _("Line %(line)s: %(picked)d were picked, %(asked)d are asked for.")
        % {"line": number, "picked": eaches + excess, "asked": asked}
        for number, asked, eaches, excess in lines
        if excess
    ]
    if not over:
        return
    begin = _("Too much was picked for pick list %(name)s.") % {"name": pick_list.number}
    raise_alert(
        cause(pick_list.pk),
        kind=KIND,
        severity=Severity.WARN,
        message=joined([begin, *over[:MOST_LINES]]),
        hint=_("What is too much does not count. Put it back on its shelf, then close this."),
        profile_id=profile_id,
    )
