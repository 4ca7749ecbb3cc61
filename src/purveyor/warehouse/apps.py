"""The warehouse as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "purveyor.warehouse"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done in the warehouse, what may be raised about it, its settings and its files; hear
        of orders that move and of files that are read."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base import filekinds
        from purveyor.base.transition import on_move
        from purveyor.profiles import dated
        from purveyor.warehouse.actions import ACTIONS, ALERTS
        from purveyor.warehouse.domain import changed, settle, weigh
        from purveyor.warehouse.load_picks import PICKS
        from purveyor.warehouse.packing_columns import PACK
        from purveyor.warehouse.packing_settings import PACKING_SETTINGS
        from purveyor.warehouse.settings import SETTINGS

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add([*SETTINGS, *PACKING_SETTINGS])
        filekinds.register(PICKS)
        filekinds.register(PACK)
        on_move(changed.moved)
        on_move(settle.moved)
        on_move(weigh.moved)
