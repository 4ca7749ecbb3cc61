"""The outbox application."""

from __future__ import annotations

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "purveyor.outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about sending; count the states documents reach."""
        from purveyor.audit import actions
        from purveyor.base.transition import on_move
        from purveyor.outbox.actions import ACTIONS
        from purveyor.outbox.counted import count

        actions.add(ACTIONS)
        on_move(count)
