"""The orders application."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what else can be done about orders."""
        from purveyor.audit import actions
        from purveyor.orders.actions import ACTIONS

        actions.add(ACTIONS)
