"""Charts of the house's own figures, for the profile in view and a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from purveyor.orders.figures import USUAL, WEEKS, Figures, Week, figures
from purveyor.web import figures as words
from purveyor.web.charts import Chart, Series, columns, rows
from purveyor.web.render import frame_of, page, who_of


@require_safe
def charts(request: HttpRequest) -> HttpResponse:
    """The page."""
    typed = request.GET.get("weeks", "")
    weeks = int(typed) if typed.isdecimal() and len(typed) < 4 else USUAL
    found = figures(who_of(request), frame_of(request).scope, weeks)
    drawn = [_orders(found), *_values(found.weeks), _rates(found.weeks), _times(found.weeks), _open(found)]
    return page(request, "charts", "charts", charts=drawn, found=found, periods=WEEKS, weeks=weeks)


def _labels(weeks: Sequence[Week]) -> list[str]:
    return [date_format(week.begins, "j M") for week in weeks]


def _orders(found: Figures) -> Chart:
    counts = [week.orders for week in found.weeks]
    series = Series(_("Orders"), counts, [words.number(count) for count in counts])
    summary = _("%(count)s orders in %(weeks)s weeks") % {
        "count": words.number(sum(counts)),
        "weeks": len(counts),
    }
    return columns("orders", _("Orders per week"), summary, _("Week from"), _labels(found.weeks), series)


def _values(weeks: Sequence[Week]) -> list[Chart]:
    """One for each currency: amounts of two are not added."""
    currencies = sorted({currency for week in weeks for currency, _value in week.values}) or [""]
    return [_value(weeks, currency) for currency in currencies]


def _value(weeks: Sequence[Week], currency: str) -> Chart:
    values = [dict(week.values).get(currency, Decimal(0)) for week in weeks]
    told = [words.amount(value, currency) for value in values]
    series = Series(_("Value"), [float(value) for value in values], told)
    title = _("Value per week in %(currency)s") % {"currency": currency or "–"}
    summary = _("%(value)s in all") % {"value": words.amount(sum(values, Decimal(0)), currency)}
    return columns(f"value-{currency.lower()}", title, summary, _("Week from"), _labels(weeks), series)


def _rates(weeks: Sequence[Week]) -> Chart:
    rates = [week.rate for week in weeks]
    told = [_percent(rate) for rate in rates]
    series = Series(_("Confirmed"), [None if rate is None else float(rate) for rate in rates], told)
    ordered, confirmed = sum(week.ordered for week in weeks), sum(week.confirmed for week in weeks)
    whole = Decimal(100 * confirmed) / ordered if ordered else None
    summary = _("%(rate)s of the pieces Amazon shows an answer for were confirmed") % {"rate": _percent(whole)}
    return columns("confirmed", _("Confirmation rate"), summary, _("Week from"), _labels(weeks), series, unit="%")


def _percent(rate: Decimal | None) -> str:
    return "–" if rate is None else f"{words.number(rate, 1)} %"


def _times(weeks: Sequence[Week]) -> Chart:
    answers = sum(week.answers for week in weeks)
    pairs = ((_("Median"), [week.median for week in weeks]), (_("9 of 10 within"), [week.p90 for week in weeks]))
    series = [Series(name, [_hours(value) for value in values], [_span(v) for v in values]) for name, values in pairs]
    summary = _("From the order to our first answer, in hours, for %(count)s answers") % {
        "count": words.number(answers)
    }
    return columns("times", _("Time to acknowledge"), summary, _("Week from"), _labels(weeks), *series, unit="h")


def _hours(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / 3600


def _span(seconds: int | None) -> str:
    return "–" if seconds is None else words.span(timedelta(seconds=seconds))


def _open(found: Figures) -> Chart:
    labels = [one.center or _("others") for one in found.open]
    orders = Series(_("Orders"), [one.orders for one in found.open], [words.number(one.orders) for one in found.open])
    pieces = Series(_("Pieces"), [one.eaches for one in found.open], [words.number(one.eaches) for one in found.open])
    summary = _("%(count)s orders wait for an answer") % {"count": words.number(sum(o.orders for o in found.open))}
    return rows("open", _("Open by center"), summary, _("Fulfillment center"), labels, orders, pieces)
