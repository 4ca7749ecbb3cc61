"""The audit as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "purveyor.audit"
    label = "audit"
    verbose_name = "Audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to every change of state."""
        from purveyor.audit import moves
        from purveyor.base.transition import on_move

        on_move(moves.tell)
