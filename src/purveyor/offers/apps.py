"""The bulk-buy offers as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "purveyor.offers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about offers, what may be raised about them, and their settings;
        alert about those that wait."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base.transition import on_move
        from purveyor.offers.actions import ACTIONS, ALERTS
        from purveyor.offers.domain import expiry
        from purveyor.offers.settings import SETTINGS
        from purveyor.profiles import dated

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add(SETTINGS)
        on_move(expiry.moved)
