"""The dated settings of a profile for checks, policies and deadlines: how grave a finding is, tolerances, when orders
are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purveyor.profiles import setting_kinds as kinds
from purveyor.profiles.dated import Setting

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

SEVERITIES: tuple[tuple[str, str | Lazy], ...] = (
    ("off", _("not checked")),
    ("warn", _("warns")),
    ("hold", _("holds the order for a person")),
    ("block", _("stands against any answer")),
)
AS_UNDEFINED = "as_undefined"
"""The mode of a type that is answered as orders of no type are."""
MODES: tuple[tuple[str, str | Lazy], ...] = (
    ("by_hand", _("by hand")),
    ("on_arrival_full", _("on arrival, in full")),
    ("on_arrival_stock", _("on arrival, from stock")),
    ("on_pick_result", _("when the pick result comes")),
    ("by_deadline", _("before the deadline, provisionally")),
)
PROVISIONAL: tuple[tuple[str, str | Lazy], ...] = (("full", _("in full")), ("stock", _("from stock")))
RESTS: tuple[tuple[str, str | Lazy], ...] = (
    ("reject", pgettext_lazy("what is lacking", "is rejected")),
    ("backorder", pgettext_lazy("what is lacking", "is backordered where Amazon allows it, else rejected")),
)
TYPES = ("undefined", "weekly", "bulk")


def _check(key: str, default: str, title: str | Lazy, sentence: str | Lazy) -> Setting:
    words = [word for word, _title in SEVERITIES]
    return Setting(f"checks.{key}", kinds.choice(*words), default, title, sentence, SEVERITIES)


def _policy(
    type_: str, title: str | Lazy, default: str = "by_hand", more: tuple[tuple[str, str | Lazy], ...] = ()
) -> Setting:
    said = _("When and how an order of this type is answered by itself.")
    modes = (*more, *MODES)
    return Setting(f"policy.{type_}", kinds.choice(*(word for word, _t in modes)), default, title, said, modes)


SETTINGS = [
    _check("identity", "warn", _("Number and parties"), _("PO-01: an order number or vendor code that looks odd.")),
    _check("product", "hold", _("Unknown product"), _("PRODUCT: a line that matches no product.")),
    _check("unit", "hold", _("Unit"), _("PO-02: a line ordered in cases of no known size.")),
    _check("case_size", "warn", _("Case size"), _("PO-03: a case size other than in the catalogue.")),
    _check("cost", "hold", _("Cost"), _("PO-04: a cost other than agreed for the order's date.")),
    _check("changed", "hold", _("Changed"), _("PO-05: an order Amazon changed after our answer.")),
    _check("case_multiple", "warn", _("Whole cases"), _("CASE: a quantity that fills no whole cases.")),
    _check("stock", "warn", _("Stock"), _("STOCK: more ordered than is free.")),
    _check("window_over", "hold", _("Window closed"), _("OVER: a window that had closed at the last look.")),
    _check("window_short", "warn", _("Window short"), _("SHORT: a window that leaves less than the lead time.")),
    _check("duplicate", "hold", _("Duplicate"), _("DUPLICATE: an order that looks the same as an earlier one.")),
    _check("type", "hold", _("Order type"), _("TYPE: consigned, rush and new-product orders.")),
    _check(
        "offer", "hold", _("Bulk-buy offer"), _("PO-06: a line that deviates from the bulk-buy offer it comes from.")
    ),
    _check("dates", "warn", _("Promised dates"), _("AC-08: a promised date outside the order's window.")),
    Setting(
        "checks.cost_tolerance",
        kinds.decimal("0", "1000"),
        "0",
        _("Tolerance of cost"),
        _("By so much a cost may differ from the agreed one, in the order's currency."),
    ),
    Setting(
        "checks.cost_tolerance_percent",
        kinds.decimal("0", "100"),
        "0",
        _("Tolerance of cost in percent"),
        _("By so many percent a cost may differ; the larger of both tolerances counts."),
    ),
    Setting(
        "checks.lead_hours",
        kinds.number(0, 1440),
        "48",
        _("Lead time in hours"),
        _("So many hours you need from the arrival of an order to the end of its window."),
    ),
    Setting(
        "checks.duplicate_days",
        kinds.number(0, 60),
        "7",
        _("Days for duplicates"),
        _("Orders this many days apart with the same lines and fulfillment center count as duplicates."),
    ),
    Setting(
        "checks.second_approver",
        kinds.yes_no(),
        "yes",
        _("Second approver"),
        _("AC-06: rejecting a product for good needs a second person."),
    ),
    Setting(
        "checks.late_reduction_days",
        kinds.number(0, 60),
        "5",
        _("Late reduction"),
        _("AC-05: so many business days after the window began, a confirmed quantity goes down with a reason only."),
    ),
    _policy("undefined", _("Orders of no type")),
    _policy("weekly", _("Weekly orders"), AS_UNDEFINED, ((AS_UNDEFINED, _("as orders of no type")),)),
    _policy("bulk", _("Bulk buys"), "on_arrival_full"),
    Setting(
        "policy.hours_before",
        kinds.number(1, 23),
        "4",
        _("Hours before the deadline"),
        _("So long before the answer is due a provisional one is given."),
    ),
    Setting(
        "policy.provisional",
        kinds.choice(*(word for word, _t in PROVISIONAL)),
        "stock",
        _("Provisional answer"),
        _("What a provisional answer accepts until the pick result corrects it."),
        PROVISIONAL,
    ),
    Setting(
        "policy.rest",
        kinds.choice(*(word for word, _t in RESTS)),
        "reject",
        _("What is lacking"),
        _("What becomes of pieces that are not in stock or were not picked."),
        RESTS,
    ),
    Setting(
        "policy.backorder_days",
        kinds.number(1, 90),
        "14",
        _("Days of a backorder"),
        _("So many days from its answer a backorder is promised for."),
    ),
    Setting(
        "types.slack_days",
        kinds.number(0, 60),
        "2",
        _("Slack of the window"),
        _("By so many days an order's window may begin earlier or end later than the delivery of its offer."),
    ),
    Setting(
        "types.price_tolerance_percent",
        kinds.decimal("0", "100"),
        "0",
        _("Tolerance of the price in percent"),
        _("By so many percent an order's cost may differ from the price approved in its offer."),
    ),
    Setting(
        "types.min_days",
        kinds.number(0, 365),
        "0",
        _("Days until a bulk buy"),
        _("So many days at least lie between the date of a bulk-buy order and the begin of its window."),
    ),
    Setting(
        "types.near_days",
        kinds.number(0, 365),
        "7",
        _("Near an offer"),
        _("An order of an offer's product whose window is at most so many days away is not weekly but looked at."),
    ),
    Setting(
        "types.weekly_days",
        kinds.number(0, 365),
        "21",
        _("Days until a weekly order"),
        _("An order whose window begins within so many days of its date, and which is near no offer, is weekly."),
    ),
    Setting(
        "deadlines.answer_hours",
        kinds.number(1, 240),
        "24",
        _("Answer within"),
        _("So many hours after its date an order is to be answered; counts for orders that come in from then on."),
    ),
    Setting(
        "deadlines.change_hours",
        kinds.number(1, 240),
        "48",
        _("Change within"),
        _("So many hours after the first answer quantities and costs may still change; afterwards only dates."),
    ),
    Setting(
        "deadlines.first_alert",
        kinds.number(1, 100),
        "50",
        _("First alert"),
        _("When so many percent of the time for an answer are over, a notice is raised."),
    ),
    Setting(
        "deadlines.second_alert",
        kinds.number(1, 100),
        "75",
        _("Second alert"),
        _("When so many percent of the time for an answer are over, the notice becomes a warning."),
    ),
    Setting(
        "deadlines.third_alert",
        kinds.number(1, 100),
        "90",
        _("Third alert"),
        _("When so many percent of the time for an answer are over, the warning becomes serious."),
    ),
]
