"""The warehouse as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "purveyor.warehouse"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done in the warehouse and what may be raised about it."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.warehouse.actions import ACTIONS, ALERTS

        actions.add(ACTIONS)
        kinds.add(ALERTS)
