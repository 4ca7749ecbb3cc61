"""The orders application."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "purveyor.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about orders, what may be raised about them, and the settings of their checks,
        policies and deadlines; hold nothing back for an order that ended."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base.transition import on_move
        from purveyor.orders.actions import ACTIONS, ALERTS
        from purveyor.orders.domain import changed, deadlines, deviating, giving_back
        from purveyor.orders.domain.promised import on_order_moved
        from purveyor.orders.settings import SETTINGS
        from purveyor.profiles import dated

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add(SETTINGS)
        on_move(changed.moved)
        on_move(deadlines.moved)
        on_move(on_order_moved)
        on_move(deviating.moved)
        on_move(giving_back.on_order_moved)
        on_move(giving_back.on_offer_moved)
