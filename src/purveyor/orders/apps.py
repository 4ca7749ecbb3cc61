"""The orders application."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about orders, and what may be raised about them, their deadlines."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base.transition import on_move
        from purveyor.orders.actions import ACTIONS, ALERTS
        from purveyor.orders.domain import changed, deadlines
        from purveyor.orders.settings import SETTINGS
        from purveyor.profiles import dated

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add(SETTINGS)
        on_move(changed.moved)
        on_move(deadlines.moved)
