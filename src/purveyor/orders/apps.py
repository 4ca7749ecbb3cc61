"""The orders application."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about orders, and the settings of their checks and policies."""
        from purveyor.audit import actions
        from purveyor.orders.actions import ACTIONS
        from purveyor.orders.settings import SETTINGS
        from purveyor.profiles import dated

        actions.add(ACTIONS)
        dated.add(SETTINGS)
