"""The list of orders, the same at every door: what it is filtered, sorted and searched by, and its columns."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.base.listing import Filter, Listing, Sort, columns_of
from purveyor.base.listings import register
from purveyor.common import clock
from purveyor.orders import queries
from purveyor.orders.domain.check import RULES
from purveyor.orders.models import Order
from purveyor.orders.schemas import order_row
from purveyor.orders.states import OrderState
from purveyor.orders.types_said import TYPES
from purveyor.people.models import User, spell

WAITING = "waiting"
NOBODY = "nobody"
DUE = {"over": timedelta(0), "6": timedelta(hours=6), "24": timedelta(hours=24)}


def _state(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value == WAITING:
        return queries.waiting(rows)
    if value not in set(OrderState):
        raise ValueError(_("there is no such state"))
    return rows.filter(state=value)


def _due(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in DUE:
        raise ValueError(_("there is no such time"))
    return queries.waiting(rows).filter(due_at__lte=clock.now() + DUE[value])


def _assigned(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value == NOBODY:
        return rows.filter(assigned_to=None)
    # The person first: then the few orders of one key are found by their own index.
    found = User.objects.filter(username=spell(value)).values_list("pk", flat=True).first()
    if found is None:
        raise ValueError(_("there is no such person"))
    return rows.filter(assigned_to=found)


def _held(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in ("yes", "no"):
        raise ValueError(_("there is no such value"))
    return queries.held(rows) if value == "yes" else rows.filter(holds=0)


def _type(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in TYPES:
        raise ValueError(_("there is no such type"))
    return rows.filter(type=value)


def _finding(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    if value not in dict(RULES):
        raise ValueError(_("there is no such check"))
    return queries.with_finding(rows, value)


_number = gettext_lazy("Order")
_placed = gettext_lazy("Order date")
_due_word = gettext_lazy("Answer due")
_value = gettext_lazy("Value")
_window = gettext_lazy("Window")
_state_word = pgettext_lazy("of an order", "State")
_profile = gettext_lazy("Profile")
_vendor = gettext_lazy("Vendor code")
_type_word = gettext_lazy("Type")
_offer_word = gettext_lazy("Bulk-buy offer")
_assigned_word = gettext_lazy("Assigned to")


_column = columns_of(order_row)

ORDERS: Listing[Order] = register(
    Listing(
        name="orders",
        title=gettext_lazy("Orders"),
        permission="orders.view",
        rows=queries.visible_to,
        row=order_row,
        prepared=queries.zoned,
        columns=(
            _column("number", _number, "number", "profile", sort="number", always=True),
            _column("state", _state_word, "state"),
            _column("due", _due_word, "due_at", sort="due"),
            _column("window", _window, "ship_window", "delivery_window", "time_zone", sort="window"),
            _column("to", gettext_lazy("To"), "ship_to"),
            _column("lines", gettext_lazy("Lines"), "line_count", number=True),
            _column("pieces", gettext_lazy("Pieces"), "eaches", number=True),
            _column("value", _value, "total", "currency", number=True, sort="-value"),
            _column("placed", _placed, "ordered_at", sort="-placed"),
            _column("assigned", _assigned_word, "assigned_to", shown=False),
            _column("vendor", _vendor, "vendor_code", shown=False),
            _column("amazon", gettext_lazy("Amazon's state"), "amazon_state", "amazon_status", shown=False),
            _column("type", _type_word, "type", "amazon_type", shown=False),
            _column("offer", _offer_word, "offer", shown=False),
            _column("changed", gettext_lazy("Changed by Amazon"), "changed_at", "version", shown=False),
        ),
        sorts=(
            Sort("-placed", _placed, ("-ordered_at",)),
            Sort("placed", _placed, ("ordered_at",)),
            Sort("due", _due_word, ("due_at",)),
            Sort("-due", _due_word, ("-due_at",)),
            Sort("number", _number, ("number",)),
            Sort("-number", _number, ("-number",)),
            Sort("-value", _value, ("-total",)),
            Sort("value", _value, ("total",)),
            Sort("window", _window, ("window_end",)),
            Sort("-window", _window, ("-window_end",)),
        ),
        filters=(
            Filter("state", _state_word, _state),
            Filter("due", _due_word, _due),
            Filter("profile", _profile, lambda rows, value: rows.filter(profile__name=value)),
            Filter(
                "center", gettext_lazy("Fulfillment center"), lambda rows, value: rows.filter(ship_to=value.upper())
            ),
            Filter("vendor", _vendor, lambda rows, value: rows.filter(vendor_code=value.upper())),
            Filter(
                "held",
                gettext_lazy("On hold"),
                _held,
                lambda: [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
            ),
            Filter("type", _type_word, _type, lambda: list(TYPES.items())),
            Filter("offer", _offer_word, lambda rows, value: rows.filter(offer__number=value)),
            Filter("finding", gettext_lazy("Finding"), _finding),
            Filter("assigned", _assigned_word, _assigned, personal=True),
        ),
        search=queries.search,
        known_by=queries.search,
    )
)
