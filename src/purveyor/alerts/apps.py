"""The alerts as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "purveyor.alerts"
    label = "alerts"
    verbose_name = "Alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about alerts."""
        from purveyor.alerts.actions import ACTIONS
        from purveyor.audit import actions

        actions.add(ACTIONS)
