"""What a profile can do, one switch each, and what will come: the wizard and the profile's page show this table.

Roles are Amazon's, as its developer console names them (FACTS §4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

    from purveyor.profiles.models import Profile

FULFILLMENT = "Amazon Fulfillment"
ANALYTICS = "Brand Analytics"
CONSUMER_SHIPPING = "Direct-to-Consumer Shipping"


@dataclass(frozen=True, slots=True)
class Feature:
    """``role`` is what the application needs at Amazon; ``column`` the profile's switch, empty while it is to come."""

    key: str
    title: str | Lazy
    sentence: str | Lazy
    role: str
    column: str = ""

    @property
    def available(self) -> bool:
        """Whether it is there; else it is coming."""
        return bool(self.column)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "import", _("Import"), _("Fetches purchase orders and their changes by schedule."), FULFILLMENT, "importing"
    ),
    Feature(
        "acknowledge",
        _("Acknowledge"),
        _("Sends your answers to orders. Nothing leaves while it is off."),
        FULFILLMENT,
        "sending",
    ),
    Feature(
        "status",
        _("Status"),
        _("Reads what Amazon counts as accepted, rejected and received, every six hours."),
        FULFILLMENT,
        "reading_status",
    ),
    Feature("shipments", _("Shipments"), _("Books shipments, prints labels, sends shipping notices."), FULFILLMENT),
    Feature("invoices", _("Invoices"), _("Sends invoices and credit notes."), FULFILLMENT),
    Feature("reports", _("Reports"), _("Fetches sales, stock and forecasts."), ANALYTICS),
    Feature("direct", _("Direct fulfillment"), _("Ships single orders to consumers. Restricted."), CONSUMER_SHIPPING),
)
BY_KEY = {feature.key: feature for feature in FEATURES}


def switched_on(profile: Profile) -> frozenset[str]:
    """The keys of what is on for a profile."""
    return frozenset(f.key for f in FEATURES if f.column and getattr(profile, f.column))
