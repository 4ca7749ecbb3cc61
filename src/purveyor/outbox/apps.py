"""The outbox application."""

from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "purveyor.outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about sending."""
        from purveyor.audit import actions
        from purveyor.outbox.actions import ACTIONS

        actions.add(ACTIONS)
