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
        from purveyor.base import filekinds
        from purveyor.base.transition import on_move
        from purveyor.profiles import dated
        from purveyor.warehouse.actions import ACTIONS, ALERTS
        from purveyor.warehouse.domain import weigh
        from purveyor.warehouse.packing_columns import PACK
        from purveyor.warehouse.packing_settings import PACKING_SETTINGS

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add(PACKING_SETTINGS)
        filekinds.register(PACK)
        on_move(weigh.moved)
