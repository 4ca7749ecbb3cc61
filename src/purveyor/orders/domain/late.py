"""What an answer does that Amazon takes, but charges for or frowns upon: AC-05 late reductions, AC-08 dates."""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.base.phrase import _
from purveyor.common.errors import Problem
from purveyor.orders.domain.answer import Answers
from purveyor.orders.domain.check import date_outside
from purveyor.orders.domain.ground import Ground, totals
from purveyor.profiles import dated


def add_business_days(start: datetime, days: int) -> datetime:
    """So many business days (Monday to Friday) later, at the same time of day."""
    found = start
    while days > 0:
        found += timedelta(days=1)
        days -= found.weekday() < 5
    return found


def without_reason(ground: Ground, answers: Answers, now: datetime, because: str) -> list[Problem]:
    """AC-05: confirmed quantities that go down late, when nobody says why."""
    if because.strip():
        return []
    return reductions(ground, answers, now)


def reductions(ground: Ground, answers: Answers, now: datetime) -> list[Problem]:
    """AC-05: confirmed quantities that go down later than so many business days after the window began
    (OPERATIONS §2.2); Amazon charges for those."""
    order = ground.order
    start = order.delivery_start or order.ship_start
    confirmed = {number: one.accepted for number, one in ground.standing.items() if one.accepted}
    if start is None or not confirmed or now <= start:
        return []
    days: int = dated.value(order.profile, "checks.late_reduction_days", now)
    if now <= add_business_days(start, days):
        return []
    return [
        Problem(
            _("Line %(line)s: %(before)d pieces are confirmed; fewer this late needs a reason.")
            % {"line": number, "before": confirmed[number]},
            where=f"lines[{number}]",
            check="AC-05",
        )
        for number, entries in answers.items()
        if totals(entries)[0] < confirmed.get(number, 0)
    ]


def outside(ground: Ground, answers: Answers) -> list[Problem]:
    """AC-08: promised dates outside the order's window."""
    said = _("Line %(line)s: the date promised lies outside the order's window.")
    return [
        Problem(said % {"line": number}, where=f"lines[{number}]", check="AC-08")
        for number, entries in answers.items()
        if date_outside(ground.order, entries) is not None
    ]


def warnings(ground: Ground, answers: Answers, now: datetime) -> list[Problem]:
    """What a person should know before these answers go."""
    return [*reductions(ground, answers, now), *outside(ground, answers)]
