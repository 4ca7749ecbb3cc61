"""What may be raised about fetching."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind

ALERTS = [
    Kind(
        "orders.not_at_amazon",
        _("The hub holds orders that Amazon does not show any more."),
        _("The next comparison finds all of them at Amazon, or closed."),
    ),
    Kind(
        "orders.not_fetched",
        _("Amazon names orders that it does not hand out."),
        _("The next comparison fetches all of them, or Amazon names them no longer."),
    ),
]
