"""The intake application."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "purveyor.intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what may be raised about fetching."""
        from purveyor.alerts import kinds
        from purveyor.intake.actions import ALERTS

        kinds.add(ALERTS)
