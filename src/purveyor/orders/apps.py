"""The orders application."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about orders, and what may be raised about them."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.orders.actions import ACTIONS, ALERTS

        actions.add(ACTIONS)
        kinds.add(ALERTS)
