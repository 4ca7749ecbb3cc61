"""The profiles application."""

from __future__ import annotations

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "purveyor.profiles"
    label = "profiles"
    verbose_name = "Profiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about profiles, and what may be raised about them."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.profiles.actions import ACTIONS, ALERTS

        actions.add(ACTIONS)
        kinds.add(ALERTS)
