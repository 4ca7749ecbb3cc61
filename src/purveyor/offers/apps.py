"""The bulk-buy offers as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "purveyor.offers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about offers, what may be raised about them, and their settings."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.offers.actions import ACTIONS, ALERTS
        from purveyor.offers.settings import SETTINGS
        from purveyor.profiles import dated

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        dated.add(SETTINGS)
