"""People as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "purveyor.people"
    label = "people"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about people."""
        from purveyor.audit import actions
        from purveyor.people.actions import ACTIONS

        actions.add(ACTIONS)
