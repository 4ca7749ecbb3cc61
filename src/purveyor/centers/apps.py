"""The centers application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CentersConfig(AppConfig):
    name = "purveyor.centers"
    label = "centers"
    verbose_name = "Centers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done about centers and which files tell of them; plant the seed whenever the tables
        have been made or changed."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base import filekinds
        from purveyor.centers.actions import ACTIONS, ALERTS
        from purveyor.centers.columns import CENTERS
        from purveyor.centers.seed import plant_after_migrating

        actions.add(ACTIONS)
        kinds.add(ALERTS)
        filekinds.register(CENTERS)
        post_migrate.connect(plant_after_migrating, sender=self)
