"""People as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "purveyor.people"
    label = "people"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about people, and to the alerts whom they may tell."""
        from purveyor.alerts import directory
        from purveyor.audit import actions
        from purveyor.people.actions import ACTIONS
        from purveyor.people.directory import Directory

        actions.add(ACTIONS)
        directory.use(Directory())
