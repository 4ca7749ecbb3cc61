"""The channels as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "purveyor.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done with files."""
        from purveyor.audit import actions
        from purveyor.channels.actions import ACTIONS

        actions.add(ACTIONS)
